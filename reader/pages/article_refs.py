"""Articles by their addresses, for visitors: kept as long as the page cache takes its pages for current.

Changes that this process has heard of count at once; all others at the page cache's next look at the database, after
which every address is looked up anew. So this makes no page any later than the page cache does.
"""

from __future__ import annotations

from flask import current_app

from reader.articles import queries as articles
from reader.articles.queries import ArticleRef
from reader.web import page_cache
from reader.web.part_cache import PartCache

MAX_REFS = 4096

# By the page cache's latest look, and by the address.
_cache = PartCache[tuple[int, str], ArticleRef](MAX_REFS, lambda _ref: 1)


def to(slug: str) -> ArticleRef | None:
    """Return a reference to the article at ``slug``, whoever may see it; None if there is none."""
    if not page_cache.may_keep():
        return articles.signpost(slug)
    pages = page_cache.of(current_app)
    key = (pages.looks, slug)
    found = _cache.get(key, pages.known)
    if found is None:
        found = articles.signpost(slug)
        if found is not None and found.is_public:
            _cache.put(key, found, found.heads)
    return found
