"""The site's lists of claims, publishers and corrections, page by page. What is public, :mod:`~.queries` says."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, distinct, exists, func, select
from sqlalchemy.orm import contains_eager, joinedload, load_only

from reader.articles.models import Article, Tagging, Topic
from reader.articles.queries import visible
from reader.extensions import db
from reader.factchecks.models import Citation, Claim, Correction, Publisher, Source, Support
from reader.factchecks.queries import Resting, public, whole, with_claims
from reader.factchecks.verdicts import Verdict
from reader.paging import Cursor

PAGE = 25


@dataclass(frozen=True)
class Filters:
    """What a reader wants of the index: slugs, or None for all."""

    verdict: Verdict | None = None
    topic: str | None = None
    source: str | None = None


@dataclass(frozen=True)
class Index:
    """A page of the index, what could be chosen instead, and where it goes on."""

    claims: Sequence[Claim]
    verdicts: Sequence[tuple[Verdict, int]]
    topics: Sequence[Topic]
    publishers: Sequence[Publisher]
    after: Cursor | None


@dataclass(frozen=True)
class Cited:
    """A publisher with the number of its sources that articles list, and of the claims that rest on them."""

    publisher: Publisher
    sources: int
    claims: int


@dataclass(frozen=True)
class Corrections:
    """A page of the corrections, and where it goes on."""

    corrections: Sequence[Correction]
    after: Cursor | None


def index(filters: Filters, *, after: Cursor | None = None, limit: int = PAGE) -> Index:
    """The public claims that fit ``filters``, latest check first, from ``after`` on."""
    fitting = (public(), *_topic(filters.topic), *_publisher(filters.source))
    query = whole().where(*fitting).order_by(Claim.listed_at.desc(), Claim.id.desc()).limit(limit + 1)
    if filters.verdict:
        query = query.where(Claim.verdict == filters.verdict.value)
    if after:
        query = query.where(after.older(Claim.listed_at, Claim.id))
    claims = db.session.scalars(query).all()
    last = claims[limit - 1] if len(claims) > limit else None
    per_verdict = select(Claim.verdict, func.count()).where(*fitting).group_by(Claim.verdict)
    counted = dict(db.session.execute(per_verdict).all())
    return Index(
        claims=claims[:limit],
        verdicts=[(verdict, counted[verdict]) for verdict in Verdict if verdict in counted],
        topics=_topics(),
        publishers=[cited.publisher for cited in publishers()],
        after=Cursor(last.listed_at, last.id) if last else None,
    )


def addresses(limit: int) -> Sequence[Claim]:
    """The public claims, latest check first, each with no more than its address and the time of its check."""
    return db.session.scalars(
        select(Claim)
        .where(public())
        .order_by(Claim.listed_at.desc(), Claim.id.desc())
        .limit(limit)
        .options(load_only(Claim.slug, Claim.checked_at, raiseload=True))
    ).all()


def _topic(slug: str | None) -> Iterable[ColumnElement[bool]]:
    if slug:
        yield exists(
            select(Citation.claim_id)
            .join(Article, Article.id == Citation.article_id)
            .join(Tagging, Tagging.article_id == Article.id)
            .join(Topic, Topic.id == Tagging.topic_id)
            .where(Citation.claim_id == Claim.id, Topic.slug == slug, visible())
            .correlate(Claim)
        )


def _publisher(slug: str | None) -> Iterable[ColumnElement[bool]]:
    if slug:
        yield exists(
            select(Support.claim_id)
            .join(Source, Source.id == Support.source_id)
            .join(Publisher, Publisher.id == Source.publisher_id)
            .where(Support.claim_id == Claim.id, Publisher.slug == slug)
            .correlate(Claim)
        )


def _topics() -> Sequence[Topic]:
    tagged = (
        select(Tagging.topic_id)
        .join(Citation, Citation.article_id == Tagging.article_id)
        .join(Article, Article.id == Tagging.article_id)
        .where(visible())
    )
    return db.session.scalars(select(Topic).where(Topic.id.in_(tagged)).order_by(Topic.slug)).all()


def publishers() -> list[Cited]:
    """The publishers whose sources articles list that everybody may see, by name."""
    rows = db.session.execute(
        select(Publisher, func.count(distinct(Source.id)), func.count(distinct(Claim.id)))
        .join(Source, Source.publisher_id == Publisher.id)
        .join(Article, Article.id == Source.article_id)
        .outerjoin(Support, Support.source_id == Source.id)
        .outerjoin(Claim, (Claim.id == Support.claim_id) & public())
        .where(visible())
        .group_by(Publisher.id)
        .order_by(func.lower(Publisher.name), Publisher.id)
    )
    return [Cited(publisher, sources, claims) for publisher, sources, claims in rows]


def publisher_by_slug(slug: str) -> Publisher | None:
    """The publisher ``slug``, if an article that everybody may see lists a source of it."""
    listed = (
        select(Source.id)
        .join(Article, Article.id == Source.article_id)
        .where(Source.publisher_id == Publisher.id, visible())
    )
    return db.session.scalar(select(Publisher).where(Publisher.slug == slug, exists(listed)))


def sources_by(
    publisher: Publisher, *, after: int | None = None, limit: int = PAGE
) -> tuple[list[Resting], int | None]:
    """A page of a publisher's sources, latest first, each with its article and claims; where it goes on."""
    query = (
        select(Source)
        .join(Source.article)
        .where(Source.publisher_id == publisher.id, visible())
        .order_by(Source.id.desc())
        .limit(limit + 1)
        .options(contains_eager(Source.article))
    )
    if after is not None:
        query = query.where(Source.id < after)
    sources = db.session.scalars(query).all()
    return with_claims(sources[:limit]), sources[limit - 1].id if len(sources) > limit else None


def corrections(*, after: Cursor | None = None, limit: int = PAGE) -> Corrections:
    """The corrections to visible articles, latest first; an undated one where its article was stored."""
    at = func.coalesce(Correction.at, Article.stored_at)
    query = (
        select(Correction)
        .join(Correction.article)
        .where(visible())
        .order_by(at.desc(), Correction.id.desc())
        .limit(limit + 1)
        .options(contains_eager(Correction.article), joinedload(Correction.claim.and_(public())))
    )
    if after:
        query = query.where(after.older(at, Correction.id))
    found = db.session.scalars(query).all()
    last = found[limit - 1] if len(found) > limit else None
    cursor = Cursor(last.at or last.article.stored_at, last.id) if last else None
    return Corrections(found[:limit], cursor)
