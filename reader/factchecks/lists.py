"""The site's lists of claims, publishers and corrections, page by page. What is public, :mod:`~.queries` says."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from sqlalchemy import ColumnElement, ScalarSelect, Select, exists, func, select
from sqlalchemy.orm import contains_eager, joinedload

from reader.articles.models import Article, Tagging, Topic
from reader.articles.queries import are_few, visible
from reader.db import keyset
from reader.db.base import db
from reader.db.keyset import Cursor
from reader.factchecks.models import Citation, Claim, Correction, Publisher, Source, Support
from reader.factchecks.queries import Resting, public, whole, with_claims
from reader.factchecks.verdicts import Verdict
from reader.text.slugs import slug_of

_Row = TypeVar("_Row", Topic, Publisher)

PAGE = 25
PUBLISHERS = 50
# Numbers up to this are exact; beyond it they are not counted.
MAX_COUNTED = 100
# Claims that one page of the index looks at, which bounds its cost for any filters.
STRETCH = 2_500


@dataclass(frozen=True)
class ClaimFilters:
    """A reader's filters of the index: slugs, or None for all."""

    verdict: Verdict | None = None
    topic: str | None = None
    source: str | None = None


@dataclass(frozen=True)
class Index:
    """A page of the index, what could be chosen instead, and where it goes on.

    ``verdicts`` have the number of their claims, or None where that takes too long to find out; ``topics`` and
    ``publishers`` are those of the claims on the page. A page that goes on may be short, or empty.
    """

    claims: Sequence[Claim]
    verdicts: Sequence[tuple[Verdict, int | None]]
    topics: Sequence[Topic]
    publishers: Sequence[Publisher]
    after: Cursor | None

    @property
    def total(self) -> int | None:
        """The number of all claims, whatever their verdict."""
        numbers = [number for _, number in self.verdicts]
        return None if None in numbers else sum(number or 0 for number in numbers)


@dataclass(frozen=True)
class Publishers:
    """A page of the publishers, and where it goes on."""

    cited: Sequence[CitedPublisher]
    after: str | None


@dataclass(frozen=True)
class CitedPublisher:
    """A publisher with the number of its sources that articles list, and of the claims that rest on them.

    Neither is counted beyond ``MAX_COUNTED``.
    """

    publisher: Publisher
    sources: int
    claims: int


@dataclass(frozen=True)
class Corrections:
    """A page of the corrections, and where it goes on."""

    corrections: Sequence[Correction]
    after: Cursor | None


def index(filters: ClaimFilters, *, after: Cursor | None = None, limit: int = PAGE) -> Index:
    """The public claims that fit ``filters``, latest check first, from ``after`` on.

    Claims of a rare topic or publisher are all looked up and sorted; those of a common one are soon met on the way
    through all claims.
    """
    members = _members(filters)
    few = next((ids for ids in members if are_few(ids)), None)
    verdicts: list[tuple[Verdict, int | None]]
    if few is None:
        ids, following = _walked(filters.verdict, members, after, limit)
        verdicts = [(verdict, None) for verdict in Verdict] if members else _counted()
    else:
        ids, following, numbers = _sorted(few, filters.verdict, members, after, limit)
        verdicts = [(verdict, numbers[verdict]) for verdict in Verdict if verdict in numbers]
    found = {claim.id: claim for claim in db.session.scalars(whole().where(Claim.id.in_(ids)))}
    claims = [found[each] for each in ids]
    return Index(claims, verdicts, _topics(claims), _publishers(claims), following)


def _walked(
    verdict: Verdict | None, members: Sequence[Select[int]], after: Cursor | None, limit: int
) -> tuple[Sequence[int], Cursor | None]:
    """Return the ids of the first public claims that are in all ``members``, and where the search goes on."""
    near = (
        select(Claim.id, Claim.listed_at, Claim.article_id)
        .order_by(Claim.listed_at.desc(), Claim.id.desc())
        .where(*([Claim.verdict == verdict.value] if verdict else []))
        .where(*([after.older(Claim.listed_at, Claim.id)] if after else []))
    )
    stretch = near.limit(STRETCH).subquery()
    query = select(stretch).where(public(stretch.c.id, stretch.c.article_id)).limit(limit + 1)
    for ids in members:
        (column,) = ids.selected_columns
        query = query.where(exists(ids.where(column == stretch.c.id).correlate(stretch)))
    rows = db.session.execute(query.order_by(stretch.c.listed_at.desc(), stretch.c.id.desc())).all()
    shown, last = keyset.page(rows, limit)
    if last is None and len(rows) < limit:
        last = db.session.execute(near.offset(STRETCH - 1).limit(1)).one_or_none()
    return [row.id for row in shown], Cursor(last.listed_at, last.id) if last else None


def _sorted(
    few: Select[int],
    verdict: Verdict | None,
    members: Sequence[Select[int]],
    after: Cursor | None,
    limit: int,
) -> tuple[Sequence[int], Cursor | None, Counter[str]]:
    """Do as :func:`_walked` if there are few, and count the claims of each verdict."""
    query = select(Claim.id, Claim.listed_at, Claim.verdict).where(Claim.id.in_(few), public())
    for ids in members:
        if ids is not few:
            (column,) = ids.selected_columns
            query = query.where(exists(ids.where(column == Claim.id).correlate(Claim)))
    rows = db.session.execute(query).all()
    fitting = [row for row in rows if verdict in (None, row.verdict)]
    if after:
        fitting = [row for row in fitting if (row.listed_at, row.id) < (after.at, after.id)]
    fitting.sort(key=lambda row: (row.listed_at, row.id), reverse=True)
    shown, last = keyset.page(fitting, limit)
    following = Cursor(last.listed_at, last.id) if last else None
    return [row.id for row in shown], following, Counter(row.verdict for row in rows)


def _members(filters: ClaimFilters) -> list[Select[int]]:
    """Select, for each filter, the ids of the claims that pass it, public or not."""
    members = []
    if filters.topic:
        members.append(
            select(Citation.claim_id)
            .join(Article, Article.id == Citation.article_id)
            .join(Tagging, Tagging.article_id == Article.id)
            .where(Tagging.topic_id == _id_of(Topic, filters.topic), visible())
        )
    if filters.source:
        members.append(
            select(Support.claim_id)
            .join(Source, Source.id == Support.source_id)
            .where(Source.publisher_id == _id_of(Publisher, filters.source))
        )
    return members


def _id_of(table: type[Topic] | type[Publisher], slug: str) -> int:
    """Return the id of the row with this slug; 0, which no row has, if there is none."""
    return db.session.scalar(select(table.id).where(table.slug == slug)) or 0


def _counted() -> list[tuple[Verdict, int | None]]:
    """The verdicts that public claims have, with the number of those, counted up to ``MAX_COUNTED`` and one."""
    numbers = db.session.execute(
        select(
            *(_count_of(select(Claim.id).where(Claim.verdict == each.value, public())) for each in Verdict)
        )
    ).one()
    return [(verdict, number) for verdict, number in zip(Verdict, numbers, strict=True) if number]


def _count_of(query: Select[int]) -> ScalarSelect[int]:
    """The number of rows, counted up to ``MAX_COUNTED`` and one."""
    some = query.limit(MAX_COUNTED + 1).subquery()
    return select(func.count()).select_from(some).scalar_subquery()


def _topics(claims: Sequence[Claim]) -> Sequence[Topic]:
    """The topics of the articles that own these claims."""
    tagged = select(Tagging.topic_id).where(Tagging.article_id.in_({claim.article_id for claim in claims}))
    return db.session.scalars(select(Topic).where(Topic.id.in_(tagged)).order_by(Topic.slug)).all()


def _publishers(claims: Sequence[Claim]) -> Sequence[Publisher]:
    """The publishers that these claims rest on."""
    found = {source.publisher for claim in claims for source in claim.sources}
    return sorted(found, key=lambda publisher: publisher.name.casefold())


def newest_claim() -> int:
    """The largest id of a claim."""
    return db.session.scalar(select(func.max(Claim.id))) or 0


def addresses(ids: range) -> Iterator[tuple[str, datetime | None]]:
    """The addresses of the public claims with these ids, and when each was checked, if that is known."""
    rows = db.session.execute(
        select(Claim.slug, Claim.checked_at)
        .where(Claim.id.between(ids[0], ids[-1]), public())
        .order_by(Claim.id)
    )
    for slug, checked_at in rows:
        yield f"/fact-checks/{slug}", checked_at


def newest_publisher() -> int:
    """The largest id of a publisher."""
    return db.session.scalar(select(func.max(Publisher.id))) or 0


def publisher_addresses(ids: range) -> Iterator[tuple[str, None]]:
    """The addresses of the publishers with these ids whose sources articles list that everybody may see."""
    query = select(Publisher.slug).where(Publisher.id.between(ids[0], ids[-1]), exists(_listed_sources()))
    for slug in db.session.scalars(query.order_by(Publisher.id)):
        yield f"/sources/{slug}", None


def _listed_sources() -> Select[int]:
    """The sources of a publisher that articles list which everybody may see."""
    return (
        select(Source.id)
        .join(Article, Article.id == Source.article_id)
        .where(Source.publisher_id == Publisher.id, visible())
        .correlate(Publisher)
    )


def publishers(*, after: str = "", first: str = "", limit: int = PUBLISHERS) -> Publishers:
    """The publishers whose sources articles list that everybody may see, by their slugs.

    They begin after the slug ``after``, or with the ``first`` whose slug is not before that.
    """
    # A claim may rest on several sources, so some more of these are read: PostgreSQL would read all to tell them apart.
    supports = (
        select(Support.claim_id)
        .join(Source, Source.id == Support.source_id)
        .join(Claim, Claim.id == Support.claim_id)
        .where(Source.publisher_id == Publisher.id, public())
        .correlate(Publisher)
        .limit(10 * MAX_COUNTED)
        .subquery()
    )
    claims = select(supports.c.claim_id).distinct()
    rows = db.session.execute(
        select(Publisher, _count_of(_listed_sources()), _count_of(claims))
        .where(Publisher.slug > after, Publisher.slug >= first, exists(_listed_sources()))
        .order_by(Publisher.slug)
        .limit(limit + 1)
    ).all()
    cited, last = keyset.page([CitedPublisher(*row) for row in rows], limit)
    return Publishers(cited, last.publisher.slug if last else None)


def publisher_named(text: str) -> Publisher | None:
    """The publisher that somebody means who typed this: its name, as a slug or in words."""
    found = {each.slug: each for each in _having(Publisher, Publisher.slug.in_({text, slug_of(text)}))}
    exact = _having(Publisher, Publisher.name == text)
    return next(iter(exact), None) or found.get(text) or found.get(slug_of(text))


def topic_named(text: str) -> Topic | None:
    """The topic that somebody means who typed this: its slug, with hyphens or in words."""
    found = {each.slug: each for each in _having(Topic, Topic.slug.in_({text, slug_of(text)}))}
    return found.get(text) or found.get(slug_of(text))


def _having(table: type[_Row], condition: ColumnElement[bool]) -> Sequence[_Row]:
    return db.session.scalars(select(table).where(condition)).all()


def publisher_by_slug(slug: str) -> Publisher | None:
    """The publisher ``slug``, if an article that everybody may see lists a source of it."""
    return db.session.scalar(select(Publisher).where(Publisher.slug == slug, exists(_listed_sources())))


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
    sources, last = keyset.page(db.session.scalars(query).all(), limit)
    return with_claims(sources), last.id if last else None


def corrections(*, after: Cursor | None = None, limit: int = PAGE) -> Corrections:
    """The corrections to visible articles, latest first; an undated one where its article was stored."""
    query = (
        select(Correction)
        .join(Correction.article)
        .where(visible())
        .order_by(Correction.placed_at.desc(), Correction.id.desc())
        .limit(limit + 1)
        .options(contains_eager(Correction.article), joinedload(Correction.claim.and_(public())))
    )
    if after:
        query = query.where(after.older(Correction.placed_at, Correction.id))
    found, last = keyset.page(db.session.scalars(query).all(), limit)
    return Corrections(found, Cursor(last.placed_at, last.id) if last else None)
