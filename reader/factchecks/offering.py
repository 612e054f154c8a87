"""Choices and information for an editor who decides about a claim."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select, union

from reader.articles.models import Article
from reader.db.base import db
from reader.factchecks.models import Citation, Claim, Source, Support

# Sources of this many articles citing a claim, the latest ones, are offered.
MAX_OFFERING = 15
# This many of the articles that a change affects are named.
MAX_NAMED = 25


def some_citing(claim_id: int, *, limit: int = MAX_NAMED) -> Sequence[Article]:
    """The latest articles citing a claim, drafts too: of those that a change of it changes."""
    cited = (  # looked up and sorted, as in articles_citing
        select(Article.id, Article.placed_at)
        .join(Citation, Citation.article_id == Article.id)
        .where(Citation.claim_id == claim_id)
        .cte("citing")
        .prefix_with("MATERIALIZED")
    )
    ids = select(cited.c.id).order_by(cited.c.placed_at.desc(), cited.c.id.desc()).limit(limit)
    return db.session.scalars(
        select(Article).where(Article.id.in_(ids)).order_by(Article.placed_at.desc(), Article.id.desc())
    ).all()


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
