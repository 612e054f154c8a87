"""Number of people reading a thread right now: approximate, and not updated at every arrival or departure.

Every few seconds, each worker counts its own sockets and announces the numbers that changed. With Redis, it shares
its numbers with the other workers there, under a short expiry, so that a worker that dies is soon no longer counted;
without Redis, or while Redis is down, it counts only its own.
"""

from __future__ import annotations

import hashlib
import json
import time
from collections import Counter
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple, cast
from uuid import uuid4

import gevent
from redis import Redis

from reader.eventlog import streams
from reader.live.hints import client
from reader.logs import LogOnce

EVENT = "live:watching"
LOOK_SECONDS = 3.0
# Who has just come is told a number that hasn't changed for others after so long at most.
AGAIN_SECONDS = 15.0
TTL_SECONDS = 10
# Small numbers are told as they are, larger ones with so many figures: nobody counts the rest.
EXACT = 20
FIGURES = 2

Numbers = dict[str, int]
Send = Callable[[str, str, Any], None]


class Announced(NamedTuple):
    """The number announced to a room, and the time of that."""

    readers: int
    at: float


class Shared:
    """The numbers of all workers, in Redis."""

    def __init__(self, redis: Redis, secret: str) -> None:
        self._redis = redis
        self._key = f"reader:watching:{hashlib.sha256(secret.encode()).hexdigest()[:16]}"
        self._own = f"{self._key}:{uuid4().hex}"

    def exchange(self, own: Numbers) -> Numbers:
        """Lay down this worker's numbers; those of all of them together."""
        now = time.time()
        with self._redis.pipeline() as work:
            work.set(self._own, json.dumps(own), ex=TTL_SECONDS)
            work.zadd(self._key, {self._own: now})
            work.zremrangebyscore(self._key, "-inf", now - TTL_SECONDS)
            work.expire(self._key, 2 * TTL_SECONDS)
            work.zrange(self._key, 0, -1)
            workers = work.execute()[-1]
        total: Counter[str] = Counter()
        for found in cast(list[bytes | None], self._redis.mget(workers)):
            total.update(json.loads(found) if found else {})
        return dict(total)


class Watching:
    """Numbers announced to this worker's rooms. ``present`` returns the number of followers per stream here."""

    def __init__(
        self, *, url: str | None, secret: str, present: Callable[[], Mapping[str, int]], send: Send
    ) -> None:
        self._shared = Shared(client(url), secret) if url is not None else None
        self._present = present
        self._send = send
        self._told: dict[str, Announced] = {}
        self._joined: set[str] = set()
        self._looking: gevent.Greenlet | None = None
        self._trouble = LogOnce("watching-unshared", "each worker tells the number of its own readers")

    def join(self, stream: str) -> None:
        """Somebody has come to a stream, and wants to know."""
        self._joined.add(stream)
        if self._looking is None or self._looking.dead:
            self._looking = gevent.spawn(self._keep_looking)

    def step(self) -> None:
        """Look once, and tell each room whose number is another one, or new to somebody."""
        own = {stream: count for stream, count in self._present().items() if streams.is_article(stream)}
        numbers = own
        if self._shared is not None:
            with self._trouble.contained():
                numbers = self._shared.exchange(own)
        now = time.monotonic()
        joined, self._joined = self._joined, set()
        self._told = {stream: told for stream, told in self._told.items() if stream in own}
        for stream in own:
            readers, told = rounded(numbers.get(stream, own[stream])), self._told.get(stream)
            is_new = stream in joined and (told is None or now - told.at >= AGAIN_SECONDS)
            if is_new or told is None or told.readers != readers:
                self._told[stream] = Announced(readers, now)
                self._send(stream, EVENT, {"stream": stream, "readers": readers})
            elif stream in joined:
                self._joined.add(stream)

    def _keep_looking(self) -> None:
        while self._present():
            gevent.sleep(LOOK_SECONDS)
            self.step()


def rounded(number: int) -> int:
    """The number as it is told."""
    if number < EXACT:
        return number
    step = int(10 ** max(0, len(str(number)) - FIGURES))
    return number // step * step
