"""Tails: each worker reads on in every stream that somebody there follows.

A tail reads its stream in order from a number on, and hands over each run of events together. It is woken by
a hint, or by a look at the heads of all streams followed here, one query every two seconds. After each run it
rests, and what happens meanwhile is gathered into the next. So loss, order and bursts are dealt with in this
one place, and what a burst costs depends on who reads, not on how much was written.

:class:`Tail` is synchronous and knows no greenlets; :class:`Tails` keeps them going.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence

import gevent
import structlog
from flask import Flask
from gevent.event import Event as Signal

from reader import eventlog
from reader.db.snapshot import autocommit_connection
from reader.eventlog import Event
from reader.logs import LogOnce

log = structlog.get_logger(__name__)

# As many events as fit one push, nearly always.
CHUNK = 50
REST_SECONDS = 0.1
LOOK_SECONDS = 2.0

Deliver = Callable[[int, Sequence[Event]], None]


class Tail:
    """Follows one stream from event ``last`` on; ``deliver`` is given that number and what is new."""

    def __init__(self, stream: str, last: int, deliver: Deliver) -> None:
        self.stream = stream
        self.last = last
        self.heard = last
        self.followers = 0
        self.awake = Signal()
        self._deliver = deliver

    def step(self) -> bool:
        """Hand over the next run of events; whether there may be more. If that fails, it comes again."""
        with autocommit_connection() as connection:
            events = eventlog.since(self.stream, self.last, limit=CHUNK, on=connection)
        if not events:
            return False
        before = self.last
        # Who joins while it is being handed over is told the new number: better to fetch than to wait for
        # something that has already gone by.
        self.last = events[-1].seq
        try:
            self._deliver(before, events)
        except BaseException:
            self.last = before
            raise
        return len(events) == CHUNK

    def hint(self, head: int) -> None:
        """Hear that the stream has come to ``head``."""
        if head > self.last:
            self.heard = max(self.heard, head)
            self.awake.set()

    def look(self, head: int, *, known: int) -> None:
        """See that the stream stands at ``head``; ``known`` was the tail's number just before.

        A head below it means that the log was restored from a backup; the tail goes on from there.
        """
        if head < known:
            log.warning("log-went-back", stream=self.stream, known=known, head=head)
            self.last = self.heard = head
        self.hint(head)


class Tails:
    """The tails of one worker. Nothing runs before the first one is wanted."""

    def __init__(self, app: Flask) -> None:
        self._app = app
        self._tails: dict[str, Tail] = {}
        self._watch: gevent.Greenlet | None = None
        self._trouble = LogOnce("heads-unreadable", "live pages stand still until the database is back")

    def __getitem__(self, stream: str) -> Tail:
        return self._tails[stream]

    def __contains__(self, stream: str) -> bool:
        return stream in self._tails

    def follow(self, stream: str, deliver: Deliver) -> Tail:
        """One more follower of ``stream``; the first one starts its tail at the head as of now.

        What is committed after it returns will be delivered.
        """
        if stream not in self._tails:
            with self._app.app_context():
                head = eventlog.head(stream)
            # Another follower may have started it while the head was being read; then that one counts.
            if stream not in self._tails:
                self._start(Tail(stream, head, deliver))
        tail = self._tails[stream]
        tail.followers += 1
        return tail

    def leave(self, stream: str) -> None:
        """One follower less; the tail ends with the last one."""
        tail = self._tails[stream]
        tail.followers -= 1
        if tail.followers == 0:
            del self._tails[stream]
            tail.awake.set()

    def hint(self, stream: str, head: int) -> None:
        """Hear that ``stream`` has come to ``head``; of no interest where nobody follows it."""
        tail = self._tails.get(stream)
        if tail is not None:
            tail.hint(head)

    def followed(self) -> list[Tail]:
        """All tails."""
        return list(self._tails.values())

    def look(self) -> None:
        """Look at the heads of all streams followed here, and wake the tails that are behind."""
        known = {stream: tail.last for stream, tail in self._tails.items()}
        with self._trouble.contained(), self._app.app_context():
            self._wake(known, eventlog.heads(known))

    def _wake(self, known: Mapping[str, int], heads: Mapping[str, int]) -> None:
        for stream, last in known.items():
            head = heads.get(stream, 0)
            if stream in self._tails:
                self._tails[stream].look(head, known=last)
            if head > last:
                # Pages that are kept here must not be older than what is about to be pushed.
                eventlog.publish_hint(self._app, stream, head)

    def advance(self, tail: Tail) -> bool:
        """One step of a tail, in a context of its own. A fault is logged, and the step comes again later."""
        try:
            with self._app.app_context():
                return tail.step()
        except Exception:
            log.exception("tail", stream=tail.stream, after=tail.last)
            return False

    def _start(self, tail: Tail) -> None:
        self._tails[tail.stream] = tail
        gevent.spawn(self._keep_up, tail)
        if self._watch is None:
            self._watch = gevent.spawn(self._keep_looking)

    def _keep_up(self, tail: Tail) -> None:
        rested, is_more = 0.0, False
        while True:
            tail.awake.wait()
            # It rests when it is woken: a timer after each run would wake the process once more, mostly for nothing.
            if (rest := rested - time.monotonic()) > 0:
                gevent.sleep(rest)
            tail.awake.clear()
            if self._tails.get(tail.stream) is not tail:
                return
            # What was heard of while it was being read is no news any more: one's own commit is heard of twice.
            if is_more or tail.heard > tail.last:
                is_more = self.advance(tail)
                if is_more:
                    tail.awake.set()
                rested = time.monotonic() + REST_SECONDS

    def _keep_looking(self) -> None:
        while True:
            gevent.sleep(LOOK_SECONDS)
            if self._tails:
                self.look()
