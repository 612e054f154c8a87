"""Handlers of incoming socket events: joining and leaving, nothing else. None of them writes to the database."""

from __future__ import annotations

import logging
from collections.abc import Callable
from functools import partial
from typing import Any

from flask import Flask
from werkzeug.http import parse_cookie

from reader import config
from reader.extensions import socketio
from reader.live import origins, worker
from reader.live.wire import packets, rooms, transport
from reader.live.wire.dispatch import Dispatcher
from reader.live.worker import NotJoined
from reader.web import cookies

PING_SECONDS = 25
PONG_SECONDS = 20

Answer = dict[str, Any]


def connect(app: Flask, sid: str, environ: dict[str, Any], _auth: object = None) -> None:
    """Know who is there, by the log-in cookie of the handshake."""
    token = None
    if "HTTP_COOKIE" in environ:
        token = parse_cookie(environ).get(cookies.login_cookie(app.config["READER"]))
        del environ["HTTP_COOKIE"]  # a client is connected once, and the library keeps this until it goes
    worker.of(app).admit(sid, token)


def disconnect(app: Flask, sid: str, _reason: str) -> None:
    """Forget who was there."""
    worker.of(app).forget(sid)


def join(app: Flask, sid: str, *payload: object) -> Answer:
    """``live:join {stream}``: acknowledged with the head, after which everything is sent, or an error."""
    room = _room(payload)
    if room is None:
        return _NOT_UNDERSTOOD
    try:
        return {**worker.of(app).join(sid, room)}
    except NotJoined as error:
        return {"error": str(error)}


def leave(app: Flask, sid: str, *payload: object) -> Answer:
    """``live:leave {stream}``."""
    room = _room(payload)
    if room is None:
        return _NOT_UNDERSTOOD
    worker.of(app).leave(sid, room)
    return {}


_NOT_UNDERSTOOD: Answer = {"error": "It takes one object: {stream}, the name of a stream."}

# The events that a client may send.
HANDLERS: dict[str, Callable[..., Answer]] = {"live:join": join, "live:leave": leave}


def _room(payload: tuple[object, ...]) -> str | None:
    match payload:
        case ({"stream": str(room), **others},) if not others:
            return room
    return None


def init_app(app: Flask) -> None:
    """Serve ``/socket.io`` in front of ``app``: websockets only, and only for pages of this site."""
    settings: config.Settings = app.config["READER"]
    socketio.init_app(
        app,
        async_mode="gevent",
        client_manager=rooms.manager(),
        transports=["websocket"],
        allow_upgrades=False,
        cors_allowed_origins=lambda origin, environ: origins.is_ours(
            origin, environ.get("HTTP_HOST", ""), settings
        ),
        cors_credentials=False,
        max_http_buffer_size=packets.MAX_MESSAGE_BYTES,
        ping_interval=PING_SECONDS,
        ping_timeout=PONG_SECONDS,
        http_compression=False,
        manage_session=False,
        # Left to themselves the libraries write to standard error besides, as it came from the client.
        logger=logging.getLogger("socketio.server"),
        engineio_logger=logging.getLogger("engineio.server"),
    )
    # Not by way of Flask-SocketIO, which makes up a request for each message: that costs more than the rest.
    socketio.server.on("connect", partial(connect, app))
    socketio.server.on("disconnect", partial(disconnect, app))
    Dispatcher(socketio.server, {event: partial(handler, app) for event, handler in HANDLERS.items()})
    transport.install(app)
