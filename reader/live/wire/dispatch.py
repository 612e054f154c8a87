"""Dispatch of a client's packets to the handlers of its events, in place of the libraries' own.

A client first connects, once; then it may send the events that there are handlers for. The library gets nothing but
the one CONNECT, for which it gives the client an id and its rooms.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

import socketio
import structlog
from wsproto.frame_protocol import CloseReason

from reader.live.wire import packets
from reader.live.wire.follower import close
from reader.live.wire.packets import PacketRefused
from reader.logs import LimitedLog

NAMESPACE = "/"

# What a handler answers goes to the client where it asks for an answer.
Handler = Callable[..., object]

_log = LimitedLog(structlog.get_logger(__name__))


class Dispatcher:
    """Takes the messages of all clients of one Socket.IO server, in place of the library."""

    def __init__(self, server: socketio.Server, handlers: Mapping[str, Handler]) -> None:
        """``handlers`` are called by the name of their event, with the client's id and the event's arguments."""
        self._server = server
        self._handlers = handlers
        self._pass_on: Callable[[str, str], None] = server.eio.handlers["message"]
        server.eio.on("message", self.receive)

    def receive(self, engine_sid: str, packet: str) -> None:
        """Deal with one packet; a client that may not send it is cut off."""
        client = self._server.eio.sockets.get(engine_sid)
        if client is None or client.closed:
            return
        try:
            self._receive(client, engine_sid, packet)
        except PacketRefused as error:
            error.log()
            close(client, error.code)
        except Exception:
            _log.warning("packet-failed", exc_info=True)

    def _receive(self, client: Any, engine_sid: str, packet: str) -> None:
        sid = self._sid(engine_sid)
        kind = packet[:1]
        if packet == packets.DISCONNECT:
            close(client, CloseReason.NORMAL_CLOSURE)
        elif kind == packets.CONNECT and sid is None:
            packets.read_connect(packet)
            self._connect(client, engine_sid)
        elif kind == packets.EVENT and sid is not None:
            self._handle(sid, engine_sid, packets.read_event(packet))
        else:
            raise PacketRefused("out of place")

    def _connect(self, client: Any, engine_sid: str) -> None:
        try:
            self._pass_on(engine_sid, packets.CONNECT)
        except Exception:
            # The library leaves it half connected.
            self._server.manager.disconnect(self._sid(engine_sid), NAMESPACE)
            close(client, CloseReason.INTERNAL_ERROR)
            raise
        sid = self._sid(engine_sid)
        if sid is None:  # the handler refused it
            close(client, CloseReason.POLICY_VIOLATION)
        elif client.closed:  # it went meanwhile, when the library did not know it yet
            self._server.disconnect(sid)

    def _handle(self, sid: str, engine_sid: str, event: packets.ClientEvent) -> None:
        handler = self._handlers.get(event.name)
        if handler is None:
            raise PacketRefused("unknown event")
        answer = handler(sid, *event.arguments)
        if event.ack_id is not None:
            content = json.dumps([] if answer is None else [answer], separators=(",", ":"))
            self._server.eio.send(engine_sid, f"{packets.ACK}{event.ack_id}{content}")

    def _sid(self, engine_sid: str) -> str | None:
        found: str | None = self._server.manager.sid_from_eio_sid(engine_sid, NAMESPACE)
        return found


def cut(server: socketio.Server, sid: str) -> None:
    """Tell a client that it is disconnected, and close its connection, by which it could connect anew."""
    engine_sid = server.manager.eio_sid_from_sid(sid, NAMESPACE)
    server.disconnect(sid)
    client = server.eio.sockets.get(engine_sid)
    if client is not None:
        close(client, CloseReason.NORMAL_CLOSURE)
