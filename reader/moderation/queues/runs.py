"""Cases of each queue, in the order of an index.

A queue is one run, or a few. Filters are checked while the index is read.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Integer,
    Select,
    and_,
    case,
    cast,
    exists,
    false,
    func,
    literal,
    null,
    or_,
    select,
    text,
    true,
)
from sqlalchemy.orm import aliased
from sqlalchemy.sql.elements import SQLColumnExpression

from reader.articles.queries import are_few
from reader.comments.models import Comment, Finding, State
from reader.db.base import db
from reader.moderation.models import (
    DOUBTFUL,
    REMOVALS,
    TRUSTED,
    Action,
    Appeal,
    Decision,
    Reason,
    Report,
)

# Number of cases that a page examines for those that match its filters, or of entries for those that are cases.
STRETCH = 1_000
# Reports by people whose reports were mostly wrong come after all others.
LATER = 10**10
# Comments that a rule found suspect come in between.
SUSPECT = 5 * 10**9

Keys = Select[*tuple[Any, ...]]


@dataclass(frozen=True)
class QueueFilters:
    """Filters of a queue: comments on these articles, by this person, for this reason."""

    articles: tuple[int, ...] = field(default=())
    author_id: int | None = None
    author: str | None = None
    reason: Reason | None = None

    @property
    def leave_out(self) -> bool:
        """True if any filter is set."""
        return bool(self.articles) or self.author_id is not None or self.reason is not None

    @property
    def query(self) -> str:
        """Query string for these filters, without its question mark."""
        pairs: list[tuple[str, object]] = [("article", article) for article in self.articles]
        if self.author:
            pairs.append(("author", self.author))
        if self.reason:
            pairs.append(("reason", self.reason.value))
        return urlencode(pairs)


@dataclass(frozen=True)
class Run:
    """Cases in the order of an index: a whole queue, or those whose keys are from ``first`` on.

    ``query`` has a ``comment_id`` and a ``decision_id``, of which one is NULL. ``number`` is the indexed column: the
    key of a case counted from ``first``, or its negative where the newest come first. ``entries`` are the rows of the
    index, where many of them may be no cases.
    """

    query: Keys
    number: SQLColumnExpression[int]
    comment_id: SQLColumnExpression[Any]
    author_id: SQLColumnExpression[int] = field(default_factory=lambda: Comment.author_id)
    reason: Callable[[str], ColumnElement[bool]] = lambda _reason: true()
    first: int = 0
    newest_first: bool = False
    has_people: bool = False  # and so cases that no comment leads to
    entries: Keys | None = None

    def key(self, number: int) -> int:
        """Return the key of the case with this number."""
        return -number if self.newest_first else self.first + number

    def rows(self, filters: QueueFilters, *, few: Select[int] | None, after: int | None) -> Keys:
        """Select the cases after a key that match the filters; in a long queue, among the next ``STRETCH``.

        Few comments are all looked up and sorted; otherwise the index is followed. The query leaves the database no
        choice.
        """
        fits = and_(true(), *self._conditions(filters))
        query = self._after(self.query, after).add_columns(self.number.label("number"), fits.label("fits"))
        if few is not None and not self.has_people:
            found = query.where(self.comment_id.in_(few)).cte("found").prefix_with("MATERIALIZED")
            return select(found).where(found.c.fits).order_by(self._ordered(found.c.number))
        query = query.order_by(self._ordered(self.number))
        if self.entries is not None:
            query = query.where(self.number.in_(self._near(after).correlate(None)))
        if not filters.leave_out:
            return query
        near = query.limit(STRETCH).subquery()
        return select(near).where(near.c.fits).order_by(self._ordered(near.c.number))

    def all(self) -> Keys:
        """Select all cases in their order, which determines the index used."""
        return self.query.order_by(self._ordered(self.number))

    def end(self, after: int | None) -> int | None:
        """Return the last key among the ``STRETCH`` cases or entries after a key; None if there are fewer."""
        last = db.session.scalar(self._near(after).offset(STRETCH - 1).limit(1))
        return None if last is None else self.key(last)

    def _near(self, after: int | None) -> Keys:
        """Select the numbers of the next ``STRETCH`` cases or entries."""
        rows = self._after(self.query if self.entries is None else self.entries, after)
        return rows.with_only_columns(self.number).order_by(self._ordered(self.number)).limit(STRETCH)

    def _after(self, rows: Keys, after: int | None) -> Keys:
        if after is None:
            return rows
        # A key may exceed the column's range, as those of other runs do.
        start = literal(-after if self.newest_first else after - self.first, BigInteger)
        return rows.where(self.number < start if self.newest_first else self.number > start)

    def _ordered(self, number: Any) -> ColumnElement[int]:
        ordered: ColumnElement[int] = number.desc() if self.newest_first else number.asc()
        return ordered

    def _conditions(self, filters: QueueFilters) -> Iterator[ColumnElement[bool]]:
        """Yield the filters' conditions, written so that none of them leads the database to another index."""
        if filters.articles:
            yield func.coalesce(Comment.article_id.in_(filters.articles), false())
        if filters.author_id is not None:
            yield func.coalesce(self.author_id, 0) == filters.author_id
        if filters.reason is not None:
            yield self.reason(filters.reason.value)


def few_of(filters: QueueFilters) -> Select[int] | None:
    """Select the comments by the filters' author, or on their articles; None unless these are few."""
    wanted = []
    if filters.author_id is not None:
        wanted.append(select(Comment.id).where(Comment.author_id == filters.author_id))
    if filters.articles:
        wanted.append(select(Comment.id).where(Comment.article_id.in_(filters.articles)))
    return next((ids for ids in wanted if are_few(ids)), None)


_NO_DECISION = cast(null(), Integer).label("decision_id")
_CAN_BE_READ = Comment.state.in_([State.PUBLISHED.value, State.HELD.value])


def reported() -> list[Run]:
    """Return the runs of the reported comments: by trusted readers, found suspect by rules, by others."""
    other = aliased(Report)
    others = select(other.id).where(other.comment_id == Report.comment_id, other.outcome.is_(None))
    is_first = ~exists(others.where(other.id < Report.id, other.trusted == Report.trusted))
    is_trusted = exists(others.where(other.trusted == true()))
    return [
        _reports(TRUSTED, is_first),
        _suspect(),
        _reports(DOUBTFUL, is_first, ~is_trusted, first=LATER),
    ]


def _reports(condition: str, *others: ColumnElement[bool], first: int = 0) -> Run:
    """Return the run of the comments with these open reports, no two of which are about the same comment."""
    return Run(
        select(Report.comment_id.label("comment_id"), _NO_DECISION)
        .join(Comment, Comment.id == Report.comment_id)
        .where(text(condition), *others, _CAN_BE_READ),
        number=Report.id,
        comment_id=Report.comment_id,
        reason=_is_reported_for,
        first=first,
    )


def _is_reported_for(reason: str) -> ColumnElement[bool]:
    """Return the SQL condition that one of the open reports on the comment gives this reason."""
    given = aliased(Report)
    return exists().where(given.comment_id == Comment.id, given.outcome.is_(None), given.reason == reason)


def _suspect() -> Run:
    other = aliased(Finding)
    is_again = exists().where(
        other.comment_id == Finding.comment_id,
        other.waits == true(),
        or_(
            other.revision < Finding.revision,
            and_(other.revision == Finding.revision, other.rule < Finding.rule),
        ),
    )
    is_reported = exists().where(Report.comment_id == Finding.comment_id, Report.outcome.is_(None))
    return Run(
        select(Finding.comment_id.label("comment_id"), _NO_DECISION)
        .join(Comment, Comment.id == Finding.comment_id)
        .where(text("findings.waits"), _CAN_BE_READ, ~is_again, ~is_reported),
        number=Finding.comment_id,
        comment_id=Finding.comment_id,
        reason=lambda _reason: false(),
        first=SUSPECT,
    )


def comments_with(condition: str, *, newest_first: bool = False) -> list[Run]:
    """Return the run of the comments for which a condition with its own index is true."""
    query = select(Comment.id.label("comment_id"), _NO_DECISION).where(text(condition))
    return [Run(query, number=Comment.id, comment_id=Comment.id, newest_first=newest_first)]


def appeals() -> list[Run]:
    """Return the run of appeals: against removals of comments, and decisions about people, without article."""
    about_person = case((Decision.comment_id.is_(None), Decision.id))
    return [
        Run(
            select(Decision.comment_id.label("comment_id"), about_person.label("decision_id"))
            .select_from(Appeal)
            .join(Decision, Decision.id == Appeal.decision_id)
            .outerjoin(Comment, Comment.id == Decision.comment_id)
            .where(
                Appeal.outcome.is_(None),
                or_(Decision.comment_id.is_(None), Comment.state == State.REMOVED.value),
            ),
            number=Appeal.id,
            comment_id=Decision.comment_id,
            author_id=Appeal.author_id,
            reason=_is_decided_for,
            has_people=True,
        )
    ]


def removed() -> list[Run]:
    """Return the run of the comments that moderators removed, the last decision first."""
    later = aliased(Decision)
    is_last = ~exists().where(
        later.comment_id == Decision.comment_id,
        later.id > Decision.id,
        # Written so that the comment's decisions are looked up, and not all removals since.
        func.coalesce(later.action, "") == Action.REMOVE.value,
    )
    return [
        Run(
            select(Comment.id.label("comment_id"), _NO_DECISION)
            .join(Decision, Decision.comment_id == Comment.id)
            .where(text(REMOVALS), Comment.state == State.REMOVED.value, is_last),
            number=Decision.id,
            comment_id=Decision.comment_id,
            reason=_is_decided_for,
            newest_first=True,
            entries=select(Decision.id).where(text(REMOVALS)),
        )
    ]


def _is_decided_for(reason: str) -> ColumnElement[bool]:
    return func.coalesce(Decision.reason == reason, false())
