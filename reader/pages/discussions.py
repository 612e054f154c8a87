"""The discussion on an article's page, as everybody sees it: kept as long as the log says that nothing happened.

Visitors and people who are logged in are shown the same; what is for one person alone stands beside it
(:mod:`reader.comments.mine`). Only who has a comment there that others don't see gets a discussion of their own. What
no stream tells is looked up again after ``SECONDS``, as it is for the pages in the page cache.
"""

from __future__ import annotations

import sys
import time
from dataclasses import dataclass
from datetime import datetime

from flask import Flask, current_app
from markupsafe import Markup

from reader.accounts.models import User
from reader.articles.queries import ArticleRef, Heading
from reader.clock import now
from reader.comments import queries as comments
from reader.comments.comment_view import MACROS, ThreadPage
from reader.comments.windows import Window
from reader.web.fragments import BoundedCache, render

SECONDS = 30.0
BYTES = 32 * 1024 * 1024
_EXTENSION = "reader-discussions"


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


@dataclass(frozen=True)
class _DiscussionEntry:
    discussion: Discussion
    head: int
    until: float

    def is_true(self, found: ArticleRef) -> bool:
        """Return True if the entry is what would be made now."""
        ends = self.discussion.changes_at
        return self.head == found.head and time.monotonic() < self.until and (ends is None or now() < ends)

    @property
    def weight(self) -> int:
        """Bytes to reckon with."""
        return sys.getsizeof(self.discussion.comments) + 4096


def init_app(app: Flask) -> None:
    """Let the application keep discussions."""
    app.extensions[_EXTENSION] = BoundedCache[tuple[int, Window], _DiscussionEntry](
        BYTES, lambda _key, entry: entry.weight
    )


def of(found: ArticleRef, article: Heading, window: Window, *, viewer: User | None) -> Discussion:
    """Return the part of the thread that ``window`` shows ``viewer``, as of ``found.head`` or later."""
    if not found.is_public or (viewer is not None and comments.has_hidden(article.id, viewer)):
        return _made(article, comments.page(article, window, viewer=viewer))
    store: BoundedCache[tuple[int, Window], _DiscussionEntry] = current_app.extensions[_EXTENSION]
    entry = store.get((article.id, window))
    if entry is not None and entry.is_true(found):
        return entry.discussion
    made = _made(article, comments.page(article, window))
    # What a replica says that is behind is for this page alone.
    if entry is None or entry.head <= found.head:
        store.put((article.id, window), _DiscussionEntry(made, found.head, time.monotonic() + SECONDS))
    return made


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
