"""Cache of article pages without their threads, valid as long as the event log says so.

The log shows whether anything but comments happened to the article since; the numbers of comments about its claims
are compared. Related articles stay valid until a verdict changes. Anything that no stream announces (a name, the
numbers of comments on related articles) is read again after ``SECONDS``, just as cached pages expire.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from flask import Flask, current_app
from markupsafe import Markup

from reader import eventlog
from reader.articles.models import Article
from reader.articles.queries import ArticleRef, Heading, reading_minutes
from reader.eventlog import streams
from reader.factchecks import marks
from reader.factchecks import queries as factchecks
from reader.factchecks.models import Claim, Correction
from reader.pages import metadata
from reader.web.fragments import BoundedCache, render

SECONDS = 30.0
BYTES = 16 * 1024 * 1024
# Kinds of events that change the thread and nothing else of the page, but for the counts.
OF_THE_THREAD = "comment-"
MACROS = "pages/_macros.html"
_EXTENSION = "reader-standing"


@dataclass(frozen=True)
class CitedClaim:
    """A claim that the article cites, as its thread may be read about it alone."""

    id: int
    slug: str
    path: str
    headline: str


@dataclass(frozen=True)
class ArticleBody:
    """The article with its fact check, what the page says ``about`` it to programs, and where to read on.

    ``claims`` are those that it cites, and ``counts`` how many comments there are about each, by id.
    """

    article: Heading
    about: Markup
    text: Markup
    related: Markup
    claims: Sequence[CitedClaim]
    counts: Sequence[tuple[int, int]]


@dataclass(frozen=True)
class _BodyEntry:
    standing: ArticleBody
    head: int
    verdicts: int
    until: float

    @property
    def weight(self) -> int:
        """Bytes to reckon with."""
        parts = (self.standing.about, self.standing.text, self.standing.related)
        return sum(map(sys.getsizeof, parts)) + 1024


def init_app(app: Flask) -> None:
    """Let the application keep what stands."""
    app.extensions[_EXTENSION] = BoundedCache[int, _BodyEntry](BYTES, lambda _id, entry: entry.weight)


def of(found: ArticleRef, make: Callable[[], ArticleBody]) -> ArticleBody:
    """Return the body of the article's page, as of ``found.head`` or later; call ``make`` if none is cached.

    Articles that only editors see are never cached.
    """
    if not found.is_public:
        return make()
    store: BoundedCache[int, _BodyEntry] = current_app.extensions[_EXTENSION]
    entry = store.get(found.id)
    if entry is None or time.monotonic() > entry.until or not _is_true(entry, found):
        entry = _BodyEntry(make(), found.head, found.verdicts, time.monotonic() + SECONDS)
    elif entry.head < found.head:
        entry = replace(entry, head=found.head)
    else:
        return entry.standing
    store.put(found.id, entry)
    return entry.standing


def _is_true(entry: _BodyEntry, found: ArticleRef) -> bool:
    """Return True if the page may still show the entry; comments alone do not outdate it."""
    if entry.verdicts < found.verdicts:
        return False
    if entry.head >= found.head:
        return True
    if not eventlog.only(streams.article(found.id), entry.head, kinds=OF_THE_THREAD):
        return False
    return not entry.standing.counts or entry.standing.counts == factchecks.counts_of(found.id)


@dataclass(frozen=True)
class FactCheck:
    """The fact check of an article: its claims, the sources that they rest on, and its corrections."""

    claims: Sequence[Claim]
    sources: Sequence[factchecks.Resting]
    corrections: Sequence[Correction]


def made(article: Article, found: ArticleRef, check: FactCheck, *, related: Sequence[object]) -> ArticleBody:
    """Render what stands, from all that it shows."""
    return ArticleBody(
        article=Heading(article.id, article.slug, article.title, article.standfirst, article.is_retracted),
        about=render(MACROS, "about", article, found.is_public, metadata.news_article(article)),
        text=render(
            MACROS,
            "text",
            article,
            found.is_public,
            marks.place(article.html, check.claims),
            reading_minutes(article),
            check.claims,
            check.sources,
            check.corrections,
        ),
        related=render(MACROS, "related", related, found.verdicts),
        claims=[CitedClaim(claim.id, claim.slug, claim.path, claim.headline) for claim in check.claims],
        counts=[(claim.id, claim.comments) for claim in check.claims],
    )
