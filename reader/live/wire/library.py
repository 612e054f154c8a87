"""The libraries below Flask-SocketIO: which private parts we lean on, and a fault that we put right.

The fast path (``transport``, ``fanout`` and ``rooms`` beside this module) is for when :func:`differences` finds none.
The libraries' own path, taken otherwise, is made sound by :class:`SoundWebsockets`.
"""

from __future__ import annotations

import inspect
import socket
import time
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from functools import cache
from typing import Any

import engineio
import gevent
import socketio
from engineio.async_drivers.gevent import WebSocketWSGI
from engineio.packet import Packet
from engineio.socket import Socket
from gevent.lock import BoundedSemaphore
from simple_websocket import ConnectionClosed
from wsproto.utilities import LocalProtocolError

from reader.live.wire import packets, websocket
from reader.live.wire.packets import PacketRefused

Environ = dict[str, Any]
Answer = Iterable[bytes]
Application = Callable[[Environ, Any], Answer]

SOCKET = "gunicorn.socket"
HIDDEN = "reader.socket"
HANDSHAKE = {
    "HTTP_HOST",
    "HTTP_ORIGIN",
    "HTTP_COOKIE",
    "HTTP_UPGRADE",
    "HTTP_CONNECTION",
    "HTTP_SEC_WEBSOCKET_KEY",
    "HTTP_SEC_WEBSOCKET_VERSION",
}
# How long one write to a client that reads slowly may take before its connection is given up.
PATIENCE_SECONDS = 20.0
# Packets that may wait for one client; a batch holds at most 16 kB, so this is 1 MiB.
MAX_WAITING = 64
# Raised by closing if the client is gone, or the connection was closed before.
GONE = (OSError, ConnectionClosed, LocalProtocolError)
# Bytes read at once: some hundred of the smallest frames.
MAX_READ = 1024

LEANT_ON: tuple[tuple[type, str, str], ...] = (
    (engineio.Server, "_handle_connect", "(self, environ, start_response, transport, jsonp_index=None)"),
    (engineio.Server, "_trigger_event", "(self, event, *args, **kwargs)"),
    (engineio.Server, "_get_socket", "(self, sid)"),
    (engineio.Server, "generate_id", "(self)"),
    (socketio.Server, "_send_eio_packet", "(self, eio_sid, eio_pkt)"),
    (socketio.Manager, "basic_enter_room", "(self, sid, namespace, room, eio_sid=None)"),
    (socketio.Manager, "get_participants", "(self, namespace, room)"),
    (socketio.Manager, "is_sid_room", "(self, namespace, room)"),
    (Socket, "send", "(self, pkt)"),
    (Socket, "close", "(self, wait=True, abort=False, reason=None)"),
    (Socket, "check_ping_timeout", "(self)"),
    (Packet, "encode", "(self, b64=False)"),
)


@cache
def differences() -> tuple[str, ...]:
    """The private parts that are not as we know them, by name; empty when all are."""
    found = [
        f"{owner.__module__}.{owner.__qualname__}.{name}"
        for owner, name, expected in LEANT_ON
        if (part := getattr(owner, name, None)) is None or str(inspect.signature(part)) != expected
    ]
    manager = socketio.Manager()
    manager.basic_enter_room("client", "/", None, eio_sid="socket")
    manager.basic_enter_room("client", "/", "room")
    rooms = getattr(manager, "rooms", {})
    if {name: dict(members) for name, members in rooms.get("/", {}).items()} != {
        None: {"client": "socket"},
        "room": {"client": "socket"},
    }:
        found.append("socketio.Manager.rooms")
    return tuple(found)


def send(server: socketio.Server, member: str, packet: Packet) -> None:
    """Queue ``packet`` for a websocket of the library's own; one with too much waiting is closed instead."""
    websocket = server.eio.sockets.get(member)
    if websocket is not None and websocket.queue.qsize() >= MAX_WAITING:
        websocket.close(wait=False, abort=True)
    else:
        server._send_eio_packet(member, packet)


class SoundWebsockets:
    """Stands before the library's WSGI application, and puts right what that gets wrong.

    Its websockets ignore how much ``send()`` wrote, so the stream of a slow reader would be torn, and agree to
    compression whenever a browser offers it. A handshake that asks wrongly is a traceback, what it answers lacks our
    headers, and for every request, page or socket, that has gunicorn's socket in it, it makes a class that only another
    server needs, and leaves it to the garbage collector.
    """

    def __init__(self, application: Any, path: str, *, hides: bool, headers: Mapping[str, str]) -> None:
        """``application`` serves sockets under ``path``; with ``hides`` it isn't shown the connection there.

        What is answered there is given the ``headers``.
        """
        self._sockets: Application = application
        self._pages: Application = application.wsgi_app
        self._path = path
        self._hides = hides
        self._headers = [*headers.items()]

    def __call__(self, environ: Environ, start_response: Any) -> Answer:
        """Answer one request."""
        if not environ["PATH_INFO"].startswith(self._path):
            return self._pages(environ, start_response)

        def start(status: str, headers: list[tuple[str, str]], *rest: Any) -> Any:
            return start_response(status, headers + self._headers, *rest)

        if SOCKET in environ and environ.get("HTTP_UPGRADE", "").lower() == "websocket":
            try:
                websocket.accept(environ)
            except websocket.BadHandshake as error:
                start(
                    error.status,
                    [
                        ("Content-Type", "text/plain; charset=utf-8"),
                        ("Sec-WebSocket-Version", websocket.VERSION),
                    ],
                )
                return [str(error).encode()]
            if self._hides:
                environ[HIDDEN] = BoundedConnection(environ.pop(SOCKET))
            else:
                _keep_only_handshake(environ)
                environ[SOCKET] = BoundedConnection(environ[SOCKET])
        return self._sockets(environ, start)


def _keep_only_handshake(environ: Environ) -> None:
    """Drop all headers that the library's handshake does not need: it gives up on some, and agrees to compression."""
    for name in [name for name in environ if name.startswith("HTTP_") and name not in HANDSHAKE]:
        del environ[name]


class BoundedConnection:
    """Connection for the library: a write is complete or ends it, and reads are limited to a client's allowance."""

    def __init__(self, connection: socket.socket) -> None:
        self.connection = connection
        self.connection.settimeout(None)  # the web server's, for an answer to a request
        self._turn = BoundedSemaphore()
        self._allowance = packets.Allowance()
        self.is_over = False

    def send(self, data: bytes) -> int:
        """Write all of ``data``; TimeoutError when the client doesn't take it for too long."""
        with self._turn, gevent.Timeout(PATIENCE_SECONDS, TimeoutError("the client does not read")):
            try:
                self.connection.sendall(data)
            except TimeoutError:
                self.hang_up()
                raise
        return len(data)

    def recv(self, size: int) -> bytes:
        """Read at most ``size`` bytes; none, as at the end, from a client that sends too much."""
        gevent.sleep(0)  # others have their turn
        try:
            data = self.connection.recv(min(size, MAX_READ))
        except ValueError:  # gevent's word for a TLS connection that was shut down
            return b""
        if not self.is_over and not self._allowance.covers(len(data)):
            self.is_over = True
            PacketRefused("too much").log()
        return b"" if self.is_over else data

    def hang_up(self) -> None:
        """End the connection in both directions, so that whoever waits for the client waits no longer."""
        self.is_over = True
        with suppress(OSError):
            self.connection.shutdown(socket.SHUT_RDWR)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.connection, name)


class BoundedWebsocket(WebSocketWSGI):  # type: ignore[misc]
    """The library's websocket, held to what a client may send, and closed without waiting for the client."""

    def __init__(self, handler: Callable[[Any], Answer], server: engineio.Server) -> None:
        super().__init__(handler, server)
        self.server_args["max_message_size"] = server.max_http_buffer_size
        self._connect_by: float | None = time.monotonic() + packets.CONNECT_SECONDS

    def wait(self) -> str | None:
        """The next message that the client may send; None when it is gone, or has been cut off."""
        gevent.sleep(0)  # others have their turn
        left = self._connect_by and max(0.0, self._connect_by - time.monotonic())
        try:
            message: str | bytes | None = self.ws.receive(timeout=left)
            if self.ws.sock.is_over:  # what came before that is dropped
                return None
            if message is None:
                raise PacketRefused("silent")
            packets.check(message)
        except ConnectionClosed:
            return None
        except PacketRefused as error:
            error.log()
            with suppress(*GONE):
                self.ws.close(error.code)
            return None
        if message[:1] == packets.MESSAGE:
            self._connect_by = None
        return str(message)

    def close(self) -> None:
        """Say goodbye and hang up."""
        with suppress(*GONE):
            super().close()
        self.ws.sock.hang_up()


def bound_websockets(engine: engineio.Server) -> None:
    """Have the library make bounded websockets for one server."""
    engine._async = {**engine._async, "websocket": BoundedWebsocket}
