"""A websocket transport for Engine.IO that spends nothing on readers who only listen.

The library gives every client four greenlets, a queue and the whole WSGI environment. Here the connection is
taken out of gunicorn's hands after the handshake and watched by the event loop; a greenlet runs only while
what the client sent is handled, a queue exists only while a socket doesn't take what is written, and one
sweeper pings everybody. To Engine.IO and Socket.IO a :class:`Follower` is a socket like their own.

It stands in for the library's transport where the connection is a plain socket under gevent. A TLS connection
keeps state of its own between the reader and the file descriptor, so it stays with the library.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
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
from reader.live import library, websocket
from reader.live.follower import Follower

log = structlog.get_logger(__name__)

_EXTENSION = "reader-transport"

# The sweeper visits one of so many groups at a time, so that pings don't leave all at once.
GROUPS = 25
PATH = "/socket.io/"
# What handlers may ask of the request that a socket came in by.
KEPT = (
    "HTTP_COOKIE",
    "HTTP_HOST",
    "PATH_INFO",
    "QUERY_STRING",
    "REMOTE_ADDR",
    "REQUEST_METHOD",
    "SCRIPT_NAME",
    "SERVER_NAME",
    "SERVER_PORT",
    "SERVER_PROTOCOL",
    "flask.app",
    "wsgi.url_scheme",
)

PlainSocket = monkey.get_original("socket", "socket")


class Transport:
    """Takes websockets over from the web server for one Engine.IO server, pings them and sends them away."""

    def __init__(self, engine: Any, limit: int) -> None:
        self.engine = engine
        self._limit = limit
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
        headers = [("Content-Type", "text/plain; charset=utf-8")]
        if self._leaving or sum(map(len, self._groups)) >= self._limit:
            start_response("503 SERVICE UNAVAILABLE", [*headers, ("Retry-After", "5")])
            return [b"There is no room for another connection here now."]
        try:
            answer = websocket.accept(environ)
        except websocket.BadHandshake as fault:
            start_response(fault.status, [*headers, ("Sec-WebSocket-Version", websocket.VERSION)])
            return [str(fault).encode()]
        return self._take(environ, connection, answer)

    def _take(self, environ: library.Environ, connection: Any, answer: bytes) -> NoReturn:
        engine = self.engine
        sid = engine.generate_id()
        # Gunicorn closes what it has when we return, which is then nothing.
        own = PlainSocket(connection.family, connection.type, connection.proto, connection.detach())
        follower = Follower(engine, self._groups[next(self._turns) % GROUPS], sid, own)
        engine.sockets[sid] = follower
        engine._trigger_event("connect", sid, _slim(environ), run_async=False)
        follower.write(answer + websocket.frame(f'{packets.OPEN}{{"sid":"{sid}",{self._opening}}}'))
        follower.listen()
        if self._sweeper is None:
            self._sweeper = gevent.spawn(self._sweep)
        raise StopIteration  # gunicorn's word for: this connection is no longer yours

    def send_away(self) -> None:
        """Close every websocket and take no new one: this process ends, its readers shall go to another."""
        self._leaving = True
        for client in list(self.engine.sockets.values()):
            if isinstance(client, Follower):
                client.end(CloseReason.GOING_AWAY)
            else:
                client.close(wait=False)

    def _sweep(self) -> NoReturn:
        pause = self.engine.ping_interval / GROUPS
        while True:
            for group in self._groups:
                gevent.sleep(pause)
                now = time.monotonic()
                for follower in tuple(group):
                    try:
                        follower.check(now, self.engine.ping_timeout)
                    except Exception:
                        log.exception("a websocket could not be pinged")


def _slim(environ: library.Environ) -> library.Environ:
    # Most values are the same for everybody, so they are kept once.
    return {
        key: sys.intern(value) if type(value) is str and key != "HTTP_COOKIE" else value
        for key in KEPT
        if (value := environ.get(key)) is not None
    }


def install(app: Flask) -> None:
    """Put the fast transport under the Socket.IO server of ``app``, or say in one line why that can't be."""
    engine = app.extensions["socketio"].server.eio
    settings: config.Settings = app.config["READER"]
    fast = settings.fast_transport and not library.differences()
    app.wsgi_app = library.SoundWebsockets(app.wsgi_app, PATH, hides=fast)  # type: ignore[method-assign]
    transport = app.extensions[_EXTENSION] = Transport(engine, settings.connections)
    if fast:
        engine._handle_connect = transport.connect
    elif library.differences():
        log.warning("websockets take the slow path, a library has changed", parts=library.differences())


def send_away(app: Flask) -> None:
    """Close every websocket of ``app``, for the end of the process."""
    app.extensions[_EXTENSION].send_away()
