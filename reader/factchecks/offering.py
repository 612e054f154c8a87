"""Choices and information for an editor who decides about a claim."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import or_, select

from reader.db.base import db
from reader.factchecks.models import Citation, Claim, Source, Support

# Sources of this many articles citing a claim, the latest ones, are offered.
MAX_OFFERING = 20


def sources_for(claim: Claim) -> Sequence[Source]:
    """The sources that an editor may rest ``claim`` on: those of the articles that own and cite it."""
    citing = (
        select(Citation.article_id)
        .where(Citation.claim_id == claim.id)
        .order_by(Citation.article_id.desc())
        .limit(MAX_OFFERING)
    )
    rests_on = select(Support.source_id).where(Support.claim_id == claim.id)
    return db.session.scalars(
        select(Source)
        .where(
            or_(
                Source.article_id == claim.article_id,
                Source.article_id.in_(citing),
                Source.id.in_(rests_on),
            )
        )
        .order_by(Source.article_id, Source.position)
    ).all()
