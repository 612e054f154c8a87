"""Choices and information for an editor who decides about a claim."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select, union

from reader.db.base import db
from reader.factchecks.models import Citation, Claim, Source, Support

# Sources of this many articles citing a claim, the latest ones, are offered.
MAX_OFFERING = 15


def sources_for(claim: Claim) -> Sequence[Source]:
    """The sources that an editor may rest ``claim`` on: those of the articles that own and cite it."""
    citing = (
        select(Citation.article_id)
        .where(Citation.claim_id == claim.id)
        .order_by(Citation.article_id.desc())
        .limit(MAX_OFFERING)
    )
    offered = union(
        select(Source.id).where(Source.article_id == claim.article_id),
        select(Source.id).where(Source.article_id.in_(citing)),
        select(Support.source_id).where(Support.claim_id == claim.id),
    )
    return db.session.scalars(
        select(Source).where(Source.id.in_(offered)).order_by(Source.article_id, Source.position)
    ).all()
