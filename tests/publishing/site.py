"""Helpers to read what publishing stored, and an editor who changes it."""

from sqlalchemy import func, select

from reader import eventlog
from reader.articles.models import Article
from reader.db.base import Model, db
from reader.factchecks.actions import set_verdict
from reader.factchecks.models import Claim, Source, Support
from reader.factchecks.verdicts import NewVerdict, Verdict
from tests.publishing.files import article
from tests.support.factories import an_editor


def the_article(slug: str = "rain") -> Article:
    """The article as it is now."""
    return db.session.execute(select(Article).where(Article.slug == slug)).scalar_one()


def the_claim(slug: str) -> Claim:
    """The claim as it is now."""
    db.session.rollback()
    return db.session.execute(select(Claim).where(Claim.slug == slug)).scalar_one()


def count(table: type[Model]) -> int:
    """Return the number of rows of a table."""
    return db.session.scalar(select(func.count()).select_from(table)) or 0


def kinds(stream: str) -> list[tuple[str, str]]:
    """Return the kinds and targets of a stream's events."""
    return [(event.kind, event.target) for event in eventlog.since(stream, 0, limit=100)]


def using(claim: str, slug: str, more: str = "") -> str:
    """A file that cites another article's claim."""
    return article(f"slug: {slug}\nclaims:\n- use: {claim}\n{more}".rstrip(), "Text.")


def decide(slug: str, verdict: Verdict, why: str, sources: list[str] | None = None) -> None:
    """Have an editor decide a claim, on the sources of these keys (default: those it rests on)."""
    claim = the_claim(slug)
    ids = {
        source.key: source.id
        for source in db.session.scalars(select(Source).where(Source.article_id == claim.article_id))
    }
    keys = sources if sources is not None else [source.key for source in sources_under(claim.id)]
    set_verdict(
        claim.id,
        NewVerdict(verdict, why=why, source_ids=[ids[key] for key in keys], version=claim.version),
        by=an_editor(),
    )


def sources_under(claim_id: int) -> list[Source]:
    """The sources that a claim rests on, in order."""
    return list(
        db.session.scalars(
            select(Source)
            .join(Support, Support.source_id == Source.id)
            .where(Support.claim_id == claim_id)
            .order_by(Support.position)
        )
    )
