"""Posting: what is stored, what is refused, and what a retry makes."""

from __future__ import annotations

import threading
from datetime import timedelta
from uuid import uuid4

import pytest
from flask import Flask
from sqlalchemy import func, select

from reader import eventlog
from reader.accounts.models import User
from reader.articles.models import Article, Status
from reader.clock import now, set_clock
from reader.comments import queries
from reader.comments.actions import delete_comment
from reader.comments.models import Comment, CommentRevision, Thread
from reader.comments.posting.actions import Draft, Posted, post_comment
from reader.config import Settings
from reader.db.base import db
from reader.db.transactions import transaction
from reader.errors import Conflict, Invalid, Missing, Refused
from reader.factchecks.models import Claim
from reader.moderation.actions import remove_comment
from reader.moderation.models import Reason
from tests.support.factories import a_claim, a_moderator, a_person, an_article
from tests.support.queries import counted
from tests.support.threads import a_comment, a_held_comment, miscounted

RACES = 10


@pytest.fixture
def settings(each_engine: Settings) -> Settings:
    return each_engine


def rows() -> int:
    db.session.rollback()
    return db.session.scalar(select(func.count()).select_from(Comment)) or 0


def test_a_comment_is_stored_once_with_its_event(article: Article, author: User) -> None:
    comment = a_comment(article, by=author, body="It is *so*.")
    db.session.rollback()
    stored = db.session.get_one(Comment, comment.id, populate_existing=True)
    assert (stored.body, stored.html, stored.state) == (
        "It is *so*.",
        '<p dir="auto">It is <em>so</em>.</p>',
        "published",
    )
    assert (stored.author_id, stored.parent_id, stored.depth, stored.revision) == (author.id, None, 0, 1)
    assert db.session.scalar(select(func.count()).select_from(CommentRevision)) == 0
    event = eventlog.since(article.stream, 0, limit=10)[-1]
    assert (event.kind, event.target, event.actor_id) == ("comment-posted", comment.element, author.id)
    assert stored.changed_seq == event.seq


def test_the_first_comment_makes_the_thread_and_each_counts(article: Article) -> None:
    assert queries.thread_of(article.id).total == 0
    first = a_comment(article)
    a_comment(article, under=first)
    db.session.rollback()
    thread = queries.thread_of(article.id)
    assert (thread.published, thread.total) == (2, 2)


def test_a_comment_about_a_claim_stores_its_verdict_and_is_in_both_streams(article: Article) -> None:
    claim = a_claim(article, verdict="reported")
    comment = a_comment(article, claim_id=claim.id)
    assert comment.verdict == "reported"
    assert [event.target for event in eventlog.since(claim.stream, 0, limit=10)] == [comment.element]
    assert eventlog.head(article.stream) == comment.changed_seq
    db.session.rollback()
    assert db.session.get_one(Claim, claim.id, populate_existing=True).comments == 1


def test_a_claim_that_the_article_does_not_cite_is_refused(article: Article) -> None:
    claim = a_claim(an_article())
    for claim_id in (claim.id, 4711):
        with pytest.raises(Invalid) as refusal:
            a_comment(article, claim_id=claim_id)
        assert refusal.value.field == "claim_id"
    assert rows() == 0


def test_a_reply_into_another_thread_is_refused(article: Article) -> None:
    elsewhere = a_comment(an_article())
    with pytest.raises(Invalid) as refusal:
        a_comment(article, under=elsewhere)
    assert refusal.value.field == "parent_id"
    assert rows() == 1


def test_a_reply_to_what_is_not_there_is_refused(article: Article, author: User) -> None:
    with pytest.raises(Invalid):
        post_comment(
            article, by=author, draft=Draft(body="Hello?", submission_id=str(uuid4()), parent_id=4711)
        )


def test_a_tombstone_is_not_answered(article: Article, author: User) -> None:
    deleted, removed = a_comment(article, by=author), a_comment(article)
    delete_comment(deleted.id, by=author)
    remove_comment(removed.id, by=a_moderator(), reason=Reason.SPAM, note="", revision=1)
    for comment in (deleted, removed):
        with pytest.raises(Refused, match="can't be answered"):
            a_comment(article, under=comment)
    assert list(miscounted()) == []


def test_a_closed_thread_takes_no_comment(article: Article) -> None:
    first = a_comment(article)
    with transaction() as session:
        session.get_one(Thread, article.id).closed_at = now()
    with pytest.raises(Refused, match="closed"):
        a_comment(article, under=first)
    assert rows() == 1


@pytest.mark.usefixtures("app")
@pytest.mark.parametrize("status", [Status.DRAFT, Status.SCHEDULED])
def test_an_article_that_nobody_sees_takes_no_comment(status: Status) -> None:
    with pytest.raises(Missing):
        a_comment(an_article(status=status.value))
    assert rows() == 0


@pytest.mark.usefixtures("app")
def test_a_scheduled_article_takes_comments_as_soon_as_its_time_has_come() -> None:
    article = an_article(status=Status.SCHEDULED.value, publish_at=now() + timedelta(hours=1))
    later = now() + timedelta(hours=2)
    with pytest.raises(Missing):
        a_comment(article)
    with set_clock(lambda: later):
        a_comment(article)
    assert rows() == 1


def test_a_refused_comment_leaves_no_event_behind(article: Article) -> None:
    with pytest.raises(Invalid):
        a_comment(article, body=" ")
    with pytest.raises(Invalid):
        a_comment(article, claim_id=4711)
    db.session.rollback()
    assert eventlog.head(article.stream) == 0


def test_the_same_submission_again_is_the_same_comment(article: Article, author: User) -> None:
    submission = str(uuid4())
    first = a_comment(article, by=author, submission_id=submission)
    again = post_comment(article, by=author, draft=Draft(body="\r\nWell said.\r\n", submission_id=submission))
    assert (again.comment.id, again.comment.changed_seq, again.created) == (
        first.id,
        first.changed_seq,
        False,
    )
    assert rows() == 1
    assert eventlog.head(article.stream) == 1


def test_a_retry_gets_its_answer_even_where_nothing_new_may_be_written(
    article: Article, author: User
) -> None:
    submission = str(uuid4())
    first = a_comment(article, by=author, submission_id=submission)
    with transaction() as session:
        session.get_one(Thread, article.id).closed_at = now()
    assert a_comment(article, by=author, submission_id=submission).id == first.id


def test_the_same_submission_with_other_content_is_a_conflict(article: Article, author: User) -> None:
    submission = str(uuid4())
    first = a_comment(article, by=author, submission_id=submission)
    with pytest.raises(Conflict):
        a_comment(article, by=author, submission_id=submission, body="Something else.")
    with pytest.raises(Conflict):
        a_comment(article, by=author, submission_id=submission, under=first)
    with pytest.raises(Conflict):
        a_comment(an_article(), by=author, submission_id=submission)
    assert rows() == 1


@pytest.mark.parametrize(
    ("fate", "says", "can_be_sent_anew"),
    [("deleted", "deleted it since", True), ("removed", "a moderator has removed it", False)],
)
def test_the_same_submission_after_its_comment_is_gone_is_a_conflict(
    article: Article, author: User, fate: str, says: str, can_be_sent_anew: bool
) -> None:
    submission = str(uuid4())
    first = a_comment(article, by=author, submission_id=submission)
    if fate == "deleted":
        delete_comment(first.id, by=author)
    else:
        remove_comment(first.id, by=a_moderator(), reason=Reason.SPAM, note="", revision=1)
    with pytest.raises(Conflict, match=says) as refused:
        a_comment(article, by=author, submission_id=submission)
    assert (refused.value.resend is not None) is can_be_sent_anew
    if refused.value.resend:
        anew = a_comment(article, by=author, submission_id=str(refused.value.resend["submission_id"]))
        assert anew.id != first.id


def test_a_retry_while_the_comment_waits_for_a_moderator_gets_its_answer(
    article: Article, author: User
) -> None:
    """Its author sees it, and nothing is swallowed."""
    submission = str(uuid4())
    held = a_held_comment(article, by=author, submission_id=submission)
    again = post_comment(article, by=author, draft=Draft(body="Well said.", submission_id=submission))
    assert (again.comment.id, again.comment.state, again.created) == (held.id, "held", False)


def test_two_people_may_send_the_same_submission_id(article: Article) -> None:
    submission = str(uuid4())
    ids = {a_comment(article, by=a_person(), submission_id=submission).id for _ in range(2)}
    assert len(ids) == 2


def at_once(app: Flask, author: User, posts: list[tuple[Article, str]]) -> list[Posted | Exception]:
    """Post all at the same moment; what became of each."""
    outcomes: list[Posted | Exception] = []
    start = threading.Barrier(len(posts))

    def post(article_id: int, submission: str, author_id: int) -> None:
        with app.app_context():
            person = db.session.get_one(User, author_id)
            article = db.session.get_one(Article, article_id)
            start.wait()
            try:
                outcomes.append(
                    post_comment(article, by=person, draft=Draft(body="Once.", submission_id=submission))
                )
            except Conflict as conflict:
                outcomes.append(conflict)
            db.session.remove()

    threads = [
        threading.Thread(target=post, args=(article.id, submission, author.id))
        for article, submission in posts
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return outcomes


def test_two_posts_of_one_submission_at_once_make_one_comment(
    app: Flask, article: Article, author: User
) -> None:
    for turn in range(RACES):
        submission = str(uuid4())
        outcomes = at_once(app, author, [(article, submission)] * 3)
        posted = [outcome for outcome in outcomes if isinstance(outcome, Posted)]
        assert len(posted) == 3
        assert sorted(each.created for each in posted) == [False, False, True]
        assert len({each.comment.id for each in posted}) == 1
        assert rows() == turn + 1
    assert list(miscounted()) == []


def test_one_submission_to_two_articles_is_a_comment_and_a_conflict(app: Flask, author: User) -> None:
    for turn in range(RACES):
        submission = str(uuid4())
        outcomes = at_once(app, author, [(an_article(), submission), (an_article(), submission)])
        assert sorted(type(outcome).__name__ for outcome in outcomes) == ["Conflict", "Posted"]
        assert rows() == turn + 1
    assert list(miscounted()) == []


def test_posting_takes_few_statements_in_any_thread(article: Article) -> None:
    first = a_comment(article)
    author, engine = a_person(), db.engine.dialect.name
    for under in (None, first, first, first, first):
        db.session.refresh(article)
        db.session.refresh(author)
        with counted() as statements:
            a_comment(article, by=author, under=under)
        places = 0 if under is None else 2
        assert len(statements) - places == {"postgresql": 5, "sqlite": 7}[engine], statements
