"""Hints: news between workers that a stream has come to a number.

A hint carries no truth, only haste. Who gets none looks at the heads every two seconds; so Redis may be slow,
away or empty at any time, and nothing is lost or held up by it: hints leave from a greenlet of their own, the
latest one of each stream, and what can't be sent is dropped.
"""

from __future__ import annotations

import atexit
import hashlib
import json
import random
import time
from collections.abc import Callable

import gevent
import structlog
from redis import Redis
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from redis.retry import Retry

log = structlog.get_logger(__name__)

Heads = dict[str, int]
Listener = Callable[[str, int], None]

TIMEOUT_SECONDS = 1.0
MIN_PAUSE = 0.5
MAX_PAUSE = 10.0
PING_SECONDS = 15


class Hints:
    """One process's end of the channel. Without ``url`` there is nobody else, and it does nothing.

    ``receive(stream, head)`` is called for every hint from the channel, one's own included.
    """

    def __init__(self, url: str | None, *, secret: str, receive: Listener) -> None:
        # Makes its connections when they are needed, and again when they broke.
        self._redis = client(url) if url is not None else None
        self._receive = receive
        # Publishing knows no databases: the name keeps apart the sites that share a Redis.
        self._channel = f"reader:hints:{hashlib.sha256(secret.encode()).hexdigest()[:16]}"
        self._pending: Heads = {}
        self._sending: gevent.Greenlet | None = None
        self._silent_until = 0.0
        self._listening = False
        self._away = False

    def send(self, stream: str, head: int) -> None:
        """Tell the other processes that ``stream`` has come to ``head``; returns at once and never fails."""
        if self._redis is None or time.monotonic() < self._silent_until:
            return
        self._pending[stream] = max(head, self._pending.get(stream, 0))
        if self._sending is None:
            # A command ends right after its commit; its hint may leave first.
            atexit.register(self.flush)
        if self._sending is None or self._sending.dead:
            self._sending = gevent.spawn(self._send, self._redis)

    def flush(self) -> None:
        """Let hints that wait go out, for a moment at most."""
        if self._sending is not None:
            self._sending.join(TIMEOUT_SECONDS)

    def listen(self) -> None:
        """Start to receive; once is enough."""
        if self._redis is not None and not self._listening:
            self._listening = True
            gevent.spawn(self._listen, self._redis)

    def _send(self, redis: Redis) -> None:
        try:
            while self._pending:
                heads, self._pending = self._pending, {}
                redis.publish(self._channel, json.dumps(heads))
                self._is_back()
        except RedisError as error:
            self._pending = {}
            self._silent_until = time.monotonic() + MIN_PAUSE
            self._is_away(error)

    def _listen(self, redis: Redis) -> None:
        pause = MIN_PAUSE
        while True:
            try:
                with redis.pubsub(ignore_subscribe_messages=True) as channel:  # type: ignore[no-untyped-call]
                    channel.subscribe(self._channel)
                    self._is_back()
                    pause = MIN_PAUSE
                    while True:
                        message = channel.get_message(timeout=PING_SECONDS)
                        for stream, head in parsed(message["data"]).items() if message else ():
                            self._receive(stream, head)
            except RedisError as error:
                self._is_away(error)
            gevent.sleep(pause * (0.5 + random.random()))  # noqa: S311 - a jitter, not a secret
            pause = min(pause * 2, MAX_PAUSE)

    def _is_away(self, fault: Exception) -> None:
        if not self._away:
            self._away = True
            log.warning("hints-away", fault=str(fault), effect="pages hear of changes up to 2 s later")

    def _is_back(self) -> None:
        if self._away:
            self._away = False
            log.warning("hints-back")


def parsed(data: bytes) -> Heads:
    """Parse a message into heads; log anything that is no hint and return no heads."""
    try:
        heads = json.loads(data)
    except ValueError:
        heads = None
    if isinstance(heads, dict) and all(type(head) is int for head in heads.values()):
        return heads
    log.warning("hint-not-understood", bytes=len(data))
    return {}


def client(url: str) -> Redis:
    """A Redis that is asked for what can be done without: it has a second to answer."""
    return Redis.from_url(
        url,
        socket_connect_timeout=TIMEOUT_SECONDS,
        socket_timeout=TIMEOUT_SECONDS,
        health_check_interval=PING_SECONDS,
        retry=Retry(NoBackoff(), 0),
    )
