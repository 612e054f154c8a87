"""The five queues: which comments are in each, and which appeals against measures, in which order, and how many.

In every queue a case has one whole number, its key, by which it is placed: smaller ones first. A page goes on
from a key, a card carries its keys, and an open page places what arrives by them; so all three agree. Where the newest
come first, the key is the negative of a number; the database is asked in the order of that number, which is an index's.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple
from urllib.parse import urlencode

from sqlalchemy import (
    BigInteger,
    CompoundSelect,
    Integer,
    Select,
    and_,
    case,
    cast,
    exists,
    false,
    func,
    null,
    select,
    text,
    union,
    union_all,
)
from sqlalchemy.orm import aliased

from reader import eventlog
from reader.comments.models import HELD, UNREVIEWED, Comment, Finding, State
from reader.enums import Worded
from reader.extensions import db
from reader.moderation.models import STREAM, Action, Appeal, Decision, Reason, Report
from reader.paging import id_from

PAGE = 25
# A count beyond this is "many".
MOST = 1000
# Reports by people whose reports were mostly wrong come after all others.
LATER = 10**10
# What a rule has found suspect comes in between.
SUSPECT = 5 * 10**9

Keys = Select[*tuple[Any, ...]]


class Waiting(NamedTuple):
    """How many cases wait in each queue, with the stream that tells of changes and its number then."""

    stream: str
    head: int
    counts: dict[str, int]


class Case(NamedTuple):
    """What a queue lists: a comment, or a decision about a person that was appealed against."""

    comment_id: int | None = None
    decision_id: int | None = None

    @classmethod
    def of(cls, decision: Decision) -> Case:
        """The case that a decision is about."""
        return cls(decision.comment_id, None if decision.comment_id is not None else decision.id)

    @classmethod
    def named(cls, name: str) -> Case | None:
        """The case that pages and events call so: ``comment-7``, ``decision-7``, or ``7``, a comment; None for none."""
        kind, _, number = name.rpartition("-")
        found = id_from(number)
        if found is None or kind not in ("", "comment", "decision"):
            return None
        return cls(decision_id=found) if kind == "decision" else cls(comment_id=found)


class Queue(Worded):
    """A queue; ``label`` is how it is shown, ``empty`` what stands there when nothing waits."""

    label: str
    empty: str

    REPORTED = "reported", "Reported", "No report waits"
    HELD = "held", "Held", "No comment is held"
    UNREVIEWED = "unreviewed", "Unreviewed", "Every new comment has been seen"
    APPEALS = "appeals", "Appeals", "No appeal waits"
    REMOVED = "removed", "Removed", "Nothing is removed"

    @property
    def path(self) -> str:
        """Its address."""
        return f"/moderation/{self.value}"

    @property
    def is_newest_first(self) -> bool:
        """Whether what came last stands first."""
        return self in (Queue.UNREVIEWED, Queue.REMOVED)

    def key(self, number: int) -> int:
        """The key of the case with this number."""
        return -number if self.is_newest_first else number


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
    """A page of a queue: cases, and the key after which it goes on."""

    cases: Sequence[Case]
    after: int | None


def listed(queue: Queue, filters: Filters, *, after: int | None = None) -> Listed:
    """What stands first in a queue, or after a key."""
    rows = db.session.execute(ordered(queue, filters, after=after).limit(PAGE + 1)).all()
    cases = [Case(row.comment_id, row.decision_id) for row in rows[:PAGE]]
    return Listed(cases, queue.key(rows[PAGE - 1].number) if len(rows) > PAGE else None)


def ordered(queue: Queue, filters: Filters, *, after: int | None = None) -> Keys:
    """All cases of a queue from its start, or from after a key on, in its order."""
    found = _all(queue, filters).subquery()
    number = found.c.number
    query = select(found).order_by(number.desc() if queue.is_newest_first else number)
    if after is None:
        return query
    return query.where(number < -after if queue.is_newest_first else number > after)


def keys_of(comment_ids: Collection[int]) -> dict[int, dict[str, int]]:
    """In which queues the comments are, each with its key."""
    found: dict[int, dict[str, int]] = {comment_id: {} for comment_id in comment_ids}
    for queue in Queue:
        for comment_id, number in db.session.execute(_NUMBERS[queue]().where(Comment.id.in_(comment_ids))):
            found[comment_id][queue.value] = queue.key(number)
    return found


def key_of_appeal(appeal: Appeal) -> dict[str, int]:
    """Where an appeal against a decision about a person waits, if it does."""
    return {} if appeal.outcome else {Queue.APPEALS.value: appeal.id}


def counts() -> dict[str, int]:
    """How many wait in each queue, counted up to ``MOST``."""
    return {
        queue.value: db.session.scalar(
            select(func.count()).select_from(_all(queue, Filters()).limit(MOST).subquery())
        )
        or 0
        for queue in Queue
    }


def waiting() -> Waiting:
    """Return how many wait in each queue, as of the head of the moderators' stream or later."""
    head = eventlog.head(STREAM)  # before all that it numbers
    return Waiting(STREAM, head, counts())


def _all(queue: Queue, filters: Filters) -> Keys | CompoundSelect[*tuple[Any, ...]]:
    """All cases of a queue."""
    comments = _filtered(queue, filters).add_columns(cast(null(), Integer).label("decision_id"))
    return union_all(comments, _of_people(filters)) if queue is Queue.APPEALS else comments


def _of_people(filters: Filters) -> Keys:
    """Decisions about people that somebody else has to look at again. They belong to no article."""
    query = (
        select(
            cast(null(), Integer).label("comment_id"),
            Appeal.id.label("number"),
            Decision.id.label("decision_id"),
        )
        .join(Decision, Decision.id == Appeal.decision_id)
        .where(Appeal.outcome.is_(None), Decision.comment_id.is_(None))
    )
    if filters.articles:
        query = query.where(false())
    if filters.author_id is not None:
        query = query.where(Decision.person_id == filters.author_id)
    return query if filters.reason is None else query.where(Decision.reason == filters.reason.value)


def _filtered(queue: Queue, filters: Filters) -> Keys:
    query = _NUMBERS[queue]()
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
    suspect = select(Finding.comment_id).where(text("findings.waits"))
    return (
        select(Comment.id.label("comment_id"), key.label("number"))
        .outerjoin(reports, reports.c.comment_id == Comment.id)
        .where(
            # One list of ids, found by index: an OR would look at every comment.
            Comment.id.in_(union(select(Report.comment_id).where(Report.outcome.is_(None)), suspect)),
            Comment.state.in_([State.PUBLISHED.value, State.HELD.value]),
        )
    )


def _held() -> Keys:
    return _comments_with(HELD)


def _unreviewed() -> Keys:
    return _comments_with(UNREVIEWED)


def _comments_with(condition: str) -> Keys:
    return select(Comment.id.label("comment_id"), Comment.id.label("number")).where(text(condition))


def _appeals() -> Keys:
    return (
        select(Comment.id.label("comment_id"), Appeal.id.label("number"))
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
        select(Comment.id.label("comment_id"), Decision.id.label("number"))
        .join(Decision, and_(Decision.comment_id == Comment.id, Decision.action == Action.REMOVE.value))
        .where(Comment.state == State.REMOVED.value, is_last)
    )


_NUMBERS = {
    Queue.REPORTED: _reported,
    Queue.HELD: _held,
    Queue.UNREVIEWED: _unreviewed,
    Queue.APPEALS: _appeals,
    Queue.REMOVED: _removed,
}
