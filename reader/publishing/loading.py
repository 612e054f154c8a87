"""Articles in the database, loaded as the files that would make them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import InstrumentedAttribute

from reader.accounts.models import User
from reader.articles.models import Article, Author, Byline, FormerSlug, Tagging, Topic
from reader.articles.queries import released
from reader.db.base import db
from reader.factchecks.appearances import Appearance
from reader.factchecks.models import (
    Citation,
    Claim,
    Correction,
    Publisher,
    Source,
    Support,
    VerdictChange,
)
from reader.publishing import history
from reader.publishing.document import (
    Checked,
    Claimant,
    ClaimEntry,
    CorrectionEntry,
    Document,
    Image,
    SourceEntry,
    UseEntry,
)
from reader.publishing.queries import AnyRow, batches
from reader.text.slugs import unused


@dataclass(frozen=True)
class Stored:
    """An article in the database: the file that would make it, and what such a file doesn't say.

    ``gone`` are claims that it owns and doesn't cite any more, ``lasting`` the corrections that a change of verdict
    wrote; ``was_public`` tells whether the public may see it, or could before.
    """

    id: int
    revision: int
    document: Document
    was_public: bool
    claim_ids: Mapping[str, int]
    gone: Mapping[str, ClaimEntry]
    lasting: tuple[CorrectionEntry, ...]

    def owned(self) -> dict[str, ClaimEntry]:
        """Every claim that it owns, by id."""
        return {**self.gone, **{claim.id: claim for claim in self.document.own_claims()}}


def stored(slugs: Collection[str]) -> dict[str, Stored]:
    """The articles of these slugs that are in the database."""
    return {found.document.slug: found for found in _loaded(Article.slug, slugs)}


def stored_by_key(keys: Collection[str]) -> dict[str, Stored]:
    """The articles with these ids that are in the database."""
    return {found.document.id: found for found in _loaded(Article.key, keys)}


def _loaded(column: InstrumentedAttribute[str], values: Collection[str]) -> Iterator[Stored]:
    for batch in batches(values):
        articles = db.session.execute(select(*_ARTICLE, released()).where(column.in_(batch))).all()
        if articles:
            yield from _Loading({article.id: article for article in articles}).stored()


_ARTICLE = [
    Article.id,
    Article.key,
    Article.slug,
    Article.title,
    Article.standfirst,
    Article.body,
    Article.status,
    Article.published_at,
    Article.updated_at,
    Article.publish_at,
    Article.lang,
    Article.image_src,
    Article.image_alt,
    Article.image_credit,
    Article.revision,
]
_SOURCE = [
    Source.key,
    Publisher.name.label("publisher"),
    Source.title,
    Source.url,
    Source.kind,
    Source.date,
    Source.quote,
    Source.archived,
]
_CLAIM = [
    Claim.id,
    Claim.slug,
    Claim.text,
    Claim.short,
    Claim.verdict,
    Claim.about,
    Claim.why,
    Claim.unsourced,
    Claim.claimant_name,
    Claim.claimant_url,
    Claim.said,
    Claim.checked_at,
    func.coalesce(User.username, Claim.checked_by_name).label("checker"),
]


def _grouped(query: Select[*tuple[Any, ...]]) -> dict[int, list[AnyRow]]:
    """The rows of a query by their first column."""
    found: dict[int, list[AnyRow]] = defaultdict(list)
    for row in db.session.execute(query):
        found[row[0]].append(row)
    return found


def _source(row: AnyRow) -> SourceEntry:
    return SourceEntry(
        id=row.key,
        publisher=row.publisher,
        title=row.title,
        url=row.url,
        kind=row.kind,
        date=row.date,
        quote=row.quote,
        archived=row.archived,
    )


class _Loading:
    """Some articles with all that belongs to them, in as many queries as for one."""

    def __init__(self, articles: Mapping[int, AnyRow]) -> None:
        self.articles = articles
        of = articles.keys()
        self.authors = _grouped(
            select(Byline.article_id, Author.name)
            .join(Author, Author.id == Byline.author_id)
            .where(Byline.article_id.in_(of))
            .order_by(Byline.position)
        )
        self.topics = _grouped(
            select(Tagging.article_id, Topic.slug)
            .join(Topic, Topic.id == Tagging.topic_id)
            .where(Tagging.article_id.in_(of))
            .order_by(Tagging.position)
        )
        self.sources = _grouped(
            select(Source.article_id, *_SOURCE)
            .join(Publisher, Publisher.id == Source.publisher_id)
            .where(Source.article_id.in_(of))
            .order_by(Source.position, Source.id)
        )
        self.cited = _grouped(
            select(Citation.article_id, Citation.at, Claim.slug, Claim.article_id.label("owner"))
            .join(Claim, Claim.id == Citation.claim_id)
            .where(Citation.article_id.in_(of))
            .order_by(Citation.position)
        )
        self.former = _grouped(
            select(FormerSlug.article_id, FormerSlug.slug)
            .where(FormerSlug.article_id.in_(of))
            .order_by(FormerSlug.slug)
        )
        self.claims = _grouped(
            select(Claim.article_id, *_CLAIM)
            .outerjoin(User, User.id == Claim.checked_by_id)
            .where(Claim.article_id.in_(of))
        )
        self.steps = _grouped(
            select(
                VerdictChange.claim_id,
                VerdictChange,
                func.coalesce(User.username, VerdictChange.by_name).label("actor"),
            )
            .join(Claim, Claim.id == VerdictChange.claim_id)
            .outerjoin(User, User.id == VerdictChange.by_id)
            .where(Claim.article_id.in_(of))
            .order_by(VerdictChange.version)
        )
        self.supports = _grouped(
            select(Support.claim_id, Source.article_id, *_SOURCE)
            .join(Source, Source.id == Support.source_id)
            .join(Publisher, Publisher.id == Source.publisher_id)
            .join(Claim, Claim.id == Support.claim_id)
            .where(Claim.article_id.in_(of))
            .order_by(Support.position)
        )
        self.corrections = _grouped(
            select(Correction.article_id, Correction, Claim.slug)
            .outerjoin(Claim, Claim.id == Correction.claim_id)
            .where(Correction.article_id.in_(of))
            .order_by(Correction.position, Correction.id)
        )

    def stored(self) -> Iterator[Stored]:
        """Return the stored articles."""
        return map(self._stored, self.articles.values())

    def _stored(self, row: AnyRow) -> Stored:
        sources = {source.key: _source(source) for source in self.sources[row.id]}
        cited = self.cited[row.id]
        listed = {claim.slug for claim in cited}
        claims = {
            # What a claim rests on that has left is no source of the article.
            claim.slug: self._claim(claim, sources if claim.slug in listed else dict(sources))
            for claim in self.claims[row.id]
        }
        corrections = [
            (CorrectionEntry(at=entry.at, kind=entry.kind, text=entry.text, claim=slug), entry.version)
            for _, entry, slug in self.corrections[row.id]
        ]
        document = Document(
            title=row.title,
            id=row.key,
            slug=row.slug,
            was=tuple(former.slug for former in self.former[row.id]),
            standfirst=row.standfirst,
            status=row.status,
            published=row.published_at,
            updated=row.updated_at,
            publish_at=row.publish_at,
            authors=tuple(author.name for author in self.authors[row.id]),
            topics=tuple(topic.slug for topic in self.topics[row.id]),
            lang=row.lang,
            image=Image(src=row.image_src, alt=row.image_alt, credit=row.image_credit)
            if row.image_src
            else None,
            sources=tuple(sources.values()),
            claims=tuple(
                replace(claims[claim.slug], at=claim.at)
                if claim.owner == row.id
                else UseEntry(use=claim.slug, at=claim.at)
                for claim in cited
            ),
            corrections=tuple(correction for correction, _ in corrections),
            body=row.body,
        )
        return Stored(
            id=row.id,
            revision=row.revision,
            document=document,
            was_public=row[-1],
            claim_ids={claim.slug: claim.id for claim in self.claims[row.id]},
            gone={slug: claim for slug, claim in claims.items() if slug not in listed},
            lasting=tuple(correction for correction, version in corrections if version is not None),
        )

    def _claim(self, claim: AnyRow, sources: dict[str, SourceEntry]) -> ClaimEntry:
        """A claim as its owner's file says it.

        An editor may rest it on a source of another article that cites it. The owner's file then lists that source
        as its own, so that files alone can make the whole site again.
        """
        keys = []
        for source in self.supports[claim.id]:
            key = source.key
            if source.article_id != claim.article_id:
                entry = _source(source)
                key = next((id_ for id_, own in sources.items() if replace(own, id=entry.id) == entry), None)
                if key is None:
                    key = unused(source.key, sources)
                    sources[key] = replace(entry, id=key)
            keys.append(key)
        listed = tuple(dict.fromkeys(keys))
        return ClaimEntry(
            id=claim.slug,
            text=claim.text,
            short=claim.short,
            verdict=claim.verdict,
            about=claim.about,
            why=claim.why,
            sources=listed,
            checked=Checked(at=claim.checked_at, by=claim.checker)
            if claim.checked_at or claim.checker
            else None,
            said=tuple(map(Appearance.of, claim.said)),
            history=history.written([(step, actor) for _, step, actor in self.steps[claim.id]]),
            unsourced=claim.unsourced and not listed,
            claimant=Claimant(name=claim.claimant_name, url=claim.claimant_url)
            if claim.claimant_name
            else None,
        )
