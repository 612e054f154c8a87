"""A Socket.IO application with nothing but the transport and the fan-out, and routes to look at and drive them."""

import gc
import os
from collections import Counter
from pathlib import Path
from typing import Any

import engineio
import gevent
from flask import Flask, Response, jsonify, request
from werkzeug.http import parse_cookie

from reader import config
from reader.extensions import socketio
from reader.live.wire import fanout, library, packets, rooms, transport
from reader.live.wire.dispatch import Dispatcher, Handler
from reader.web import connections

gone: Counter[str] = Counter()


def connect(_sid: str, environ: dict[str, Any], _auth: Any) -> bool:
    """Let everybody in but those who say that they are nobody."""
    return parse_cookie(environ).get("name") != "nobody"


def disconnected(_sid: str, reason: str) -> None:
    """Remember why."""
    gone[reason] += 1


def join(sid: str, room: str) -> dict[str, str]:
    """Let the client enter a room."""
    socketio.server.enter_room(sid, room)
    return {"joined": room}


def leave(sid: str, room: str) -> None:
    """Let the client leave a room."""
    socketio.server.leave_room(sid, room)


def echo(_sid: str, said: Any) -> Any:
    """Give back what was said."""
    return said


def who(sid: str) -> dict[str, Any]:
    """Report what a handler can know about the request that opened the socket."""
    return {"name": parse_cookie(socketio.server.get_environ(sid)).get("name"), "sid": sid}


def cast() -> Response:
    """Send numbered events to a room, as many as asked for, in as many greenlets."""
    room, size = request.args["room"], int(request.args.get("size", 10))
    first, events = int(request.args.get("first", 0)), int(request.args.get("events", 1))
    pause = float(request.args.get("pause", 0))
    for number in range(first, first + events):
        fanout.send(room, "number", {"number": number, "filling": "ü" * (size // 2)})
        gevent.sleep(pause)
    return jsonify(sent=events)


def say() -> Response:
    """Send something to one client."""
    socketio.emit("said", request.args["text"], to=request.args["sid"])
    return jsonify(said=True)


def disconnect() -> Response:
    """Have the library disconnect one client; with ``hard``, its connection too."""
    if "hard" in request.args:
        engine_sid = socketio.server.manager.eio_sid_from_sid(request.args["sid"], "/")
        socketio.server.eio.disconnect(engine_sid)
    else:
        socketio.server.disconnect(request.args["sid"])
    return jsonify(done=True)


def facts() -> Response:
    """Report the state of the process."""
    # The library keeps a socket that it has closed until its next round.
    clients = [client for client in socketio.server.eio.sockets.values() if not client.closed]
    process = Path("/proc/self")
    pages = int((process / "statm").read_text().split()[1])
    return jsonify(
        sockets=len(clients),
        kinds=sorted({type(client).__name__ for client in clients}),
        environs=len(socketio.server.environ),
        rooms={
            str(room): len(members) for room, members in socketio.server.manager.rooms.get("/", {}).items()
        },
        greenlets=sum(isinstance(thing, gevent.Greenlet) and not thing.dead for thing in gc.get_objects()),
        pending=max((getattr(client, "_waiting", 0) for client in clients), default=0),
        files=len(list((process / "fd").iterdir())),
        memory=pages * os.sysconf("SC_PAGESIZE"),
        gone=dict(gone),
    )


HANDLERS: dict[str, Handler] = {
    "join": join,
    "leave": leave,
    "echo": echo,
    "who": who,
}


def make() -> Flask:
    """The application; settings from the environment.

    Besides, ``PING`` holds ping interval and timeout, and with ``CHANGED`` a library is not as we know it.
    """
    if "CHANGED" in os.environ:
        library.LEANT_ON += ((engineio.Server, "_gone_since_the_last_version", "()"),)
    interval, timeout = (float(seconds) for seconds in os.environ.get("PING", "25 20").split())
    app = Flask(__name__)
    app.config["READER"] = config.read()
    connections.init_app(app)
    socketio.init_app(
        app,
        async_mode="gevent",
        client_manager=rooms.manager(),
        transports=["websocket"],
        ping_interval=interval,
        ping_timeout=timeout,
        max_http_buffer_size=packets.MAX_MESSAGE_BYTES,
        cors_allowed_origins=lambda origin, _environ: origin != "https://evil.example",
    )
    socketio.server.on("connect", connect)
    socketio.server.on("disconnect", disconnected)
    Dispatcher(socketio.server, HANDLERS)
    transport.install(app)
    for function in (cast, say, disconnect, facts):
        app.add_url_rule(f"/{function.__name__}", view_func=function)
    return app
