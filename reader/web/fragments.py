"""Pieces of a page that are the same bytes for everyone.

A fragment is a macro of a feature's ``_macros.html``, rendered without request, viewer or token. The page, the
push and the catch-up all use the same macro, so they can't differ. URLs in it are relative and written out.

A fragment of values is rendered once and kept (:func:`kept`): the values themselves are the key, all of them.
So nothing has to be told when something changes, and what is kept can't be wrong: a comment with one more reply
is another value.
"""

from __future__ import annotations

import sys
import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterator
from dataclasses import fields, is_dataclass
from datetime import date, datetime
from enum import Enum
from functools import cache
from types import EllipsisType, NoneType
from typing import Any, Generic, TypeVar, get_args, get_type_hints

from flask import Flask, current_app
from markupsafe import Markup

# What a macro must not use: it would differ from viewer to viewer, or need a request. A test looks for these.
FORBIDDEN = frozenset(
    {"current_user", "request", "session", "g", "csrf_token", "url_for", "get_flashed_messages", "config"}
)
# Memory that the fragments of one process may take; those that were not wanted for longest go first.
BYTES = 32 * 1024 * 1024
_PLAIN = (str, int, float, bytes, date, datetime, Enum, NoneType, EllipsisType)
_EXTENSION = "reader-fragments"

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


class BoundedCache(Generic[K, V]):
    """Things to have at hand, each under its key, within ``limit`` bytes; ``weigh`` says what one comes to."""

    def __init__(self, limit: int, weigh: Callable[[K, V], int]) -> None:
        self.size = 0
        self._limit = limit
        self._weigh = weigh
        self._kept: OrderedDict[K, V] = OrderedDict()
        self._lock = threading.Lock()

    def __len__(self) -> int:
        """Number of things kept."""
        return len(self._kept)

    def get(self, key: K) -> V | None:
        """The thing kept under ``key``; None if there is none."""
        with self._lock:
            found = self._kept.get(key)
            if found is not None:
                self._kept.move_to_end(key)
            return found

    def put(self, key: K, thing: V) -> None:
        """Keep ``thing``, in the place of what was there."""
        with self._lock:
            if key in self._kept:
                self.size -= self._weigh(key, self._kept.pop(key))
            self._kept[key] = thing
            self.size += self._weigh(key, thing)
            while self.size > self._limit:
                self.size -= self._weigh(*self._kept.popitem(last=False))


def _weight(_key: Hashable, html: Markup) -> int:
    """Bytes to reckon with: the fragment, and its key, in which most of its text stands once more."""
    return 2 * sys.getsizeof(html) + 1024


def init_app(app: Flask) -> None:
    """Let the application keep fragments."""
    app.extensions[_EXTENSION] = BoundedCache(BYTES, _weight)


def render(template: str, macro: str, *args: Any, **kwargs: Any) -> Markup:
    """The macro ``macro`` of ``template``, called with the arguments. KeyError if there is no such macro."""
    module = current_app.jinja_env.get_template(template).module
    return Markup(vars(module)[macro](*args, **kwargs).strip())  # noqa: S704 - the template escaped it


def kept(template: str, macro: str, *values: Any) -> Markup:
    """The fragment that :func:`render` gives, rendered once for the same values.

    Raises TypeError for a value that could change and still be equal, such as a row of the database.
    """
    store: BoundedCache[Hashable, Markup] = current_app.extensions[_EXTENSION]
    key = (template, macro, *values)
    found = store.get(key)
    if found is None:
        for value in values:
            if not _is_value(value.__class__):
                raise TypeError(f"{value!r} is no value: a fragment of it can't be kept")
        found = render(template, macro, *values)
        store.put(key, found)
    return found


@cache
def _is_value(kind: Any) -> bool:
    """Return True if values of this type are equal only while all that they show is the same.

    Such are plain values, and frozen dataclasses of them.
    """
    if isinstance(kind, type) and is_dataclass(kind):
        frozen = bool(kind.__dataclass_params__.frozen)  # type: ignore[attr-defined]
        hints = get_type_hints(kind)
        return frozen and all(
            part is kind or _is_value(part) for field in fields(kind) for part in _parts(hints[field.name])
        )
    return isinstance(kind, type) and issubclass(kind, _PLAIN)


def _parts(hint: Any) -> Iterator[Any]:
    """The types in an annotation: of ``tuple[int | None, ...]``, ``int``, ``None`` and the dots."""
    inner = get_args(hint)
    if not inner:
        yield type(hint) if hint is ... else hint
    for each in inner:
        yield from _parts(each)
