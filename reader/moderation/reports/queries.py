"""Every read of reports."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import raiseload

from reader.db import keyset
from reader.db.base import db
from reader.factchecks import told
from reader.factchecks.models import FactReport
from reader.moderation.models import Report, ReportOutcome
from reader.moderation.reports.policy import Record

PAGE = 25


@dataclass(frozen=True)
class Own:
    """A page of a person's own reports, latest first, and the id of the report that the next page follows."""

    reports: Sequence[Report]
    after: int | None


def was_judged() -> ColumnElement[bool]:
    """Return the SQL condition that a moderator decided about a report.

    It is true of many reports, so it is written in a way that uses no index.
    """
    return func.coalesce(Report.outcome, "").in_([ReportOutcome.UPHELD.value, ReportOutcome.KEPT.value])


def records(person_ids: Collection[int]) -> dict[int, Record]:
    """Return the record of each of these people as reporters.

    Reports that were answered at once, by an earlier decision, say nothing about the reporter and do not count.
    """
    if not person_ids:
        return {}
    rows = db.session.execute(
        select(Report.reporter_id, Report.outcome, func.count())
        .where(
            Report.reporter_id.in_(person_ids),
            was_judged(),
            Report.decided_at > Report.at,
        )
        .group_by(Report.reporter_id, Report.outcome)
    )
    ended: dict[int, dict[str, int]] = {person_id: {} for person_id in person_ids}
    for person_id, outcome, number in rows:
        ended[person_id][str(outcome)] = number
    return {person_id: Record(**numbers) for person_id, numbers in ended.items()}


def report_by(person_id: int, comment_id: int, revision: int) -> Report | None:
    """Return the person's report on this revision of a comment."""
    return db.session.scalar(
        select(Report).where(
            Report.comment_id == comment_id, Report.revision == revision, Report.reporter_id == person_id
        )
    )


def filed_by(person_id: int, comment_id: int, revision: int) -> Report | FactReport | None:
    """Return the person's report on this revision, to the moderators or to the editors."""
    return report_by(person_id, comment_id, revision) or told.fact_report_by(person_id, comment_id, revision)


def own(person_id: int, *, after: int | None = None) -> Own:
    """Return a page of the person's own reports and their outcomes. ``after`` is a report's id."""
    query = (
        select(Report)
        .where(Report.reporter_id == person_id)
        .options(raiseload("*"))
        .order_by(Report.id.desc())
        .limit(PAGE + 1)
    )
    if after is not None:
        query = query.where(Report.id < after)
    found, last = keyset.page(db.session.scalars(query).all(), PAGE)
    return Own(found, last.id if last else None)
