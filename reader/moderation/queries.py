"""Every read of decisions, and of comments as moderators see them, including the text of removed ones."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlencode

from sqlalchemy import exists, func, select
from sqlalchemy.orm import joinedload, raiseload

from reader.articles.models import Article
from reader.articles.queries import visible
from reader.clock import now
from reader.comments.models import Comment, State
from reader.db import keyset
from reader.db.base import db
from reader.db.keyset import MAX_ID
from reader.moderation.models import PINS, PRIVATE, Action, Decision, Reason, Report

PAGE = 25
# Distance by which a decision's id may be out of chronological order: more than are made at the same time.
SLACK = 1_000
# Number of decisions that one page of the log examines.
STRETCH = 5_000
# Time after a decision during which it can be undone.
REGRET = timedelta(minutes=15)
KEEPING = (Action.APPROVE, Action.RESTORE, Action.OVERTURN)
UNDOABLE = (Action.APPROVE, Action.REMOVE, Action.RESTORE, Action.PIN, Action.UNPIN)


@dataclass(frozen=True)
class Case:
    """A comment on a moderator's page, with its article, its author and the last decision about it."""

    comment: Comment
    decision: Decision | None

    @property
    def html(self) -> str | None:
        """Text of the comment as HTML; None if its author deleted it."""
        return self.comment.html if self.comment.state not in (State.DELETED, State.ERASED) else None


@dataclass(frozen=True)
class LogEntry:
    """A line of the public log; ``is_public`` is False if the article may not be named."""

    decision: Decision
    is_public: bool

    @property
    def is_in_thread(self) -> bool:
        """True if everybody can follow a link to the comment; False if it was never published."""
        comment = self.decision.comment
        return self.is_public and comment is not None and comment.is_placed


@dataclass(frozen=True)
class LogFilters:
    """Filters of the public log; ``month`` is the first instant of the month."""

    action: Action | None = None
    reason: Reason | None = None
    month: datetime | None = None

    @property
    def query(self) -> str:
        """Query string for these filters, without its question mark."""
        return urlencode(
            {
                name: value
                for name, value in (
                    ("action", self.action),
                    ("reason", self.reason),
                    ("month", f"{self.month:%Y-%m}" if self.month else None),
                )
                if value
            }
        )


EVERYTHING = LogFilters()


@dataclass(frozen=True)
class LogPage:
    """A page of the public log, latest first, and the id of the decision that the next page follows."""

    entries: Sequence[LogEntry]
    after: int | None


def case(comment_id: int) -> Case | None:
    """Return one comment to decide about."""
    comment = db.session.scalar(_COMMENTS.where(Comment.id == comment_id))
    return _with_decisions([comment])[0] if comment else None


def approval(comment_id: int, revision: int) -> Decision | None:
    """Return the decision that approved this revision, if it is the last one, not counting pins."""
    last = db.session.scalar(
        select(Decision)
        .where(
            Decision.comment_id == comment_id,
            Decision.revision == revision,
            Decision.action.not_in(PINS),
        )
        .order_by(Decision.id.desc())
        .limit(1)
    )
    return last if last is not None and last.action in KEEPING else None


def open_reports(comment_id: int) -> Sequence[Report]:
    """Return the open reports on a comment, the earliest first."""
    return db.session.scalars(
        select(Report).where(Report.comment_id == comment_id, Report.outcome.is_(None)).order_by(Report.id)
    ).all()


def removal(comment_id: int) -> Decision | None:
    """Return the last decision that removed the comment."""
    return db.session.scalar(
        select(Decision)
        .where(Decision.comment_id == comment_id, Decision.action == Action.REMOVE.value)
        .order_by(Decision.id.desc())
        .limit(1)
    )


def undoable_by(person_id: int) -> Decision | None:
    """Return the person's very last decision while it can be undone, and never an older one instead.

    It can be undone for a quarter of an hour, if it is about one comment and nothing was decided about that since.
    Removals that came with a ban are undone with the ban, and an undoing cannot be undone.
    """
    last = db.session.scalar(
        select(Decision)
        .where(Decision.actor_id == person_id)
        .options(joinedload(Decision.comment).joinedload(Comment.author), raiseload("*"))
        .order_by(Decision.id.desc())
        .limit(1)
    )
    if last is None or last.at <= now() - REGRET or last.action not in UNDOABLE:
        return None
    if last.undoes_id is not None or last.measure_id is not None:
        return None
    later = exists().where(Decision.comment_id == last.comment_id, Decision.id > last.id)
    return None if db.session.scalar(select(later)) else last


def log(wanted: LogFilters = EVERYTHING, *, after: int | None = None) -> LogPage:
    """Return a page of the public log.

    A call examines at most ``STRETCH`` decisions, so with filters a page before the last may be short.
    """
    start = after or (db.session.scalar(select(func.max(Decision.id))) or 0) + 1
    query = (
        select(Decision, visible())
        .outerjoin(Article, Article.id == Decision.article_id)
        .options(
            joinedload(Decision.actor),
            joinedload(Decision.article),
            joinedload(Decision.measure),
            joinedload(Decision.comment).load_only(Comment.changed_seq),
        )
        .where(Decision.action.not_in([action.value for action in PRIVATE]))
        .order_by(Decision.id.desc())
        .limit(PAGE + 1)
    )
    first = 1
    if wanted.action:
        query = query.where(Decision.action == wanted.action.value)
    if wanted.reason:
        query = query.where(Decision.reason == wanted.reason.value)
    if wanted.month:
        end = _next_month(wanted.month)
        query = query.where(Decision.at >= wanted.month, Decision.at < end)
        # Ids are nearly in the order of time, so only ids near the month's need to be read.
        first, start = _first_id(wanted.month) - SLACK, min(start, _first_id(end) + SLACK)
    lowest = max(first, start - STRETCH)
    query = query.where(Decision.id >= lowest, Decision.id < start)
    entries = [LogEntry(decision, bool(is_public)) for decision, is_public in db.session.execute(query)]
    found, last = keyset.page(entries, PAGE)
    if last is not None:
        return LogPage(found, last.decision.id)
    return LogPage(entries, lowest if lowest > max(first, 1) else None)


def _first_id(at: datetime) -> int:
    """Return the id of the first decision from ``at`` on."""
    found = db.session.scalar(
        select(Decision.id).where(Decision.at >= at).order_by(Decision.at, Decision.id).limit(1)
    )
    return found or MAX_ID - SLACK


def _next_month(first: datetime) -> datetime:
    return (first + timedelta(days=32)).replace(day=1)


_COMMENTS = select(Comment).options(
    joinedload(Comment.author, innerjoin=True),
    joinedload(Comment.article, innerjoin=True),
    joinedload(Comment.claim),
    raiseload("*"),
)


def _with_decisions(comments: Sequence[Comment]) -> list[Case]:
    decisions = db.session.scalars(
        select(Decision)
        .where(Decision.comment_id.in_([comment.id for comment in comments]))
        .options(joinedload(Decision.actor))
        .order_by(Decision.id)
    )
    last = {decision.comment_id: decision for decision in decisions}
    return [Case(comment, last.get(comment.id)) for comment in comments]
