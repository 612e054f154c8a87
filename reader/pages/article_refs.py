"""Cache of articles by address, for visitors, valid as long as the page cache takes its pages for current.

Changes that this process has heard of count at once; all others at the page cache's next look at the database, after
which every address is looked up anew. So this makes no page any later than the page cache does.
"""

from __future__ import annotations

from dataclasses import dataclass

from flask import Flask, current_app

from reader.articles import queries as articles
from reader.articles.queries import ArticleRef
from reader.eventlog import streams
from reader.web import page_cache
from reader.web.fragments import BoundedCache

MAX_REFS = 4096
_EXTENSION = "reader-signposts"


@dataclass(frozen=True)
class _RefEntry:
    signpost: ArticleRef
    look: int


def init_app(app: Flask) -> None:
    """Let the application remember signposts."""
    app.extensions[_EXTENSION] = BoundedCache[str, _RefEntry](MAX_REFS, lambda _slug, _entry: 1)


def to(slug: str) -> ArticleRef | None:
    """Return a reference to the article at ``slug``, whoever may see it; None if there is none."""
    if not page_cache.may_keep():
        return articles.signpost(slug)
    cache = page_cache.of(current_app)
    store: BoundedCache[str, _RefEntry] = current_app.extensions[_EXTENSION]
    entry = store.get(slug)
    if entry is not None and entry.look == cache.looks:
        found = entry.signpost
        is_known = cache.known(streams.article(found.id)) <= found.head
        if is_known and cache.known(streams.VERDICTS) <= found.verdicts:
            return found
    look, asked = cache.looks, articles.signpost(slug)
    if asked is not None and asked.is_public:
        store.put(slug, _RefEntry(asked, look))
    return asked
