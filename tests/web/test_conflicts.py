"""No form replaces or judges what its sender hasn't seen: the second one is told so."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from reader.accounts.models import User
from reader.comments.editing.actions import edit_comment
from reader.comments.models import Comment
from reader.factchecks.actions import revise_claim, set_verdict
from reader.factchecks.models import Claim
from reader.factchecks.offering import sources_for
from reader.factchecks.verdicts import NewVerdict, Verdict
from reader.factchecks.wording import NewWording, Wording
from reader.moderation.words.actions import save_words
from tests.support.factories import a_claim, a_moderator, a_person, an_article, an_editor
from tests.support.forms import form_on, page, values_of
from tests.support.people import log_in
from tests.support.threads import a_comment


class Stage(NamedTuple):
    """The things that forms are about."""

    author: User
    comment: Comment
    claim: Claim


class Race(NamedTuple):
    """A form, what somebody else does meanwhile, and how it shows that."""

    who: Callable[[Stage], User]
    opened: Callable[[Stage], str]
    address: Callable[[Stage], str]
    meanwhile: Callable[[Stage], object]
    broken: dict[str, str]
    good: dict[str, str]
    button: str


def edit(at: Stage) -> None:
    edit_comment(at.comment.id, by=at.author, body="Theirs.", revision=1)


def decide(at: Stage) -> None:
    sources = [source.id for source in sources_for(at.claim)]
    theirs = NewVerdict(Verdict.MIXED, why="Theirs.", source_ids=sources, version=1)
    set_verdict(at.claim.id, theirs, by=an_editor())


def revise(at: Stage) -> None:
    theirs = NewWording(Wording(text="Theirs."), why="So.", version=1)
    revise_claim(at.claim.id, theirs, by=an_editor())


RACES = {
    "edit": Race(
        who=lambda at: at.author,
        opened=lambda at: f"{at.comment.path}/edit",
        address=lambda at: f"{at.comment.path}/edit",
        meanwhile=edit,
        broken={"body": " "},
        good={"body": "Mine."},
        button="Replace what it says",
    ),
    "verdict": Race(
        who=lambda at: an_editor(),
        opened=lambda at: at.claim.path,
        address=lambda at: f"{at.claim.path}/verdict#decide",
        meanwhile=decide,
        broken={"why": "x" * 1001},
        good={"verdict": "reported", "why": "Mine."},
        button="Replace the verdict",
    ),
    "wording": Race(
        who=lambda at: an_editor(),
        opened=lambda at: at.claim.path,
        address=lambda at: f"{at.claim.path}/text#revise",
        meanwhile=revise,
        broken={"text": ""},
        good={"text": "Mine.", "reason": "So."},
        button="Replace what it says",
    ),
    "words": Race(
        who=lambda at: a_moderator(),
        opened=lambda at: "/moderation/words/banned",
        address=lambda at: "/moderation/words/banned",
        meanwhile=lambda at: save_words("banned", "Theirs.", by=a_moderator(), version=0),
        broken={"words": "x" * 200_001, "act": "save"},
        good={"words": "Mine.", "act": "save"},
        button="Replace the list",
    ),
    "removal": Race(
        who=lambda at: a_moderator(),
        opened=lambda at: f"/moderation/comments/{at.comment.id}/remove",
        address=lambda at: f"/moderation/comments/{at.comment.id}/remove",
        meanwhile=edit,
        broken={"reason": ""},
        good={"reason": "spam", "note": "Mine."},
        button="Remove the comment",
    ),
    "report": Race(
        who=lambda at: a_person(),
        opened=lambda at: f"{at.comment.path}/report",
        address=lambda at: f"{at.comment.path}/report",
        meanwhile=edit,
        broken={"reason": ""},
        good={"reason": "spam", "note": "Mine."},
        button="Send the report",
    ),
}


@pytest.fixture
def stage(app: Flask) -> Stage:
    article, author = an_article(), a_person()
    return Stage(author, a_comment(article, by=author, body="First."), a_claim(article))


def send_again(client: FlaskClient, answer: TestResponse, address: str, **fields: str) -> TestResponse:
    return client.post(address, data=values_of(form_on(answer, address)) | fields)


@pytest.mark.parametrize("race", RACES.values(), ids=RACES)
@pytest.mark.parametrize("is_broken_first", [False, True], ids=["at-once", "after-a-refusal"])
def test_no_form_replaces_or_judges_what_its_sender_has_not_seen(
    client: FlaskClient, stage: Stage, race: Race, is_broken_first: bool
) -> None:
    log_in(client, race.who(stage))
    address = race.address(stage)
    answer = client.get(race.opened(stage))
    race.meanwhile(stage)
    if is_broken_first:
        answer = send_again(client, answer, address, **race.broken)
        assert answer.status_code == 422
    conflict = send_again(client, answer, address, **race.good)
    assert conflict.status_code == 409
    # A list of words is tried before it is saved.
    shown = send_again(client, conflict, address, act="try") if "act" in race.good else conflict
    for each in {conflict, shown}:
        assert "Theirs." in page(each).get_text()
        assert "Mine." in form_on(each, address).decode()
    assert race.button in [button.text.strip() for button in form_on(shown, address).find_all("button")]
    resent = {"act": "save"} if "act" in race.good else {}
    assert send_again(client, conflict, address, **resent).status_code in (201, 303)
