"""Dispatch of a client's packets to the handlers, between a real Socket.IO server and real sockets."""

import json
import socket
from collections.abc import Callable, Iterator
from typing import Any

import gevent
import pytest
import socketio
import structlog
from structlog.testing import capture_logs

from reader.live.wire import dispatch, rooms
from reader.live.wire.dispatch import Dispatcher
from reader.live.wire.follower import Follower
from reader.logs import LimitedLog
from tests.live.wire.test_websocket import masked


class Stage:
    """A server with two handlers, and one client of it."""

    def __init__(self) -> None:
        self.server = socketio.Server(async_mode="gevent", client_manager=rooms.manager())
        self.calls: list[Any] = []
        self.connecting: Callable[[], bool | None] = lambda: None
        self.server.on("connect", lambda sid, _environ, _auth: self.connecting())
        self.server.on("disconnect", lambda sid, _reason: self.calls.append("disconnected"))
        handlers: dict[str, dispatch.Handler] = {"say": self.say, "fail": self.fail}
        self.dispatcher = Dispatcher(self.server, handlers)
        ours, self.client = socket.socketpair()
        ours.setblocking(False)
        self.client.setblocking(False)
        self.follower = Follower(self.server.eio, set(), "engine", ours)
        self.server.eio.sockets["engine"] = self.follower
        self.server.eio._trigger_event("connect", "engine", {}, run_async=False)

    def say(self, _sid: str, *said: object) -> object:
        self.calls.append(said)
        return {"said": list(said)}

    def fail(self, _sid: str) -> None:
        raise RuntimeError("a handler of this test")

    def send(self, packet: str) -> bytes:
        """Have the server handle a packet, and return what the client gets for it."""
        self.dispatcher.receive("engine", packet)
        gevent.sleep(0.001)
        try:
            return self.client.recv(4096)
        except BlockingIOError:
            return b""

    @property
    def is_open(self) -> bool:
        return "engine" in self.server.eio.sockets


@pytest.fixture
def stage(monkeypatch: pytest.MonkeyPatch) -> Iterator[Stage]:
    monkeypatch.setattr(dispatch, "_log", LimitedLog(structlog.get_logger()))
    made = Stage()
    yield made
    made.follower.lose()
    gevent.sleep(0.001)
    made.client.close()
    assert made.server.manager.rooms == {}
    assert not made.server.manager.pending_connect
    assert made.server.environ == {}


def test_an_event_is_handled_and_answered_where_an_answer_is_wanted(stage: Stage) -> None:
    assert b'40{"sid"' in stage.send("0")
    assert stage.send('2["say",1,{"a":null}]') == b""
    assert stage.send('27["say"]').endswith(b'437[{"said":[]}]')
    assert stage.calls == [(1, {"a": None}), ()]


@pytest.mark.parametrize(
    "packet",
    [
        *('2["connect",{}]', '2["disconnect"]', '2["message"]', '2["*"]', '2["hear"]'),
        *("0", "0{}", "0/b,", "3[]", "31[]", "4", '51-["say"]', "61-[]", "7", "", "1x"),
        *(
            "2",
            "2[",
            "2[]",
            "2[1]",
            '2{"say":1}',
            '2/,["say"]',
            '2²["say"]',
            f'2{10**9}["say"]',
            "2" + "[" * 4000,
        ),
    ],
)
def test_a_packet_that_is_not_listed_ends_the_client(stage: Stage, packet: str) -> None:
    stage.send("0")
    assert (1008).to_bytes(2, "big") in stage.send(packet)
    assert not stage.is_open
    assert stage.calls == ["disconnected"]
    assert stage.send('2["say"]') == b""
    assert stage.calls == ["disconnected"]


@pytest.mark.parametrize("packet", ['2["say"]', "0[]", "0{", "0/b", "3[]"])
def test_nothing_comes_before_connect(stage: Stage, packet: str) -> None:
    assert (1008).to_bytes(2, "big") in stage.send(packet)
    assert not stage.is_open
    assert stage.calls == []


def test_a_handler_that_fails_is_logged_and_the_client_stays(stage: Stage) -> None:
    stage.send("0")
    with capture_logs() as lines:
        for _ in range(50):
            assert stage.send('21["fail"]') == b""
    assert stage.is_open
    assert json.loads(stage.send('21["say"]').partition(b"431")[2]) == [{"said": []}]
    assert len(lines) == LimitedLog.MAX_LINES


def test_a_client_whose_connect_fails_is_closed_and_leaves_nothing(stage: Stage) -> None:
    def fails() -> None:
        raise RuntimeError("no database")

    stage.connecting = fails
    assert (1011).to_bytes(2, "big") in stage.send("0")
    assert not stage.is_open


def test_a_client_that_is_refused_is_told_and_closed(stage: Stage) -> None:
    stage.connecting = lambda: False
    assert b"44" in stage.send("0")
    assert not stage.is_open


def test_a_client_that_goes_while_it_connects_leaves_nothing(stage: Stage) -> None:
    def goes() -> None:
        stage.follower.lose()
        gevent.sleep(0.01)

    stage.connecting = goes
    stage.send("0")
    assert stage.calls == ["disconnected"]
    assert not stage.is_open


def test_a_client_that_is_cut_is_told_and_cannot_connect_anew(stage: Stage) -> None:
    stage.send("0")
    [sid] = stage.server.manager.rooms["/"][None]
    stage.follower.listen()
    dispatch.cut(stage.server, sid)
    stage.client.sendall(masked(1, b"40"))
    gevent.sleep(0.01)
    answer = stage.client.recv(4096)
    assert answer.startswith(b"\x81\x0241")
    assert answer.endswith((1000).to_bytes(2, "big"))
    assert stage.calls == ["disconnected"]
    assert not stage.is_open
