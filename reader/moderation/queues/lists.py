"""The five queues: the comments and appealed measures in each, their order, and their counts.

In every queue a case has an integer key, and cases are listed in ascending order of keys. A page continues after a key,
a card carries its keys, and an open page places arriving cards by them, so all three agree. Where the newest come
first, the key is the negative of a number; the database is asked in the order of that number, which an index has.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import NamedTuple

from sqlalchemy import ScalarSelect, Select, func, select

from reader import eventlog
from reader.comments.models import HELD, UNREVIEWED
from reader.db.base import db
from reader.db.keyset import id_from
from reader.enums import DescribedEnum
from reader.eventlog import streams
from reader.moderation.models import Appeal, Decision
from reader.moderation.queues.runs import QueueFilters, Run, appeals, comments_with, few_of, removed, reported

PAGE = 25
# A count beyond this is "many".
MAX_COUNTED = 100


class Waiting(NamedTuple):
    """Number of cases waiting in each queue, with the stream of their changes and its head at that time."""

    stream: str
    head: int
    counts: dict[str, int]


class QueueItem(NamedTuple):
    """A case in a queue: a comment, or an appealed decision about a person."""

    comment_id: int | None = None
    decision_id: int | None = None

    @classmethod
    def of(cls, decision: Decision) -> QueueItem:
        """Return the case that a decision is about."""
        return cls(decision.comment_id, None if decision.comment_id is not None else decision.id)

    @classmethod
    def named(cls, name: str) -> QueueItem | None:
        """Parse a case's name: ``comment-7``, ``decision-7``, or ``7`` for a comment; None if it is none of these."""
        kind, _, number = name.rpartition("-")
        found = id_from(number)
        if found is None or kind not in ("", "comment", "decision"):
            return None
        return cls(decision_id=found) if kind == "decision" else cls(comment_id=found)


class Queue(DescribedEnum):
    """A queue; ``label`` is its name on pages, ``empty`` the text of an empty queue."""

    label: str
    empty: str

    REPORTED = "reported", "Reported", "No report waits"
    HELD = "held", "Held", "No comment is held"
    UNREVIEWED = "unreviewed", "Unreviewed", "Every new comment has been seen"
    APPEALS = "appeals", "Appeals", "No appeal waits"
    REMOVED = "removed", "Removed", "Nothing is removed"

    @property
    def path(self) -> str:
        """Address of the queue."""
        return f"/moderation/{self.value}"


@dataclass(frozen=True)
class QueuePage:
    """A page of a queue: cases, and the key that the next page follows."""

    cases: Sequence[QueueItem]
    after: int | None


def listed(queue: Queue, filters: QueueFilters, *, after: int | None = None) -> QueuePage:
    """List the first cases of a queue, or those after a key.

    In a long queue, a call examines a bounded number of cases, so a page before the last may be short.
    """
    few = few_of(filters)
    cases: list[QueueItem] = []
    last = None
    for run in _runs(queue):
        for row in db.session.execute(run.rows(filters, few=few, after=after).limit(PAGE + 1 - len(cases))):
            if len(cases) == PAGE:
                return QueuePage(cases, last)
            cases.append(QueueItem(row.comment_id, row.decision_id))
            last = run.key(row.number)
        is_whole = few is not None and not run.has_people
        is_part = (filters.leave_out or run.entries is not None) and not is_whole
        end = run.end(after) if is_part else None
        if end is not None:
            return QueuePage(cases, end)
    return QueuePage(cases, None)


def keys_of(comment_ids: Collection[int]) -> dict[int, dict[str, int]]:
    """Return the queues of each comment, with its key in each."""
    found: dict[int, dict[str, int]] = {comment_id: {} for comment_id in comment_ids}
    for queue in Queue:
        for run in _runs(queue):
            query = run.query.add_columns(run.number.label("number")).where(run.comment_id.in_(comment_ids))
            for row in db.session.execute(query):
                found[row.comment_id][queue.value] = run.key(row.number)
    return found


def key_of_appeal(appeal: Appeal) -> dict[str, int]:
    """Return the queue and key of an appeal against a measure; empty if it is answered."""
    return {} if appeal.outcome else {Queue.APPEALS.value: appeal.id}


def counts() -> dict[str, int]:
    """Return the number of cases waiting in each queue, counted up to ``MAX_COUNTED``."""
    queues, query = _counting()
    counted: Counter[Queue] = Counter()
    for queue, number in zip(queues, db.session.execute(query).one(), strict=True):
        counted[queue] += number
    return {queue.value: min(MAX_COUNTED, counted[queue]) for queue in Queue}


def waiting() -> Waiting:
    """Return the number of cases waiting in each queue, as of the head of the moderators' stream or later."""
    head = eventlog.head(streams.MODERATION)  # read before the counts
    return Waiting(streams.MODERATION, head, counts())


@cache
def _counting() -> tuple[list[Queue], Select[*tuple[int, ...]]]:
    """Return a statement that counts each run, with the queues that these belong to.

    To put it together takes six times as long as the answer.
    """
    runs = [(queue, run) for queue in Queue for run in _runs(queue)]
    return [queue for queue, _ in runs], select(*(_count_of(run) for _, run in runs))


def _count_of(run: Run) -> ScalarSelect[int]:
    some = run.all().limit(MAX_COUNTED).subquery()
    return select(func.count()).select_from(some).scalar_subquery()


@cache
def _runs(queue: Queue) -> list[Run]:
    return _RUNS[queue]()


_RUNS: Mapping[Queue, Callable[[], list[Run]]] = {
    Queue.REPORTED: reported,
    Queue.HELD: lambda: comments_with(HELD),
    Queue.UNREVIEWED: lambda: comments_with(UNREVIEWED, newest_first=True),
    Queue.APPEALS: appeals,
    Queue.REMOVED: removed,
}
