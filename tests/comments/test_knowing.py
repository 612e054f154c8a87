"""Comments of others that were never published: no address tells that they exist."""

from __future__ import annotations

import re
from collections.abc import Callable
from uuid import uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from reader.accounts.models import User
from reader.articles.models import Article
from reader.comments.actions import delete_comment
from reader.comments.models import Comment
from reader.db.transactions import transaction
from reader.moderation.actions import remove_comment
from reader.moderation.models import Reason
from tests.architecture.test_routes import rules
from tests.support.factories import a_moderator, a_person, an_article
from tests.support.forms import page
from tests.support.people import log_in
from tests.support.threads import a_comment, a_held_comment

NOBODYS = 987_654
# To the log-in, nothing there, and, before anything is looked for, a text or a form that can't be used; a preview is
# of the text alone.
STATUSES = (302, 303, 401, 404, 422, 200)
FIELDS = {
    "body": "Another text.",
    "revision": "1",
    "recommended": "yes",
    "reason": "spam",
    "note": "",
}
ADDRESSES = [
    ("GET", "", {}),
    *(
        ("GET", part, {})
        for part in ("/actions", "/delete", "/edit", "/replies", "/reply", "/report", "/revisions")
    ),
    ("GET", "/statement", {}),
    ("POST", "/delete", {}),
    ("POST", "/edit", {}),
    ("POST", "/edit", {"body": " "}),
    ("POST", "/edit", {"preview": "yes"}),
    ("POST", "/recommend", {}),
    ("POST", "/recommend", {"recommended": "no"}),
    ("POST", "/report", {}),
    ("POST", "/report", {"reason": "facts", "note": "It was in May."}),
    ("POST", "/report", {"reason": ""}),
]


def rejected(comment: Comment, author: User) -> None:
    remove_comment(comment.id, by=a_moderator(), reason=Reason.SPAM, note="", revision=1)


def taken_back(comment: Comment, author: User) -> None:
    delete_comment(comment.id, by=author)


def still_held(comment: Comment, author: User) -> None:
    """It waits."""


ENDS: list[Callable[[Comment, User], None]] = [still_held, rejected, taken_back]


@pytest.fixture(autouse=True)
def tokenless(app: Flask) -> None:
    app.config["WTF_CSRF_ENABLED"] = False


def said(answer: TestResponse, comment_id: int) -> tuple[int, str, str]:
    """All that an answer tells, but for the id that was asked for."""
    main = page(answer).find("main")
    text = main.get_text(" ", strip=True) if main else answer.text
    address = re.compile(rf"(?<=comments/){comment_id}\b")
    return answer.status_code, address.sub("ID", answer.location or ""), address.sub("ID", text)


def asker(app: Flask, kind: str) -> FlaskClient:
    client = app.test_client()
    if kind != "visitor":
        log_in(client, a_moderator() if kind == "moderator" else a_person())
    return client


def test_every_address_that_names_a_comment_is_among_them(app: Flask) -> None:
    found = {
        (method, rule.rule.rpartition(">")[2])
        for rule in rules(app)
        if "comment_id" in rule.arguments and not rule.rule.startswith("/moderation/")
        for method in (rule.methods or set()) & {"GET", "POST"}
    }
    assert found == {(method, part) for method, part, _ in ADDRESSES}


@pytest.mark.parametrize("asked", ADDRESSES)
def test_what_was_never_published_answers_others_like_what_never_was(
    app: Flask, article: Article, author: User, asked: tuple[str, str, dict[str, str]]
) -> None:
    method, part, fields = asked
    sent = {**FIELDS, **fields} if method == "POST" else None
    hidden = [a_held_comment(article, by=author) for _ in ENDS]
    for end, comment in zip(ENDS, hidden, strict=True):
        end(comment, author)
    for who in ("visitor", "reader", "moderator"):
        for accept in ("text/html", "application/json"):
            client = asker(app, who)
            nobodys, *answers = (
                said(
                    client.open(
                        f"/comments/{each}{part}", method=method, data=sent, headers={"Accept": accept}
                    ),
                    each,
                )
                for each in (NOBODYS, *(comment.id for comment in hidden))
            )
            assert answers == [nobodys] * len(ENDS)
            assert nobodys[0] in STATUSES


@pytest.mark.parametrize("accept", ["text/html", "application/json"])
def test_it_cannot_be_answered_like_what_never_was(
    app: Flask, article: Article, author: User, accept: str
) -> None:
    client = asker(app, "reader")

    def asked(comment_id: int) -> tuple[int, str, str]:
        sent = {"body": "Well.", "parent_id": str(comment_id), "submission_id": str(uuid4())}
        return said(
            client.post(f"{article.path}/comments", data=sent, headers={"Accept": accept}), comment_id
        )

    expected = asked(NOBODYS)
    assert expected[0] == 422
    for end in ENDS:
        held = a_held_comment(article, by=author)
        end(held, author)
        assert asked(held.id) == expected


def test_nor_can_what_stands_below_an_article_that_is_not_public(app: Flask) -> None:
    article = an_article()
    comment, client = a_comment(article), asker(app, "reader")
    with transaction() as session:
        session.get_one(Article, article.id).status = "draft"
    for part in ("", "/actions", "/replies"):
        assert client.get(f"{comment.path}{part}").status_code == 404
    for part in ("/recommend", "/report", "/edit", "/delete"):
        answer = client.post(f"{comment.path}{part}", data=FIELDS)
        assert answer.status_code == 404


def test_its_author_still_acts_on_it(app: Flask, article: Article, author: User) -> None:
    held, client = a_held_comment(article, by=author), app.test_client()
    log_in(client, author)
    assert client.post(f"{held.path}/recommend", data=FIELDS).status_code == 403
    for _ in range(2):
        assert client.post(f"{held.path}/delete").status_code == 303
