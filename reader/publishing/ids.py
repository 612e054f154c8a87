"""The ids of an article file: those that it gives, and those made from the words of entries that have none.

:mod:`reader.publishing.identifying` looks for entries without ids among what the site has already.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass

from reader.publishing.entries import Entry
from reader.publishing.faults import Syntax
from reader.publishing.nodes import Scalar
from reader.text.slugs import slug_of, unused

KEY = "id"
LENGTH = 60
_ARTICLE_LENGTH = 100


@dataclass(frozen=True)
class Gap:
    """Place where an id is missing: at ``offset`` in the file's text.

    ``column`` is the indentation of the keys that it is to stand above. It is None for keys in braces, and -1 where the
    key ``id`` is there without a value.
    """

    offset: int
    column: int | None
    syntax: Syntax = Syntax.YAML


@dataclass(frozen=True)
class Unnamed:
    """An entry without an id: its place in the file, the id made for it, and what that was made from.

    ``gap`` is None where an id can't be written without changing what stands there. ``is_stored`` tells that the site
    has the entry already, and with it the id.
    """

    place: str
    id: str
    stem: str
    gap: Gap | None
    is_stored: bool = False


class Ids:
    """The ids of a file's entries. Those that have none are noted in ``unnamed``.

    ``start`` is where the front matter begins in the file's text.
    """

    def __init__(self, unnamed: list[Unnamed], start: int, syntax: Syntax = Syntax.YAML) -> None:
        self._unnamed = unnamed
        self._syntax = syntax
        self._start = start

    def of_article(self, entry: Entry, slug: str) -> str:
        """The id of the article: its own, or its slug."""
        id_ = entry.slug(KEY, limit=_ARTICLE_LENGTH)
        if id_ is None and slug and not entry.is_faulty(KEY):
            self._unnamed.append(Unnamed("", slug, slug, self._gap(entry)))
        return id_ or slug

    def of(self, entries: list[tuple[Entry, str]], limit: int) -> list[str]:
        """The id of each entry: its own, or one made from its words that no other has; empty where neither can be."""
        given = [entry.slug(KEY, limit=limit) for entry, _ in entries]
        taken: set[str] = set()
        for (entry, _), id_ in zip(entries, given, strict=True):
            if id_ in taken:
                entry.fault(KEY, f"“{id_}” is the id of an entry above; choose another")
            elif id_:
                taken.add(id_)
        return [
            id_ or self._made(entry, words, taken) for (entry, words), id_ in zip(entries, given, strict=True)
        ]

    def _made(self, entry: Entry, words: str, taken: set[str]) -> str:
        stem = slug_of(words, LENGTH)
        if entry.is_faulty(KEY):
            return stem
        if not stem:
            if words:
                entry.fault(KEY, "is missing, and the words give none; add “id: …”")
            return ""
        id_ = unused(stem, taken)
        taken.add(id_)
        self._unnamed.append(Unnamed(entry.path, id_, stem, self._gap(entry)))
        return id_

    def _gap(self, entry: Entry) -> Gap | None:
        pairs = entry.pairs
        if self._syntax is Syntax.TOML and (pairs.offset < 0 or KEY in pairs.pairs):
            return None
        if KEY not in pairs.pairs:
            return Gap(self._start + pairs.offset, None if pairs.flow else pairs.column, self._syntax)
        value = pairs.pairs[KEY][1]
        if isinstance(value, Scalar) and value.tag == "null" and not value.text:
            return Gap(self._start + value.offset, -1)
        return None


def doubtful(unnamed: Collection[Unnamed], kind: str) -> dict[str, list[Unnamed]]:
    """Return the entries of a ``kind`` (``sources``, ``claims``) whose ids differ only by their order, by id."""
    those = [entry for entry in unnamed if entry.place.startswith(kind) and not entry.is_stored]
    stems = Counter(entry.stem for entry in those)
    alike = [entry for entry in those if stems[entry.stem] > 1]
    return {entry.id: [other for other in alike if other.stem == entry.stem] for entry in alike}
