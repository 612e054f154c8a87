"""The discussion on an article's page, as everybody sees it: kept until something happens to the article.

Visitors and people who are logged in are shown the same; what is for one person alone stands beside it
(:mod:`reader.comments.mine`). Only who has a comment there that others don't see gets a discussion of their own.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from datetime import datetime

from markupsafe import Markup

from reader.accounts.models import User
from reader.articles.queries import ArticleRef, Heading
from reader.comments import queries as comments
from reader.comments.comment_view import MACROS, ThreadPage
from reader.comments.windows import Window
from reader.web.fragments import render
from reader.web.part_cache import PartCache

BYTES = 32 * 1024 * 1024


@dataclass(frozen=True)
class Discussion:
    """The part of a thread that a window shows, and how its page has to treat it.

    ``state`` holds the moderators' decisions about the thread, ``top`` the number of comments and the pinned one,
    ``comments`` the comments ``ids`` with the links around them. ``latest`` is the newest comment at the top level;
    ``newest`` is the one after which others are arrivals (where the order is not by time); ``takes_arrivals`` tells
    whether new comments belong here. At ``changes_at`` the discussion changes by itself; None if it never does.
    """

    window: Window
    state: Markup
    top: Markup
    comments: Markup
    ids: tuple[int, ...]
    latest: int
    newest: int | None
    takes_arrivals: bool
    changes_at: datetime | None


def _weight(shown: Discussion) -> int:
    """Bytes to reckon with."""
    return sum(map(sys.getsizeof, (shown.state, shown.top, shown.comments))) + 4096


_cache = PartCache[tuple[int, Window], Discussion](BYTES, _weight)


def of(found: ArticleRef, article: Heading, window: Window, *, viewer: User | None) -> Discussion:
    """Return the part of the thread that ``window`` shows ``viewer``, as of ``found.head`` or later."""
    if not found.is_public or (viewer is not None and comments.has_hidden(article.id, viewer)):
        return _made(article, comments.page(article, window, viewer=viewer))
    key = (article.id, window)
    discussion = _cache.get(key, found.heads.__getitem__)
    if discussion is None:
        discussion = _made(article, comments.page(article, window))
        _cache.put(key, discussion, {article.stream: found.head}, until=discussion.changes_at)
    return discussion


def _made(article: Heading, page: ThreadPage) -> Discussion:
    return Discussion(
        window=page.window,
        state=render(MACROS, "thread_state", page.thread),
        top=render(MACROS, "thread_head", page.thread) + render(MACROS, "pinned", page.pinned),
        comments=render(MACROS, "thread_comments", article.path, page),
        ids=page.ids,
        latest=page.latest,
        newest=page.newest,
        takes_arrivals=page.takes_arrivals,
        changes_at=page.thread.changes_at,
    )
