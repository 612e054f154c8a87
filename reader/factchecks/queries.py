"""Every read of claims, sources and corrections.

A claim is public while an article that cites it is: :func:`public` says so, once. Each function takes a
constant number of queries and loads all that the macros of this feature touch.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Select, distinct, exists, func, or_, select
from sqlalchemy.orm import contains_eager, joinedload, selectinload

from reader.articles.models import Article, Tagging, Topic
from reader.articles.queries import visible
from reader.extensions import db
from reader.factchecks.models import (
    Citation,
    Claim,
    Correction,
    Publisher,
    Source,
    Support,
    VerdictChange,
)
from reader.factchecks.verdicts import Verdict
from reader.paging import Cursor

PAGE = 25


@dataclass(frozen=True)
class Resting:
    """A source and the public claims that rest on it."""

    source: Source
    claims: Sequence[Claim]


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


def public() -> ColumnElement[bool]:
    """Whether everybody may see a claim: an article that they may see cites it."""
    return exists(
        select(Citation.claim_id)
        .join(Article, Article.id == Citation.article_id)
        .where(Citation.claim_id == Claim.id, visible())
        .correlate(Claim)
    )


def _whole() -> Select[Claim]:
    return select(Claim).options(selectinload(Claim.supports), joinedload(Claim.checked_by))


def claims_of(article_id: int) -> Sequence[Claim]:
    """The claims that an article cites, in its file's order."""
    return db.session.scalars(
        _whole()
        .join(Citation, Citation.claim_id == Claim.id)
        .where(Citation.article_id == article_id)
        .order_by(Citation.position)
    ).all()


def claims_by_article(article_ids: Collection[int]) -> dict[int, list[Claim]]:
    """The claims that each of several articles cites, in its file's order, for a list's strength lines."""
    cited: dict[int, list[Claim]] = {}
    rows = db.session.execute(
        select(Citation.article_id, Claim)
        .join(Claim, Claim.id == Citation.claim_id)
        .where(Citation.article_id.in_(article_ids))
        .order_by(Citation.position)
    )
    for article_id, claim in rows:
        cited.setdefault(article_id, []).append(claim)
    return cited


def citations_of(article_id: int) -> Sequence[Citation]:
    """The citations of an article, in its file's order, each with its claim and the words that it marks."""
    claim = joinedload(Citation.claim, innerjoin=True)
    return db.session.scalars(
        select(Citation)
        .where(Citation.article_id == article_id)
        .order_by(Citation.position)
        .options(claim.selectinload(Claim.supports), claim.joinedload(Claim.checked_by))
    ).all()


def sources_of(article_id: int) -> list[Resting]:
    """The sources that an article lists, in its file's order, each with the public claims that rest on it."""
    sources = db.session.scalars(
        select(Source).where(Source.article_id == article_id).order_by(Source.position)
    ).all()
    return _with_claims(sources)


def _with_claims(sources: Sequence[Source]) -> list[Resting]:
    resting: dict[int, list[Claim]] = {source.id: [] for source in sources}
    rows = db.session.execute(
        select(Support.source_id, Claim)
        .join(Claim, Claim.id == Support.claim_id)
        .where(Support.source_id.in_(resting), public())
        .order_by(Claim.id)
    )
    for source_id, claim in rows:
        resting[source_id].append(claim)
    return [Resting(source, resting[source.id]) for source in sources]


def corrections_of(article_id: int) -> Sequence[Correction]:
    """The corrections to an article, in order."""
    return db.session.scalars(
        select(Correction)
        .where(Correction.article_id == article_id)
        .order_by(Correction.position)
        .options(joinedload(Correction.claim))
    ).all()


def public_id(slug: str) -> int | None:
    """The id of the public claim ``slug``: enough to read its stream's head before the claim itself."""
    return db.session.scalar(select(Claim.id).where(Claim.slug == slug, public()))


def is_public(claim_id: int) -> bool:
    """Whether everybody may see the claim with this id."""
    return db.session.scalar(select(Claim.id).where(Claim.id == claim_id, public())) is not None


def claim_by_id(claim_id: int) -> Claim | None:
    """A claim, whoever may see it."""
    return db.session.scalar(_whole().where(Claim.id == claim_id))


def claim_by_slug(slug: str) -> Claim | None:
    """The public claim ``slug``."""
    return db.session.scalar(_whole().where(Claim.slug == slug, public()))


def claims_by_slug(slugs: Collection[str]) -> dict[str, Claim]:
    """Claims, whoever may see them, by their slugs."""
    claims = db.session.scalars(_whole().where(Claim.slug.in_(slugs)))
    return {claim.slug: claim for claim in claims}


def history_of(claim_id: int) -> Sequence[VerdictChange]:
    """Every change of a claim's verdict, latest first."""
    return db.session.scalars(
        select(VerdictChange)
        .where(VerdictChange.claim_id == claim_id)
        .order_by(VerdictChange.version.desc())
        .options(joinedload(VerdictChange.by))
    ).all()


def articles_citing(claim_id: int) -> Sequence[Article]:
    """The articles citing a claim that everybody may see, latest first."""
    return db.session.scalars(
        select(Article)
        .join(Citation, Citation.article_id == Article.id)
        .where(Citation.claim_id == claim_id, visible())
        .order_by(func.coalesce(Article.published_at, Article.stored_at).desc(), Article.id.desc())
    ).all()


def article_ids_citing(claim_id: int) -> Sequence[int]:
    """The ids of all articles citing a claim, drafts too: the streams that a change of it appends to."""
    return db.session.scalars(
        select(Citation.article_id).where(Citation.claim_id == claim_id).order_by(Citation.article_id)
    ).all()


def sources_for(claim: Claim) -> Sequence[Source]:
    """The sources that an editor may rest ``claim`` on: those of the articles that own and cite it."""
    citing = select(Citation.article_id).where(Citation.claim_id == claim.id)
    return db.session.scalars(
        select(Source)
        .where(or_(Source.article_id == claim.article_id, Source.article_id.in_(citing)))
        .order_by(Source.article_id, Source.position)
    ).all()


def index(filters: Filters, *, after: Cursor | None = None, limit: int = PAGE) -> Index:
    """The public claims that fit ``filters``, latest check first, from ``after`` on."""
    fitting = (public(), *_topic(filters.topic), *_publisher(filters.source))
    query = _whole().where(*fitting).order_by(Claim.checked_at.desc(), Claim.id.desc()).limit(limit + 1)
    if filters.verdict:
        query = query.where(Claim.verdict == filters.verdict.value)
    if after:
        query = query.where(after.older(Claim.checked_at, Claim.id))
    claims = db.session.scalars(query).all()
    last = claims[limit - 1] if len(claims) > limit else None
    per_verdict = select(Claim.verdict, func.count()).where(*fitting).group_by(Claim.verdict)
    counted = dict(db.session.execute(per_verdict).all())
    return Index(
        claims=claims[:limit],
        verdicts=[(verdict, counted[verdict]) for verdict in Verdict if verdict in counted],
        topics=_topics(),
        publishers=[cited.publisher for cited in publishers()],
        after=Cursor(last.checked_at, last.id) if last else None,
    )


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
    return _with_claims(sources[:limit]), sources[limit - 1].id if len(sources) > limit else None


def recent_changes(limit: int) -> Sequence[VerdictChange]:
    """The latest verdicts of public claims, first ones and changes, each with its claim and its editor."""
    return db.session.scalars(
        select(VerdictChange)
        .join(VerdictChange.claim)
        .where(public())
        .order_by(VerdictChange.at.desc(), VerdictChange.id.desc())
        .limit(limit)
        .options(contains_eager(VerdictChange.claim), joinedload(VerdictChange.by))
    ).all()


def corrections(*, after: Cursor | None = None, limit: int = PAGE) -> Corrections:
    """The corrections to visible articles, latest first; an undated one where its article was stored."""
    at = func.coalesce(Correction.at, Article.stored_at)
    query = (
        select(Correction)
        .join(Correction.article)
        .where(visible())
        .order_by(at.desc(), Correction.id.desc())
        .limit(limit + 1)
        .options(contains_eager(Correction.article), joinedload(Correction.claim))
    )
    if after:
        query = query.where(after.older(at, Correction.id))
    found = db.session.scalars(query).all()
    last = found[limit - 1] if len(found) > limit else None
    cursor = Cursor(last.at or last.article.stored_at, last.id) if last else None
    return Corrections(found[:limit], cursor)
