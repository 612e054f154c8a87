"""Articles with their authors and topics, and what each publication of one said."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.engine.default import DefaultExecutionContext
from sqlalchemy.ext.orderinglist import ordering_list
from sqlalchemy.orm import Mapped, mapped_column, relationship

from reader.clock import now
from reader.db.base import Instant, Model
from reader.eventlog import streams


class Status(StrEnum):
    """An article's stage of publication."""

    DRAFT = "draft"
    SCHEDULED = "scheduled"
    PUBLISHED = "published"
    RETRACTED = "retracted"


def _slug(context: DefaultExecutionContext) -> str:
    """The id of an article that came without one: its first address."""
    slug: str = context.get_current_parameters()["slug"]  # type: ignore[no-untyped-call]
    return slug


def _place(context: DefaultExecutionContext) -> datetime:
    """The place in the lists of an article that is stored for the first time."""
    values = context.get_current_parameters()  # type: ignore[no-untyped-call]
    known = (values.get(name) for name in ("published_at", "publish_at", "stored_at"))
    return next((at for at in known if at is not None), None) or now()


def headline(title: str, *, is_retracted: bool) -> str:
    """The title of an article, which tells programs and other pages that it was retracted."""
    return f"Retracted: {title}" if is_retracted else title


class Author(Model):
    """Somebody who writes articles; not an account."""

    __tablename__ = "authors"

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(String(100), unique=True)
    name: Mapped[str] = mapped_column(String(100))

    @property
    def path(self) -> str:
        """The address of their articles."""
        return f"/authors/{self.slug}"


class Topic(Model):
    """A subject of articles: a slug, shown with its hyphens as spaces."""

    __tablename__ = "topics"

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(String(100), unique=True)

    @property
    def name(self) -> str:
        """The topic in words."""
        return self.slug.replace("-", " ")

    @property
    def path(self) -> str:
        """The address of its articles."""
        return f"/topics/{self.slug}"


class Byline(Model):
    """An author of an article, in the file's order."""

    __tablename__ = "bylines"

    article_id: Mapped[int] = mapped_column(ForeignKey("articles.id"), primary_key=True)
    author_id: Mapped[int] = mapped_column(ForeignKey("authors.id"), primary_key=True, index=True)
    position: Mapped[int] = mapped_column()

    author: Mapped[Author] = relationship(lazy="joined")


class Tagging(Model):
    """A topic of an article, in the file's order."""

    __tablename__ = "taggings"

    article_id: Mapped[int] = mapped_column(ForeignKey("articles.id"), primary_key=True)
    topic_id: Mapped[int] = mapped_column(ForeignKey("topics.id"), primary_key=True, index=True)
    position: Mapped[int] = mapped_column()

    topic: Mapped[Topic] = relationship(lazy="joined")


class Article(Model):
    """An article as it stands now: ``body`` is the file's Markdown, ``html`` what publishing made of it.

    ``key`` is its id in the file, which never changes; ``slug`` its present address. ``file`` is the path that it was
    last published from. ``was_public`` tells whether the public could see it at any time up to the last publication.
    """

    __tablename__ = "articles"
    # With the columns that decide whether the public may see an article, so that lists read no others.
    __table_args__ = (Index("ix_articles_placed_at", "placed_at", "id", "status", "publish_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(100), unique=True, default=_slug)
    slug: Mapped[str] = mapped_column(String(100), unique=True)
    title: Mapped[str] = mapped_column(String(300))
    standfirst: Mapped[str | None] = mapped_column(Text)
    body: Mapped[str] = mapped_column(Text)
    html: Mapped[str] = mapped_column(Text)
    # Length in words, of which ``characters`` are single characters of languages without spaces.
    words: Mapped[int] = mapped_column(default=0)
    characters: Mapped[int] = mapped_column(default=0, server_default="0")
    status: Mapped[str] = mapped_column(String(20), default=Status.PUBLISHED.value)
    published_at: Mapped[datetime | None] = mapped_column(Instant)
    updated_at: Mapped[datetime | None] = mapped_column(Instant)
    publish_at: Mapped[datetime | None] = mapped_column(Instant)
    lang: Mapped[str] = mapped_column(String(35), default="en")
    image_src: Mapped[str | None] = mapped_column(String(500))
    image_alt: Mapped[str | None] = mapped_column(String(500))
    image_credit: Mapped[str | None] = mapped_column(String(200))
    # When it was first stored here: orders undated articles, and is never shown as a date of publication.
    stored_at: Mapped[datetime] = mapped_column(Instant, default=now)
    # Sort key of lists: when it was published or is to be, or else stored. Never shown either.
    placed_at: Mapped[datetime] = mapped_column(Instant, default=_place)
    # When it was last published with other content than before, or a correction was written by a verdict.
    changed_at: Mapped[datetime | None] = mapped_column(Instant)
    revision: Mapped[int] = mapped_column(default=1)
    file: Mapped[str | None] = mapped_column(String(1000), index=True)
    was_public: Mapped[bool] = mapped_column(default=False)

    bylines: Mapped[list[Byline]] = relationship(
        order_by=Byline.position,
        collection_class=ordering_list("position"),
        cascade="all, delete-orphan",
        lazy="raise",
    )
    taggings: Mapped[list[Tagging]] = relationship(
        order_by=Tagging.position,
        collection_class=ordering_list("position"),
        cascade="all, delete-orphan",
        lazy="raise",
    )

    @property
    def path(self) -> str:
        """Its address on the site."""
        return f"/articles/{self.slug}"

    @property
    def stream(self) -> str:
        """The name of its event stream."""
        return streams.article(self.id)

    @property
    def dated(self) -> datetime | None:
        """The time of publication, past or planned; None if unknown."""
        return self.published_at or self.publish_at

    @property
    def modified_at(self) -> datetime | None:
        """Time of its last change after publication, by its file or by what was stored; None for never."""
        return max(filter(None, (self.updated_at, self.changed_at)), default=None)

    @property
    def latest_at(self) -> datetime:
        """Latest time known of it; for an undated article, when it was stored."""
        return max(filter(None, (self.dated, self.modified_at)), default=self.stored_at)

    @property
    def headline(self) -> str:
        """Its title, where it is named elsewhere: of a retracted one it says so."""
        return headline(self.title, is_retracted=self.is_retracted)

    @property
    def topics(self) -> list[Topic]:
        """Topics of the article, in the file's order."""
        return [tagging.topic for tagging in self.taggings]

    @property
    def authors(self) -> list[Author]:
        """Authors of the article, in the file's order; empty if unknown."""
        return [byline.author for byline in self.bylines]

    @property
    def is_retracted(self) -> bool:
        """Return True if the article was retracted: it stays readable, with a notice."""
        return self.status == Status.RETRACTED


class FormerSlug(Model):
    """An address that an article had before; it leads to the present one, and no other article can take it."""

    __tablename__ = "former_slugs"

    slug: Mapped[str] = mapped_column(String(100), primary_key=True)
    article_id: Mapped[int] = mapped_column(ForeignKey("articles.id"), index=True)


class ArticleRevision(Model):
    """The whole article file as it was published, one row a publication that changed something."""

    __tablename__ = "article_revisions"
    __table_args__ = (UniqueConstraint("article_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    article_id: Mapped[int] = mapped_column(ForeignKey("articles.id"))
    number: Mapped[int] = mapped_column()
    document: Mapped[str] = mapped_column(Text)
    stored_at: Mapped[datetime] = mapped_column(Instant, default=now)
    by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
