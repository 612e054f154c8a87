"""Database queries of publishing and export. ``loading`` turns an article back into a file."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, Select, exists, select

from reader.accounts.models import User
from reader.articles.models import Article, FormerSlug
from reader.articles.queries import released
from reader.comments.models import Comment
from reader.db.base import db
from reader.factchecks.kinds import Origin
from reader.factchecks.models import Citation, Claim, Source, Support, VerdictChange
from reader.policy import may

BATCH = 200
AnyRow = Row[*tuple[Any, ...]]


@dataclass(frozen=True)
class Known:
    """A claim in the database: the article that owns it (its id and address), whether the owner's file still lists it,
    and whether the public may see it, now or before.
    """

    owner: str
    slug: str
    listed: bool
    is_public: bool


@dataclass(frozen=True)
class Facts:
    """Facts about a claim on the site: decisions, comments and reasons.

    ``decided`` tells whether an editor decided it on its page (or did so on the site that its history comes from),
    ``reasons`` are those of its verdict so far, the present one last, ``rewordings`` those of changes of its words.
    """

    decided: bool
    comments: int
    reasons: Sequence[str | None]
    rewordings: Sequence[str | None]


@dataclass(frozen=True)
class Addresses:
    """Article ids by present address, by former address, and by published file."""

    present: Mapping[str, str]
    former: Mapping[str, str]
    files: Mapping[str, str]

    def other(self, slug: str, key: str) -> str | None:
        """Another article than ``key`` that has the address, or had it."""
        owner = self.present.get(slug) or self.former.get(slug)
        return owner if owner != key else None


def article_slugs() -> Sequence[str]:
    """The slugs of all articles, in the order in which they were stored."""
    return db.session.scalars(select(Article.slug).order_by(Article.id)).all()


def addresses(slugs: Collection[str], files: Collection[str] = ()) -> Addresses:
    """Look up the articles at these addresses and paths of files."""
    present: dict[str, str] = {}
    former: dict[str, str] = {}
    by_file: dict[str, str] = {}
    for batch in batches(slugs):
        present |= _pairs(select(Article.slug, Article.key).where(Article.slug.in_(batch)))
        former |= _pairs(
            select(FormerSlug.slug, Article.key)
            .join(Article, Article.id == FormerSlug.article_id)
            .where(FormerSlug.slug.in_(batch))
        )
    for batch in batches(files):
        by_file |= _pairs(select(Article.file, Article.key).where(Article.file.in_(batch)))
    return Addresses(present, former, by_file)


def taken_keys(stem: str) -> set[str]:
    """The ids of articles that begin with ``stem``."""
    return set(db.session.scalars(select(Article.key).where(Article.key.startswith(stem, autoescape=True))))


def _pairs(query: Select[*tuple[Any, ...]]) -> dict[str, str]:
    return {name: key for name, key in db.session.execute(query)}


def known_claims(slugs: Collection[str]) -> dict[str, Known]:
    """Return the owning articles of claims, by claim slug; slugs that are not in the database are left out."""
    listed = exists(
        select(Citation.claim_id).where(
            Citation.claim_id == Claim.id, Citation.article_id == Claim.article_id
        )
    )
    found: dict[str, Known] = {}
    for batch in batches(slugs):
        rows = db.session.execute(
            select(Claim.slug, Article.key, Article.slug, listed, released())
            .join(Article, Article.id == Claim.article_id)
            .where(Claim.slug.in_(batch))
        )
        found |= {
            claim: Known(owner, slug, is_listed, is_public)
            for claim, owner, slug, is_listed, is_public in rows
        }
    return found


def facts(claim_ids: Collection[int]) -> dict[int, Facts]:
    """Return the facts about these claims on the site, by their ids."""
    steps: dict[int, list[VerdictChange]] = defaultdict(list)
    for step in db.session.scalars(
        select(VerdictChange).where(VerdictChange.claim_id.in_(claim_ids)).order_by(VerdictChange.version)
    ):
        steps[step.claim_id].append(step)
    comments = select(Claim.id, Claim.comments).where(Claim.id.in_(claim_ids))
    return {
        claim_id: Facts(
            decided=any(step.version > 1 and step.origin != Origin.FILE for step in steps[claim_id]),
            comments=number,
            reasons=[step.why for step in steps[claim_id] if step.changed is None],
            rewordings=[step.why for step in steps[claim_id] if step.changed is not None],
        )
        for claim_id, number in db.session.execute(comments)
    }


def citing(claim_ids: Collection[int]) -> dict[int, set[str]]:
    """The ids, as files give them, of the articles that cite these claims."""
    rows = db.session.execute(
        select(Citation.claim_id, Article.key)
        .join(Article, Article.id == Citation.article_id)
        .where(Citation.claim_id.in_(claim_ids))
    )
    found: dict[int, set[str]] = defaultdict(set)
    for claim_id, key in rows:
        found[claim_id].add(key)
    return found


def discussed(article_id: int, claims: Collection[str]) -> set[str]:
    """Those of these claims about which something was said in the article's own thread."""
    return set(
        db.session.scalars(
            select(Claim.slug)
            .join(Comment, Comment.claim_id == Claim.id)
            .where(Comment.article_id == article_id, Claim.slug.in_(claims))
        )
    )


def citing_ids(claim_ids: Collection[int]) -> dict[int, set[int]]:
    """The ids of the articles that cite these claims: the streams to tell of their changes."""
    rows = db.session.execute(
        select(Citation.claim_id, Citation.article_id).where(Citation.claim_id.in_(claim_ids))
    )
    found: dict[int, set[int]] = defaultdict(set)
    for claim_id, article_id in rows:
        found[claim_id].add(article_id)
    return found


def article_ids(keys: Collection[str]) -> set[int]:
    """The rows of the articles with these ids that are in the database."""
    return set(db.session.scalars(select(Article.id).where(Article.key.in_(keys))))


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


def editors(names: Collection[str]) -> dict[str, int]:
    """The ids of those of these names, written exactly so, who decide verdicts."""
    if not names:
        return {}
    people = db.session.scalars(select(User).where(User.username.in_(names)))
    return {person.username: person.id for person in people if may("set_verdict", person)}


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
