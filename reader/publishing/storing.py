"""The rows of one article file, written inside an open transaction whose streams are locked."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import delete, exists, insert, select, update
from sqlalchemy.orm import Session

from reader.articles.models import Article, ArticleRevision, Author, Byline, FormerSlug, Tagging, Topic
from reader.clock import now
from reader.comments.models import Thread
from reader.db.base import Model
from reader.factchecks.actions import publisher_called
from reader.factchecks.models import Citation, Correction, Publisher, Source, Support
from reader.publishing import bodies, queries
from reader.publishing.checking import marks
from reader.publishing.document import CorrectionEntry, Document, SourceEntry
from reader.publishing.identifying import published_as
from reader.publishing.loading import Stored
from reader.publishing.plan import ArticlePlan
from reader.publishing.storing_claims import ClaimStoring
from reader.text.letters import forms
from reader.text.markdown import length_of, plain_text, render_article
from reader.text.slugs import name_slug, unused


@dataclass
class Storing:
    """One article on its way into the database: first itself and its claims, then what it cites."""

    session: Session
    plan: ArticlePlan
    by_id: int | None
    article_id: int = 0

    @property
    def before(self) -> Stored | None:
        """The article as it is stored so far."""
        return self.plan.before

    def article_and_claims(self) -> None:
        """Write all that other articles may cite."""
        document = self.plan.document
        self.article_id = self._article(document)
        self._former_slugs(document)
        self._authors(document.authors)
        self._topics(document.topics)
        source_ids = self._sources(document.sources)
        ClaimStoring(self.session, self.article_id, self.plan, self.by_id).store(source_ids)
        self._remove_sources([source_ids[key] for key in self.plan.leaving_sources if key in source_ids])

    def citations(self) -> None:
        """Write what refers to claims, of this article or of others."""
        document = self.plan.document
        claim_ids = queries.claim_ids([claim.id for claim in document.claims])
        self._replace(
            Citation,
            [
                {"claim_id": claim_ids[claim.id], "position": position, "at": claim.at}
                for position, claim in enumerate(document.claims)
            ],
        )
        self._corrections(document.corrections, claim_ids)

    def _replace(self, table: type[Model], rows: list[dict[str, Any]]) -> None:
        """Make these the article's rows of ``table``."""
        if self.before is not None:
            self.session.execute(delete(table).where(table.__table__.c.article_id == self.article_id))
        self._insert(table, [{"article_id": self.article_id, **row} for row in rows])

    def _insert(self, table: type[Model], rows: Sequence[dict[str, Any]]) -> None:
        if rows:
            self.session.execute(insert(table), rows)

    def _article(self, document: Document) -> int:
        image, file = document.image, published_as(self.plan.file.path)
        values = {
            "key": document.id,
            "slug": document.slug,
            "title": document.title,
            "standfirst": document.standfirst,
            "body": document.body,
            **rendered(document),
            "status": document.status,
            "published_at": document.published,
            "updated_at": document.updated,
            "publish_at": document.publish_at,
            "lang": document.lang,
            "image_src": image.src if image else None,
            "image_alt": image.alt if image else None,
            "image_credit": image.credit if image else None,
            "revision": self.before.revision + 1 if self.before else 1,
            "file": file,
            "was_public": document.is_public(now()) or bool(self.before and self.before.was_public),
        }
        self._leave_file(file, document.id)
        if self.before:
            id_ = self.before.id
            values["changed_at"] = now()
            placed_at = document.published or document.publish_at or Article.stored_at
            self.session.execute(
                update(Article).where(Article.id == id_).values(**values, placed_at=placed_at)
            )
        else:
            id_ = self.session.execute(insert(Article).values(values).returning(Article.id)).scalar_one()
            self._insert(Thread, [{"article_id": id_}])
        self._insert(
            ArticleRevision,
            [
                {
                    "article_id": id_,
                    "number": values["revision"],
                    "document": self.plan.file.text,
                    "by_id": self.by_id,
                }
            ],
        )
        return id_

    def _leave_file(self, file: str | None, key: str) -> None:
        """Let a path name the article alone that was last published from it."""
        others = (Article.file == file) & (Article.key != key)
        self.session.execute(update(Article).where(others).values(file=None))

    def _former_slugs(self, document: Document) -> None:
        known = set(self.before.document.was) if self.before else set()
        self.session.execute(
            delete(FormerSlug).where(
                FormerSlug.article_id == self.article_id, FormerSlug.slug == document.slug
            )
        )
        self._insert(
            FormerSlug,
            [{"article_id": self.article_id, "slug": slug} for slug in document.was if slug not in known],
        )

    def _authors(self, names: Sequence[str]) -> None:
        ids: dict[str, int] = {}
        written = {form: name for name in names for form in forms(name)}
        for author_id, name in self.session.execute(
            select(Author.id, Author.name).where(Author.name.in_(written)).order_by(Author.id.desc())
        ):
            if name in names:
                ids[name] = author_id
            else:
                ids.setdefault(written[name], author_id)
        for name in names:
            if name not in ids:
                slug = name_slug(name)
                taken = set(self.session.scalars(select(Author.slug).where(Author.slug.startswith(slug))))
                ids[name] = self.session.execute(
                    insert(Author).values(name=name, slug=unused(slug, taken)).returning(Author.id)
                ).scalar_one()
        self._replace(
            Byline, [{"author_id": ids[name], "position": position} for position, name in enumerate(names)]
        )

    def _topics(self, slugs: Sequence[str]) -> None:
        ids = {
            slug: topic_id
            for topic_id, slug in self.session.execute(
                select(Topic.id, Topic.slug).where(Topic.slug.in_(slugs))
            )
        }
        for slug in slugs:
            if slug not in ids:
                ids[slug] = self.session.execute(
                    insert(Topic).values(slug=slug).returning(Topic.id)
                ).scalar_one()
        self._replace(
            Tagging, [{"topic_id": ids[slug], "position": position} for position, slug in enumerate(slugs)]
        )

    def _sources(self, sources: Sequence[SourceEntry]) -> dict[str, int]:
        """Write the sources; their ids by their keys, those that are to be removed included."""
        publishers = self._publishers({source.publisher for source in sources})
        ids = self._source_ids()
        for position, source in enumerate(sources):
            values = {
                "position": position,
                "key": source.id,
                "publisher_id": publishers[source.publisher],
                "title": source.title,
                "url": source.url,
                "kind": source.kind,
                "date": source.date,
                "quote": source.quote,
                "archived": source.archived,
            }
            if source.id in ids:
                self.session.execute(update(Source).where(Source.id == ids[source.id]).values(values))
            else:
                self._insert(Source, [{"article_id": self.article_id, **values}])
        return self._source_ids()

    def _source_ids(self) -> dict[str, int]:
        rows = self.session.execute(select(Source.key, Source.id).where(Source.article_id == self.article_id))
        return {key: id_ for key, id_ in rows}

    def _publishers(self, names: Iterable[str]) -> dict[str, int]:
        wanted = set(names)
        rows = self.session.execute(select(Publisher.name, Publisher.id).where(Publisher.name.in_(wanted)))
        ids = {name: id_ for name, id_ in rows}
        return ids | {name: publisher_called(name).id for name in sorted(wanted - ids.keys())}

    def _remove_sources(self, ids: Sequence[int]) -> None:
        if ids:
            # A claim that has left this article still rests on them, and may come back.
            rested_on = exists(select(Support.claim_id).where(Support.source_id == Source.id))
            those = Source.id.in_(ids)
            self.session.execute(update(Source).where(those, rested_on).values(article_id=None))
            self.session.execute(delete(Source).where(those, ~rested_on))

    def _corrections(self, corrections: Sequence[CorrectionEntry], claim_ids: Mapping[str, int]) -> None:
        """Write the corrections. One that stays as it was keeps its row, and with it its address."""
        columns = [Correction.at, Correction.kind, Correction.text, Correction.claim_id]
        standing: dict[tuple[Any, ...], list[int]] = {}
        for id_, *values in self.session.execute(
            select(Correction.id, *columns).where(Correction.article_id == self.article_id)
        ):
            standing.setdefault(tuple(values), []).append(id_)
        stored_at = self.session.scalar(select(Article.stored_at).where(Article.id == self.article_id))
        for position, entry in enumerate(corrections):
            claim_id = claim_ids[entry.claim] if entry.claim else None
            same = standing.get((entry.at, entry.kind, entry.text, claim_id))
            if same:
                self.session.execute(
                    update(Correction).where(Correction.id == same.pop(0)).values(position=position)
                )
            else:
                self._insert(
                    Correction,
                    [
                        {
                            "article_id": self.article_id,
                            "position": position,
                            "kind": entry.kind,
                            "text": entry.text,
                            "at": entry.at,
                            "placed_at": entry.at or stored_at,
                            "claim_id": claim_id,
                            "version": self._version(entry),
                        }
                    ],
                )
        gone = [id_ for ids in standing.values() for id_ in ids]
        if gone:
            self.session.execute(delete(Correction).where(Correction.id.in_(gone)))

    def _version(self, entry: CorrectionEntry) -> int | None:
        """The step of a claim's imported history that wrote the correction, if one did."""
        if self.before or entry.at is None:
            return None
        steps = [
            (step.at, version)
            for claim in self.plan.document.own_claims()
            if claim.id == entry.claim
            for version, step in enumerate(claim.history, start=1)
        ]
        return dict(steps).get(entry.at)


def rendered(document: Document) -> dict[str, Any]:
    """The columns of an article that are made of its body."""
    html = render_article(bodies.mark(document.body, marks(document)))
    length = length_of(plain_text(html))
    return {"html": html, "words": length.words, "characters": length.characters}
