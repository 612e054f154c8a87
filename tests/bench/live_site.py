"""Reader as it serves, with addresses that make it send events at a given rate, as the peers do.

Run as ``python -m tests.bench.live_site``, with Reader's settings in the environment. The events go to the room
of a stream that followers joined in the ordinary way. ``/go`` hands them to the fan-out; ``/append`` writes them
to the log, from which the tails of all workers read, gather and send them. Their text is made up, so what is
measured is delivery, and not how a comment is rendered.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Any

from gevent import monkey

monkey.patch_all()

import gevent  # noqa: E402 - what is imported before the patch stays unpatched
from flask import Flask, Response, current_app, jsonify, request  # noqa: E402

from reader import config, eventlog, policy  # noqa: E402
from reader.db.transactions import transaction  # noqa: E402
from reader.eventlog import Event, Kind  # noqa: E402
from reader.extensions import socketio  # noqa: E402
from reader.live import rendering  # noqa: E402
from reader.live.following import Name  # noqa: E402
from reader.live.wire import fanout  # noqa: E402
from reader.serving import gunicorn  # noqa: E402

DELAY = 0.3  # until whoever asked has turned to the sockets
SIZE = 660
ENVELOPE = 130  # of one entry, and what it has of the push's
MADE_UP = "stamp="

_committed: dict[int, tuple[int, float]] = {}


class Site(gunicorn.Server):
    """Reader's server with addresses of the benchmark's."""

    def load(self) -> Flask:
        """The application of one worker."""
        app = super().load()
        rendered = rendering.entries

        def entries(name: Name, events: Sequence[Event]) -> list[rendering.ChangedElement]:
            if events and events[0].target.startswith(MADE_UP):
                return [_entry(event.seq, event.target, SIZE) for event in events]
            return rendered(name, events)

        rendering.entries = entries
        eventlog.on_append(app, _note)
        for function in (go, append, facts, commits):
            policy.ROUTES = {**policy.ROUTES, function.__name__: policy.EVERYBODY}
            app.add_url_rule(f"/{function.__name__}", view_func=function)
        return app


def go() -> Response:
    """Send so many bursts at such a rate, of so many events each."""
    room, rate = request.args["room"], float(request.args["rate"])
    bursts, burst, size = (int(request.args[name]) for name in ("bursts", "burst", "size"))

    def send(number: int) -> None:
        fanout.send(room, "live:event", _push(room, number * burst, burst, size))

    gevent.spawn_later(DELAY, _at_rate, rate, bursts, send)
    return jsonify()


def append() -> Response:
    """Write so many events to the log at such a rate."""
    app = current_app._get_current_object()  # type: ignore[attr-defined]
    room, rate, count = request.args["room"], float(request.args["rate"]), int(request.args["bursts"])

    def write(_number: int) -> None:
        with app.app_context(), transaction():
            eventlog.lock(room)
            # Of a kind that nobody is told of: there is no such comment to tell of.
            eventlog.append(Kind.COMMENT_RECOMMENDED, room, f"{MADE_UP}{time.monotonic_ns()}", actor_id=None)

    gevent.spawn_later(DELAY, _at_rate, rate, count, write)
    return jsonify()


def facts() -> Response:
    """Report the backlog of the follower who is furthest behind."""
    waiting = (getattr(client, "_waiting", 0) for client in socketio.server.eio.sockets.values())
    return jsonify(waiting=max(waiting, default=0))


def commits() -> Response:
    """Report the commit time of each event of an article here: monotonic nanoseconds, and seconds since the epoch."""
    return jsonify(_committed)


def _note(stream: str, head: int) -> None:
    if stream.startswith("article:"):
        _committed[head] = time.monotonic_ns(), time.time()


def _at_rate(rate: float, count: int, do: Any) -> None:
    start = time.monotonic()
    for number in range(count):
        gevent.sleep(max(0, start + number / rate - time.monotonic()))
        do(number)


def _push(room: str, after: int, count: int, size: int) -> rendering.Push:
    stamp = f"{MADE_UP}{time.monotonic_ns()}"
    events = [_entry(after + number, stamp, size) for number in range(1, count + 1)]
    return {"stream": room, "from": after, "to": after + count, "events": events}


def _entry(seq: int, stamp: str, size: int) -> rendering.ChangedElement:
    return rendering.ChangedElement(
        seq=seq,
        kind=Kind.COMMENT_POSTED.value,
        target=f"comment-{seq}",
        parent="thread",
        order=seq,
        html=f"{stamp} ".ljust(size - ENVELOPE, "x"),
    )


if __name__ == "__main__":
    settings = config.read()
    gunicorn.prepare(settings)
    Site(settings, lambda: None).run()
