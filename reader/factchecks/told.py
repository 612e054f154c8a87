"""Readers' reports to the editors about facts."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from reader.db.base import db
from reader.factchecks.models import FactReport


def fact_report_by(person_id: int, comment_id: int, revision: int) -> FactReport | None:
    """Return the person's report to the editors about this revision of a comment."""
    return db.session.scalar(
        select(FactReport).where(
            FactReport.comment_id == comment_id,
            FactReport.revision == revision,
            FactReport.reporter_id == person_id,
        )
    )


def fact_reports_of(person_id: int, *, limit: int = 50) -> Sequence[FactReport]:
    """List the person's reports to the editors with the answers, latest first."""
    return db.session.scalars(
        select(FactReport)
        .where(FactReport.reporter_id == person_id)
        .order_by(FactReport.id.desc())
        .limit(limit)
    ).all()


def fact_reports(*, answered: bool, after: int | None = None, limit: int) -> Sequence[FactReport]:
    """List readers' reports: those waiting for an answer, oldest first; or those answered, latest first."""
    query = (
        select(FactReport)
        .where(FactReport.answered_at.isnot(None) if answered else FactReport.answered_at.is_(None))
        .options(
            joinedload(FactReport.reporter, innerjoin=True),
            joinedload(FactReport.article, innerjoin=True),
            joinedload(FactReport.claim),
            joinedload(FactReport.seen_by),
            joinedload(FactReport.answered_by),
        )
        .order_by(FactReport.id.desc() if answered else FactReport.id)
        .limit(limit)
    )
    if after is not None:
        query = query.where(FactReport.id < after if answered else FactReport.id > after)
    return db.session.scalars(query).all()
