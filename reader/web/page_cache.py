"""Anonymous pages kept ready as bytes, in front of Flask.

A view says what its page was made from by :func:`keep`: the numbers of the event streams, and how long it
may stand at most. As long as none of the streams has gone on, the same bytes are the right answer and go out
without Flask. Nothing personal can enter: a request with the log-in cookie passes by, and an answer that sets
a cookie is not kept.

What this process commits counts at once; what others commit, as soon as their hint arrives
(:meth:`PageCache.note`); and lest a hint was lost, or there is no way for one, the heads are looked up every
``LOOK_SECONDS`` besides. Where visitors' pages are read from a replica, they follow as soon as that does, and are asked
for again every ``LAG_SECONDS`` while it is behind.
"""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from flask import Flask, request

from reader import eventlog
from reader.config import Settings
from reader.db import replica
from reader.eventlog import streams
from reader.logs import LogOnce
from reader.web import cookies
from reader.web.encodings import IDENTITY, QUICK, Packed, best

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

LOOK_SECONDS = 2.0
# How long a page from a replica that is behind may stand before the replica is asked again.
LAG_SECONDS = 1.0
MAX_SECONDS = 60.0
MAX_KEY_LENGTH = 512
UNCHANGED = "304 Not Modified"
MAX_BYTES = 64 * 1024 * 1024
NEVER = ("/static/", "/socket.io")
# What is asked here has one answer for all, so who asks is not even passed on. After a lost connection, many who are
# logged in ask the same at once.
FOR_ALL = ("/live/article:", "/live/claim:", "/live/verdicts/")
_EXTENSION = "reader-pagecache"
_KEEP = "reader.keep"  # in the WSGI environ, where the cache asks: None, or what the page was made from
# These describe one transfer of the page, not the page.
_OF_THE_TRANSFER = frozenset({"content-length", "content-encoding", "vary", "etag", "date", "connection"})

Heads = Callable[[Iterable[str]], Mapping[str, int]]
Headers = list[tuple[str, str]]


@dataclass(frozen=True)
class Basis:
    """The stream heads that a page was made from, and the seconds it may be kept if none of them moves.

    ``copied`` says that it was read from a replica, which may be behind.
    """

    heads: Mapping[str, int]
    seconds: float
    copied: bool = False


def keep(heads: Mapping[str, int] | None = None, *, seconds: float = MAX_SECONDS) -> None:
    """Let the answer to the present request be kept, made from these heads (read before anything else).

    Has no effect on a request that passed the cache by.
    """
    if may_keep():
        request.environ[_KEEP] = Basis(heads or {}, min(seconds, MAX_SECONDS), replica.is_read())


def keep_list(*, seconds: float) -> int:
    """Let a page that lists verdicts be kept until one changes; the number of ``verdicts`` to read before its rows."""
    head = eventlog.head(streams.VERDICTS)
    keep({streams.VERDICTS: head}, seconds=seconds)
    return head


def may_keep() -> bool:
    """Return True if the request came through the cache: a visitor's, whose answer may be as old as a kept one."""
    return _KEEP in request.environ


def will_keep() -> bool:
    """Return True if the answer to the request goes into the cache, which compresses it and knows its ETag."""
    return request.environ.get(_KEEP) is not None


@dataclass
class _Answer:
    """A whole response."""

    status: str = ""
    headers: Headers = field(default_factory=list)
    body: bytes = b""


@dataclass
class _PageCacheEntry:
    basis: Basis
    until: float
    headers: Headers
    etag: str
    body: Packed
    answers: dict[str, _Answer] = field(default_factory=dict)

    @property
    def size(self) -> int:
        """Bytes to reckon with: the page, and its three encodings, which come to about as much again."""
        return 2 * len(self.body[IDENTITY])

    def answer(self, environ: WSGIEnvironment) -> _Answer:
        """Response to the request: the page in an encoding that it accepts, or 304 if the client has it already."""
        is_known = self.etag and self.etag in environ.get("HTTP_IF_NONE_MATCH", "")
        name = UNCHANGED if is_known else best(environ.get("HTTP_ACCEPT_ENCODING", ""))
        found = self.answers.get(name)
        if found is None:
            found = self.answers[name] = _Answer(UNCHANGED, self.headers) if is_known else self._whole(name)
        return found

    def _whole(self, encoding: str) -> _Answer:
        body = self.body[encoding]
        said = [] if encoding == IDENTITY else [("Content-Encoding", encoding)]
        return _Answer("200 OK", [*self.headers, *said, ("Content-Length", str(len(body)))], body)


class PageCache:
    """A WSGI application around another one.

    ``cookie`` names the log-in cookie, ``heads`` looks streams up, ``limit`` bounds the bytes kept. ``hits`` and
    ``misses`` are how often a page was there and how often it had to be made, ``looks`` how often the database was
    asked whether they are true; ``on_look`` is called then.
    """

    def __init__(self, app: WSGIApplication, *, cookie: str, heads: Heads, limit: int = MAX_BYTES) -> None:
        self._app = app
        self._cookie = f"{cookie}="
        self._look_up = heads
        self._trouble = LogOnce("page-cache-unproved", "pages are made anew until the database is back")
        self._limit = limit
        self._entries: OrderedDict[str, _PageCacheEntry] = OrderedDict()
        self._size = 0
        self._heads: dict[str, int] = {}
        self._looked = time.monotonic()
        self._looking = threading.Lock()
        self._rendering: dict[str, threading.Lock] = {}
        self.hits = 0
        self.misses = 0
        self.looks = 0
        self.on_look: Callable[[], None] = lambda: None

    def note(self, stream: str, head: int) -> None:
        """Learn that ``stream`` has come to ``head``; pages made from less are out of date from now on."""
        if head > self._heads.get(stream, 0):
            self._heads[stream] = head

    def known(self, stream: str) -> int:
        """Head of ``stream``, as far as this process has heard; 0 if it hasn't."""
        return self._heads.get(stream, 0)

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer from what is kept, or ask the application."""
        key = self._key(environ)
        if key is None:
            return self._app(environ, start_response)
        entry = self._fresh(key)
        if entry is not None:
            self.hits += 1
        else:
            # One renders, the others wait for it; where nothing comes to be kept, each renders its own.
            with self._rendering.setdefault(key, threading.Lock()):
                entry = self._fresh(key)
                if entry is None:
                    self.misses += 1
                    answer, entry = self._render(key, environ)
            self._rendering.pop(key, None)
        if entry is not None:
            answer = entry.answer(environ)
        start_response(answer.status, answer.headers)
        return [answer.body] if answer.body and environ["REQUEST_METHOD"] != "HEAD" else []

    def _key(self, environ: WSGIEnvironment) -> str | None:
        """Key of the requested page; None if it is not to be kept."""
        path = environ.get("PATH_INFO", "")
        if (
            environ["REQUEST_METHOD"] not in ("GET", "HEAD")
            or (self._cookie in environ.get("HTTP_COOKIE", "") and not path.startswith(FOR_ALL))
            or "HTTP_UPGRADE" in environ
        ):
            return None
        site = f"{environ['wsgi.url_scheme']}://{environ.get('HTTP_HOST', '')}"
        key = f"{site}{path}?{environ.get('QUERY_STRING', '')}"
        return None if len(key) > MAX_KEY_LENGTH or path.startswith(NEVER) else key

    def _fresh(self, key: str) -> _PageCacheEntry | None:
        now = time.monotonic()
        if now - self._looked > LOOK_SECONDS:
            self._look(now)
        entry = self._entries.get(key)
        if entry is None or now > entry.until:
            return None
        if any(self._heads.get(stream, 0) > head for stream, head in entry.basis.heads.items()):
            return None
        self._entries.move_to_end(key)
        return entry

    def _look(self, now: float) -> None:
        if not self._looking.acquire(blocking=False):
            return  # somebody is at it
        try:
            self._looked = now
            self.looks += 1
            streams = {stream for entry in self._entries.values() for stream in entry.basis.heads}
            with self._trouble.contained():
                for stream, head in self._look_up(streams).items():
                    self.note(stream, head)
                self.on_look()
            if self._trouble.lasts:
                # Without the database nothing can be proved fresh, so nothing is.
                self._entries.clear()
                self._size = 0
        finally:
            self._looking.release()

    def _render(self, key: str, environ: WSGIEnvironment) -> tuple[_Answer, _PageCacheEntry | None]:
        answer = _Answer()

        def start_response(status: str, headers: Headers, _exc_info: Any = None) -> Callable[[bytes], object]:
            answer.status, answer.headers = status, headers
            return lambda _data: None

        asked = {**environ, "REQUEST_METHOD": "GET", _KEEP: None}
        if environ.get("PATH_INFO", "").startswith(FOR_ALL):
            asked.pop("HTTP_COOKIE", None)
        parts = self._app(asked, start_response)
        try:
            answer.body = b"".join(parts)
        finally:
            close = getattr(parts, "close", None)
            if close is not None:
                close()
        basis = asked[_KEEP]
        if basis is None or not answer.status.startswith("200") or _is_personal(answer.headers):
            if environ["REQUEST_METHOD"] == "HEAD":
                answer.body = b""
            return answer, None
        basis = self._judged_by(basis)
        etags = [value for name, value in answer.headers if name.lower() == "etag"]
        entry = _PageCacheEntry(
            basis=basis,
            until=time.monotonic() + basis.seconds,
            headers=[
                *((name, value) for name, value in answer.headers if name.lower() not in _OF_THE_TRANSFER),
                ("Vary", "Accept-Encoding, Cookie"),
                *(("ETag", value) for value in etags),
            ],
            etag=next(iter(etags), ""),
            body=Packed(answer.body, QUICK),
        )
        self._store(key, entry)
        return answer, entry

    def _judged_by(self, basis: Basis) -> Basis:
        """Return the basis by which to judge if the page is still true.

        If the replica is behind what is known here, a page rendered again at once would be no newer. So it stands for
        a moment, or until the stream goes on once more.
        """
        known = {stream: max(head, self._heads.get(stream, 0)) for stream, head in basis.heads.items()}
        if not basis.copied or known == basis.heads:
            return basis
        return Basis(known, min(basis.seconds, LAG_SECONDS))

    def _store(self, key: str, entry: _PageCacheEntry) -> None:
        for stream, head in entry.basis.heads.items():
            self.note(stream, head)
        self._drop(key)
        self._entries[key] = entry
        self._size += entry.size
        while self._size > self._limit:
            self._drop(next(iter(self._entries)))

    def _drop(self, key: str) -> None:
        entry = self._entries.pop(key, None)
        if entry is not None:
            self._size -= entry.size


def _is_personal(headers: Headers) -> bool:
    """Return True if the answer sets a cookie, or the application says that it is for one visitor alone."""
    said = [(name.lower(), value) for name, value in headers]
    return any(
        name == "set-cookie" or (name == "cache-control" and "private" in value) for name, value in said
    )


def of(app: Flask) -> PageCache:
    """The pages that ``app`` keeps."""
    found: PageCache = app.extensions[_EXTENSION]
    return found


def init_app(app: Flask) -> None:
    """Keep the pages of ``app``. To be called before what else wraps it, such as the trust in proxies."""
    settings: Settings = app.config["READER"]

    def heads(streams: Iterable[str]) -> Mapping[str, int]:
        with app.app_context():
            return eventlog.heads(streams)

    cache = PageCache(app.wsgi_app, cookie=cookies.login_cookie(settings), heads=heads)
    app.wsgi_app = cache  # type: ignore[method-assign]
    app.extensions[_EXTENSION] = cache
    eventlog.on_news(app, cache.note)
