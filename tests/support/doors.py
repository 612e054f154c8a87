"""A worker of the production server inside a test, and connections to it from whatever address."""

from __future__ import annotations

import gc
import os
from types import SimpleNamespace
from typing import Any

import gevent
import gevent.socket
from flask import Flask
from gunicorn.config import Config

from reader.serving.gunicorn import GunicornLog, gunicorn_options
from reader.serving.worker import Worker

# So long a test waits for what has to come.
PATIENCE_SECONDS = 20.0
STRANGER = "203.0.113.7"


def _greenlets() -> list[gevent.Greenlet]:
    """Those that are alive."""
    return [thing for thing in gc.get_objects() if isinstance(thing, gevent.Greenlet) and not thing.dead]


class Door:
    """A worker that serves an application, as one of the server's would, without listening anywhere."""

    def __init__(self, app: Flask) -> None:
        cfg = Config()
        for name, value in gunicorn_options(app.config["READER"]).items():
            cfg.set(name, value)
        cfg.set("post_request", Worker.note_request)
        self.worker = Worker(0, os.getpid(), [], SimpleNamespace(wsgi=lambda: app), 30, cfg, GunicornLog(cfg))
        self.worker.load_wsgi()
        self._visitors: list[Visitor] = []
        self._before = _greenlets()

    def visit(self, address: str = STRANGER) -> Visitor:
        """A new connection, from this address."""
        self._visitors.append(Visitor(self.worker, address))
        return self._visitors[-1]

    def close(self) -> None:
        """Have all go, and wait until the worker has noticed."""
        for visitor in self._visitors:
            visitor.close()
        self.worker.tmp.close()
        # What else was started goes on as long as a server does; the library's own task ends only when it is told to.
        self.worker.wsgi.extensions["socketio"].server.shutdown()
        gevent.killall([each for each in _greenlets() if each not in self._before], timeout=PATIENCE_SECONDS)


class Visitor:
    """A connection to a worker, seen from its other end."""

    def __init__(self, worker: Worker, address: str = STRANGER) -> None:
        served, self.socket = gevent.socket.socketpair()
        self.socket.settimeout(PATIENCE_SECONDS)
        listener: Any = SimpleNamespace(getsockname=lambda: ("127.0.0.1", 8000))
        self.greenlet = gevent.spawn(worker.handle, listener, served, (address, 50_000))

    def send(self, *lines: str, body: bytes = b"") -> None:
        """Send a request's head, with a Host unless it has one, and its body."""
        named = any(line.lower().startswith("host:") for line in lines)
        head = (*lines, *(() if named else ("Host: localhost",)), "", "")
        self.socket.sendall("\r\n".join(head).encode("latin-1") + body)

    def answer(self) -> tuple[int, dict[str, str], bytes]:
        """The next answer: its status, its headers in lower case, its body."""
        data = b""
        while b"\r\n\r\n" not in data:
            more = self.socket.recv(65536)
            assert more, data
            data += more
        head, _, body = data.partition(b"\r\n\r\n")
        first, *lines = head.decode("latin-1").split("\r\n")
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
        while len(body) < int(headers.get("content-length", "0")):
            body += self.socket.recv(65536)
        return int(first.split()[1]), headers, body

    def is_closed(self) -> bool:
        """Wait for the server to end the connection, ignoring what still comes; return True if it does."""
        try:
            while self.socket.recv(65536):
                pass
        except ConnectionResetError:
            pass
        return True

    def close(self) -> None:
        """Go, and wait until the server has noticed."""
        self.socket.close()
        self.greenlet.join(PATIENCE_SECONDS)
