"""Every read of claims, sources and corrections.

A claim is public while an article that cites it is, once its own article has been: :func:`public` says so. Each
function takes a constant number of queries and loads all that the macros of this feature touch.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Select, and_, bindparam, exists, null, or_, select
from sqlalchemy.orm import InstrumentedAttribute, aliased, contains_eager, joinedload, selectinload

from reader.articles.models import Article
from reader.articles.queries import visible
from reader.clock import now
from reader.db.base import db
from reader.factchecks.models import (
    Citation,
    Claim,
    Correction,
    Source,
    Support,
    VerdictChange,
)
from reader.factchecks.waiting import owner_is_released, shown_in, shown_in_at

# Number of the latest verdicts on the front page.
LATEST = 5
# Number of steps of its history that one page of a claim shows.
STEPS = 15


@dataclass(frozen=True)
class Resting:
    """A source and the public claims that rest on it."""

    source: Source
    claims: Sequence[Claim]


_Column = ColumnElement[int] | InstrumentedAttribute[int]


def public(claim_id: _Column = Claim.id, owner_id: _Column = Claim.article_id) -> ColumnElement[bool]:
    """Return the SQL condition that everybody may see a claim.

    An article that they may see cites it, and the article that owns it is or was public.
    """
    cited = exists(
        select(Citation.claim_id)
        .join(Article, Article.id == Citation.article_id)
        .where(Citation.claim_id == claim_id, visible())
        .correlate_except(Citation, Article)
    )
    return and_(cited, owner_is_released(now(), owner_id))


def whole() -> Select[Claim]:
    """Claims with all that the macros show of them."""
    return select(Claim).options(selectinload(Claim.supports), joinedload(Claim.checked_by))


_COUNTS = (
    select(Claim.id, Claim.comments)
    .join(Citation, Citation.claim_id == Claim.id)
    .where(
        Citation.article_id == bindparam("article_id"),
        shown_in_at(Citation.article_id, bindparam("now")),
    )
    .order_by(Citation.position)
)


def claims_of(article_id: int) -> Sequence[Claim]:
    """The claims that an article cites, in its file's order."""
    return db.session.scalars(
        whole()
        .join(Citation, Citation.claim_id == Claim.id)
        .where(Citation.article_id == article_id, shown_in(article_id))
        .order_by(Citation.position)
    ).all()


def counts_of(article_id: int) -> list[tuple[int, int]]:
    """The claims that an article cites, in its file's order, each with the number of comments about it."""
    rows = db.session.connection().execute(_COUNTS, {"article_id": article_id, "now": now()})
    return [(row.id, row.comments) for row in rows]


def shared_counts(article_ids: Collection[int]) -> Sequence[tuple[int, str, int]]:
    """Return article, claim and number of comments for each claim that these articles share with others."""
    other = aliased(Citation)
    is_shared = exists().where(other.claim_id == Citation.claim_id, other.article_id != Citation.article_id)
    rows = db.session.execute(
        select(Citation.article_id, Claim.slug, Claim.comments)
        .join(Claim, Claim.id == Citation.claim_id)
        .where(Citation.article_id.in_(article_ids), is_shared)
    )
    return [(article_id, slug, count) for article_id, slug, count in rows]


def claims_by_article(article_ids: Collection[int]) -> dict[int, list[Claim]]:
    """The claims that each of several articles cites, in its file's order, for a list's strength lines."""
    cited: dict[int, list[Claim]] = {}
    rows = db.session.execute(
        select(Citation.article_id, Claim)
        .join(Claim, Claim.id == Citation.claim_id)
        .where(Citation.article_id.in_(article_ids), shown_in(Citation.article_id))
        .order_by(Citation.position)
    )
    for article_id, claim in rows:
        cited.setdefault(article_id, []).append(claim)
    return cited


def sources_of(article_id: int) -> list[Resting]:
    """The sources that an article lists, in its file's order, each with the public claims that rest on it."""
    sources = db.session.scalars(
        select(Source).where(Source.article_id == article_id).order_by(Source.position)
    ).all()
    return with_claims(sources)


def with_claims(sources: Sequence[Source]) -> list[Resting]:
    """The sources, each with the public claims that rest on it."""
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
        .options(joinedload(Correction.claim.and_(public())))
    ).all()


def public_id(slug: str) -> int | None:
    """The id of the public claim ``slug``: enough to read its stream's head before the claim itself."""
    return db.session.scalar(select(Claim.id).where(Claim.slug == slug, public()))


def is_public(claim_id: int) -> bool:
    """Return True if the public may see the claim with this id."""
    return db.session.scalar(select(Claim.id).where(Claim.id == claim_id, public())) is not None


def are_public(*, claims: Collection[int], articles: Collection[int]) -> bool:
    """Return True if everybody may see at least one of these claims or articles."""
    claim = exists(select(Claim.id).where(Claim.id.in_(claims), public()))
    article = exists(select(Article.id).where(Article.id.in_(articles), visible()))
    return bool(db.session.scalar(select(or_(claim, article))))


def claim_by_id(claim_id: int) -> Claim | None:
    """A claim, whoever may see it."""
    return db.session.scalar(whole().where(Claim.id == claim_id))


def public_citation(article_id: int, claim_id: int) -> Claim | None:
    """Return the public claim with this id if the article cites it: what may be commented on there."""
    cited = exists().where(Citation.article_id == article_id, Citation.claim_id == Claim.id)
    return db.session.scalar(whole().where(Claim.id == claim_id, cited, public()))


def claim_by_slug(slug: str) -> Claim | None:
    """The public claim ``slug``."""
    return db.session.scalar(whole().where(Claim.slug == slug, public()))


def history_of(
    claim_id: int, *, before: int | None = None, limit: int | None = None
) -> Sequence[VerdictChange]:
    """The changes of a claim's verdict, latest first; all, or ``limit`` of those before a version."""
    query = (
        select(VerdictChange)
        .where(VerdictChange.claim_id == claim_id)
        .order_by(VerdictChange.version.desc())
        .options(joinedload(VerdictChange.by))
        .limit(limit)
    )
    return db.session.scalars(query if before is None else query.where(VerdictChange.version < before)).all()


def citations_of_claims(slugs: Collection[str], *, limit: int) -> Sequence[tuple[str, int]]:
    """List pairs of these claims' slugs and the ids of public articles citing them, ``limit`` at most."""
    rows = db.session.execute(
        select(Claim.slug, Citation.article_id)
        .join(Citation, Citation.claim_id == Claim.id)
        .join(Article, Article.id == Citation.article_id)
        .where(Claim.slug.in_(slugs), visible())
        .order_by(Citation.article_id)
        .limit(limit)
    )
    return [(slug, article_id) for slug, article_id in rows]


def article_ids_citing(claim_id: int) -> Sequence[int]:
    """The ids of all articles citing a claim, drafts too: the streams that a change of it appends to."""
    return db.session.scalars(
        select(Citation.article_id).where(Citation.claim_id == claim_id).order_by(Citation.article_id)
    ).all()


def article_ids_sharing(claim_ids: Collection[int], *, limit: int) -> Sequence[int]:
    """List the newest articles (ids, drafts too) citing one of these claims, once for each claim."""
    return db.session.scalars(
        select(Citation.article_id)
        .where(Citation.claim_id.in_(claim_ids))
        .order_by(Citation.article_id.desc())
        .limit(limit)
    ).all()


def recent_changes(limit: int) -> Sequence[VerdictChange]:
    """The latest verdicts of public claims, first ones and changes, each with its claim and its editor."""
    return db.session.scalars(
        select(VerdictChange)
        .join(VerdictChange.claim)
        .where(public(), VerdictChange.changed.is_(null()))
        .order_by(VerdictChange.listed_at.desc(), VerdictChange.id.desc())
        .limit(limit)
        .options(contains_eager(VerdictChange.claim), joinedload(VerdictChange.by))
    ).all()


def latest_changes(*, besides: Collection[Claim]) -> Sequence[VerdictChange]:
    """List the few latest verdicts for the front page, without the claims ``besides`` them if others remain."""
    told = {claim.id for claim in besides}
    changes = recent_changes(LATEST + len(told))
    others = [change for change in changes if change.claim_id not in told]
    return (others or changes)[:LATEST]
