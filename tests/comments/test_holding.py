"""Held comments: seen by their authors in place, by nobody else, and published by approval."""

from __future__ import annotations

from uuid import uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from reader import eventlog
from reader.accounts.models import User
from reader.articles.models import Article
from reader.audit import faults
from reader.comments import queries
from reader.comments.actions import delete_comment
from reader.comments.models import Comment, Finding
from reader.config import Settings
from reader.extensions import db
from tests.support.factories import a_claim, a_moderator, a_person
from tests.support.forms import fill_in, page
from tests.support.people import log_in
from tests.support.threads import a_comment, a_held_comment, approved, miscounted, read_first

CANARY = "canary-only-its-author-may-read-this"


@pytest.fixture
def settings(each_engine: Settings) -> Settings:
    return each_engine


def heads(*streams: str) -> list[int]:
    db.session.rollback()
    return [eventlog.head(stream) for stream in streams]


def test_a_held_comment_is_counted_nowhere_and_leaves_no_number_in_a_public_stream(
    article: Article, author: User
) -> None:
    claim = a_claim(article)
    top = a_comment(article)
    before = heads(article.stream, claim.stream)
    held = [
        a_held_comment(article, by=author, under=top),
        a_held_comment(article, by=author, claim_id=claim.id),
    ]
    assert {comment.state for comment in held} == {"held"}
    assert heads(article.stream, claim.stream) == before
    assert heads(f"person:{author.id}", "moderation") == [2, 2]
    thread = queries.thread_of(article.id)
    assert (thread.published, thread.total) == (1, 1)
    assert list(miscounted()) == []
    assert list(faults()) == []
    found = db.session.scalars(select(Finding)).all()
    assert {(each.comment_id, each.rule, each.outcome) for each in found} == {
        (comment.id, "thread", "hold") for comment in held
    }


def test_the_first_comment_of_a_discussion_can_be_held(article: Article) -> None:
    held = a_held_comment(article)
    assert queries.thread_of(article.id).total == 0
    approved(held, by=a_moderator())
    db.session.rollback()
    assert queries.thread_of(article.id).published == 1
    assert list(miscounted()) == []


def test_an_approved_comment_stands_at_the_top_where_it_would_have_stood_and_last_among_replies(
    article: Article, author: User
) -> None:
    under = a_comment(article)
    held_top, held_reply = a_held_comment(article, by=author), a_held_comment(article, by=author, under=under)
    later_top, later_reply = a_comment(article), a_comment(article, under=under)
    before = eventlog.head(article.stream)
    for comment in (held_top, held_reply):
        found = approved(comment, by=a_moderator())
        assert found.state == "published"
    tops = queries.page(article).nodes
    assert [node.comment.id for node in tops] == [later_top.id, held_top.id, under.id]
    assert [node.comment.id for node in tops[2].replies] == [later_reply.id, held_reply.id]
    told = eventlog.since(article.stream, before, limit=9)
    assert [(event.kind, event.target) for event in told] == [
        ("comment-posted", held_top.element),
        ("comment-posted", held_reply.element),
    ]
    assert list(miscounted()) == []
    assert list(faults()) == []


def test_its_author_deletes_a_held_comment_and_nobody_else_hears_of_it(
    article: Article, author: User
) -> None:
    held = a_held_comment(article, by=author)
    before = heads(article.stream, "moderation")
    assert delete_comment(held.id, by=author).state == "deleted"
    assert heads(article.stream, "moderation") == [before[0], before[1] + 1]
    assert list(miscounted()) == []


def test_what_moderators_write_is_not_held(article: Article) -> None:
    assert a_held_comment(article, by=a_moderator()).state == "published"


@pytest.fixture
def posted(client: FlaskClient, article: Article, author: User) -> str:
    """The author has posted the canary without JavaScript; where that led."""
    a_comment(article)
    log_in(client, author)
    with read_first(article):
        answer = fill_in(client, article.path, f"{article.path}/comments", body=CANARY)
    return str(answer.location)


def held(client: FlaskClient, address: str) -> list[str]:
    """The held comments that a page shows."""
    cards = page(client.get(address, follow_redirects=True)).select(".comment-card:has(.comment-held)")
    return [card.get_text(" ", strip=True) for card in cards]


def test_its_author_sees_it_in_place_and_is_told_that_it_waits(
    client: FlaskClient, article: Article, posted: str
) -> None:
    (card,) = held(client, posted)
    assert CANARY in card
    assert "Waiting for a moderator" in card
    items = page(client.get(article.path)).select("#thread > li")
    assert CANARY in items[0].get_text()


def test_nobody_else_sees_it_anywhere(app: Flask, client: FlaskClient, article: Article, posted: str) -> None:
    comment = db.session.scalars(select(Comment).where(Comment.state == "held")).one()
    for who in (None, a_person(), a_moderator()):
        other = app.test_client()
        if who:
            log_in(other, who)
        for address in (
            article.path,
            f"{article.path}/feed.xml",
            f"/live/{article.stream}/events?after=0",
            "/",
        ):
            assert CANARY not in other.get(address).text
        for part in ("", "/actions", "/replies", "/reply", "/delete"):
            answer = other.get(f"{comment.path}{part}")
            assert (answer.status_code, answer.location) in (
                (404, None),
                (303, f"/login?next={comment.path}{part}"),
            )
            assert CANARY not in answer.text


def test_its_author_can_delete_it_there_and_comes_back_to_the_discussion(
    client: FlaskClient, article: Article, posted: str
) -> None:
    answer = fill_in(client, f"{posted}/actions", f"{posted}/delete")
    assert answer.location == f"{article.path}#comments"
    assert held(client, article.path) == []


def test_a_program_is_told_202(client: FlaskClient, article: Article, author: User) -> None:
    log_in(client, author)
    form = page(client.get(article.path)).select_one("form[data-composer] [name=csrf_token]")
    assert form is not None
    sent = {"csrf_token": form["value"], "body": "Hello.", "submission_id": str(uuid4())}
    with read_first(article):
        answers = [
            client.post(f"{article.path}/comments", data=sent, headers={"Accept": "application/json"})
            for _ in range(2)
        ]
    assert [answer.status_code for answer in answers] == [202, 202]
    assert answers[0].json == answers[1].json
    assert answers[0].json is not None
    assert answers[0].json["state"] == "held"
