"""Flask-SocketIO as it comes, on gevent: run as ``python -m tests.bench.peers.plain PORT``."""

from __future__ import annotations

import resource
import sys
import time

from gevent import monkey

monkey.patch_all()

import gevent  # noqa: E402 - what is imported before the patch stays unpatched
from flask import Flask, Response, jsonify, request  # noqa: E402
from flask_socketio import SocketIO, join_room  # noqa: E402

DELAY = 0.3
ENVELOPE = 27

app = Flask(__name__)
socketio = SocketIO(app, async_mode="gevent", transports=["websocket"])


@socketio.on("connect")  # type: ignore[untyped-decorator]
def connect() -> None:
    """Everybody is in one room."""
    join_room("room")


@app.get("/go")
def go() -> Response:
    """Send so many events, as every server under measurement does."""
    rate, bursts = float(request.args["rate"]), int(request.args["bursts"])
    gevent.spawn_later(DELAY, _send, rate, bursts, int(request.args["burst"]), int(request.args["size"]))
    return jsonify()


def _send(rate: float, bursts: int, burst: int, size: int) -> None:
    start = time.monotonic()
    for number in range(bursts):
        gevent.sleep(max(0, start + number / rate - time.monotonic()))
        for _ in range(burst):
            html = f"stamp={time.monotonic_ns()} ".ljust(size - ENVELOPE, "x")
            socketio.emit("live:event", {"html": html}, to="room")


if __name__ == "__main__":
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    socketio.run(app, host="127.0.0.1", port=int(sys.argv[1]))
