"""Which part of a thread a page shows, as its address says it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple, Self
from urllib.parse import urlencode

from werkzeug.datastructures import MultiDict

from reader.articles.models import Article
from reader.paging import LARGEST_ID, id_from

PAGE = 25
BRANCH = 50
# Bounds on what one address may ask for.
LONGEST_PAGE = 200
MOST_OPENED = 20


class Opened(NamedTuple):
    """A comment that is shown with ``BRANCH`` of its replies, those numbered above ``after``."""

    comment_id: int
    after: int = 0

    def __str__(self) -> str:
        return f"{self.comment_id}.{self.after}" if self.after else str(self.comment_id)


@dataclass(frozen=True)
class Window:
    """A part of a thread, newest first: from the comment below ``after`` (or the newest) on, a page long.

    ``through`` makes the page as long as it takes to show that comment too: how a reader who has had arrivals
    asks for what is on the screen. ``opened`` are the branches that are shown beyond their first replies.
    """

    after: int | None = None
    through: int | None = None
    opened: tuple[Opened, ...] = field(default=())

    @classmethod
    def read(cls, args: MultiDict[str, str]) -> Self:
        """The window that the query of an address asks for; what makes no sense in it is passed over."""
        return cls(
            after=id_from(args.get("after")),
            through=id_from(args.get("through")),
            opened=tuple(_opened(args.getlist("branch")))[:MOST_OPENED],
        )

    @property
    def query(self) -> str:
        """The query that :meth:`read` reads, with its question mark; empty for the plain first page."""
        branches = [("branch", each) for each in self.opened]
        pairs = [("after", self.after), ("through", self.through), *branches]
        text = urlencode([(name, value) for name, value in pairs if value is not None])
        return f"?{text}" if text else ""

    @property
    def starts(self) -> Mapping[int, int]:
        """By comment, the number after which the replies of an opened branch start."""
        return dict(self.opened)


@dataclass(frozen=True)
class Place:
    """Where a comment stands: in which article's thread, in which window of it."""

    article: Article
    comment_id: int
    window: Window

    @property
    def path(self) -> str:
        """The address of the page that shows the comment, at the comment."""
        return f"{self.article.path}{self.window.query}#comment-{self.comment_id}"


def _opened(texts: Iterable[str]) -> Iterable[Opened]:
    for text in texts:
        name, dot, after = text.partition(".")
        comment_id, start = id_from(name), id_from(after) if dot else 0
        if comment_id is not None and start is not None:
            yield Opened(comment_id, min(start, LARGEST_ID - BRANCH))
