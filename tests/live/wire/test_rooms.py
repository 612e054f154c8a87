"""Rooms without one for each client hold and reach the same clients as the library's own."""

from itertools import count
from typing import Any

import pytest
import socketio
from hypothesis import given
from hypothesis import strategies as st

from reader.live.wire import library, rooms

ROOMS, CLIENTS = ("a", "b"), 4
ACTIONS = st.sampled_from(("connect", "disconnect", *ROOMS, *(f"leave {room}" for room in ROOMS)))


class House:
    """A server with one kind of rooms, whose clients are numbered as they come."""

    def __init__(self, manager: socketio.Manager) -> None:
        self.server = socketio.Server(async_mode="threading", client_manager=manager)
        self.manager = manager
        numbers = count()
        self.server.eio.generate_id = lambda: f"client{next(numbers)}"
        self.sent: list[tuple[str, Any]] = []
        self.server._send_eio_packet = lambda member, packet: self.sent.append((member, packet.data))

    def do(self, action: str, number: int) -> Any:
        """Let a socket connect, or its client do something else; None where it isn't connected."""
        socket = f"socket{number}"
        if action == "connect":
            client = self.manager.pre_connect(socket, "/")
            return client and self.manager.connect(client, "/")
        client = self.manager.sid_from_eio_sid(socket, "/")
        if client is None:
            return None
        if action == "disconnect":
            self.manager.pre_disconnect(client, "/")
            self.manager.disconnect(client, "/", ignore_queue=True)
        elif action in ROOMS:
            self.server.enter_room(client, action)
        else:
            self.server.leave_room(client, action.removeprefix("leave "))
        return client

    def state(self) -> Any:
        """Return the connected clients, and the clients that each name reaches."""
        clients = [f"client{number}" for number in range(40)]
        for name in (*ROOMS, *clients):
            self.server.emit("said", name, to=name)
        sent, self.sent = self.sent, []
        return [client for client in clients if self.manager.is_connected(client, "/")], sorted(sent)


@given(st.lists(st.tuples(ACTIONS, st.integers(1, CLIENTS)), max_size=30))
def test_they_hold_and_reach_whom_the_librarys_own_do(actions: list[tuple[str, int]]) -> None:
    own, librarys = House(rooms.Rooms()), House(socketio.Manager())
    for action, number in actions:
        assert own.do(action, number) == librarys.do(action, number)
        assert own.state() == librarys.state()


def test_no_client_has_a_room_of_its_own() -> None:
    house = House(rooms.manager())
    client = house.do("connect", 1)
    house.do("a", 1)
    assert house.manager.rooms == {"/": {None: {client: "socket1"}, "a": {client: "socket1"}}}
    house.do("disconnect", 1)
    assert house.manager.rooms == {}


def test_nobody_can_enter_what_is_called_like_a_client() -> None:
    house = House(rooms.Rooms())
    client = house.do("connect", 1)
    other = house.do("connect", 2)
    with pytest.raises(ValueError, match="sid room"):
        house.server.enter_room(other, client)


def test_with_a_changed_library_its_own_are_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(library, "differences", lambda: ("something",))
    assert type(rooms.manager()) is socketio.Manager
