"""Live delivery: streams, hints, tails, fan-out, catch-up. The only user of Socket.IO. See the README."""

from functools import partial

from flask import Flask

from reader import config, eventlog
from reader.live import sockets, worker
from reader.live.hints import Hints


def init_app(app: Flask) -> None:
    """Connect the event log to Socket.IO: what is committed here wakes the tails of every worker."""
    settings: config.Settings = app.config["READER"]
    hints = Hints(
        settings.redis_url, secret=app.config["SECRET_KEY"], receive=partial(eventlog.publish_hint, app)
    )
    sockets.init_app(app)
    here = worker.init_app(app, hints)
    eventlog.on_append(app, hints.send)
    eventlog.on_news(app, here.hear)


def listen(app: Flask) -> None:
    """Hear what other processes commit from now on, before anybody follows anything here. For servers."""
    worker.of(app).hints.listen()
