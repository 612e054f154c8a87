"""Every read of articles. Who may see one is stated here, once."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Select,
    String,
    and_,
    bindparam,
    cast,
    exists,
    func,
    literal,
    or_,
    select,
)
from sqlalchemy.orm import aliased, defer, selectinload

from reader import eventlog
from reader.articles.models import Article, Author, Byline, FormerSlug, Status, Tagging, Topic, headline
from reader.clock import now
from reader.db import keyset
from reader.db.base import db
from reader.db.keyset import Cursor
from reader.db.prepared import Prepared
from reader.eventlog import streams

PAGE = 20
# This many rows are sorted in a few milliseconds.
FEW = 2_000
WORDS_A_MINUTE = 230
# Chinese and Japanese characters.
CHARACTERS_A_MINUTE = 500


@dataclass(frozen=True)
class ArticlePage:
    """A page of a list of articles, and where the list goes on."""

    articles: Sequence[Article]
    after: Cursor | None


@dataclass(frozen=True)
class ArticleRef:
    """An article as it is found: its id, its stream's head at that instant, and whether the public may see it.

    ``verdicts`` is the head of that stream, which updates the articles listed beside it.
    """

    id: int
    head: int
    is_public: bool
    verdicts: int

    @property
    def heads(self) -> dict[str, int]:
        """The heads of its stream and of ``verdicts``, which its page was made from."""
        return {streams.article(self.id): self.head, streams.VERDICTS: self.verdicts}


@dataclass(frozen=True)
class Heading:
    """A summary of an article, for pages that only mention it."""

    id: int
    slug: str
    title: str
    standfirst: str | None
    is_retracted: bool = False

    @property
    def headline(self) -> str:
        """Its title; of a retracted one it says so."""
        return headline(self.title, is_retracted=self.is_retracted)

    @property
    def path(self) -> str:
        """Its address on the site."""
        return f"/articles/{self.slug}"

    @property
    def stream(self) -> str:
        """The name of its event stream."""
        return streams.article(self.id)


def visible() -> ColumnElement[bool]:
    """Condition that the public may see an article: published, retracted, or scheduled for a time now past."""
    return visible_at(now())


def visible_at(time: datetime | ColumnElement[Any], article: type[Article] = Article) -> ColumnElement[bool]:
    """Return the condition of :func:`visible` at a given time, perhaps for an alias of the table.

    Statements that are built once pass the time as a parameter.
    """
    return or_(
        *(article.status == each.value for each in (Status.PUBLISHED, Status.RETRACTED)),
        and_(article.status == Status.SCHEDULED.value, article.publish_at <= time),
    )


def released() -> ColumnElement[bool]:
    """Return the SQL condition that the public may see an article, or could before."""
    return released_at(now())


def released_at(time: datetime | ColumnElement[Any], article: type[Article] = Article) -> ColumnElement[bool]:
    """Return the condition of :func:`released` at a given time, perhaps for an alias of the table.

    Statements that are built once pass the time as a parameter.
    """
    return or_(article.was_public, visible_at(time, article))


_TEXTLESS = [defer(text, raiseload=True) for text in (Article.standfirst, Article.body, Article.html)]
# Every comment posted asks this.
_HEADING = Prepared(
    select(Article.id, Article.slug, Article.title, Article.standfirst, Article.status).where(
        Article.slug == bindparam("slug"), visible_at(bindparam("now"))
    )
)

_VERDICTS = aliased(eventlog.Stream)
# Every page that changed asks this; to put the statement together takes longer than to have it answered.
_REF = (
    select(
        Article.id,
        eventlog.Stream.head,
        visible_at(bindparam("now")).label("is_public"),
        select(_VERDICTS.head).where(_VERDICTS.name == streams.VERDICTS).scalar_subquery().label("verdicts"),
    )
    .outerjoin(eventlog.Stream, eventlog.Stream.name == literal("article:") + cast(Article.id, String))
    .where(Article.slug == bindparam("slug"))
)


def whole() -> Select[Article]:
    """Articles with all that a page shows of them: their authors and their topics."""
    return select(Article).options(selectinload(Article.bylines), selectinload(Article.taggings))


def published_by_slug(slug: str) -> Article | None:
    """The article ``slug``, if the public may see it."""
    return db.session.scalar(whole().where(Article.slug == slug, visible()))


def heading(slug: str) -> Heading | None:
    """The heading of the article ``slug``, if the public may see it: enough to write below it."""
    found = _HEADING.row(db.session.connection(), {"slug": slug, "now": now()})
    if found is None:
        return None
    return Heading(found.id, found.slug, found.title, found.standfirst, found.status == Status.RETRACTED)


def present_slug(former: str) -> str | None:
    """Return the present slug of the article that was at ``former``, if the public may see it."""
    return db.session.scalar(
        select(Article.slug)
        .join(FormerSlug, FormerSlug.article_id == Article.id)
        .where(FormerSlug.slug == former, visible())
    )


def by_id(article_id: int) -> Article | None:
    """An article, whoever may see it."""
    return db.session.scalar(whole().where(Article.id == article_id))


def signpost(slug: str) -> ArticleRef | None:
    """Return a reference to the article at ``slug``, whoever may see it; None if there is none."""
    found = db.session.execute(_REF, {"slug": slug, "now": now()}).one_or_none()
    return (
        ArticleRef(found.id, found.head or 0, bool(found.is_public), found.verdicts or 0) if found else None
    )


def is_public(article_id: int) -> bool:
    """Return True if the public may see the article."""
    return db.session.scalar(select(Article.id).where(Article.id == article_id, visible())) is not None


def latest(
    *,
    limit: int = PAGE,
    after: Cursor | None = None,
    topic: Topic | None = None,
    author: Author | None = None,
) -> ArticlePage:
    """The articles that the public may see, latest first, ``limit`` of them from ``after`` on."""
    ids = latest_ids(limit=limit + 1, after=after, topic=topic, author=author)
    found = db.session.scalars(whole().where(Article.id.in_(ids))).all()
    articles = sorted(found, key=lambda article: ids.index(article.id))
    shown, last = keyset.page(articles, limit)
    return ArticlePage(shown, cursor(last) if last else None)


def front(limit: int) -> Sequence[Article]:
    """The latest articles that the public may see and that stand: not those that were retracted."""
    query = whole().where(visible(), Article.status != Status.RETRACTED.value)
    return db.session.scalars(query.order_by(Article.placed_at.desc(), Article.id.desc()).limit(limit)).all()


def latest_ids(
    *, limit: int, after: Cursor | None = None, topic: Topic | None = None, author: Author | None = None
) -> Sequence[int]:
    """List the ids of the latest articles that the public may see, on a topic or by an author if given."""
    members = [
        *([select(Tagging.article_id).where(Tagging.topic_id == topic.id)] if topic else []),
        *([select(Byline.article_id).where(Byline.author_id == author.id)] if author else []),
    ]
    return db.session.scalars(_latest_ids(members, after).limit(limit)).all()


def _latest_ids(members: Sequence[Select[int]], after: Cursor | None) -> Select[int]:
    """Select the ids of the articles that the public may see and that are in all ``members``, latest first.

    Few of them are sorted; if they are many, a scan of all articles soon meets the first ones. The query forces one or
    the other, as the database can't know how many they are.
    """
    few = next((ids for ids in members if are_few(ids)), None)
    query = select(Article.id, Article.placed_at).where(visible())
    for ids in members:
        query = query.where(Article.id.in_(ids) if ids is few else _is_among(ids))
    if after:
        query = query.where(after.older(Article.placed_at, Article.id))
    if few is None:
        return query.with_only_columns(Article.id).order_by(Article.placed_at.desc(), Article.id.desc())
    sorted_ = query.cte("found").prefix_with("MATERIALIZED")
    return select(sorted_.c.id).order_by(sorted_.c.placed_at.desc(), sorted_.c.id.desc())


def _is_among(ids: Select[int]) -> ColumnElement[bool]:
    (column,) = ids.selected_columns
    return exists(ids.where(column == Article.id).correlate(Article))


def are_few(ids: Select[int]) -> bool:
    """Return True if a query has no more than ``FEW`` rows, without counting the rest."""
    some = ids.limit(FEW + 1).subquery()
    return (db.session.scalar(select(func.count()).select_from(some)) or 0) <= FEW


def newest_ids(limit: int) -> Sequence[int]:
    """The ids of the articles that head the lists."""
    newest = select(Article.id).where(visible()).order_by(Article.placed_at.desc(), Article.id.desc())
    return db.session.scalars(newest.limit(limit)).all()


def headlines(limit: int, *, since: datetime | None = None) -> Sequence[Article]:
    """The articles that the public may see, latest first, without their texts: for lists that programs read."""
    query = (
        select(Article).where(visible()).order_by(Article.placed_at.desc(), Article.id.desc()).limit(limit)
    )
    if since:
        query = query.where(Article.placed_at >= since)
    return db.session.scalars(query.options(*_TEXTLESS)).all()


def newest_id() -> int:
    """The largest id of an article."""
    return db.session.scalar(select(func.max(Article.id))) or 0


def addresses(ids: range) -> Iterator[tuple[str, datetime | None]]:
    """The addresses of the articles with these ids that the public may see, and when each last changed."""
    query = select(Article).where(Article.id.between(ids[0], ids[-1]), visible()).order_by(Article.id)
    for article in db.session.scalars(query.options(*_TEXTLESS)):
        yield article.path, max(filter(None, (article.dated, article.modified_at)), default=None)


def by_ids(ids: Collection[int]) -> Sequence[Article]:
    """Articles, whoever may see them, latest first."""
    return db.session.scalars(select(Article).where(Article.id.in_(ids)).order_by(Article.id.desc())).all()


def cursor(article: Article) -> Cursor:
    """Return the position of ``article`` in the lists."""
    return Cursor(article.placed_at, article.id)


def topic_by_slug(slug: str) -> Topic | None:
    """The topic ``slug``, if the public may see an article about it."""
    about = select(Tagging.topic_id).join(Article, Article.id == Tagging.article_id)
    return db.session.scalar(
        select(Topic).where(Topic.slug == slug, exists(about.where(Tagging.topic_id == Topic.id, visible())))
    )


def author_by_slug(slug: str) -> Author | None:
    """The author ``slug``, if the public may see an article of theirs."""
    wrote = select(Byline.author_id).join(Article, Article.id == Byline.article_id)
    return db.session.scalar(
        select(Author).where(
            Author.slug == slug, exists(wrote.where(Byline.author_id == Author.id, visible()))
        )
    )


def reading_minutes(article: Article) -> int:
    """Estimate how long most people take to read an article, in whole minutes, at least one."""
    words = article.words - article.characters
    return max(1, round(words / WORDS_A_MINUTE + article.characters / CHARACTERS_A_MINUTE))
