"""A follower between a real Engine.IO server and a real socket, in the event loop of this process."""

import gc
import socket
import struct
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import engineio
import gevent
import pytest
from engineio.exceptions import SocketIsClosedError
from engineio.packet import MESSAGE, Packet
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from wsproto.connection import Connection, ConnectionType
from wsproto.events import CloseConnection, Pong, TextMessage

from reader.live.wire import packets
from reader.live.wire.follower import MAX_PENDING, Follower
from reader.live.wire.websocket import frame
from tests.live.wire.test_websocket import masked, streams

END = "the end of the stream"
RESET = "the connection reset"
TIMES = hypothesis_settings(max_examples=40, deadline=None)


class Pair:
    """The two ends of one websocket: a follower, and the socket that its client reads."""

    def __init__(self) -> None:
        self.engine = engineio.Server(async_mode="gevent", max_http_buffer_size=1000)
        self.told: list[Any] = []
        self.engine.on("message", lambda _sid, said: self.told.append(said))
        self.engine.on("disconnect", lambda _sid, reason: self.told.append({"gone": reason}))
        ours, self.socket = socket.socketpair()
        ours.setblocking(False)
        self.socket.setblocking(False)
        self.group: set[Follower] = set()
        self.follower = Follower(self.engine, self.group, "a", ours)
        self.engine.sockets["a"] = self.follower
        self.follower.listen()
        self._client = Connection(ConnectionType.CLIENT)
        self._text = ""

    def read(self, most: int = 1 << 20) -> list[Any]:
        """Return what one read brings: texts, payloads of pongs, codes of closes."""
        try:
            data = self.socket.recv(most)
        except BlockingIOError:
            return []
        except ConnectionResetError:
            return [RESET]
        if not data:
            return [END]
        self._client.receive_data(data)
        return list(self._seen())

    def _seen(self) -> Iterator[Any]:
        for event in self._client.events():
            if isinstance(event, CloseConnection):
                yield int(event.code)
            elif isinstance(event, Pong):
                yield bytes(event.payload)
            else:
                assert isinstance(event, TextMessage)
                self._text += event.data
                if event.message_finished:
                    yield self._text
                    self._text = ""

    def read_all(self, most: int = 1 << 20) -> list[Any]:
        """All that comes, until nothing does for a while."""
        seen: list[Any] = []
        quiet = 0
        while quiet < 3 and not {END, RESET} & set(map(str, seen[-1:])):
            gevent.sleep(0.001)
            came = self.read(most)
            seen += came
            quiet = 0 if came else quiet + 1
        return seen

    def until(self, condition: Callable[[], Any]) -> None:
        """Let the loop run until ``condition`` holds."""
        with gevent.Timeout(5):
            while not condition():
                gevent.sleep(0.001)

    def send(self, data: bytes) -> None:
        """Send as the client, and let the follower see it before anything else is sent."""
        self.socket.send(data)
        gevent.sleep(0.001)

    def fill(self) -> int:
        """Write numbered frames until one has to wait; how many there are then."""
        count = 0
        while self.follower._pending is None:
            self.follower.write(frame(f"{count} {'x' * 1000}"))
            count += 1
        return count


@contextmanager
def pairing() -> Iterator[Pair]:
    pair = Pair()
    yield pair
    pair.follower.lose()
    pair.socket.close()
    pair.until(lambda: not pair.engine.sockets)


@pytest.fixture
def pair() -> Iterator[Pair]:
    with pairing() as made:
        yield made


@TIMES
@given(st.lists(st.integers(0, 70_000), min_size=1, max_size=12), st.integers(1, 5000))
def test_every_frame_arrives_whole_and_in_order_however_slowly_it_is_read(
    lengths: list[int], most: int
) -> None:
    with pairing() as pair:
        pair.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        texts = [f"{number} {'ü' * (length // 2)}" for number, length in enumerate(lengths)]
        for text in texts:
            pair.follower.write(frame(text))
        seen: list[Any] = []
        while len(seen) < len(texts):
            gevent.sleep(0)
            seen += pair.read(most * 20)
        assert seen == texts
        pair.until(lambda: pair.follower._pending is None)
        assert pair.follower._waiting == 0


@TIMES
@given(streams(st.text(max_size=200).map("42{}".format) | st.just("3")))
def test_what_a_client_sends_is_handled_whole_and_in_order(stream: tuple[list[Any], list[bytes]]) -> None:
    said, chunks = stream
    with pairing() as pair:
        for chunk in chunks:
            pair.send(chunk)
        expected = [message[1:] for message in said if message not in (b"?", "3")]
        pair.until(lambda: len(pair.told) >= len(expected))
        assert pair.told == expected


def test_pings_are_answered_with_what_they_carry_even_within_a_message(pair: Pair) -> None:
    pair.send(masked(1, b"42he", final=False) + masked(9, b"still there?") + masked(0, b"llo"))
    pair.until(lambda: pair.told)
    assert pair.told == ["2hello"]
    assert pair.read_all() == [b"still there?"]


def test_a_pong_waits_its_turn_behind_a_frame_that_is_half_written(pair: Pair) -> None:
    count = pair.fill()
    pair.send(masked(9, b"now"))
    seen = pair.read_all()
    assert seen[-1] == b"now"
    assert [text.split()[0] for text in seen[:-1]] == [str(number) for number in range(count)]


def test_a_reader_who_never_reads_is_cut_off_at_the_bound(pair: Pair) -> None:
    most = 0
    text = frame("x" * 10_000)
    for _ in range(3 * MAX_PENDING // len(text)):
        pair.follower.write(text)
        most = max(most, pair.follower._waiting)
    assert MAX_PENDING - len(text) < most <= MAX_PENDING + len(text)
    assert not pair.group
    pair.until(lambda: pair.told)
    assert pair.told == [{"gone": "transport close"}]
    assert not pair.engine.sockets
    assert pair.follower._pending is None


def test_a_slow_reader_costs_no_copies_of_what_waits() -> None:
    shared = frame("x" * 100_000)
    pairs = [Pair() for _ in range(20)]
    for pair in pairs:
        pair.fill()
        pair.follower.write(shared)
    assert all(any(waiting is shared for waiting in pair.follower._pending or ()) for pair in pairs)
    for pair in pairs:
        pair.follower.lose()
        pair.socket.close()
        pair.until(lambda pair=pair: not pair.engine.sockets)  # type: ignore[misc]


def test_a_goodbye_comes_after_all_that_waits_and_nothing_comes_after_it(pair: Pair) -> None:
    count = pair.fill()
    pair.follower.end(1001)
    pair.follower.write(frame("too late"))
    seen = pair.read_all()
    assert seen[-2:] == [1001, END]
    assert [text.split()[0] for text in seen[:-2]] == [str(number) for number in range(count)]


def test_nothing_is_written_after_a_goodbye_not_even_to_wait(pair: Pair) -> None:
    pair.fill()
    pair.follower.end(1001)
    waiting = pair.follower._waiting
    pair.follower.write(frame("too late"))
    assert pair.follower._waiting == waiting


def test_a_write_after_the_goodbye_leaves_the_client_time_to_answer_it(pair: Pair) -> None:
    pair.follower.end(1001)
    pair.follower.write(frame("too late"))
    assert pair.group


@pytest.mark.parametrize("code", [1000, 1001, 4321])
def test_a_client_that_says_goodbye_is_answered_with_its_own_code(pair: Pair, code: int) -> None:
    pair.send(masked(1, b"42first") + masked(8, struct.pack("!H", code)) + masked(1, b"42too late"))
    assert pair.read_all() == [code, END]
    assert pair.told == ["2first", {"gone": "transport close"}]
    pair.socket.shutdown(socket.SHUT_WR)
    pair.until(lambda: not pair.group)


@pytest.mark.parametrize(
    ("data", "code"),
    [
        pytest.param(frame("42hello"), 1002, id="wrong mask"),
        pytest.param(masked(1, b"42" + b"x" * 1000), 1009, id="oversized"),
        pytest.param(masked(1, b"42\xff"), 1007, id="bad UTF-8"),
        pytest.param(masked(2, b"42"), 1003, id="binary"),
        pytest.param(masked(1, b"2"), 1008, id="a ping of Engine.IO"),
        pytest.param(masked(1, b""), 1008, id="nothing"),
    ],
)
def test_a_client_that_breaks_the_protocol_is_told_how_and_let_go(pair: Pair, data: bytes, code: int) -> None:
    pair.send(masked(1, b"42fine") + data + masked(1, b"42more"))
    assert pair.read_all() == [code, END]
    assert pair.told == ["2fine", {"gone": "transport close"}]


def test_a_client_that_sends_too_much_is_told_and_then_reset(pair: Pair) -> None:
    count = packets.MAX_BYTES // 1100  # with what each frame counts beside its bytes
    for _ in range(count):
        pair.send(masked(1, b"42" + b"x" * 990))
    assert pair.group
    pair.send(masked(1, b"42" + b"x" * 990))
    assert pair.read_all() == [1008, END]
    assert len(pair.told) == count + 1
    pair.send(masked(1, b"42" + b"x" * 990))
    assert not pair.group


def test_the_allowance_comes_back_with_time(monkeypatch: pytest.MonkeyPatch) -> None:
    now = 0.0
    monkeypatch.setattr(time, "monotonic", lambda: now)
    allowance = packets.Allowance()
    assert allowance.covers(packets.MAX_BYTES)
    assert not allowance.covers(1)
    now = packets.PERIOD_SECONDS
    assert allowance.covers(packets.MAX_BYTES)
    assert not allowance.covers(1)


def test_a_client_that_never_says_connect_is_let_go(pair: Pair) -> None:
    now = time.monotonic()
    pair.follower.check(now + 1, 20)
    pair.send(masked(1, b"3"))
    assert pair.read_all() == ["2"]
    pair.follower.check(now + packets.CONNECT_SECONDS + 1, 20)
    assert pair.read_all() == [1008, END]


def test_a_client_that_takes_nothing_is_let_go_though_it_answers_pings(pair: Pair) -> None:
    pair.send(masked(1, b"40"))
    pair.fill()
    now = time.monotonic()
    pair.follower.check(now + 1, 20)
    pair.send(masked(1, b"3"))
    assert pair.group
    pair.follower.check(now + 25, 20)
    assert not pair.group


def test_a_client_that_was_behind_and_caught_up_may_be_behind_anew(pair: Pair) -> None:
    pair.send(masked(1, b"40"))
    pair.fill()
    now = time.monotonic()
    pair.read_all()
    pair.until(lambda: pair.follower._pending is None)
    pair.follower.check(now + 25, 20)
    assert pair.read_all() == ["2"]


def test_others_have_their_turn_between_two_messages_of_one_client(pair: Pair) -> None:
    turns: list[str] = []

    def take_turns() -> None:
        while turns.count("2") < 50:
            turns.append("other")
            gevent.sleep(0)

    pair.engine.on("message", lambda _sid, said: turns.append(said))
    other = gevent.spawn(take_turns)
    pair.send(b"".join(masked(1, b"42") for _ in range(50)))
    other.join(5)
    first, last = turns.index("2"), len(turns) - 1 - turns[::-1].index("2")
    assert turns[first:last].count("other") > 20


def test_a_client_that_only_closes_its_half_is_let_go(pair: Pair) -> None:
    pair.socket.shutdown(socket.SHUT_WR)
    pair.until(lambda: pair.told)
    assert pair.told == [{"gone": "transport close"}]
    assert pair.read_all() == [END]
    assert not pair.group


def test_a_client_that_leaves_with_frames_unread_is_let_go_once(pair: Pair) -> None:
    pair.fill()
    pair.socket.close()
    pair.until(lambda: pair.told)
    pair.follower.write(frame("to nobody"))
    gevent.sleep(0.01)
    assert pair.told == [{"gone": "transport close"}]
    assert not pair.engine.sockets


def test_a_goodbye_to_a_client_that_is_gone_is_no_fault(pair: Pair) -> None:
    pair.socket.close()
    pair.follower.end(1000)
    gevent.sleep(0.01)
    assert len(pair.told) == 1
    assert "gone" in pair.told[0]


def test_engine_io_s_own_goodbye_ends_the_connection(pair: Pair) -> None:
    pair.send(masked(1, b"1"))
    assert pair.read_all() == [1000, END]
    assert pair.told == [{"gone": "client disconnect"}]


def test_what_is_sent_too_fast_waits_at_the_client(pair: Pair) -> None:
    working = 0

    def slowly(_sid: str, said: str) -> None:
        nonlocal working
        working += 1
        assert working == 1
        gevent.sleep(0.001)
        working -= 1
        pair.told.append(said)

    pair.engine.on("message", slowly)
    for number in range(100):
        pair.socket.send(masked(1, f"42{number}".encode()))
    pair.until(lambda: len(pair.told) == 100)
    assert pair.told == [f"2{number}" for number in range(100)]


def test_the_library_s_close_tells_the_client_and_the_application(pair: Pair) -> None:
    pair.engine.disconnect("a")
    assert pair.told == [{"gone": "server disconnect"}]
    assert pair.read_all() == ["1", 1000, END]
    assert not pair.engine.sockets
    with pytest.raises(SocketIsClosedError):
        pair.follower.send(Packet(MESSAGE, "late"))


def test_closing_with_abort_frees_the_connection_at_once(pair: Pair) -> None:
    pair.follower.close(abort=True, reason="because")
    assert pair.told == [{"gone": "because"}]
    assert not pair.group
    assert pair.read_all() == [END]


def test_a_handler_that_fails_does_not_end_the_connection(pair: Pair) -> None:
    def failing(_sid: str, said: str) -> None:
        if said == "2bad":
            raise RuntimeError("a handler of this test")
        pair.told.append(said)

    pair.engine.on("message", failing)
    pair.send(masked(1, b"42bad"))
    pair.send(masked(1, b"42good"))
    pair.until(lambda: pair.told)
    assert pair.told == ["2good"]


def test_a_client_is_pinged_once_an_interval_and_dropped_if_it_is_silent(pair: Pair) -> None:
    pair.follower.check(100, 20)
    assert pair.read_all() == ["2"]
    pair.send(masked(1, b"3"))
    pair.follower.check(125, 20)
    assert pair.read_all() == ["2"]
    pair.follower.check(140, 20)
    assert pair.group
    assert pair.read_all() == []
    pair.follower.check(150, 20)
    assert not pair.group
    pair.until(lambda: pair.told)
    assert pair.told == [{"gone": "ping timeout"}]


def test_a_client_that_does_not_take_its_goodbye_is_freed_at_next_check(pair: Pair) -> None:
    pair.fill()
    pair.follower.end(1001)
    assert pair.group
    pair.follower.check(100, 20)
    assert not pair.group


def greenlets() -> set[int]:
    """Those that run in this process, some of which other tests may have left."""
    gc.collect()
    return {id(each) for each in gc.get_objects() if isinstance(each, gevent.Greenlet) and not each.dead}


def test_an_idle_follower_has_no_greenlet() -> None:
    before = greenlets()
    with pairing() as pair:
        pair.send(masked(1, b"42hello"))
        pair.follower.check(100, 20)
        pair.send(masked(1, b"3"))
        gevent.sleep(0.01)
        assert greenlets() <= before
