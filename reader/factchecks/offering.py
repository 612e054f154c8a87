"""Choices and information for an editor who decides about a claim."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import or_, select

from reader.articles.models import Article
from reader.db.base import db
from reader.factchecks.models import Citation, Claim, Source, Support

# Sources of this many articles citing a claim, the latest ones, are offered.
MAX_OFFERING = 15
# This many of the articles that a change affects are named.
MAX_NAMED = 25


def some_citing(claim_id: int, *, limit: int = MAX_NAMED) -> Sequence[Article]:
    """The latest articles citing a claim, drafts too: of those that a change of it changes."""
    return db.session.scalars(
        select(Article)
        .join(Citation, Citation.article_id == Article.id)
        .where(Citation.claim_id == claim_id)
        .order_by(Article.placed_at.desc(), Article.id.desc())
        .limit(limit)
    ).all()


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
