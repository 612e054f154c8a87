"""Article pages without their threads: kept until something happens to the article, or to any verdict.

Comments alone change nothing of them but the numbers of comments about the article's claims.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from reader import eventlog
from reader.articles.models import Article
from reader.articles.queries import ArticleRef, Heading, reading_minutes
from reader.eventlog import streams
from reader.factchecks import marks
from reader.factchecks import queries as factchecks
from reader.factchecks.models import Claim, Correction
from reader.pages import metadata
from reader.web.fragments import render
from reader.web.part_cache import Heads, PartCache

BYTES = 16 * 1024 * 1024
# Kinds of events that change the thread and nothing else of the page, but for the counts.
OF_THE_THREAD = "comment-"
MACROS = "pages/_macros.html"


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


def _weight(body: ArticleBody) -> int:
    """Bytes to reckon with."""
    return sum(map(sys.getsizeof, (body.about, body.text, body.related))) + 1024


def _shows_the_same(body: ArticleBody, before: Heads, after: Heads) -> bool:
    """Return True if only comments came to the article, and the numbers of comments about its claims are the same."""
    stream = body.article.stream
    return (
        before[streams.VERDICTS] == after[streams.VERDICTS]
        and eventlog.only(stream, before[stream], kinds=OF_THE_THREAD)
        and (not body.counts or body.counts == factchecks.counts_of(body.article.id))
    )


_cache = PartCache[int, ArticleBody](BYTES, _weight, _shows_the_same)


def of(found: ArticleRef, make: Callable[[], ArticleBody]) -> ArticleBody:
    """Return the body of the article's page, as of ``found.heads`` or later; call ``make`` if none is cached.

    Articles that only editors see are never cached.
    """
    if not found.is_public:
        return make()
    body = _cache.get(found.id, found.heads.__getitem__)
    return body or _cache.put(found.id, make(), found.heads)


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
