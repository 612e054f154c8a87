"""Windows: the part of a thread that a page shows, and its order, as the page's address says."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import NamedTuple, Self
from urllib.parse import urlencode

from werkzeug.datastructures import MultiDict

from reader.articles.models import Article
from reader.db.keyset import MAX_ID, id_from

PAGE = 25
BRANCH = 50
# Bounds on what one address may ask for.
MAX_PAGE = 200
MAX_OPENED = 20
MAX_SLUG_LENGTH = 100

_SPOT = re.compile(r"(?:([0-9]{1,10})-)?([0-9]{1,10})")


class Sort(StrEnum):
    """Order of the top-level comments. Replies are always in the order of publishing."""

    NEWEST = "newest"
    OLDEST = "oldest"
    RECOMMENDED = "recommended"


class Spot(NamedTuple):
    """A top-level comment as the end of a page: its id, and, in the order of recommendations, how many it had."""

    id: int
    recommendations: int = 0

    def __str__(self) -> str:
        return f"{self.recommendations}-{self.id}" if self.recommendations else str(self.id)

    @classmethod
    def parse(cls, text: str | None) -> Self | None:
        """The spot that ``text`` writes out; None where it is none."""
        found = _SPOT.fullmatch(text or "")
        count, number = (id_from(found[1] or "0"), id_from(found[2])) if found else (None, None)
        return None if count is None or number is None else cls(number, count)


class Opened(NamedTuple):
    """A comment that is shown with ``BRANCH`` of its replies, those numbered above ``after``."""

    comment_id: int
    after: int = 0

    def __str__(self) -> str:
        return f"{self.comment_id}.{self.after}" if self.after else str(self.comment_id)


@dataclass(frozen=True)
class Window:
    """A part of a thread: from the comment next to ``after`` in this order (or the first one) on, a page long.

    ``claim`` leaves only what is about the claim of this slug. ``opened`` are the branches that are shown beyond
    their first replies.

    A reader who has had arrivals asks for what is on the screen. ``through`` makes the page as long as it takes to
    show that comment too. In the order of recommendations, which is that of the moment when the page was made,
    ``shown`` names the comments one by one: above them stands what came after comment ``beyond``, and ``through``
    is where the next page starts.
    """

    sort: Sort = Sort.NEWEST
    claim: str | None = None
    after: Spot | None = None
    through: Spot | None = None
    shown: tuple[int, ...] = field(default=())
    beyond: int | None = None
    opened: tuple[Opened, ...] = field(default=())

    @classmethod
    def read(cls, args: MultiDict[str, str]) -> Self:
        """The window that the query of an address asks for; what makes no sense in it is passed over."""
        sort = args.get("sort")
        by_count = sort == Sort.RECOMMENDED
        return cls(
            sort=Sort(sort) if sort in set(Sort) else Sort.NEWEST,
            claim=(args.get("claim") or "")[:MAX_SLUG_LENGTH] or None,
            after=_spot(args.get("after"), counted=by_count),
            through=_spot(args.get("through"), counted=by_count),
            shown=tuple(_ids(args.get("shown")))[:MAX_PAGE] if by_count else (),
            beyond=id_from(args.get("beyond")) if by_count else None,
            opened=tuple(_opened(args.getlist("branch")))[:MAX_OPENED],
        )

    @property
    def query(self) -> str:
        """The query that :meth:`read` reads, with its question mark; empty for the plain first page."""
        pairs: list[tuple[str, object]] = [
            ("sort", None if self.sort == Sort.NEWEST else self.sort.value),
            ("claim", self.claim),
            ("after", self.after),
            ("through", self.through),
            ("shown", ".".join(map(str, self.shown)) or None),
            ("beyond", self.beyond),
            *(("branch", each) for each in self.opened),
        ]
        text = urlencode([(name, value) for name, value in pairs if value is not None])
        return f"?{text}" if text else ""

    @property
    def starts(self) -> Mapping[int, int]:
        """By comment, the number after which the replies of an opened branch start."""
        return dict(self.opened)

    @property
    def is_descending(self) -> bool:
        """Return True if the newest, or most recommended, comment comes first."""
        return self.sort != Sort.OLDEST

    def at(self, after: Spot | None) -> Self:
        """The window in the same order, about the same, that starts next to ``after``."""
        return type(self)(sort=self.sort, claim=self.claim, after=after)

    def sorted(self, sort: Sort) -> Self:
        """The first window about the same, in another order."""
        return replace(self.at(None), sort=sort)


@dataclass(frozen=True)
class Place:
    """Place of a comment: the article whose thread it is in, and the window that shows it."""

    article: Article
    comment_id: int
    window: Window

    @property
    def path(self) -> str:
        """The address of the page that shows the comment, at the comment."""
        return f"{self.article.path}{self.window.query}#comment-{self.comment_id}"


def _spot(text: str | None, *, counted: bool) -> Spot | None:
    found = Spot.parse(text)
    return found if found is None or counted or not found.recommendations else None


def _ids(text: str | None) -> Iterable[int]:
    found = map(id_from, (text or "").split("."))
    return dict.fromkeys(each for each in found if each is not None)


def _opened(texts: Iterable[str]) -> Iterable[Opened]:
    for text in texts:
        name, dot, after = text.partition(".")
        comment_id, start = id_from(name), id_from(after) if dot else 0
        if comment_id is not None and start is not None:
            yield Opened(comment_id, min(start, MAX_ID - BRANCH))
