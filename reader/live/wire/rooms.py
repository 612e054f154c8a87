"""Socket.IO's rooms, without one of its own for each client.

The library gives every client a room that is called after it, so that both can be spoken to in one way. That took a
third of the memory of an idle reader. Worse, who leaves is looked for in all of them: when five thousand readers lost
their connections at once, each took 0.36 ms, twice what it takes to come in, and more of them take longer each.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import socketio

from reader.live.wire import library


class Rooms(socketio.Manager):
    """Membership of rooms; a message goes to one room, or to one client by its id."""

    def basic_enter_room(
        self, sid: str, namespace: str, room: str | None, eio_sid: str | None = None
    ) -> None:
        """Put a client into a room, but for its own."""
        if room != sid:
            super().basic_enter_room(sid, namespace, room, eio_sid=eio_sid)

    def get_participants(self, namespace: str, room: Any) -> Iterator[tuple[str, str]]:
        """Clients and their sockets, of a room or of the one client that is called so."""
        if self.is_sid_room(namespace, room):
            yield room, self.rooms[namespace][None][room]
        else:
            yield from super().get_participants(namespace, room)


def manager() -> socketio.Manager:
    """Such rooms, or the library's own where it is not as we know it."""
    return socketio.Manager() if library.differences() else Rooms()
