"""Threads for tests, posted through the real action."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from random import Random
from typing import Any
from uuid import uuid4

from sqlalchemy import func, select

from reader.accounts.models import User
from reader.articles.models import Article
from reader.comments.actions import locked, publish_held
from reader.comments.models import Comment, Recommendation, State, Thread
from reader.comments.posting.actions import Draft, post_comment
from reader.db.base import db
from reader.db.transactions import transaction
from reader.factchecks.models import Claim
from tests.support.factories import a_person


def a_comment(
    article: Article,
    *,
    by: User | None = None,
    body: str = "Well said.",
    under: Comment | None = None,
    **more: Any,
) -> Comment:
    """A comment, posted; an answer to ``under`` if that is given."""
    return post_comment(
        article,
        by=by or a_person(),
        draft=Draft(
            body=body,
            submission_id=more.pop("submission_id", str(uuid4())),
            parent_id=under.id if under else None,
            **more,
        ),
    ).comment


@contextmanager
def read_first(article: Article) -> Iterator[None]:
    """Moderators read what is posted in the article's discussion, inside the block, before others do."""
    _premoderate(article, True)
    yield
    _premoderate(article, False)


def _premoderate(article: Article, on: bool) -> None:
    with transaction() as session:
        thread = session.get(Thread, article.id) or Thread(article_id=article.id)
        thread.premoderated = on
        session.add(thread)


def a_held_comment(article: Article, **more: Any) -> Comment:
    """A comment that waits for a moderator."""
    with read_first(article):
        return a_comment(article, **more)


def approved(comment: Comment, *, by: User) -> Comment:
    """The comment, published."""
    with transaction():
        found = locked(comment.id)
        publish_held(found, by=by)
    return found


def comments(article: Article, number: int, *, by: User | None = None) -> list[Comment]:
    """Top-level comments, all by one person."""
    author = by or a_person()
    return [a_comment(article, by=author, body=f"Comment {each}.") for each in range(number)]


def a_random_tree(article: Article, number: int, *, random: Random, answers: float = 0.7) -> list[Comment]:
    """A thread that has grown at random: ``answers`` is the share of comments that answer another one."""
    people = [a_person() for _ in range(5)]
    made: list[Comment] = []
    for each in range(number):
        under = random.choice(made) if made and random.random() < answers else None
        made.append(a_comment(article, by=random.choice(people), body=f"Comment {each}.", under=under))
    return made


def miscounted() -> Iterator[str]:
    """Every counter of every thread that isn't what counting the rows gives."""
    db.session.rollback()
    published, placed = Comment.state == State.PUBLISHED.value, Comment.changed_seq > 0
    for thread in db.session.scalars(select(Thread)):
        of_thread = select(func.count()).select_from(Comment).where(Comment.article_id == thread.article_id)
        if thread.total != db.session.scalar(of_thread.where(placed)):
            yield f"total of thread {thread.article_id}"
        if thread.published != db.session.scalar(of_thread.where(published)):
            yield f"published of thread {thread.article_id}"
    for comment in db.session.scalars(select(Comment)):
        standing = select(func.count()).select_from(Comment).where(Comment.under_id == comment.id, placed)
        if comment.replies != db.session.scalar(standing):
            yield f"replies of comment {comment.id}"
        given = select(func.count()).where(Recommendation.comment_id == comment.id)
        if comment.recommendations != db.session.scalar(given):
            yield f"recommendations of comment {comment.id}"
    for claim in db.session.scalars(select(Claim)):
        about = select(func.count()).select_from(Comment).where(Comment.claim_id == claim.id, published)
        if claim.comments != db.session.scalar(about):
            yield f"comments of claim {claim.id}"
