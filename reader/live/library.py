"""The libraries below Flask-SocketIO: which private parts we lean on, and a fault that we put right.

The fast path (:mod:`reader.live.transport`, :mod:`reader.live.fanout`, :mod:`reader.live.rooms`) is for when
:func:`differences` finds none. The libraries' own path, taken otherwise, is made sound by :class:`SoundWebsockets`.
"""

from __future__ import annotations

import inspect
import socket
from collections.abc import Callable, Iterable
from functools import cache
from typing import Any

import engineio
import gevent
import socketio
from engineio.packet import Packet
from engineio.socket import Socket
from gevent.lock import BoundedSemaphore

Environ = dict[str, Any]
Answer = Iterable[bytes]
Application = Callable[[Environ, Any], Answer]

SOCKET = "gunicorn.socket"
HIDDEN = "reader.socket"
EXTENSIONS = "HTTP_SEC_WEBSOCKET_EXTENSIONS"
# How long one write to a client that reads slowly may take before its connection is given up.
PATIENCE_SECONDS = 20.0
# Packets that may wait for one client; a batch holds at most 16 kB, so this is 1 MiB.
MOST_WAITING = 64

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
    if websocket is not None and websocket.queue.qsize() >= MOST_WAITING:
        websocket.close(wait=False, abort=True)
    else:
        server._send_eio_packet(member, packet)


class SoundWebsockets:
    """Stands before the library's WSGI application, and puts right what that gets wrong.

    Its websockets ignore how much ``send()`` wrote, so the stream of a slow reader would be torn, and agree to
    compression whenever a browser offers it. And for every request, page or socket, that has gunicorn's socket
    in it, it makes a class that only another server needs, and leaves it to the garbage collector.
    """

    def __init__(self, application: Any, path: str, *, hides: bool) -> None:
        """``application`` serves sockets under ``path``; with ``hides`` it isn't shown the connection there."""
        self._sockets: Application = application
        self._pages: Application = application.wsgi_app
        self._path = path
        self._hides = hides

    def __call__(self, environ: Environ, start_response: Any) -> Answer:
        """Answer one request."""
        if not environ["PATH_INFO"].startswith(self._path):
            return self._pages(environ, start_response)
        if SOCKET in environ and "HTTP_UPGRADE" in environ:
            environ.pop(EXTENSIONS, None)
            environ[HIDDEN if self._hides else SOCKET] = WholeWrites(environ.pop(SOCKET))
        return self._sockets(environ, start_response)


class WholeWrites:
    """A connection whose ``send`` writes everything, one caller at a time, or else ends the connection."""

    def __init__(self, connection: socket.socket) -> None:
        self.connection = connection
        self._turn = BoundedSemaphore()

    def send(self, data: bytes) -> int:
        """Write all of ``data``; TimeoutError when the client doesn't take it for too long."""
        with self._turn, gevent.Timeout(PATIENCE_SECONDS, TimeoutError("the client does not read")):
            try:
                self.connection.sendall(data)
            except TimeoutError:
                self.connection.shutdown(socket.SHUT_RDWR)
                raise
        return len(data)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.connection, name)
