"""The broadcast: made once, in order for each room, whatever becomes of single readers."""

import json
import socket
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import gevent
import pytest
from engineio.socket import Socket
from flask import Flask
from wsproto.connection import Connection, ConnectionType
from wsproto.events import TextMessage

from reader.extensions import socketio
from reader.live.wire import fanout, library, websocket
from reader.live.wire.follower import Follower

MANY = 3 * fanout.WRITES_BETWEEN_YIELDS + 1


class Crowd:
    """Readers on a real Socket.IO server, each with a socket of its own."""

    def __init__(self) -> None:
        socketio.init_app(Flask(__name__), async_mode="gevent")
        self.server = socketio.server
        self.followers: dict[socket.socket, Follower] = {}
        self._group: set[Follower] = set()
        self._ends: list[socket.socket] = []

    def enter(self, room: str, *, socket_of_the_library: Socket | None = None) -> socket.socket:
        """One more reader in ``room``; the end that the reader reads."""
        ours, theirs = socket.socketpair()
        ours.setblocking(False)
        theirs.setblocking(False)
        engine_sid, sid = self.server.eio.generate_id(), self.server.eio.generate_id()
        engine = self.server.eio
        if socket_of_the_library:
            engine.sockets[engine_sid] = socket_of_the_library
            self._ends.append(ours)
        else:
            self.followers[theirs] = Follower(engine, self._group, engine_sid, ours)
            engine.sockets[engine_sid] = self.followers[theirs]
        self.server.manager.basic_enter_room(sid, "/", None, eio_sid=engine_sid)
        self.server.manager.basic_enter_room(sid, "/", room)
        self._ends.append(theirs)
        return theirs

    def close(self) -> None:
        """Let everybody go."""
        for follower in self.followers.values():
            follower.lose()
        for end in self._ends:
            end.close()
        gevent.sleep(0.01)


@pytest.fixture
def crowd() -> Iterator[Crowd]:
    made = Crowd()
    yield made
    made.close()


def heard(end: socket.socket) -> list[Any]:
    """The payloads of all events that have come so far."""
    client = Connection(ConnectionType.CLIENT)
    texts = [""]
    while True:
        try:
            client.receive_data(end.recv(1 << 20))
        except BlockingIOError:
            break
        for event in client.events():
            assert isinstance(event, TextMessage)
            texts[-1] += event.data
            if event.message_finished:
                texts.append("")
    assert texts.pop() == ""
    assert all(text.startswith('42["live:event",') for text in texts)
    return [json.loads(text[2:])[1] for text in texts]


def test_everybody_in_the_room_hears_it_and_nobody_else(crowd: Crowd) -> None:
    inside, also, outside = crowd.enter("a"), crowd.enter("a"), crowd.enter("b")
    fanout.send("a", "live:event", {"html": "<p>„ü“</p>", "none": None})
    assert heard(inside) == heard(also) == [{"html": "<p>„ü“</p>", "none": None}]
    assert heard(outside) == []


def test_a_room_that_nobody_is_in_costs_nothing(crowd: Crowd) -> None:
    fanout.send("nowhere", "live:event", {})
    crowd.enter("a")
    fanout.send("nowhere", "live:event", {})


def test_a_frame_is_made_once_for_the_whole_room(crowd: Crowd, monkeypatch: pytest.MonkeyPatch) -> None:
    made = []
    monkeypatch.setattr(
        websocket,
        "frame",
        lambda text, frame=websocket.frame: made.append(text) or frame(text),  # type: ignore[func-returns-value]
    )
    for _ in range(100):
        crowd.enter("a")
    fanout.send("a", "live:event", 1)
    assert made == ['42["live:event",1]']


def test_all_readers_of_a_room_hear_everything_in_the_same_order(crowd: Crowd) -> None:
    ends = [crowd.enter("a") for _ in range(MANY)]

    def send(name: str) -> None:
        for number in range(5):
            fanout.send("a", "live:event", [name, number])

    senders = [gevent.spawn(send, name) for name in "xyz"]
    gevent.joinall(senders, raise_error=True)
    first = heard(ends[0])
    assert sorted(first) == [[name, n] for name in "xyz" for n in range(5)]
    for name in "xyz":
        assert [n for sender, n in first if sender == name] == [0, 1, 2, 3, 4]
    assert all(heard(end) == first for end in ends[1:])
    assert len(fanout._locks) == 0


def test_a_small_room_does_not_wait_for_a_large_one(crowd: Crowd) -> None:
    ends = [crowd.enter("large") for _ in range(MANY)]
    alone = crowd.enter("small")
    large = gevent.spawn(fanout.send, "large", "live:event", "large")
    gevent.spawn(fanout.send, "small", "live:event", "small")
    while not (said := heard(alone)):
        gevent.sleep(0)
    assert said == ["small"]
    assert not large.ready()
    large.join()
    assert heard(ends[-1]) == ["large"]


def test_who_joins_during_a_broadcast_hears_the_next_one(crowd: Crowd) -> None:
    for _ in range(MANY):
        crowd.enter("a")
    sending = gevent.spawn(fanout.send, "a", "live:event", 1)
    gevent.sleep(0)
    late = crowd.enter("a")
    sending.join()
    fanout.send("a", "live:event", 2)
    assert heard(late) == [2]


def test_who_leaves_during_a_broadcast_does_not_disturb_it(crowd: Crowd) -> None:
    ends = [crowd.enter("a") for _ in range(MANY)]
    sending = gevent.spawn(fanout.send, "a", "live:event", 1)
    gevent.sleep(0)
    assert not sending.ready()
    for end in ends[::2]:
        crowd.followers[end].close(abort=True)
    sending.get()
    assert all(heard(end) == [1] for end in ends[1::2])


@pytest.mark.parametrize("length", [1_000, 100_000])
def test_who_does_not_keep_up_hears_everything_in_order_later(crowd: Crowd, length: int) -> None:
    slow = crowd.enter("a")
    follower, told, came = crowd.followers[slow], b"", b""
    while follower._waiting < 300_000:
        told += sent("a", [len(told), "x" * length])
    while len(came) < len(told):
        gevent.sleep(0)
        with suppress(BlockingIOError):
            came += slow.recv(1 << 20)
    assert came == told
    while follower._waiting:
        gevent.sleep(0)
    gevent.sleep(0.01)
    fanout.send("a", "live:event", "at once again")
    assert heard(slow) == ["at once again"]


def sent(room: str, event: Any) -> bytes:
    """Send it; the frame in which it goes to each."""
    fanout.send(room, "live:event", event)
    return websocket.frame(f"42{json.dumps(['live:event', event], separators=(',', ':'))}")


def test_who_is_gone_is_let_go_at_the_next_event(crowd: Crowd) -> None:
    gone = crowd.enter("a")
    gone.close()
    fanout.send("a", "live:event", 1)
    assert crowd.followers[gone] not in crowd._group


def test_one_reader_s_fault_is_nobody_else_s(crowd: Crowd) -> None:
    class Broken(Socket):  # type: ignore[misc]
        def send(self, pkt: object) -> None:
            raise RuntimeError("a fault of this test")

    before = crowd.enter("a")
    crowd.enter("a", socket_of_the_library=Broken(crowd.server.eio, "broken"))
    gone = crowd.enter("a")
    gone.close()
    after = crowd.enter("a")
    fanout.send("a", "live:event", 1)
    assert heard(before) == heard(after) == [1]


def test_a_reader_on_the_library_s_transport_gets_the_same_packet(crowd: Crowd) -> None:
    plain = Socket(crowd.server.eio, "plain")
    crowd.enter("a", socket_of_the_library=plain)
    fanout.send("a", "live:event", {"n": 1})
    assert plain.queue.get(block=False).encode() == '42["live:event",{"n":1}]'


def test_what_waits_for_a_reader_on_the_library_s_transport_is_bounded(crowd: Crowd) -> None:
    plain = Socket(crowd.server.eio, "plain")
    crowd.enter("a", socket_of_the_library=plain)
    for number in range(3 * library.MAX_WAITING):
        fanout.send("a", "live:event", number)
    assert plain.closed
    assert plain.queue.qsize() <= library.MAX_WAITING + 1
