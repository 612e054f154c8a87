"""A comment as everybody may see it: what the templates, the feeds and the live pages get."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from markupsafe import Markup

from reader.accounts.models import person_path
from reader.articles.models import Article
from reader.comments.models import SHOWN, State, Thread
from reader.comments.windows import BRANCH, Sort, Window
from reader.factchecks.verdicts import Verdict
from reader.web import fragments

HUES = 12
MACROS = "comments/_macros.html"
# Under a comment, what has no number yet stands last.
LAST = 10**9


@dataclass(frozen=True, slots=True)
class Mark:
    """The claim that a comment is about: its words, and the verdict then and now."""

    id: int
    slug: str
    words: str
    then: Verdict
    now: Verdict

    @property
    def path(self) -> str:
        """The claim's own page."""
        return f"/fact-checks/{self.slug}"


@dataclass(frozen=True, slots=True)
class CommentView:
    """A comment for the eyes of everybody; ``html`` is None for a tombstone. One that is held has its ``html``
    for its author alone.

    ``answers`` is the name of whom it answers, where that isn't the comment it stands under. It stays when
    the answered comment becomes a tombstone, so that a reply never changes by what happens to another
    comment.
    """

    id: int
    article_id: int
    author_id: int
    name: str
    state: str
    html: str | None
    revision: int
    created_at: datetime
    edited_at: datetime | None
    changed_seq: int
    parent_id: int | None
    under_id: int | None
    nth: int
    replies: int
    recommendations: int
    answers: str | None
    about: Mark | None

    @property
    def path(self) -> str:
        """Its permanent address; it leads to the right page of the thread."""
        return f"/comments/{self.id}"

    @property
    def element(self) -> str:
        """The id of its element on a page."""
        return f"comment-{self.id}"

    @property
    def author_path(self) -> str:
        """The page of its author."""
        return person_path(self.name)

    @property
    def is_tombstone(self) -> bool:
        """Return True if only its place is left."""
        return self.html is None

    @property
    def is_held(self) -> bool:
        """Return True if it waits for a moderator."""
        return self.state == State.HELD

    @property
    def is_placed(self) -> bool:
        """Return True if it has a place in the thread; else its author is shown it where it would stand."""
        return self.changed_seq > 0

    @property
    def order(self) -> int:
        """By what it is placed among its neighbours: at the top by id, under a comment by number."""
        if self.under_id is None:
            return self.id
        return self.nth if self.is_placed else LAST

    @property
    def shown_at_first(self) -> int:
        """Number of its replies that a page shows before more are asked for."""
        return min(self.replies, SHOWN)

    @property
    def initial(self) -> str:
        """The letter of its author's avatar."""
        return next((letter for letter in self.name if letter.isalnum()), "·").upper()[:1]

    @property
    def hue(self) -> int:
        """The colour of its author's avatar, one of ``HUES``: the same for the same name everywhere."""
        return zlib.crc32(self.name.casefold().encode()) % HUES


@dataclass(frozen=True, slots=True)
class Alone:
    """A comment with what surrounds it, for a page about this comment."""

    comment: CommentView
    article: Article
    thread: Thread


@dataclass(frozen=True, slots=True)
class Node:
    """A comment with the replies that the page shows under it; ``earlier`` are left out before them."""

    comment: CommentView
    replies: tuple[Node, ...] = ()
    earlier: int = 0

    @property
    def before(self) -> int:
        """The number after which the stretch of replies before this one starts."""
        return max(0, self.earlier - BRANCH)

    @property
    def through(self) -> int:
        """The number of the last reply shown."""
        return self.earlier + sum(reply.comment.is_placed for reply in self.replies)

    @property
    def ids(self) -> Iterator[int]:
        """Its id and those of its replies."""
        yield self.comment.id
        for reply in self.replies:
            yield from reply.ids

    @property
    def html(self) -> Markup:
        """All of it, put together from what is kept of each comment."""
        return Markup(self._html())  # noqa: S704 - pieces that templates escaped

    def _html(self) -> str:
        comment = self.comment
        if not self.earlier and self.through == comment.shown_at_first:
            own = fragments.kept(MACROS, "comment", comment)
        else:
            own = fragments.kept(MACROS, "comment", comment, self.earlier, self.before, self.through)
        if not self.replies:
            return own
        opening, place, closing = str.rpartition(own, f'<ol class="replies" id="replies-{comment.id}">')
        return "".join([opening, place, *(reply._html() for reply in self.replies), closing])


@dataclass(frozen=True, slots=True)
class ThreadPage:
    """One page of a thread, with the comment that is pinned to the top.

    ``previous`` and ``next`` are the windows beside it, None where there are none. In the order of recommendations,
    ``newest`` is the id of the newest comment: those with higher ids are arrivals.
    """

    thread: Thread
    window: Window
    nodes: tuple[Node, ...]
    previous: Window | None
    next: Window | None
    newest: int | None = None
    pinned: CommentView | None = None

    @property
    def takes_arrivals(self) -> bool:
        """Return True if new comments belong on it: on the first page, or on the last if the oldest comes first."""
        return (self.window.after if self.window.is_descending else self.next) is None

    @property
    def ids(self) -> tuple[int, ...]:
        """The ids of all its comments."""
        return tuple(comment_id for node in self.nodes for comment_id in node.ids)

    @property
    def latest(self) -> int:
        """The newest comment at the top of it."""
        return max((node.comment.id for node in self.nodes), default=0)

    @property
    def sorts(self) -> tuple[Sort, ...]:
        """The orders there are."""
        return tuple(Sort)
