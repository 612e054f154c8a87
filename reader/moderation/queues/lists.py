"""The five queues: which comments are in each, in which order, and how many.

In every queue a comment has one whole number, its key, by which it is placed: smaller ones first. A page goes on
from a key, a card carries its keys, and an open page places what arrives by them; so all three agree.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any
from urllib.parse import urlencode

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    ScalarSelect,
    Select,
    and_,
    case,
    cast,
    exists,
    func,
    select,
    union,
)
from sqlalchemy.orm import aliased

from reader.comments.models import Comment, Finding, State
from reader.extensions import db
from reader.moderation.models import Action, Appeal, Decision, Reason, Report

PAGE = 25
# A count beyond this is "many".
MOST = 1000
# What nobody has looked at is looked for among the newest comments only: the older ones have been read by then.
NEWEST = 5000
# Reports by people whose reports were mostly wrong come after all others.
LATER = 10**10
# What a rule has found suspect comes in between.
SUSPECT = 5 * 10**9

Keys = Select[*tuple[Any, ...]]


class Queue(StrEnum):
    """A queue; ``label`` is how it is shown, ``empty`` what stands there when nothing waits."""

    label: str
    empty: str

    def __new__(cls, value: str, label: str = "", empty: str = "") -> Queue:
        """A member with its words. (A default, because a look-up gives the value alone.)"""
        member = str.__new__(cls, value)
        member._value_ = value
        member.label, member.empty = label, empty
        return member

    REPORTED = "reported", "Reported", "No report waits"
    HELD = "held", "Held", "No comment is held"
    UNREVIEWED = "unreviewed", "Unreviewed", "Every new comment has been seen"
    APPEALS = "appeals", "Appeals", "No appeal waits"
    REMOVED = "removed", "Removed", "Nothing is removed"

    @property
    def path(self) -> str:
        """Its address."""
        return f"/moderation/{self.value}"


@dataclass(frozen=True)
class Filters:
    """Which part of a queue is wanted: comments on these articles, by this person, for this reason."""

    articles: tuple[int, ...] = field(default=())
    author_id: int | None = None
    author: str | None = None
    reason: Reason | None = None

    @property
    def query(self) -> str:
        """The query that an address asks for them by, without its question mark."""
        pairs: list[tuple[str, object]] = [("article", article) for article in self.articles]
        if self.author:
            pairs.append(("author", self.author))
        if self.reason:
            pairs.append(("reason", self.reason.value))
        return urlencode(pairs)


@dataclass(frozen=True)
class Listed:
    """A page of a queue: comments' ids, and the key after which it goes on."""

    ids: Sequence[int]
    after: int | None


def listed(queue: Queue, filters: Filters, *, after: int | None = None) -> Listed:
    """What stands first in a queue, or after a key."""
    keys = _filtered(queue, filters).subquery()
    query = select(keys.c.comment_id, keys.c.key).order_by(keys.c.key).limit(PAGE + 1)
    if after is not None:
        query = query.where(keys.c.key > after)
    rows = db.session.execute(query).all()
    return Listed([row.comment_id for row in rows[:PAGE]], rows[PAGE - 1].key if len(rows) > PAGE else None)


def keys_of(comment_ids: Collection[int]) -> dict[int, dict[str, int]]:
    """In which queues the comments are, each with its key."""
    found: dict[int, dict[str, int]] = {comment_id: {} for comment_id in comment_ids}
    for queue in Queue:
        for comment_id, key in db.session.execute(_KEYS[queue]().where(Comment.id.in_(comment_ids))):
            found[comment_id][queue.value] = key
    return found


def counts() -> dict[str, int]:
    """How many wait in each queue, counted up to ``MOST``."""
    return {
        queue.value: db.session.scalar(
            select(func.count()).select_from(_KEYS[queue]().limit(MOST).subquery())
        )
        or 0
        for queue in Queue
    }


def _filtered(queue: Queue, filters: Filters) -> Keys:
    query = _KEYS[queue]()
    if filters.articles:
        query = query.where(Comment.article_id.in_(filters.articles))
    if filters.author_id is not None:
        query = query.where(Comment.author_id == filters.author_id)
    if filters.reason is not None:
        reason = filters.reason.value
        if queue is Queue.REPORTED:
            # Not a condition on the reports themselves: the key counts them all.
            given = select(Report.comment_id).where(Report.outcome.is_(None), Report.reason == reason)
            query = query.where(Comment.id.in_(given))
        elif queue in (Queue.APPEALS, Queue.REMOVED):
            query = query.where(Decision.reason == reason)
    return query


def _reported() -> Keys:
    """What readers reported, those first whose word counts; between them, what rules have found suspect."""
    trusted = func.max(case((Report.trusted, 1), else_=0))
    reports = (
        select(
            Report.comment_id, cast(func.min(Report.id), BigInteger).label("first"), trusted.label("trusted")
        )
        .where(Report.outcome.is_(None))
        .group_by(Report.comment_id)
        .subquery()
    )
    key = case(
        (reports.c.first.is_(None), SUSPECT + cast(Comment.id, BigInteger)),
        (reports.c.trusted == 1, reports.c.first),
        else_=LATER + reports.c.first,
    )
    found = aliased(Comment)
    suspect = (
        select(Finding.comment_id)
        .join(found, and_(found.id == Finding.comment_id, found.revision == Finding.revision))
        .where(Finding.outcome == "report", found.id > _newest() - NEWEST, ~_seen(found))
    )
    return (
        select(Comment.id.label("comment_id"), key.label("key"))
        .outerjoin(reports, reports.c.comment_id == Comment.id)
        .where(
            # One list of ids, found by index: an OR would look at every comment.
            Comment.id.in_(union(select(Report.comment_id).where(Report.outcome.is_(None)), suspect)),
            Comment.state.in_([State.PUBLISHED.value, State.HELD.value]),
        )
    )


def _newest() -> ScalarSelect[int]:
    newest = aliased(Comment)
    return select(func.coalesce(func.max(newest.id), 0)).scalar_subquery()


def _seen(comment: type[Comment] = Comment) -> ColumnElement[bool]:
    """Whether somebody has decided about the comment as it is now."""
    return exists().where(
        Decision.comment_id == comment.id,
        Decision.revision == comment.revision,
        Decision.actor_id.isnot(None),
    )


def _held() -> Keys:
    return select(Comment.id.label("comment_id"), Comment.id.label("key")).where(
        Comment.state == State.HELD.value
    )


def _unreviewed() -> Keys:
    return select(Comment.id.label("comment_id"), (-Comment.id).label("key")).where(
        Comment.state == State.PUBLISHED.value, Comment.id > _newest() - NEWEST, ~_seen()
    )


def _appeals() -> Keys:
    return (
        select(Comment.id.label("comment_id"), Appeal.id.label("key"))
        .join(Decision, Decision.comment_id == Comment.id)
        .join(Appeal, Appeal.decision_id == Decision.id)
        .where(Appeal.outcome.is_(None), Comment.state == State.REMOVED.value)
    )


def _removed() -> Keys:
    later = aliased(Decision)
    is_last = ~exists().where(
        later.comment_id == Decision.comment_id,
        later.id > Decision.id,
        later.action == Action.REMOVE.value,
    )
    return (
        select(Comment.id.label("comment_id"), (-Decision.id).label("key"))
        .join(Decision, and_(Decision.comment_id == Comment.id, Decision.action == Action.REMOVE.value))
        .where(Comment.state == State.REMOVED.value, is_last)
    )


_KEYS = {
    Queue.REPORTED: _reported,
    Queue.HELD: _held,
    Queue.UNREVIEWED: _unreviewed,
    Queue.APPEALS: _appeals,
    Queue.REMOVED: _removed,
}
