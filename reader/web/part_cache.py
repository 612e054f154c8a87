"""Parts of pages, kept while the event streams that they were made from stand still.

Each kind of part has a :class:`PartCache` of its own, in the module that makes it; the application holds what is kept.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Generic, TypeVar

from flask import Flask, current_app

from reader.clock import now
from reader.web.fragments import BoundedCache

# What no stream tells, such as a name, is looked up again after this time, as it is for the pages in the page cache.
SECONDS = 30.0
_EXTENSION = "reader-parts"

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")
# Streams with the numbers of their last events.
Heads = Mapping[str, int]
# Looks up the head of a stream.
Known = Callable[[str], int]


@dataclass(frozen=True)
class _Part(Generic[V]):
    value: V
    heads: Heads
    until: datetime


class PartCache(Generic[K, V]):
    """Parts of one kind, each kept under its key while its streams' heads stand and until a time.

    All of them stay within ``limit``, by what they ``weigh``. A part may also outlast events that it shows nothing of:
    ``outlasts(part, before, after)`` then says that nothing else came between these heads. A page that a replica gave
    older heads is shown no newer part, and replaces none.
    """

    def __init__(
        self,
        limit: int,
        weigh: Callable[[V], int],
        outlasts: Callable[[V, Heads, Heads], bool] = lambda _part, _before, _after: False,
    ) -> None:
        self._limit = limit
        self._weigh = weigh
        self._outlasts = outlasts

    def get(self, key: K, known: Known) -> V | None:
        """Return the part, if it is kept and shows what happened up to the ``known`` heads, and no more."""
        parts = self._parts()
        part = parts.get(key)
        if part is None or now() >= part.until:
            return None
        heads = {stream: known(stream) for stream in part.heads}
        if heads != part.heads:
            if _is_older(heads, part.heads) or not self._outlasts(part.value, part.heads, heads):
                return None
            parts.put(key, replace(part, heads=heads))
        return part.value

    def put(self, key: K, value: V, heads: Heads, *, until: datetime | None = None) -> V:
        """Keep and return a part that was made after these heads were read, at most ``until`` then."""
        parts, latest = self._parts(), now() + timedelta(seconds=SECONDS)
        before = parts.get(key)
        if before is None or not _is_older(heads, before.heads):
            parts.put(key, _Part(value, heads, min(until or latest, latest)))
        return value

    def _parts(self) -> BoundedCache[K, _Part[V]]:
        kept: dict[PartCache[K, V], BoundedCache[K, _Part[V]]] = current_app.extensions[_EXTENSION]
        if self not in kept:
            kept[self] = BoundedCache(self._limit, lambda _key, part: self._weigh(part.value))
        return kept[self]


def _is_older(heads: Heads, than: Heads) -> bool:
    return any(heads[stream] < head for stream, head in than.items())


def init_app(app: Flask) -> None:
    """Let the application keep parts of pages; what it kept so far is dropped."""
    app.extensions[_EXTENSION] = {}
