"""A page that was opened earlier and has been kept up to date since, in Python.

:class:`OpenPage` says in a few lines what ``static/js/live`` does in a browser: the same rules, without a screen. It
shows what arrives at once, as a reader does who empties the pill each time.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Container, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from bs4 import BeautifulSoup, Tag

from reader.eventlog import streams
from reader.live.rendering import ChangedElement, Push

Get = Callable[[str], Any]


class PlaceUnknown(Exception):
    """The page can't place an entry: it has to be fetched."""


class OpenPage:
    """The page at ``address``. ``get`` gives the text of a page, or the content of a JSON answer."""

    def __init__(self, address: str, get: Get) -> None:
        self._address = address
        self._get = get
        self._opened: set[int] = set()
        self.fetched = 0
        self.seen: dict[str, int] = {}
        self._show(get(address))
        self.seen = {stream: _seq(section) for stream, section in self._sections().items()}

    def _show(self, html: str) -> None:
        self.soup = _content(html)
        self.stream, section = next(iter(self._sections().items()))
        self.section = section
        self.seen[self.stream] = _seq(section)
        self._sort = str(section.get("data-live-sort"))
        self._newest = int(str(section.get("data-live-newest", "0")))

    def _sections(self) -> dict[str, Tag]:
        """Return the section that follows each stream; that of the page's subject comes first."""
        return {str(each["data-live-stream"]): each for each in self.soup.select("[data-live-stream]")}

    @property
    def address(self) -> str:
        """The address of a fresh page with the same part of the thread and the same branches open."""
        parts = urlsplit(self._address)
        query = parse_qsl(parts.query)
        comments = [str(item["data-order"]) for item in self._items("thread")]
        if comments and self._sort == "recommended":
            query += self._named(comments)
        elif comments:
            query.append(("through", comments[-1]))
        query += [("branch", str(opened)) for opened in sorted(self._opened)]
        return f"{parts.path}?{urlencode(query)}"

    def _named(self, comments: list[str]) -> Iterator[tuple[str, str]]:
        """Yield query parameters for these comments one by one, and for those that came since."""
        yield "shown", ".".join(comments)
        if self.section["data-live-window"] == "first":
            yield "beyond", str(self._newest)
        for following in self.section.select('.thread-pages a[rel="next"]'):
            yield "through", dict(parse_qsl(urlsplit(str(following["href"])).query))["after"]

    def receive(self, push: Push) -> None:
        """A batch was pushed."""
        stream = push["stream"]
        if stream not in self.seen or push["to"] <= self.seen[stream]:
            return
        if push["from"] > self.seen[stream]:
            self._catch_up(stream)
            return
        try:
            self._apply(stream, push["events"])
        except PlaceUnknown:
            self._catch_up(stream)
        else:
            self.seen[stream] = push["to"]

    def compare(self, heads: Mapping[str, int]) -> None:
        """The server says how far the streams have come."""
        for stream, seen in list(self.seen.items()):
            if heads.get(stream, seen) != seen:
                self._catch_up(stream)

    def catch_up(self) -> None:
        """Fetch what is missing, or the page."""
        for stream in list(self.seen):
            self._catch_up(stream)

    def _catch_up(self, stream: str) -> None:
        self.fetched += 1
        answer = self._get(f"/live/{stream}/events?after={self.seen[stream]}")
        try:
            if answer["reset"]:
                raise PlaceUnknown
            self._apply(stream, answer["events"])
        except PlaceUnknown:
            self._reset(stream)
        else:
            self.seen[stream] = answer["head"]

    def _reset(self, stream: str) -> None:
        """Fetch the page, and take from it what follows the stream."""
        html = self._get(self.address)
        if stream == self.stream:
            self._show(html)
            return
        (fresh,) = _content(html).select(f'[data-live-stream="{stream}"]')
        self._sections()[stream].replace_with(fresh)
        self.seen[stream] = _seq(fresh)

    def _listed(self, entry: ChangedElement) -> None:
        """Apply an entry about all claims, articles or corrections to a page that lists some of them."""
        target, section = entry["target"], self._sections()[streams.VERDICTS]
        shown = self._element(target)
        if target != "article" and shown is not None and entry["html"] is not None:
            shown.replace_with(_parse(entry))
            return
        kind, _, slug = target.partition("-")
        is_listed = section.get("data-live-lists") == {"claim": "claims"}.get(kind, kind)
        if target == "article" or shown is not None or is_listed or section.select(f'[data-claim="{slug}"]'):
            raise PlaceUnknown

    def _apply(self, stream: str, entries: Sequence[ChangedElement]) -> None:
        for entry in entries:
            if stream == streams.VERDICTS:
                self._listed(entry)
            elif entry["target"].startswith("comment-"):
                self._comment(entry)
            elif entry["target"].startswith("more-"):
                self._more(entry)
            elif entry["target"].startswith("recommend-"):
                self._button(entry)
            else:
                self._replace(self._element(entry["target"]), entry)

    def _replace(self, shown: Tag | None, entry: ChangedElement) -> None:
        if shown is None:
            raise PlaceUnknown
        fresh = _parse(entry)
        shown.replace_with(fresh)
        if entry["target"].startswith("mark-"):
            claim = entry["target"].replace("mark-", "#claim-", 1)
            for again in self.soup.select("a.claim-again"):
                if again["href"] == claim:
                    again["data-verdict"] = fresh["data-verdict"]

    def _comment(self, entry: ChangedElement) -> None:
        shown = self._element(entry["target"])
        if shown is not None:
            fresh = _parse(entry)
            if int(str(shown["data-seq"])) <= int(str(fresh["data-seq"])):
                shown["data-seq"] = fresh["data-seq"]
                _child(shown, "comment-card").replace_with(_child(fresh, "comment-card"))
        elif entry["parent"] == "thread":
            self._arrival(entry)
        else:
            self._reply(entry)

    def _arrival(self, entry: ChangedElement) -> None:
        if self._belongs_here(_order(entry)):
            claim = self.section.get("data-live-claim")
            if claim in (None, _parse(entry).get("data-claim")):
                self._insert("thread", entry, above=self._is_after(_order(entry)))

    def _belongs_here(self, order: int) -> bool:
        """Return True if a top-level comment that isn't shown belongs on this page of the thread."""
        takes_arrivals = self.section["data-live-window"] == "first"
        if self._sort == "recommended":
            return takes_arrivals and order > self._newest
        shown = [_order_of(item) for item in self._items("thread")]
        if not shown or order > max(shown):
            return takes_arrivals
        rel = "prev" if self._sort == "oldest" else "next"
        return order > min(shown) or not self.section.select(f'.thread-pages a[rel="{rel}"]')

    def _is_after(self, order: int) -> Callable[[Tag], bool]:
        """Return a test for the items that stand below the comment with this number."""
        if self._sort == "oldest":
            return lambda item: _order_of(item) > order
        return lambda item: _order_of(item) < order or _order_of(item) <= self._newest

    def _reply(self, entry: ChangedElement) -> None:
        parent = self._element(entry["parent"] or "")
        if parent is None:
            return
        order, more = _order(entry), _more_of(parent)
        listed = str(parent["id"]).replace("comment", "replies")
        shown = self._items(listed)
        before = any("more-before" in _classes(each) for each in parent.find_all("p", recursive=False))
        if shown and order < _order_of(shown[0]) and before:
            return
        is_last = not shown or order > _order_of(shown[-1])
        if more is not None and is_last and _is_full(more, shown):
            return
        self._insert(listed, entry, above=lambda item: _order_of(item) > order)

    def _more(self, entry: ChangedElement) -> None:
        number = entry["target"].removeprefix("more-")
        comment = self._element(f"comment-{number}")
        if comment is None:
            return
        shown = _more_of(comment)
        if shown is not None and _is_opened(shown):
            raise PlaceUnknown
        fresh = _parse(entry)
        if shown is not None:
            shown.replace_with(fresh)
        elif not fresh.has_attr("hidden"):
            self._opened.add(int(number))

    def _button(self, entry: ChangedElement) -> None:
        shown = self._element(entry["target"])
        if shown is not None:
            shown.replace_with(_parse(entry))

    def _element(self, element_id: str) -> Tag | None:
        found = self.soup.find(id=element_id)
        return found if isinstance(found, Tag) else None

    def _items(self, list_id: str) -> list[Tag]:
        found = self._element(list_id)
        return found.find_all("li", recursive=False) if found else []

    def _insert(self, list_id: str, entry: ChangedElement, *, above: Callable[[Tag], bool]) -> None:
        fresh = _parse(entry)
        target = self._element(list_id)
        assert target is not None
        next_one = next((item for item in self._items(list_id) if above(item)), None)
        if next_one is not None:
            next_one.insert_before(fresh)
        else:
            target.append(fresh)


def _content(html: str) -> BeautifulSoup:
    return BeautifulSoup(html[html.index("<main") : html.index("</main>")], "html.parser")


def _seq(section: Tag) -> int:
    return int(str(section["data-live-seq"]))


def _parse(entry: ChangedElement) -> Tag:
    if entry["html"] is None:
        raise PlaceUnknown
    (element,) = BeautifulSoup(entry["html"], "html.parser").find_all(True, recursive=False)
    assert element["id"] == entry["target"]
    return element


def _child(item: Tag, name: str) -> Tag:
    (found,) = (each for each in item.find_all(True, recursive=False) if name in _classes(each))
    return found


def _more_of(item: Tag) -> Tag | None:
    """Return the link to replies that are not shown, if there is one."""
    found = (
        each
        for each in item.find_all("p", recursive=False)
        if "more" in _classes(each) and "more-before" not in _classes(each)
    )
    return next(found, None)


def _is_full(more: Tag, shown: Sequence[Tag]) -> bool:
    """Return True if the next reply is behind the link."""
    return _is_opened(more) or len(shown) >= int(str(more["data-shown"]))


def _is_opened(more: Tag) -> bool:
    """Return True if a part of the branch was opened."""
    link = more.find("a")
    return isinstance(link, Tag) and "?" in str(link["href"])


def _classes(element: Tag) -> list[str]:
    return list(element.get_attribute_list("class"))


def _order(entry: ChangedElement) -> int:
    assert entry["order"] is not None
    return entry["order"]


def _order_of(item: Tag) -> int:
    return int(str(item["data-order"]))


# What may differ between two pages that show the same: numbers of the page itself, what scripts have added, and what
# is soft (how many comments other articles have, the way to newer comments, how many read).
_SOFT = (
    "[data-comments-of], .collapse, .pill, .held-more, .new-mark, .thread-unread, .watching, a[rel=prev],"
    " .live-status"
)
_OWN = (
    "class",
    "data-opened",
    "open",
    "tabindex",
    "aria-pressed",
    "aria-busy",
    "style",
    "data-held",
)


def canonical(html: str, *, soft: str = "") -> str:
    """The content of a page as text that is equal for pages that show the same, but for what ``soft`` selects."""
    return _canonical(re.sub(r' data-live-seq="\d+"', "", html), soft)


# Most events change few of the pages that are compared after each; to take one apart costs more than to make it.
@lru_cache(100)
def _canonical(html: str, soft: str) -> str:
    main = _content(html)
    passed_over = {id(element) for element in main.select(", ".join(filter(None, (_SOFT, soft))))}
    return "\n".join(_lines(main, passed_over))


def _lines(element: Tag, passed_over: Container[int]) -> Iterator[str]:
    """Yield what is in the element, but for some others: each tag and each text on a line of its own."""
    for child in element.children:
        if id(child) in passed_over:
            continue
        if not isinstance(child, Tag):
            if text := " ".join(str(child).split()):
                yield text
        elif child.name == "time":
            yield str(child["datetime"])
        else:
            classes = [each for each in _classes(child) if each not in ("arrived", "new")]
            kept = sorted((name, value) for name, value in child.attrs.items() if name not in _OWN)
            yield f"<{child.name} {classes} {kept}>"
            yield from _lines(child, passed_over)
            yield f"</{child.name}>"
