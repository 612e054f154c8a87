"""A websocket transport for Engine.IO that spends nothing on readers who only listen.

The library gives every client four greenlets, a queue and the whole WSGI environment. Here the connection is
taken out of gunicorn's hands after the handshake and watched by the event loop; a greenlet runs only while what
the client sent is handled, a queue exists only while a socket doesn't take what is written, and one sweeper pings
everybody. To Engine.IO and Socket.IO a :class:`Follower` is a socket like their own.

It stands in for the library's transport where the connection is a plain socket under gevent. A TLS connection
keeps state of its own between the reader and the file descriptor, so it stays with the library.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from functools import partial
from itertools import count
from typing import Any, NoReturn

import gevent
import gevent.socket
import structlog
from engineio import packet as packets
from flask import Flask
from gevent import monkey
from wsproto.frame_protocol import CloseReason

from reader import config
from reader.live.wire import library, websocket
from reader.live.wire.follower import Follower, close
from reader.web import connections, security
from reader.web.connections import FORWARDED, Connections

log = structlog.get_logger(__name__)

PATH = "/socket.io/"
_EXTENSION = "reader-transport"

# The sweeper visits one of so many groups at a time, so that pings don't leave all at once. Fewer at a time cost more:
# their answers come one by one, and the loop wakes for each. In between, requests get their turn.
GROUPS = 5
PINGS_BETWEEN_YIELDS = 100
# All that handlers ask of the request that a socket came in by.
COOKIE = "HTTP_COOKIE"
_FORWARDED = "HTTP_X_FORWARDED_FOR"

PlainSocket = monkey.get_original("socket", "socket")


class Transport:
    """Takes websockets over from the web server for one Engine.IO server, pings them and sends them away."""

    def __init__(self, engine: Any, limit: int, counted: Connections) -> None:
        self.engine = engine
        self._limit = limit
        self._counted = counted
        self._slow: Callable[..., library.Answer] = engine._handle_connect
        self._groups: list[set[Follower]] = [set() for _ in range(GROUPS)]
        self._turns = count()
        self._sweeper: gevent.Greenlet | None = None
        self._leaving = False
        # What every client is told at first, but for its name, which is made of letters, figures and two signs.
        opening = {
            "upgrades": [],
            "pingTimeout": int(engine.ping_timeout * 1000),
            "pingInterval": int(engine.ping_interval * 1000),
            "maxPayload": engine.max_http_buffer_size,
        }
        self._opening = json.dumps(opening, separators=(",", ":")).strip("{}")

    def connect(
        self, environ: library.Environ, start_response: Any, transport: str, jsonp_index: int | None = None
    ) -> library.Answer:
        """Answer a client's first request, in place of Engine.IO's own ``_handle_connect``."""
        wrapped = environ.get(library.HIDDEN)
        connection = getattr(wrapped, "connection", None)
        if transport != "websocket" or type(connection) is not gevent.socket.socket:
            if wrapped is not None:
                environ[library.SOCKET] = wrapped
            return self._slow(environ, start_response, transport, jsonp_index)
        if self._is_closed():
            headers = [("Content-Type", "text/plain; charset=utf-8"), ("Retry-After", "5")]
            start_response("503 SERVICE UNAVAILABLE", headers)
            return [b"There is no room for another connection here now."]
        self._take(environ, connection, websocket.accept(environ), environ["REMOTE_ADDR"])
        raise StopIteration  # gunicorn's word for: this connection is no longer yours

    def _is_closed(self) -> bool:
        return self._leaving or sum(map(len, self._groups)) >= self._limit

    def _take(self, environ: library.Environ, connection: Any, answer: bytes, peer: str) -> None:
        engine = self.engine
        sid = engine.generate_id()
        # The web server closes what it has when we return, which is then nothing.
        own = PlainSocket(connection.family, connection.type, connection.proto, connection.detach())
        # The web server stops counting the connection when it has let go of it.
        key = self._counted.key_of_follower(peer, _named(environ))
        self._counted.hold(key)
        group, release = self._groups[next(self._turns) % GROUPS], partial(self._counted.release, key)
        follower = Follower(engine, group, sid, own, release)
        engine.sockets[sid] = follower
        kept = {COOKIE: environ[COOKIE]} if COOKIE in environ else {}
        engine._trigger_event("connect", sid, kept, run_async=False)
        follower.write(answer + websocket.frame(f'{packets.OPEN}{{"sid":"{sid}",{self._opening}}}'))
        follower.listen()
        if self._sweeper is None:
            self._sweeper = gevent.spawn(self._sweep)

    def send_away(self) -> None:
        """Close every websocket and take no new one: this process ends, its readers shall go to another."""
        self._leaving = True
        for client in list(self.engine.sockets.values()):
            close(client, CloseReason.GOING_AWAY)

    def _sweep(self) -> NoReturn:
        pause = self.engine.ping_interval / GROUPS
        while True:
            for group in self._groups:
                gevent.sleep(pause)
                now = time.monotonic()
                for number, follower in enumerate(tuple(group), 1):
                    try:
                        follower.check(now, self.engine.ping_timeout)
                    except Exception:
                        log.exception("ping-failed")
                    if number % PINGS_BETWEEN_YIELDS == 0:
                        gevent.sleep(0)


def _named(environ: library.Environ) -> dict[str, str]:
    """Return the proxy's header about the client, named as the web server names it."""
    return {FORWARDED: environ[_FORWARDED]} if _FORWARDED in environ else {}


def install(app: Flask) -> None:
    """Install the fast transport under the Socket.IO server of ``app``, or log why that is impossible."""
    engine = app.extensions["socketio"].server.eio
    settings: config.Settings = app.config["READER"]
    fast = settings.fast_transport and not library.differences()
    app.wsgi_app = library.SoundWebsockets(  # type: ignore[method-assign]
        app.wsgi_app, PATH, hides=fast, headers=_headers(settings)
    )
    library.bound_websockets(engine)
    transport = app.extensions[_EXTENSION] = Transport(engine, settings.connections, connections.of(app))
    if fast:
        engine._handle_connect = transport.connect
    elif library.differences():
        log.warning("fast-transport-disabled", parts=library.differences())


def _headers(settings: config.Settings) -> dict[str, str]:
    """Return the headers of answers other than websockets, which nobody is to keep or show."""
    https_only = {"Strict-Transport-Security": security.HTTPS_ONLY} if settings.secure else {}
    return {
        **security.HEADERS,
        **https_only,
        "Content-Security-Policy": security.content_policy(None),
        "Cache-Control": security.PRIVATE,
    }


def send_away(app: Flask) -> None:
    """Close every websocket of ``app``, for the end of the process."""
    app.extensions[_EXTENSION].send_away()
