"""Worker of the server: gunicorn's, extended by followers, time limits and shutdown.

Nobody may hold a connection for longer than a request takes. The head of a request has to come within
``KEEPALIVE_SECONDS`` of the last answer, its body within ``BODY_SECONDS``, before the application is called; the client
has to take the answer within ``WRITE_SECONDS``. :mod:`reader.web.connections` limits the connections of one address.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from http import HTTPStatus
from typing import Any, NoReturn

import gevent
import structlog
from gunicorn.http.errors import InvalidHeader, ParseException
from gunicorn.workers.ggevent import GeventWorker

from reader.live.wire import transport
from reader.logs import LimitedLog
from reader.web import access_log, connections, edge
from reader.web.access_log import Exchange
from reader.web.connections import FORWARDED, Connections

log = structlog.get_logger(__name__)

# A connection that was quiet for so long waits for no answer.
IDLE_SECONDS = 0.5
BODY_SECONDS = 30.0
WRITE_SECONDS = 60.0
# Refused clients that may wait for their answer; further ones are disconnected.
MAX_REFUSALS = 50
# Headers in which proxies name the client.
PROXIED = frozenset({FORWARDED, "FORWARDED"})


def _fields(req: Any) -> dict[str, str]:
    """The headers of a request by name, as the application is told them; few have one twice."""
    headers = getattr(req, "headers", ())
    fields = dict(headers)
    if len(fields) < len(headers) and FORWARDED in fields:
        fields[FORWARDED] = ",".join(value for name, value in headers if name == FORWARDED)
    return fields


class Worker(GeventWorker):
    """A worker that, told to stop, sends its open pages to another one (or to its successor) first."""

    quitting = False

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._kept: dict[gevent.Greenlet, tuple[gevent.Timeout, float]] = {}
        self._refusals = 0
        self._unreadable = LimitedLog(log, max_lines=1)

    def load_wsgi(self) -> None:
        """Make the application, and know what it is set to."""
        super().load_wsgi()
        self._settings = self.wsgi.config["READER"]
        self._connections: Connections = connections.of(self.wsgi)
        self._body_limit: int = self.wsgi.config["MAX_CONTENT_LENGTH"]

    def handle(self, listener: Any, client: Any, addr: Any) -> None:
        """Serve one connection, unless its address holds too many."""
        key = self._connections.key_of_peer(addr[0])
        if not self._connections.admits(key):
            self._refuse(client)
            return
        self._connections.hold(key)
        try:
            super().handle(listener, client, addr)
        finally:
            self._connections.release(key)

    def handle_request(self, listener_name: Any, req: Any, sock: Any, addr: Any) -> None:
        """Answer one request, within the bounds of its address and of time."""
        req.began = time.perf_counter()
        fields = _fields(req)
        if not fields.get("HOST") and req.version >= (1, 1):
            raise InvalidHeader("HOST", req=req)
        if req.req_number == 1 and not PROXIED.isdisjoint(fields):
            self._connections.note_forwarded()
        counted = self._connections
        key = counted.key_of_request(addr[0], fields)
        if not counted.admits(key):
            self._end(req, sock, addr, HTTPStatus.TOO_MANY_REQUESTS)
        counted.hold(key)
        sock.settimeout(WRITE_SECONDS)  # a websocket that was let in bounds its writing itself
        try:
            if not self._read_body(req, sock):
                self._end(req, sock, addr, HTTPStatus.REQUEST_TIMEOUT)
            super().handle_request(listener_name, req, sock, addr)
        except gevent.GreenletExit:
            raise StopIteration from None  # the time to end is over: who still reads is hung up on
        except TimeoutError:
            edge.reset(sock)
            raise StopIteration from None
        finally:
            sock.settimeout(None)  # to wait with one takes a timer each time
            counted.release(key)

    def _read_body(self, req: Any, sock: Any) -> bool:
        """Read the whole body before the application is called; return True if it came in time.

        A body that is too long is left to the application, which refuses it by its length.
        """
        length = getattr(req.body.reader, "length", None)  # unknown where it comes in chunks
        if length is not None and not 0 < length <= self._body_limit:
            return True
        with gevent.Timeout(BODY_SECONDS, False):
            if req._expected_100_continue:
                req._expected_100_continue = False
                sock.sendall(b"HTTP/1.1 100 Continue\r\n\r\n")
            data = req.body.read(self._body_limit + 1)
            req.body.buf.write(data)  # to be read again
            if length is None:
                others = (field for field in req.headers if field[0] != "TRANSFER-ENCODING")
                req.headers = [*others, ("CONTENT-LENGTH", str(len(data)))]
            return True
        return False

    def _end(self, req: Any, sock: Any, addr: Any, status: HTTPStatus) -> NoReturn:
        """Answer a request without the application, and close the connection."""
        self._note(req, addr, status, 0)
        edge.send_last(sock, edge.answer(status, self._settings))
        raise StopIteration

    def _refuse(self, client: Any) -> None:
        """Tell a client that its address holds too many connections; reset it if many are being told already."""
        if self._refusals >= MAX_REFUSALS:
            edge.reset(client)
            return
        self._refusals += 1
        try:
            edge.send_last(client, edge.answer(HTTPStatus.TOO_MANY_REQUESTS, self._settings))
        finally:
            self._refusals -= 1

    def handle_error(self, req: Any, client: Any, addr: Any, exc: BaseException) -> None:
        """Answer a request that could not be read, or that failed.

        The former is logged once a minute at most.
        """
        if isinstance(exc, gevent.GreenletExit):
            return
        status = edge.status_of(exc)
        if status >= HTTPStatus.INTERNAL_SERVER_ERROR and not isinstance(exc, ParseException):
            log.error("request-failed", exc_info=exc)
        else:
            self._unreadable.warning("request-unreadable", status=status.value, fault=type(exc).__name__)
        self._note(req, addr, status, 0)
        edge.send_last(client, edge.answer(status, self._settings))

    def note_request(self, req: Any, environ: Any, resp: Any) -> None:
        """Write down what the application answered; gunicorn's ``post_request``. What broke is noted as such."""
        if resp is not None and resp.status is not None:
            self._note(req, req.peer_addr, resp.status_code, resp.sent)
        elif "HTTP_UPGRADE" in environ:
            self._note(req, req.peer_addr, HTTPStatus.SWITCHING_PROTOCOLS, 0)

    def _note(self, req: Any, addr: Any, status: int, length: int) -> None:
        if self._settings.access_log:
            method, path = getattr(req, "method", None), getattr(req, "path", None)
            seconds = time.perf_counter() - getattr(req, "began", time.perf_counter())
            client = self._connections.client(addr[0], _fields(req))
            access_log.note(Exchange(client, method, path, status, length, seconds))

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
