"""Every read of claims, sources and corrections.

A claim is public while an article that cites it is, once its own article has been: :func:`public` says so. Each
function takes a constant number of queries and loads all that the macros of this feature touch.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Select, and_, bindparam, exists, null, or_, select
from sqlalchemy.orm import aliased, contains_eager, joinedload, selectinload

from reader import eventlog
from reader.articles.models import Article
from reader.articles.queries import place, visible
from reader.clock import now
from reader.extensions import db
from reader.factchecks.models import (
    Citation,
    Claim,
    Correction,
    FactReport,
    Source,
    Support,
    VerdictChange,
)
from reader.factchecks.waiting import owner_is_released, shown_in, shown_in_at

# How many of the latest verdicts the front page shows.
LATEST = 5


@dataclass(frozen=True)
class Resting:
    """A source and the public claims that rest on it."""

    source: Source
    claims: Sequence[Claim]


@dataclass(frozen=True)
class Life:
    """A claim's page, all of it as of ``head`` or later."""

    claim: Claim
    head: int
    history: Sequence[VerdictChange]
    articles: Sequence[Article]

    @property
    def home(self) -> Article:
        """The article on which one writes about the claim: its own, or else the first that cites it."""
        own = (each for each in self.articles if each.id == self.claim.article_id)
        return next(own, self.articles[0])


def public() -> ColumnElement[bool]:
    """Whether everybody may see a claim: an article that they may see cites it, and its own is or was public."""
    cited = exists(
        select(Citation.claim_id)
        .join(Article, Article.id == Citation.article_id)
        .where(Citation.claim_id == Claim.id, visible())
        .correlate(Claim)
    )
    return and_(cited, owner_is_released(now()))


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
    """Of the claims that each of these articles shares with others: article, claim, number of comments about it."""
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


def citations_of(article_id: int) -> Sequence[Citation]:
    """The citations of an article, in its file's order, each with its claim and the words that it marks."""
    claim = joinedload(Citation.claim, innerjoin=True)
    return db.session.scalars(
        select(Citation)
        .join(Citation.claim)
        .where(Citation.article_id == article_id, shown_in(article_id))
        .order_by(Citation.position)
        .options(claim.selectinload(Claim.supports), claim.joinedload(Claim.checked_by))
    ).all()


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
    """Whether everybody may see the claim with this id."""
    return db.session.scalar(select(Claim.id).where(Claim.id == claim_id, public())) is not None


def are_public(*, claims: Collection[int], articles: Collection[int]) -> bool:
    """Whether everybody may see one of these claims or articles."""
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


def claims_by_slug(slugs: Collection[str]) -> dict[str, Claim]:
    """Claims, whoever may see them, by their slugs."""
    claims = db.session.scalars(whole().where(Claim.slug.in_(slugs)))
    return {claim.slug: claim for claim in claims}


def life_of(slug: str) -> Life | None:
    """The page of the public claim ``slug``. The stream's head is read before anything that it numbers."""
    claim_id = public_id(slug)
    if claim_id is None:
        return None
    head = eventlog.head(f"claim:{claim_id}")
    claim = claim_by_slug(slug)
    return Life(claim, head, history_of(claim_id), articles_citing(claim_id)) if claim else None


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
        .order_by(place().desc(), Article.id.desc())
    ).all()


def all_citing(claim_id: int) -> Sequence[Article]:
    """All articles citing a claim, drafts too: those that a change of it changes."""
    return db.session.scalars(
        select(Article)
        .join(Citation, Citation.article_id == Article.id)
        .where(Citation.claim_id == claim_id)
        .order_by(place().desc(), Article.id.desc())
    ).all()


def citations_of_claims(slugs: Collection[str], *, limit: int) -> Sequence[tuple[str, int]]:
    """Claims of these slugs with the id of each article citing them that everybody may see; ``limit`` at most."""
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


def sources_for(claim: Claim) -> Sequence[Source]:
    """The sources that an editor may rest ``claim`` on: those of the articles that own and cite it."""
    citing = select(Citation.article_id).where(Citation.claim_id == claim.id)
    return db.session.scalars(
        select(Source)
        .where(or_(Source.article_id == claim.article_id, Source.article_id.in_(citing)))
        .order_by(Source.article_id, Source.position)
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
    """The few latest verdicts for the front page, but for those ``besides`` which they stand."""
    told = {claim.id for claim in besides}
    changes = recent_changes(LATEST + len(told))
    others = [change for change in changes if change.claim_id not in told]
    return (others or changes)[:LATEST]


def fact_report_by(person_id: int, comment_id: int, revision: int) -> FactReport | None:
    """What the person told the editors about this revision of a comment."""
    return db.session.scalar(
        select(FactReport).where(
            FactReport.comment_id == comment_id,
            FactReport.revision == revision,
            FactReport.reporter_id == person_id,
        )
    )


def fact_reports_of(person_id: int, *, limit: int = 50) -> Sequence[FactReport]:
    """What the person told the editors, latest first, with the answers."""
    return db.session.scalars(
        select(FactReport)
        .where(FactReport.reporter_id == person_id)
        .order_by(FactReport.id.desc())
        .limit(limit)
    ).all()


def fact_reports(*, answered: bool, after: int | None = None, limit: int) -> Sequence[FactReport]:
    """What readers told the editors: what waits for an answer, longest first; or what has one, latest first."""
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
