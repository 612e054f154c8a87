"""What publishing and export ask the database. How an article becomes a file again stands in ``loading``."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, exists, select

from reader.accounts.models import User
from reader.articles.models import Article
from reader.comments.models import Comment
from reader.extensions import db
from reader.factchecks.models import Citation, Claim, Source, Support, VerdictChange

BATCH = 200
AnyRow = Row[*tuple[Any, ...]]


@dataclass(frozen=True)
class Known:
    """A claim in the database: who owns it, and whether the owner's file still lists it."""

    owner: str
    listed: bool


def article_slugs() -> Sequence[str]:
    """The slugs of all articles, in the order in which they were stored."""
    return db.session.scalars(select(Article.slug).order_by(Article.id)).all()


def known_claims(slugs: Collection[str]) -> dict[str, Known]:
    """Who owns the claims of these slugs that are in the database."""
    listed = exists(
        select(Citation.claim_id).where(
            Citation.claim_id == Claim.id, Citation.article_id == Claim.article_id
        )
    )
    found: dict[str, Known] = {}
    for batch in batches(slugs):
        rows = db.session.execute(
            select(Claim.slug, Article.slug, listed)
            .join(Article, Article.id == Claim.article_id)
            .where(Claim.slug.in_(batch))
        )
        found |= {slug: Known(owner, is_listed) for slug, owner, is_listed in rows}
    return found


def citing(claim_ids: Collection[int]) -> dict[int, set[str]]:
    """The slugs of the articles that cite these claims."""
    rows = db.session.execute(
        select(Citation.claim_id, Article.slug)
        .join(Article, Article.id == Citation.article_id)
        .where(Citation.claim_id.in_(claim_ids))
    )
    found: dict[int, set[str]] = defaultdict(set)
    for claim_id, slug in rows:
        found[claim_id].add(slug)
    return found


def citing_ids(claim_ids: Collection[int]) -> dict[int, set[int]]:
    """The ids of the articles that cite these claims: the streams to tell of their changes."""
    rows = db.session.execute(
        select(Citation.claim_id, Citation.article_id).where(Citation.claim_id.in_(claim_ids))
    )
    found: dict[int, set[int]] = defaultdict(set)
    for claim_id, article_id in rows:
        found[claim_id].add(article_id)
    return found


def article_ids(slugs: Collection[str]) -> set[int]:
    """The ids of the articles of these slugs that are in the database."""
    return set(db.session.scalars(select(Article.id).where(Article.slug.in_(slugs))))


def owned_claim_ids(article_ids: Collection[int]) -> set[int]:
    """The ids of the claims that these articles own, listed or not."""
    return set(db.session.scalars(select(Claim.id).where(Claim.article_id.in_(article_ids))))


def claim_ids(slugs: Collection[str]) -> dict[str, int]:
    """The ids of these claims, by slug."""
    rows = db.session.execute(select(Claim.slug, Claim.id).where(Claim.slug.in_(slugs)))
    return {slug: id_ for slug, id_ in rows}


def resting_elsewhere(article_id: int) -> dict[str, str]:
    """The sources of an article that claims of other articles rest on: their keys, each with one such claim."""
    rows = db.session.execute(
        select(Source.key, Claim.slug)
        .join(Support, Support.source_id == Source.id)
        .join(Claim, Claim.id == Support.claim_id)
        .where(Source.article_id == article_id, Claim.article_id != article_id)
        .order_by(Claim.id.desc())
    )
    return {key: slug for key, slug in rows}


def reasons(claim_id: int) -> Sequence[str | None]:
    """The reasons that a claim's verdict had so far, the present one last."""
    return db.session.scalars(
        select(VerdictChange.why).where(VerdictChange.claim_id == claim_id).order_by(VerdictChange.version)
    ).all()


def comments() -> Iterator[tuple[Comment, str, str, str | None]]:
    """All comments in the order of their ids, few at a time, with the article, the author's name and the claim."""
    rows = db.session.execute(
        select(Comment, Article.slug, User.username, Claim.slug)
        .join(Article, Article.id == Comment.article_id)
        .join(User, User.id == Comment.author_id)
        .outerjoin(Claim, Claim.id == Comment.claim_id)
        .order_by(Comment.id)
        .execution_options(yield_per=BATCH)
    )
    yield from rows


def batches(slugs: Collection[str]) -> Iterator[list[str]]:
    """The slugs a few at a time: a statement takes only so many values."""
    ordered = sorted(set(slugs))
    return (ordered[start : start + BATCH] for start in range(0, len(ordered), BATCH))
