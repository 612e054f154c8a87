"""The libraries' private parts are as we know them; where one is not, the plain path is taken and said so."""

import inspect
from collections.abc import Iterator
from pathlib import Path

import engineio.base_server
import pytest
import socketio

from reader.live.wire import library
from tests.live.serving import serving, wait_for


@pytest.fixture(autouse=True)
def _forget() -> Iterator[None]:
    library.differences.cache_clear()
    yield
    library.differences.cache_clear()


@pytest.mark.parametrize(("owner", "name", "expected"), library.LEANT_ON, ids=lambda part: str(part))
def test_each_private_part_is_there_and_takes_what_we_give_it(owner: type, name: str, expected: str) -> None:
    assert str(inspect.signature(getattr(owner, name))) == expected


def test_rooms_are_kept_by_client_and_name_the_socket() -> None:
    assert library.differences() == ()


def test_a_part_that_is_gone_or_takes_something_else_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(engineio.base_server.BaseServer, "_get_socket")
    monkeypatch.setattr(socketio.Server, "_send_eio_packet", lambda self, packet: None)
    assert library.differences() == (
        "engineio.server.Server._get_socket",
        "socketio.server.Server._send_eio_packet",
    )


def test_rooms_kept_otherwise_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        socketio.Manager, "basic_enter_room", lambda self, sid, namespace, room, eio_sid=None: None
    )
    assert library.differences() == ("socketio.Manager.rooms",)


def test_a_changed_library_works_on_its_own_path_and_is_logged_once(tmp_path: Path) -> None:
    with serving(tmp_path, CHANGED="yes") as server:
        with server.client(join="room") as one, server.client(join="room") as other:
            server.ask("/cast", room="room", events=3)
            assert [event["number"] for event in one.events(3)] == [0, 1, 2]
            assert [event["number"] for event in other.events(3)] == [0, 1, 2]
            assert server.fact("kinds") == ["Socket"]
        wait_for(lambda: server.fact("sockets") == 0, "the end of both")
        assert server.log.read_text().count("fast-transport-disabled") == 1
