"""One worker of the server: gunicorn's, with what it knows of followers, of kept pages, and of its end."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, NoReturn

import gevent
from gunicorn.workers.ggevent import GeventWorker

from reader import shortcut
from reader.live import transport

# A connection that was quiet for so long waits for no answer.
IDLE_SECONDS = 0.5


class Worker(GeventWorker):
    """A worker that, told to stop, sends its open pages to another one (or to its successor) first."""

    quitting = False

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._kept: dict[gevent.Greenlet, tuple[gevent.Timeout, float]] = {}

    def handle(self, listener: Any, client: Any, addr: Any) -> None:
        """Serve one connection; a follower's is taken at once, before it costs what a request does."""
        if not transport.meet(self.wsgi, client):
            super().handle(listener, client, addr)

    def handle_request(self, listener_name: Any, req: Any, sock: Any, addr: Any) -> None:
        """Answer one request; at once if it is for a page that is kept."""
        page = shortcut.answer(self.wsgi, req, addr[0]) if self.alive else None
        if page is None:
            super().handle_request(listener_name, req, sock, addr)
        else:
            try:
                sock.sendall(page)
            except gevent.GreenletExit:
                raise StopIteration from None  # the time to end is over: who still reads is hung up on

    @contextmanager
    def timeout_ctx(self) -> Iterator[None]:
        """Wait for the next request on a connection, as long as it may be kept without one."""
        connection = gevent.getcurrent()
        with gevent.Timeout(self.cfg.keepalive, False) as patience:
            if getattr(connection, "has_asked", False):
                self._kept[connection] = patience, time.monotonic()
            connection.has_asked = True
            try:
                yield
            finally:
                self._kept.pop(connection, None)

    def handle_exit(self, sig: int, frame: Any) -> None:
        """Stop accepting, and close the sockets; their clients connect again and fetch what they missed."""
        super().handle_exit(sig, frame)
        gevent.spawn(transport.send_away, self.wsgi)
        gevent.spawn(self._lose_patience)

    def _lose_patience(self) -> NoReturn:
        """Close connections that are kept for another request: those of a proxy would be waited for in vain."""
        while True:
            for connection, (patience, since) in list(self._kept.items()):
                if time.monotonic() - since > IDLE_SECONDS:
                    connection.kill(patience, block=False)
            gevent.sleep(IDLE_SECONDS)

    def handle_quit(self, sig: int, frame: Any) -> None:
        """End at once. Ctrl+C reaches a worker twice, from the terminal and from its parent: once is enough."""
        if not self.quitting:
            self.quitting = True
            super().handle_quit(sig, frame)
