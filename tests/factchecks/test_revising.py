"""An editor changes a claim's words: a step of its history, with a reason, sent to all that cite it."""

from dataclasses import replace
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from reader import eventlog
from reader.config import Settings
from reader.errors import Conflict, Invalid, Refused
from reader.eventlog import Kind
from reader.factchecks import queries
from reader.factchecks.actions import revise_claim
from reader.factchecks.appearances import Appearance
from reader.factchecks.models import Citation, Claim
from reader.factchecks.wording import NewWording, Wording
from tests.support.factories import a_claim, a_moderator, an_article, an_editor, saved
from tests.support.forms import fill_in
from tests.support.people import log_in

NEW = Wording(
    text="The council voted to sell.",
    short="Voted to sell",
    about="statement",
    claimant_name="Ida",
    claimant_url="https://ida.example/",
    said=(Appearance(where="The minutes"), Appearance(url="https://town.example/minutes")),
)

pytestmark = pytest.mark.usefixtures("app")


@pytest.fixture
def settings(each_engine: Settings) -> Settings:
    return each_engine


def cited_twice() -> Claim:
    """A claim that a second article cites."""
    claim = a_claim(an_article(), text="The council voted to keep.")
    saved(Citation(article_id=an_article().id, claim_id=claim.id, position=0))
    return claim


def test_a_revision_is_a_step_of_the_history_that_keeps_the_verdict() -> None:
    claim, editor = cited_twice(), an_editor("Erika")
    revise_claim(claim.id, NewWording(NEW, why="We had misread the minutes.", version=1), by=editor)
    now = queries.claim_by_id(claim.id)
    assert now
    assert (now.text, now.short, now.claimant_name, now.version) == (NEW.text, NEW.short, "Ida", 2)
    assert now.appearances == list(NEW.said)
    latest, _ = queries.history_of(claim.id)
    assert (latest.before, latest.after, latest.why, latest.actor) == (
        "verified",
        "verified",
        "We had misread the minutes.",
        "Erika",
    )
    assert [(part.name, part.before, part.after) for part in latest.revised] == [
        ("text", "The council voted to keep.", "The council voted to sell."),
        ("short", "", "Voted to sell"),
        ("about", "fact", "statement"),
        ("claimant", "", "Ida, https://ida.example/"),
        ("said", "", "The minutes; https://town.example/minutes"),
    ]
    assert queries.recent_changes(9) == [queries.history_of(claim.id)[1]]


def test_a_revision_is_logged_for_the_claim_its_articles_and_the_lists() -> None:
    claim = cited_twice()
    revise_claim(claim.id, NewWording(NEW, why="Misread.", version=1), by=an_editor())
    articles = [f"article:{id_}" for id_ in queries.article_ids_citing(claim.id)]
    for stream in (claim.stream, *articles, "verdicts"):
        assert [event.kind for event in eventlog.since(stream, 0, limit=9)] == [Kind.CLAIM_REVISED]


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"why": " "}, Invalid),
        ({"wording": Wording(text="The council voted to keep.", about="fact")}, Invalid),
        ({"version": 2}, Conflict),
    ],
)
def test_a_revision_is_refused_and_nothing_is_written(changes: dict[str, Any], error: type) -> None:
    claim = cited_twice()
    given = NewWording(NEW, why="Misread.", version=1)
    with pytest.raises(error):
        revise_claim(claim.id, replace(given, **changes), by=an_editor())
    assert len(queries.history_of(claim.id)) == 1
    assert eventlog.head(claim.stream) == 0


def test_a_typo_needs_no_reason_and_is_marked() -> None:
    claim = a_claim(an_article(), text="It raind.", about=None)
    revise_claim(
        claim.id, NewWording(Wording(text="It rained."), why="", version=1, typo=True), by=an_editor()
    )
    latest, _ = queries.history_of(claim.id)
    assert (latest.typo, latest.why) == (True, None)


def test_only_editors_revise() -> None:
    with pytest.raises(Refused, match="Only editors"):
        revise_claim(a_claim(an_article()).id, NewWording(NEW, why="Why.", version=1), by=a_moderator())


# On the page


def send(client: FlaskClient, claim: Claim, **changes: str) -> TestResponse:
    """Open the claim's page, fill in the form and send it, as a browser does."""
    fields = {
        "text": "The council voted to sell.",
        "said-0-where": "The minutes",
        "said-0-at": "2026-02-24",
        "reason": "We had misread the minutes.",
        **changes,
    }
    return fill_in(client, claim.path, f"{claim.path}/text#revise", **fields)


def test_an_editor_revises_on_the_claims_page_without_javascript(app: Flask) -> None:
    claim, client = cited_twice(), app.test_client()
    log_in(client, an_editor())
    answer = send(client, claim)
    assert (answer.status_code, answer.location) == (303, f"{claim.path}#history")
    page = client.get(claim.path).text
    assert (
        "Text changed from <del>The council voted to keep.</del> to <ins>The council voted to sell.</ins>"
        in page
    )
    assert "The minutes" in page


@pytest.mark.parametrize(
    ("changes", "status", "says"),
    [
        ({"reason": ""}, 422, "Say why"),
        ({"text": ""}, 422, "A claim needs its text."),
        ({"version": "7"}, 409, "Somebody changed this claim before you."),
        ({"said-0-where": ""}, 422, "Say where it was made"),
        ({"said-0-url": "javascript:alert(1)"}, 422, "Write the whole address"),
        ({"said-0-at": "2026-02-31"}, 422, "There is no such day"),
    ],
)
def test_a_refused_form_comes_back_as_it_was_filled_in(
    app: Flask, changes: dict[str, str], status: int, says: str
) -> None:
    claim, client = cited_twice(), app.test_client()
    log_in(client, an_editor())
    answer = send(client, claim, **changes)
    assert answer.status_code == status
    assert says in answer.text
    if "reason" not in changes:
        assert "We had misread the minutes." in answer.text


def test_the_verdict_form_says_what_it_changes_before_it_is_sent(app: Flask) -> None:
    claim, client = cited_twice(), app.test_client()
    hidden = an_article(status="draft", title="Not out yet")
    saved(Citation(article_id=hidden.id, claim_id=claim.id, position=0))
    log_in(client, an_editor())
    page = client.get(claim.path).text
    assert "changes these 3 articles at once" in " ".join(page.split())
    assert "Not out yet</a> (draft)" in page
    assert (
        page.count("Takes back “Verified”: a public correction is written.") == 3
    )  # misleading, false, void
