"""Live delivery in one process: who is connected, what they follow, and the tails that serve them.

Nothing runs before the first socket: an application that only commits, such as a command, starts no greenlet. An
application context is entered where the database is asked, so that a visitor who joins what is known needs none.
"""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import partial

import gevent
from flask import Flask

from reader.accounts import queries as accounts
from reader.accounts.models import User
from reader.config import Settings
from reader.eventlog import Event, streams
from reader.extensions import socketio
from reader.live import following, rendering
from reader.live.counts import EVENT, ClaimCounts, Counts
from reader.live.hints import Hints
from reader.live.tails import Tails
from reader.live.watching import Watching
from reader.live.wire import dispatch, fanout
from reader.logs import LogOnce
from reader.web import metrics

HEAD_SECONDS = 30.0
# Interval of the search for sockets of expired sessions.
EXPIRED_SECONDS = 30.0
# What one page can need, with room to spare; more is somebody playing.
MAX_ROOMS = 8
MAX_JOINS = 20
JOINS_SECONDS = 10.0
# For how long one answer to whether the public may follow a stream does for all who join it.
KNOWN_SECONDS = 2.0

_EXTENSION = "reader-live"


class NotJoined(Exception):
    """A room that can't be joined; the message is for the developer at the other end."""


@dataclass(slots=True)
class Presence:
    """One socket: who opened it, with which log-in, in the words of the stream ``access``, and its rooms."""

    identities: frozenset[str] = frozenset()
    person_id: int | None = None
    session_id: int | None = None
    rooms: set[str] = field(default_factory=set)
    joins: list[float] = field(default_factory=list)

    def note_join(self) -> None:
        """Count an attempt to join. NotJoined where there are too many."""
        now = time.monotonic()
        self.joins = [moment for moment in self.joins if now - moment < JOINS_SECONDS]
        if len(self.joins) >= MAX_JOINS or len(self.rooms) >= MAX_ROOMS:
            raise NotJoined("This socket joins too much.")
        self.joins.append(now)


class LiveWorker:
    """This process's part of live delivery, for one application."""

    def __init__(self, app: Flask, hints: Hints) -> None:
        settings: Settings = app.config["READER"]
        self._app = app
        self._numbers = metrics.of(app)
        self.hints = hints
        self.tails = Tails(app)
        self.watching = Watching(
            url=settings.redis_url,
            secret=app.config["SECRET_KEY"],
            present=self._followers,
            send=fanout.send,
        )
        self.counts = Counts(app, fanout.send)
        self.claim_counts = ClaimCounts(app, fanout.send, self._articles)
        self._present: dict[str, Presence] = {}
        self._sockets: dict[str, set[str]] = defaultdict(set)  # by identity
        self._open: dict[str, float] = {}  # streams that the public may follow, and until when that is known
        self._telling = False

    def hear(self, stream: str, head: int) -> None:
        """Learn that ``stream`` has come to ``head``, by a commit of this process or a hint."""
        self.tails.hint(stream, head)
        self.counts.looks.note(stream)
        self.claim_counts.looks.note(stream)

    def start(self) -> None:
        """Follow the stream that says whose sockets to cut, and listen for hints; once is enough."""
        if streams.ACCESS not in self.tails:
            self.tails.follow(streams.ACCESS, self._cut)
        self.hints.listen()
        if not self._telling:
            self._telling = True
            gevent.spawn(self._keep_telling_heads)
            gevent.spawn(self._keep_cutting_expired)

    def admit(self, sid: str, token: str | None) -> None:
        """A socket was opened, by somebody with this log-in cookie or none."""
        self.start()
        access = self.tails[streams.ACCESS]
        while True:
            known = access.last
            presence = self._presence(token) if token else Presence()
            # A session that ended while it was being looked up was not among those to be cut: look again.
            if access.last == known:
                break
        self._present[sid] = presence
        for identity in presence.identities:
            self._sockets[identity].add(sid)
        self._measure()

    def join(self, sid: str, room: str) -> dict[str, int]:
        """Let a socket follow a stream, or the counts of the front page; what it is told at once.

        Raises :class:`NotJoined`.
        """
        presence = self._present.get(sid)
        if presence is None:
            raise NotJoined("This socket is closed.")
        if room in presence.rooms:
            self.leave(sid, room)
        presence.note_join()
        return self._join_front(sid, presence) if room == following.FRONT else self._join(sid, presence, room)

    def _join(self, sid: str, presence: Presence, room: str) -> dict[str, int]:
        name = following.parse(room)
        if name is None or not self._may_follow(name, presence):
            raise NotJoined("There is no such stream.")
        tail = self.tails.follow(room, partial(self._push, name))
        if not self._enter(sid, presence, room):
            self.tails.leave(room)
            raise NotJoined("This socket is closed.")
        self.watching.join(room)
        if name.feature == "article" and (counts := self.claim_counts.join(name.id)):
            socketio.emit(EVENT, counts, to=sid)
        # Nothing else ran since the room was entered. So what the tail hands over from now on reaches this
        # socket, and all before has a number up to this one, by which the page sees what it has to fetch.
        return {"head": tail.last}

    def _may_follow(self, name: following.Name, presence: Presence) -> bool:
        """Return True if the socket's owner may follow; when thousands join at once, all share the first's answer.

        The answer is dropped at the stream's next event, which may be that the article is gone.
        """
        if name.is_private:
            with self._app.app_context():
                return following.may_follow(name, _viewer(presence))
        room, moment = str(name), time.monotonic()
        if self._open.get(room, 0.0) > moment:
            return True
        with self._app.app_context():
            may = following.may_follow(name, None)
        if may:
            self._open[room] = moment + KNOWN_SECONDS
        return may

    def _join_front(self, sid: str, presence: Presence) -> dict[str, int]:
        if not following.may_follow(following.Name(following.FRONT), None):
            raise NotJoined("There is no such stream.")
        known = self.counts.join()
        if not self._enter(sid, presence, following.FRONT):
            self.counts.leave()
            raise NotJoined("This socket is closed.")
        socketio.emit(EVENT, known, to=sid)
        return {}

    def _enter(self, sid: str, presence: Presence, room: str) -> bool:
        """Put the socket into the room, unless it closed, or entered it, while its join was worked on."""
        if self._present.get(sid) is not presence or room in presence.rooms:
            return False
        socketio.server.enter_room(sid, room)
        presence.rooms.add(room)
        return True

    def leave(self, sid: str, room: str) -> None:
        """Let a socket follow something no longer."""
        presence = self._present.get(sid)
        if presence is not None and room in presence.rooms:
            presence.rooms.remove(room)
            socketio.server.leave_room(sid, room)
            self._left(room)

    def forget(self, sid: str) -> None:
        """Remove a socket from all rooms: it was closed, or is to get no more events."""
        presence = self._present.pop(sid, None)
        if presence is None:
            return
        for identity in presence.identities:
            self._sockets[identity].discard(sid)
            if not self._sockets[identity]:
                del self._sockets[identity]
        for room in presence.rooms:
            socketio.server.leave_room(sid, room)
            self._left(room)
        self._measure()

    def _left(self, room: str) -> None:
        if room == following.FRONT:
            self.counts.leave()
        else:
            self.tails.leave(room)
            if room not in self.tails:
                self._open.pop(room, None)

    def _followers(self) -> dict[str, int]:
        """Return the number of followers per stream in this worker."""
        return {
            tail.stream: tail.followers for tail in self.tails.followed() if tail.stream != streams.ACCESS
        }

    def _articles(self) -> list[int]:
        """The articles that somebody here follows."""
        return [
            int(stream.removeprefix("article:")) for stream in self._followers() if streams.is_article(stream)
        ]

    def _presence(self, token: str) -> Presence:
        """A socket opened with this log-in cookie."""
        with self._app.app_context():
            session = accounts.session_by_token(token)
        if session is None:
            return Presence()
        identities = frozenset((session.element, session.person.element))
        return Presence(identities, session.person.id, session.id)

    def _cut(self, _after: int, events: Sequence[Event]) -> None:
        """Close the sockets of sessions that ended. They may come back, as whoever they then are."""
        for event in events:
            self._cut_sockets(self._sockets.get(event.target, ()))

    def cut_expired(self) -> None:
        """Close the sockets of sessions that expired, as no event tells of that."""
        ids = {presence.session_id for presence in self._present.values() if presence.session_id is not None}
        if not ids:
            return
        with self._app.app_context():
            expired = ids - accounts.open_session_ids(list(ids))
        self._cut_sockets(sid for sid, presence in self._present.items() if presence.session_id in expired)

    def _cut_sockets(self, sids: Iterable[str]) -> None:
        for sid in list(sids):
            self.forget(sid)
            dispatch.cut(socketio.server, sid)

    def _push(self, name: following.Name, after: int, events: Sequence[Event]) -> None:
        room = str(name)
        self._open.pop(room, None)
        fanout.send(room, "live:event", rendering.push(name, after, events))

    def _measure(self) -> None:
        self._numbers.sockets.set(len(self._present))
        self._numbers.streams.set(len(self.tails.followed()))

    def _keep_telling_heads(self) -> None:
        """Tell each room its number, once after it has changed: who joined since was told it then."""
        told: dict[str, int] = {}
        while True:
            gevent.sleep(HEAD_SECONDS)
            heads = {
                tail.stream: tail.last for tail in self.tails.followed() if tail.stream != streams.ACCESS
            }
            for stream, head in heads.items():
                if told.get(stream) != head:
                    fanout.send(stream, "live:head", {"stream": stream, "head": head})
            told = heads

    def _keep_cutting_expired(self) -> None:
        trouble = LogOnce(
            "sessions-unreadable", "sockets of expired sessions stay open until the database is back"
        )
        while True:
            gevent.sleep(EXPIRED_SECONDS)
            with trouble.contained():
                self.cut_expired()


def _viewer(presence: Presence) -> User | None:
    """The person behind a socket. That their log-in has ended meanwhile needs no look: it cuts the socket."""
    return accounts.user_by_id(presence.person_id) if presence.person_id is not None else None


def init_app(app: Flask, hints: Hints) -> LiveWorker:
    """Give ``app`` its part of live delivery."""
    worker = app.extensions[_EXTENSION] = LiveWorker(app, hints)
    return worker


def of(app: Flask) -> LiveWorker:
    """The part of ``app``."""
    found: LiveWorker = app.extensions[_EXTENSION]
    return found
