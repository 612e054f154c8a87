"""The least that can answer with a page: a WSGI function, or a Flask view, on the same server as Reader.

Run as ``python -m tests.bench.bare wsgi|flask PORT FILE``: it answers everything with the bytes of FILE.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from gevent import monkey

monkey.patch_all()

from flask import Flask, Response  # noqa: E402 - what is imported before the patch stays unpatched
from gunicorn.app.base import BaseApplication  # noqa: E402
from gunicorn.workers.ggevent import GeventWorker  # noqa: E402

from reader.config import Settings  # noqa: E402
from reader.serving.gunicorn import gunicorn_options  # noqa: E402
from reader.serving.worker import Worker  # noqa: E402


class BareWorker(Worker):
    """Reader's worker, but for followers and kept pages, of which this application does not know."""

    def load_wsgi(self) -> None:
        """Make the application, which has no settings."""
        GeventWorker.load_wsgi(self)

    def handle(self, listener: Any, client: Any, addr: Any) -> None:
        """Serve one connection."""
        GeventWorker.handle(self, listener, client, addr)

    def handle_request(self, listener_name: Any, req: Any, sock: Any, addr: Any) -> None:
        """Answer one request."""
        GeventWorker.handle_request(self, listener_name, req, sock, addr)


class Bare(BaseApplication):  # type: ignore[misc]
    """Reader's server with another application in it."""

    def __init__(self, kind: str, port: int, body: bytes) -> None:
        self._kind = kind
        self._port = port
        self._body = body
        super().__init__()

    def load_config(self) -> None:
        """Take over the settings of the real server."""
        for name, value in gunicorn_options(Settings(bind=f"127.0.0.1:{self._port}")).items():
            self.cfg.set(name, value)
        self.cfg.set("worker_class", BareWorker)

    def load(self) -> Any:
        """The application: nothing but the answer."""
        return _flask(self._body) if self._kind == "flask" else _wsgi(self._body)


def _wsgi(body: bytes) -> Any:
    headers = [("Content-Type", "text/html; charset=utf-8"), ("Content-Length", str(len(body)))]

    def answer(_environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        start_response("200 OK", headers)
        return [body]

    return answer


def _flask(body: bytes) -> Flask:
    app = Flask("bare")

    @app.get("/<path:path>")
    def answer(path: str) -> Response:
        return Response(body)

    return app


if __name__ == "__main__":
    Bare(sys.argv[1], int(sys.argv[2]), Path(sys.argv[3]).read_bytes()).run()
