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
from reader.clock import now, set_clock
from reader.comments import queries
from reader.comments.actions import change_state, delete_comment, locked
from reader.comments.editing.actions import edit_comment
from reader.comments.models import Comment, Finding, State
from reader.comments.policy import EDITABLE
from reader.config import Settings
from reader.db.base import db
from reader.db.transactions import transaction
from reader.errors import Conflict
from reader.eventlog import Kind
from reader.moderation.actions import approve_comment, remove_comment, undo_decision
from reader.moderation.models import Reason
from reader.moderation.people.actions import NewMeasure, take_measure
from reader.moderation.words.actions import save_words
from reader.operating.audit import faults
from reader.policy import MeasureKind
from tests.support.factories import a_claim, a_moderator, a_person
from tests.support.forms import errors_beside, fill_in, form_on, page, values_of
from tests.support.people import log_in
from tests.support.threads import a_comment, a_held_comment, approved, miscounted, read_first

CANARY = "canary-only-its-author-may-read-this"


@pytest.fixture
def settings(each_engine: Settings) -> Settings:
    return each_engine


def heads(*streams: str) -> list[int]:
    db.session.rollback()
    return [eventlog.head(stream) for stream in streams]


def test_a_held_comment_changes_no_count_and_no_public_stream(article: Article, author: User) -> None:
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


def test_an_approved_comment_gets_its_place(article: Article, author: User) -> None:
    """At the top it stands where it would have stood; among replies it comes last."""
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


def test_what_waits_is_edited_and_goes_on_waiting(article: Article, author: User) -> None:
    held, claim = a_held_comment(article, by=author, body="Helo."), a_claim(article)
    about = a_held_comment(article, by=author, claim_id=claim.id)
    reported = a_comment(article, by=author, body="Reported.")
    with transaction():
        change_state(locked(reported.id), State.HELD, Kind.COMMENT_HELD, by=None)
    before = heads(article.stream, claim.stream, f"person:{author.id}", "moderation")
    for comment in (held, about, reported):
        edited = edit_comment(comment.id, by=author, body="Hello.", revision=1)
        assert (edited.state, edited.revision) == ("held", 2)
    after = heads(article.stream, claim.stream, f"person:{author.id}", "moderation")
    assert [now - then for now, then in zip(after, before, strict=True)] == [0, 0, 3, 3]
    moderator = a_moderator()
    with pytest.raises(Conflict, match="changed this comment meanwhile"):
        approve_comment(held.id, by=moderator, revision=1)
    for comment in (held, about, reported):
        approve_comment(comment.id, by=moderator, revision=2)
    shown = queries.by_ids([held.id, about.id, reported.id]).values()
    assert {each.html for each in shown} == {'<p dir="auto">Hello.</p>'}
    assert list(miscounted()) == []
    assert list(faults()) == []


def test_its_time_to_be_edited_runs_from_its_posting(article: Article, author: User) -> None:
    held = a_held_comment(article, by=author)
    later = now() + EDITABLE
    with set_clock(lambda: later), pytest.raises(Conflict, match="15 minutes"):
        edit_comment(held.id, by=author, body="Too late.", revision=1)


def test_an_edit_that_has_to_be_read_first_hides_the_comment_until_it_is(
    article: Article, author: User
) -> None:
    claim, moderator = a_claim(article), a_moderator()
    comment = a_comment(article, by=author, claim_id=claim.id)
    reply = a_comment(article, under=comment)
    edited = edit_comment(comment.id, by=author, body="See https://shop.example now.", revision=1)
    assert (edited.state, edited.revision, edited.is_placed) == ("held", 2, True)
    db.session.rollback()
    assert queries.by_ids([comment.id])[comment.id].html is None
    mine = queries.by_ids([comment.id], viewer=author)[comment.id]
    assert mine.html
    assert "shop.example" in mine.html
    for stream, kinds in (
        (article.stream, ["comment-posted", "comment-posted", "comment-held"]),
        (claim.stream, ["comment-posted", "comment-held"]),
        ("moderation", ["comment-held"]),
    ):
        assert [event.kind for event in eventlog.since(stream, 0, limit=9)] == kinds
    assert [node.comment.id for node in queries.page(article).nodes[0].replies] == [reply.id]
    with pytest.raises(Conflict, match="changed this comment meanwhile"):
        remove_comment(comment.id, by=moderator, reason=Reason.SPAM, note="", revision=1)
    made = approve_comment(comment.id, by=moderator, revision=2)
    assert queries.by_ids([comment.id])[comment.id].html == mine.html
    undo_decision(made.id, by=moderator)
    assert queries.by_ids([comment.id])[comment.id].state == "held"
    assert list(miscounted()) == []
    assert list(faults()) == []


@pytest.mark.parametrize("measure", ["thread", "person"])
def test_who_is_read_first_is_read_first_in_edits_too(article: Article, author: User, measure: str) -> None:
    comment, exempt = a_comment(article, by=author), a_moderator()
    others = a_comment(article, by=exempt)
    if measure == "person":
        take_measure(
            author.id, NewMeasure(MeasureKind.PREMODERATION, words="", reason=Reason.OFF_TOPIC), by=exempt
        )
        edit_comment(comment.id, by=author, body="Other words.", revision=1)
    else:
        with read_first(article):
            edit_comment(comment.id, by=author, body="Other words.", revision=1)
            assert edit_comment(others.id, by=exempt, body="Mine.", revision=1).state == "published"
    found = db.session.scalars(select(Finding)).one()
    assert (found.comment_id, found.revision, found.rule, found.outcome) == (comment.id, 2, measure, "hold")
    assert queries.by_ids([comment.id])[comment.id].state == "held"


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
    answer = fill_in(client, f"{posted}/delete", f"{posted}/delete")
    assert answer.location == f"{article.path}#comments"
    assert held(client, article.path) == []


def test_its_author_edits_it_without_javascript_and_it_stays_where_it_is(
    client: FlaskClient, article: Article, posted: str
) -> None:
    assert page(client.get(f"{posted}/actions")).find("a", href=f"{posted}/edit")
    answer = fill_in(client, f"{posted}/edit", f"{posted}/edit", body="Said better.", preview="")
    assert (answer.status_code, answer.location) == (303, posted)
    (card,) = held(client, posted)
    assert "Said better." in card
    assert CANARY in client.get(f"{posted}/revisions").text


def test_a_page_without_javascript_says_that_an_edit_is_held_or_refused(
    app: Flask, client: FlaskClient, article: Article, author: User
) -> None:
    """A held edit is noted in the comment's place, a refusal beside the field."""
    save_words("banned", "troll", by=a_moderator(), version=0)
    comment = a_comment(article, by=author)
    log_in(client, author)
    address = f"{comment.path}/edit"
    refused = fill_in(client, address, address, body="You troll, see https://shop.example.", preview="")
    assert refused.status_code == 422
    assert "“troll”" in errors_beside(refused, f"edit-{comment.id}")
    assert values_of(form_on(refused, address))["body"].strip() == "You troll, see https://shop.example."
    assert fill_in(client, address, address, body=f"https://{CANARY}.example", preview="").status_code == 303
    (card,) = held(client, comment.path)
    assert CANARY in card
    assert "others see that it waits" in card
    visitor = app.test_client()
    opened = page(visitor.get(article.path))
    assert opened.select_one(f"#comment-{comment.id} > .tombstone")
    for path in (article.path, f"{comment.path}/actions", f"{article.path}/feed.xml", "/"):
        assert CANARY not in visitor.get(path, follow_redirects=True).text
    moderator = app.test_client()
    log_in(moderator, a_moderator())
    (case,) = page(moderator.get("/moderation/held")).select(f"#case-{comment.id}")
    assert "A rule, “Links of a new account”" in case.get_text(" ", strip=True)
    assert "Well said." in case.select(".case-before")[0].text


def test_what_a_moderator_rejects_leaves_a_line_for_its_author_alone(
    app: Flask, client: FlaskClient, article: Article, posted: str
) -> None:
    comment = db.session.scalars(select(Comment).where(Comment.state == "held")).one()
    moderator, moderating = a_moderator(), app.test_client()
    log_in(moderating, moderator)
    (case,) = page(moderating.get("/moderation/held")).select(f"#case-{comment.id}")
    for link in case.select("a"):
        assert moderating.get(str(link["href"])).status_code == 200
    form = f"/moderation/comments/{comment.id}/remove"
    answer = fill_in(moderating, form, form, reason="spam")
    assert answer.location == "/moderation/held"
    line = page(client.get(posted, follow_redirects=True)).select_one(f"#comment-{comment.id} > .tombstone")
    assert line
    assert "decided not to publish" in line.text
    assert "Read which rule it broke" in client.get(f"{posted}/actions").text
    assert f"comment-{comment.id}" not in app.test_client().get(article.path).text


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
