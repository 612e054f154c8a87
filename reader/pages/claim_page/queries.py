"""Reads for a claim's page: the claim with its history, and the articles citing it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Select, select

from reader import eventlog
from reader.articles.models import Article
from reader.articles.queries import visible
from reader.db import keyset
from reader.db.base import db
from reader.db.keyset import Cursor
from reader.eventlog import streams
from reader.factchecks import queries as factchecks
from reader.factchecks.models import Citation, Claim, VerdictChange

# This many of the articles citing it are shown at once.
CITING = 20
# This many of the articles that a change affects are named.
MAX_NAMED = 25


@dataclass(frozen=True)
class Span:
    """The part of a claim's long lists that its page shows: steps before a version, articles after a cursor."""

    before: int | None = None
    after: Cursor | None = None


WHOLE = Span()


@dataclass(frozen=True)
class Citing:
    """Some of the articles citing a claim, latest first, and where they go on."""

    articles: Sequence[Article]
    after: Cursor | None


@dataclass(frozen=True)
class Life:
    """A claim's page, all of it as of ``head`` or later.

    ``home`` is the article on which one writes about the claim: its own, or else the first that cites it.
    """

    claim: Claim
    head: int
    history: Sequence[VerdictChange]
    citing: Citing
    home: Article


def life_of(slug: str, span: Span = WHOLE) -> Life | None:
    """The page of the public claim ``slug``. The stream's head is read before anything that it numbers."""
    claim_id = factchecks.public_id(slug)
    if claim_id is None:
        return None
    head = eventlog.head(streams.claim(claim_id))
    claim = factchecks.claim_by_slug(slug)
    if claim is None:
        return None
    citing = articles_citing(claim_id, after=span.after)
    history = factchecks.history_of(claim_id, before=span.before, limit=factchecks.STEPS)
    home = citing.articles[0] if citing.articles else articles_citing(claim_id).articles[0]
    if home.id != claim.article_id:
        home = db.session.scalar(_citing(claim_id).where(visible(), Article.id == claim.article_id)) or home
    return Life(claim, head, history, citing, home)


def articles_citing(claim_id: int, *, after: Cursor | None = None, limit: int = CITING) -> Citing:
    """The articles citing a claim that everybody may see, latest first, from ``after`` on."""
    citing = _citing(claim_id).where(visible())
    if after:
        citing = citing.where(after.older(Article.placed_at, Article.id))
    shown, last = keyset.page(_latest(citing, limit + 1), limit)
    return Citing(shown, Cursor(last.placed_at, last.id) if last else None)


def some_citing(claim_id: int, *, limit: int = MAX_NAMED) -> Sequence[Article]:
    """The latest articles citing a claim, drafts too: of those that a change of it changes."""
    return _latest(_citing(claim_id), limit)


def _citing(claim_id: int) -> Select[Article]:
    return (
        select(Article).join(Citation, Citation.article_id == Article.id).where(Citation.claim_id == claim_id)
    )


def _latest(citing: Select[Article], limit: int) -> Sequence[Article]:
    # Those that cite it are looked up and sorted: PostgreSQL would go through all articles until it met enough of them.
    cited = citing.with_only_columns(Article.id, Article.placed_at).cte("citing").prefix_with("MATERIALIZED")
    ids = select(cited.c.id).order_by(cited.c.placed_at.desc(), cited.c.id.desc()).limit(limit)
    return db.session.scalars(
        select(Article).where(Article.id.in_(ids)).order_by(Article.placed_at.desc(), Article.id.desc())
    ).all()
