"""Rate limits, counted across all workers if there is Redis.

If Redis doesn't answer, each worker counts for itself until it does again: nobody is locked out, and
nobody gets more than the limit from each worker.
"""

from __future__ import annotations

import math
import threading
import time
from collections import deque
from dataclasses import dataclass
from functools import lru_cache

from flask import Flask, current_app, request
from limits import RateLimitItem, parse
from limits.storage import RedisStorage
from limits.strategies import MovingWindowRateLimiter

from reader import config
from reader.config import Settings
from reader.errors import TooMany
from reader.logs import LogOnce
from reader.text.english import plural
from reader.web import client_addresses

_EXTENSION = "reader-limits"
# Long enough for a Redis on the same network; what waits for it is somebody's click.
REDIS_SECONDS = 0.5
# How often what is over is forgotten.
FORGET_SECONDS = 5.0


class Memory:
    """The counters of one process.

    Not the library's, which starts a thread at nearly every use, to forget what is over: a tenth of a comment posted.
    """

    def __init__(self) -> None:
        self._uses: dict[str, tuple[int, deque[float]]] = {}
        self._forget_at = 0.0
        self._counting = threading.Lock()

    def take(self, item: RateLimitItem, *key: str) -> float:
        """Count one use; 0 where it is within the limit, else the time from which there is room again."""
        with self._counting:
            self._forget()
            now, seconds = time.time(), item.get_expiry()
            _, uses = self._uses.setdefault(item.key_for(*key), (seconds, deque(maxlen=item.amount)))
            oldest = uses[0] if uses else now
            if len(uses) == item.amount and oldest > now - seconds:
                return oldest + seconds
            uses.append(now)  # in the place of the oldest
            return 0

    def _forget(self) -> None:
        if time.monotonic() < self._forget_at:
            return
        self._forget_at = time.monotonic() + FORGET_SECONDS
        now = time.time()
        self._uses = {name: use for name, use in self._uses.items() if use[1] and use[1][-1] > now - use[0]}


class Limits:
    """The counters of one application."""

    def __init__(self, settings: Settings) -> None:
        self._own = Memory()
        self._shared = _redis(settings.redis_url) if settings.redis_url else None
        self._trouble = LogOnce("limits-without-redis", "each worker counts for itself until it is back")

    def take(self, item: RateLimitItem, *key: str) -> float:
        """Count one use; 0 where it is within the limit, else the time from which there is room again."""
        if self._shared is not None:
            with self._trouble.contained():
                return _take(self._shared, item, *key)
        return self._own.take(item, *key)


def _redis(url: str) -> RedisStorage:
    return RedisStorage(url, socket_connect_timeout=REDIS_SECONDS, socket_timeout=REDIS_SECONDS)


def _take(storage: RedisStorage, item: RateLimitItem, *key: str) -> float:
    window = MovingWindowRateLimiter(storage)
    if window.hit(item, *key):
        return 0
    return window.get_window_stats(item, *key).reset_time


@dataclass(frozen=True)
class RequestOrigin:
    """The client whose request an action is done for. What commands do has none, and no limit holds it."""

    address: str

    @property
    def network(self) -> str:
        """Key that the client is counted by: its address, for IPv6 its network."""
        return client_addresses.network(self.address)


def init_app(app: Flask) -> None:
    """Give the application its counters."""
    app.extensions[_EXTENSION] = Limits(app.config["READER"])


def hit(name: str, key: str) -> None:
    """Count one use of what ``READER_LIMIT_<name>`` limits, by ``key``. TooMany beyond the limit."""
    limits: Limits = current_app.extensions[_EXTENSION]
    item = _parsed(getattr(config.current(), f"limit_{name}"))
    free_at = limits.take(item, name, key)
    if free_at:
        seconds = max(1, math.ceil(free_at - time.time()))
        raise TooMany(
            f"That was too often in a short time. Try again in {_wait(seconds)}.", retry_after=seconds
        )


def charge(name: str, key: str, *, origin: RequestOrigin | None) -> None:
    """Count one use as :func:`hit` does, if it came by a request."""
    if origin is not None:
        hit(name, key)


_parsed = lru_cache(parse)


def _wait(seconds: int) -> str:
    for unit, length in (("hour", 3600), ("minute", 60)):
        if seconds > length:
            return plural(math.ceil(seconds / length), unit)
    return plural(seconds, "second")


def this_request() -> RequestOrigin:
    """Return the origin of what the present request asks for."""
    return RequestOrigin(request.remote_addr or "")
