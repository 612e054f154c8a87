"""Typed values out of the tree: each asked for by its key, each misfit a fault that says what to write instead."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from enum import StrEnum
from typing import TypeVar

from reader.clock import now
from reader.factchecks.appearances import web_address
from reader.publishing.faults import FileReport, cut, quoted
from reader.publishing.nodes import Broken, Items, Node, Pairs, Scalar
from reader.publishing.suggestions import nearest, unknown_key
from reader.text.characters import first_refused
from reader.text.letters import is_visible
from reader.text.slugs import SLUG

T = TypeVar("T")
IGNORED = "x-"
DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
A_DAY = dt.timedelta(days=1)
SLUG_FORM = "small letters a to z, digits and single hyphens between them"
_READ_AS = {
    "bool": "a yes or no",
    "int": "a number",
    "float": "a number",
    "timestamp": "a date",
    "null": "nothing",
    "merge": "a merge key",
    "value": "a default value",
}


class Entry:
    """One mapping of the file, such as the whole front matter, a source or a claim.

    A key that is absent or empty gives None (or nothing, for lists). So does one whose value is a fault, so that
    reading goes on and all faults are found at once.
    """

    def __init__(self, pairs: Pairs, path: str, report: FileReport, known: Iterable[str]) -> None:
        self.path = path
        self.pairs = pairs
        self._pairs = pairs.pairs
        self._report = report
        report.lines.setdefault(path, pairs.line)
        known = list(known)
        for key, (line, _) in self._pairs.items():
            report.lines[self.key(key)] = line
            if key not in known and not key.startswith(IGNORED):
                report.fault(self.key(key), unknown_key(key, known), line, common=True)

    def key(self, name: str) -> str:
        """The full name of one of its keys."""
        return f"{self.path}.{name}" if self.path else name

    def fault(self, name: str, what: str) -> None:
        """Note that one of its keys is wrong."""
        self._report.fault(self.key(name), what)

    def is_faulty(self, name: str = "") -> bool:
        """Return True if this key has a fault; without a name, if the entry or any of its keys has one."""
        return self._report.faulty(self.key(name) if name else self.path)

    def has(self, name: str) -> bool:
        """Return True if the key is present with a value, valid or not."""
        value = self._pairs.get(name, (0, None))[1]
        return value is not None and not (isinstance(value, Scalar) and value.tag == "null")

    def text(
        self, name: str, *, limit: int | None = None, required: bool = False, lines: bool = False
    ) -> str | None:
        """Words: one line, unless ``lines`` allows more; without space around them."""
        if not self.has(name):
            if required:
                stands = name in self._pairs
                self.fault(name, "is empty; it is required" if stands else "is missing; it is required")
            return None
        return self._text(name, self._pairs[name][1], limit=limit, required=required, lines=lines)

    def _text(
        self, name: str, node: Node, *, limit: int | None, required: bool = False, lines: bool = False
    ) -> str | None:
        if isinstance(node, Broken):
            return None
        if not isinstance(node, Scalar):
            self.fault(name, "must be words, not a list or keys with values")
            return None
        if node.tag != "str":
            self.fault(
                name,
                f"{self._report.syntax} takes {cut(node.text) or 'this'} for {_READ_AS.get(node.tag, node.tag)};"
                f' put it in quotes: "{cut(node.text)}"',
            )
            return None
        words = node.text.strip()
        odd = first_refused(words)
        if odd is not None:
            self.fault(name, f"holds a character that can’t be shown (U+{ord(odd):04X}); remove it")
        elif not lines and "\n" in words:
            self.fault(name, "must be one line; write “>” instead of “|” to have lines joined")
        elif limit is not None and len(words) > limit:
            self.fault(name, f"has {len(words):,} characters; {limit:,} are the most")
        elif is_visible(words):
            return words
        elif required:
            self.fault(name, "is empty; it is required")
        return None

    def choice(self, name: str, options: type[StrEnum], *, required: bool = False) -> str | None:
        """One of a few words."""
        word = self.text(name, required=required)
        values = [option.value for option in options]
        if word is None or word in values:
            return word
        self.fault(name, f"can’t be {quoted(word)}; {nearest(word, values)}")
        return None

    def slug(self, name: str, *, limit: int) -> str | None:
        """An id."""
        return self._matching(name, self.text(name, limit=limit), SLUG, f"must be {SLUG_FORM}")

    def matching(self, name: str, form: re.Pattern[str], what: str, *, limit: int) -> str | None:
        """Words of a certain form."""
        return self._matching(name, self.text(name, limit=limit), form, what)

    def _matching(self, name: str, words: str | None, form: re.Pattern[str], what: str) -> str | None:
        if words is None or form.fullmatch(words):
            return words
        self.fault(name, f"{what}, not {quoted(words)}")
        return None

    def flag(self, name: str) -> bool | None:
        """Yes or no."""
        node = self._scalar(name)
        if node is None:
            return None
        if node.tag != "bool":
            self.fault(name, f"must be true or false, not {quoted(node.text)}")
            return None
        return node.text.lower() in ("true", "yes", "on")

    def number(self, name: str) -> int | None:
        """A whole number, written with digits alone."""
        node = self._scalar(name)
        if node is None:
            return None
        if node.tag != "int" or not re.fullmatch(r"0|[1-9][0-9]{0,8}", node.text):
            self.fault(name, f"must be a whole number, not {quoted(node.text)}")
            return None
        return int(node.text)

    def moment(self, name: str) -> datetime | None:
        """A point in time. Without an offset nobody knows which."""
        example = "2026-01-31T14:30:00+01:00"

        def parse(words: str) -> datetime:
            moment = datetime.fromisoformat(words)
            if moment.utcoffset() is not None:
                moment.astimezone(dt.UTC)  # it is stored so: OverflowError where the year has no number there
            return moment

        moment = self._parsed(name, parse, f"must be a date-time such as {example}")
        if moment is not None and moment.utcoffset() is None:
            self.fault(name, f"needs a time and its offset from UTC, such as {example} or …T13:30:00Z")
            return None
        return moment

    def past(self, name: str, moment: datetime | None, instead: str = "") -> datetime | None:
        """The moment of one of its keys, which can't lie in the future."""
        if moment is not None and moment > now():
            self.fault(name, f"lies in the future{instead}")
        return moment

    def day_or_moment(self, name: str) -> datetime | None:
        """A date, which is its midnight in UTC, or a point in time; not in the future."""
        node = self._scalar(name)
        if node is not None and DAY.fullmatch(node.text.strip()):
            day = self.past_day(name)
            return datetime.combine(day, dt.time(), dt.UTC) if day else None
        return self.past(name, self.moment(name))

    def past_day(self, name: str) -> dt.date | None:
        """A date that doesn't lie in the future; it may be tomorrow already where the editor is."""
        day = self.day(name)
        if day and day > (now() + A_DAY).date():
            self.fault(name, "lies in the future")
        return day

    def day(self, name: str) -> dt.date | None:
        """A date without a time."""

        def parse(words: str) -> dt.date:
            if not DAY.fullmatch(words):
                raise ValueError(words)
            return dt.date.fromisoformat(words)

        return self._parsed(
            name, parse, "must be a whole date such as 2026-01-31; leave it out if you don’t know it"
        )

    def _parsed(self, name: str, parse: Callable[[str], T], what: str) -> T | None:
        node = self._scalar(name)
        if node is None:
            return None
        try:
            return parse(node.text.strip())
        except (ValueError, OverflowError):
            self.fault(name, f"{what}, not {quoted(node.text)}")
            return None

    def _scalar(self, name: str) -> Scalar | None:
        if not self.has(name):
            return None
        node = self._pairs[name][1]
        if isinstance(node, Items | Pairs):
            self.fault(name, "must be a single value, not a list or keys with values")
        return node if isinstance(node, Scalar) else None

    def address(self, name: str, *, limit: int, required: bool = False, own: bool = False) -> str | None:
        """The address of a page; with ``own`` also a path on this site, such as /pictures/a.jpg."""
        url = self.text(name, limit=limit, required=required)
        if url is None:
            return None
        ours = own and url.startswith("/") and not url.startswith(("//", "/\\"))
        if (ours or web_address(url)) and not any(sign.isspace() for sign in url):
            return url
        self.fault(
            name,
            f"must be a whole address with http:// or https://{' or a path with /' if own else ''}, not {quoted(url)}",
        )
        return None

    def texts(self, name: str, *, limit: int) -> tuple[str, ...]:
        """A list of words."""
        return tuple(words for _, words in self._list(name, limit))

    def slugs(self, name: str, *, limit: int) -> tuple[str, ...]:
        """A list of ids."""
        found = (
            self._matching(place, words, SLUG, f"must be {SLUG_FORM}")
            for place, words in self._list(name, limit)
        )
        return tuple(words for words in found if words is not None)

    def _list(self, name: str, limit: int) -> Iterator[tuple[str, str]]:
        """The places and words of a list; a word that stands twice is a fault."""
        seen: set[str] = set()
        for place, node in self._items(name):
            words = self._text(place, node, limit=limit)
            if words is None:
                continue
            if words in seen:
                self.fault(place, f"{quoted(words)} stands twice; keep one of them")
            else:
                seen.add(words)
                yield place, words

    def entry(self, name: str, known: Iterable[str]) -> Entry | None:
        """Keys with values."""
        return self._entry(name, self._pairs[name][1], known) if self.has(name) else None

    def entries(self, name: str, known: Iterable[str]) -> list[Entry]:
        """A list of keys with values."""
        found = [self._entry(place, node, known) for place, node in self._items(name)]
        return [entry for entry in found if entry is not None]

    def _entry(self, place: str, node: Node, known: Iterable[str]) -> Entry | None:
        if isinstance(node, Pairs):
            return Entry(node, self.key(place), self._report, known)
        if not isinstance(node, Broken):
            self.fault(place, f"must be keys with values, such as “{next(iter(known))}: …”")
        return None

    def _items(self, name: str) -> Iterator[tuple[str, Node]]:
        """The places (``name[1]``, …) and nodes of a list."""
        if not self.has(name):
            return
        node = self._pairs[name][1]
        if isinstance(node, Scalar | Pairs):
            self.fault(name, "must be a list: put each entry on a line of its own that begins with “- ”")
        if isinstance(node, Items):
            for number, item in enumerate(node.items, start=1):
                place = f"{name}[{number}]"
                self._report.lines[self.key(place)] = item.line
                if isinstance(item, Scalar) and item.tag == "null":
                    self.fault(place, "is empty; fill it in or remove the line")
                else:
                    yield place, item
