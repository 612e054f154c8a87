"""The figures of the transparency report: a year by months, read in a constant number of queries."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from statistics import median

from sqlalchemy import extract, func, select

from reader.clock import now
from reader.db.base import db
from reader.moderation.models import (
    PRIVATE,
    Action,
    Appeal,
    AppealOutcome,
    Decision,
    Reason,
    Report,
)
from reader.moderation.reports.queries import was_judged
from reader.text.dates import MONTHS

LENGTH = 12
# The median of this many of a month's last reports is exact enough.
MAX_REPORTS = 200


@dataclass
class Month:
    """Figures of one month.

    ``hours`` is the median time from a report to its decision; ``against_measures`` counts the appeals against measures
    on people, which are among the ``appeals``.
    """

    year: int
    number: int
    actions: Counter[str] = field(default_factory=Counter)
    reasons: Counter[str] = field(default_factory=Counter)
    automatic: int = 0
    hours: float | None = None
    appeals: Counter[str] = field(default_factory=Counter)
    against_measures: Counter[str] = field(default_factory=Counter)

    @property
    def start(self) -> datetime:
        """First instant of the month."""
        return datetime(self.year, self.number, 1, tzinfo=UTC)

    @property
    def end(self) -> datetime:
        """First instant of the next month."""
        return datetime(self.year + self.number // 12, self.number % 12 + 1, 1, tzinfo=UTC)

    @property
    def key(self) -> str:
        """Machine-readable form: ``2026-05``."""
        return f"{self.year}-{self.number:02}"

    @property
    def label(self) -> str:
        """Name for people: month and year."""
        return f"{MONTHS[self.number - 1]} {self.year}"

    @property
    def short(self) -> str:
        """Short name that fits under a column."""
        return MONTHS[self.number - 1][:3]

    @property
    def decisions(self) -> int:
        """Number of decisions in the month."""
        return self.actions.total()


@dataclass(frozen=True)
class Transparency:
    """The report: the last months, the oldest first."""

    months: Sequence[Month]

    @property
    def reasons(self) -> list[tuple[Reason, int]]:
        """Number of removals for each reason, the most frequent first."""
        total: Counter[str] = sum((month.reasons for month in self.months), Counter())
        return sorted(((reason, total[reason.value]) for reason in Reason), key=lambda pair: -pair[1])

    @property
    def decisions(self) -> int:
        """Total number of decisions."""
        return sum(month.decisions for month in self.months)

    @property
    def automatic(self) -> int:
        """Percentage of decisions made by rules."""
        by_rules = sum(month.automatic for month in self.months)
        return round(100 * by_rules / self.decisions) if self.decisions else 0

    @property
    def appeals(self) -> Counter[str]:
        """Number of appeals by outcome."""
        return sum((month.appeals for month in self.months), Counter())

    @property
    def against_measures(self) -> int:
        """Number of appeals against measures on people."""
        return sum(month.against_measures.total() for month in self.months)

    def rows(self) -> Iterator[tuple[str, str, str, str]]:
        """Yield every number of the report as month, figure, subject and number."""
        for month in self.months:
            for action in Action:
                if action in PRIVATE:
                    continue
                yield month.key, "decisions", action.value, str(month.actions[action.value])
            for reason in Reason:
                yield month.key, "removals by reason", reason.value, str(month.reasons[reason.value])
            yield month.key, "decided automatically", "decisions", str(month.automatic)
            yield month.key, "median hours from report to decision", "reports", _number(month.hours)
            for figure, found in (
                ("appeals", month.appeals),
                ("appeals against measures", month.against_measures),
            ):
                for outcome in ("open", *map(str, AppealOutcome)):
                    yield month.key, figure, outcome, str(found[outcome])

    def csv(self) -> str:
        """Return the report as CSV."""
        text = io.StringIO()
        writer = csv.writer(text, lineterminator="\n")
        writer.writerow(("month", "figure", "of", "number"))
        writer.writerows(self.rows())
        return text.getvalue()


def transparency() -> Transparency:
    """Return the report of the last ``LENGTH`` months, the current one included."""
    months = {(month.year, month.number): month for month in _months(now())}
    first = next(iter(months.values()))
    _decisions(months)
    _times(months)
    _appeals(months, first.start)
    return Transparency(list(months.values()))


def _months(moment: datetime) -> Iterator[Month]:
    last = moment.year * 12 + moment.month - 1
    for each in range(last - LENGTH + 1, last + 1):
        yield Month(each // 12, each % 12 + 1)


def _decisions(months: Mapping[tuple[int, int], Month]) -> None:
    by_rule = Decision.actor_id.is_(None)
    for month in months.values():
        rows = db.session.execute(
            select(Decision.action, Decision.reason, by_rule, func.count())
            .where(
                Decision.at >= month.start,
                Decision.at < month.end,
                Decision.action.not_in([action.value for action in PRIVATE]),
            )
            .group_by(Decision.action, Decision.reason, by_rule)
        )
        for action, reason, is_automatic, count in rows:
            month.actions[action] += count
            if action == Action.REMOVE and reason:
                month.reasons[reason] += count
            if is_automatic:
                month.automatic += count


def _times(months: Mapping[tuple[int, int], Month]) -> None:
    for month in months.values():
        rows = db.session.execute(
            select(Report.at, Report.decided_at)
            .where(
                Report.decided_at >= month.start,
                Report.decided_at < month.end,
                Report.decided_at > Report.at,
                was_judged(),
            )
            .order_by(Report.decided_at.desc())
            .limit(MAX_REPORTS)
        )
        hours = [(decided - filed).total_seconds() / 3600 for filed, decided in rows if decided is not None]
        month.hours = median(hours) if hours else None


def _appeals(months: dict[tuple[int, int], Month], since: datetime) -> None:
    year, number = extract("year", Appeal.at), extract("month", Appeal.at)
    is_about_person = Decision.comment_id.is_(None)
    rows = db.session.execute(
        select(year, number, Appeal.outcome, is_about_person, func.count())
        .join(Decision, Decision.id == Appeal.decision_id)
        .where(Appeal.at >= since)
        .group_by(year, number, Appeal.outcome, is_about_person)
    )
    for at_year, at_number, outcome, about_person, count in rows:
        month = months.get((int(at_year), int(at_number)))
        if month is None:
            continue
        month.appeals[outcome or "open"] += count
        if about_person:
            month.against_measures[outcome or "open"] += count


def _number(hours: float | None) -> str:
    return "" if hours is None else f"{hours:.2f}"
