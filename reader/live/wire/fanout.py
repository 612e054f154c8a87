"""One event to everybody in a room: made into bytes once, and written straight to each socket.

What a socket doesn't take at once waits in its own queue (:mod:`reader.live.wire.follower`); nobody waits for it.
"""

from __future__ import annotations

import json
from typing import Any
from weakref import WeakValueDictionary

import gevent
import structlog
from engineio.packet import MESSAGE, Packet
from gevent.lock import BoundedSemaphore
from socketio.packet import EVENT

from reader.extensions import socketio
from reader.live.wire import library, websocket
from reader.live.wire.follower import Follower

log = structlog.get_logger(__name__)

# Some 2 ms of writing, after which requests and other rooms get their turn.
WRITES_BETWEEN_YIELDS = 256

_locks: WeakValueDictionary[str, BoundedSemaphore] = WeakValueDictionary()


def send(room: str, event: str, payload: Any) -> None:
    """Send ``event`` to every socket of this worker in ``room``, after all that was sent to the room before.

    Who joins while it is being sent doesn't get it: enter the room first, then read the number to start from.
    """
    if library.differences():
        socketio.emit(event, payload, to=room)
        return
    with _locks.setdefault(room, BoundedSemaphore()):
        members = socketio.server.manager.rooms.get("/", {}).get(room)
        if members:
            _cast(tuple(members.values()), event, payload)


def _cast(members: tuple[str, ...], event: str, payload: Any) -> None:
    text = f"{EVENT}{json.dumps([event, payload], ensure_ascii=False, separators=(',', ':'))}"
    packet = Packet(MESSAGE, text)
    frame = websocket.frame(packet.encode())
    length, server = len(frame), socketio.server
    for start in range(0, len(members), WRITES_BETWEEN_YIELDS):
        if start:
            gevent.sleep(0)
        some = members[start : start + WRITES_BETWEEN_YIELDS]
        for member, follower in zip(some, map(server.eio.sockets.get, some), strict=True):
            try:
                # Follower.write() stands here for speed: its call took as long as all else that is Python's.
                if type(follower) is not Follower:
                    library.send(server, member, packet)
                elif (written := follower.straight(frame)) != length:
                    follower.keep(frame, written)
            except Exception as error:
                _not_written(follower, frame, error)


def _not_written(follower: Any, frame: bytes, fault: Exception) -> None:
    """Handle a failed write to one socket, so that the others still get theirs."""
    try:
        if type(follower) is not Follower or not isinstance(fault, OSError):
            raise fault
        follower.refused(frame, fault)
    except Exception:
        log.exception("broadcast-failed")
