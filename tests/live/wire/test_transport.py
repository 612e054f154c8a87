"""The transport below Socket.IO, in a real gunicorn worker, with real clients and with raw ones."""

import json
import socket
import ssl
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
import socketio
import trustme
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from wsproto.events import AcceptConnection, TextMessage

from reader.live.wire import packets, transport
from reader.web import security
from tests.live.serving import PATH, PATIENCE, Client, Serving, serving, wait_for
from tests.live.wire.test_websocket import masked


@pytest.fixture(scope="module", params=["on", "off"])
def fast(request: pytest.FixtureRequest) -> str:
    """The setting READER_FAST_TRANSPORT."""
    return str(request.param)


@pytest.fixture(scope="module")
def server(fast: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Serving]:
    """A server on our own transport, then one on the library's."""
    with serving(tmp_path_factory.mktemp("server"), READER_FAST_TRANSPORT=fast) as running:
        yield running
        assert "Traceback" not in running.log.read_text()


@pytest.fixture(autouse=True)
def _nobody_is_left(request: pytest.FixtureRequest) -> Iterator[None]:
    yield
    if "server" in request.fixturenames:
        running: Serving = request.getfixturevalue("server")
        wait_for(lambda: running.fact("sockets") == 0, "the end of all sockets")
        assert running.fact("environs") == 0
        assert running.fact("rooms") == {}


def test_the_setting_chooses_the_transport(server: Serving, fast: str) -> None:
    with server.client():
        assert server.fact("kinds") == ["Follower" if fast == "on" else "Socket"]


def test_events_are_acknowledged(server: Serving) -> None:
    with server.client() as client:
        assert client.call("echo", {"said": "ü", "all": [1, None]}) == {"said": "ü", "all": [1, None]}


@pytest.mark.parametrize("pause", [0, 0.1])
def test_handlers_see_the_cookie_that_the_socket_came_in_with(server: Serving, pause: float) -> None:
    with server.client(cookie="name=ada; other=1", pause=pause) as client:
        assert client.call("who") == {"name": "ada", "sid": client.sid}


@pytest.mark.parametrize("pause", [0, 0.1])
def test_a_page_of_another_site_is_refused(server: Serving, pause: float) -> None:
    with server.client(headers=(("Origin", "https://evil.example"),), pause=pause) as client:
        assert client.refused == 400
    with server.client(headers=(("Origin", "https://good.example"),), pause=pause) as client:
        assert client.call("echo", "here") == "here"


def test_a_room_gets_what_is_sent_to_it_and_nobody_else_does(server: Serving) -> None:
    with (
        server.client(join="a") as inside,
        server.client(join="a") as left,
        server.client(join="b") as outside,
    ):
        left.send('42["leave","a"]')
        assert left.call("echo", "done") == "done"
        server.ask("/cast", room="a", events=2)
        server.ask("/cast", room="b", first=7)
        assert [event["number"] for event in inside.events(2)] == [0, 1]
        assert [event["number"] for event in outside.events(1)] == [7]
        assert left.call("echo", "nothing before this") == "nothing before this"


def test_one_client_can_be_spoken_to(server: Serving) -> None:
    with server.client() as one, server.client() as other:
        server.ask("/say", sid=one.sid, text="hello")
        assert one.packet("42") == ["said", "hello"]
        assert other.call("echo", 1) == 1


def test_a_client_that_the_server_disconnects_is_told_and_leaves_its_rooms(server: Serving) -> None:
    with server.client(join="a") as client:
        server.ask("/disconnect", sid=client.sid)
        assert client.text() == "41"
        assert server.fact("rooms") == {}


def test_a_connection_that_the_server_closes_ends_with_a_close_frame(server: Serving) -> None:
    with server.client(join="a") as client:
        before = server.fact("gone").get("server disconnect", 0)
        server.ask("/disconnect", sid=client.sid, hard=1)
        assert client.text() == "1"
        assert client.closed() == 1000
        assert server.fact("gone")["server disconnect"] == before + 1


def test_a_client_that_a_handler_refuses_is_told(server: Serving) -> None:
    with server.client(cookie="name=nobody", enter=False) as client:
        client.packet("0")
        client.send("40")
        assert client.text().startswith("44")
        assert server.fact("rooms") == {}


def test_a_client_that_goes_is_seen_to_be_gone(server: Serving) -> None:
    before = sum(server.fact("gone").values())
    server.client(join="a").close()
    wait_for(lambda: sum(server.fact("gone").values()) == before + 1, "the disconnect handler")


def test_compression_is_not_agreed_to(server: Serving) -> None:
    offer = ("Sec-WebSocket-Extensions", "permessage-deflate; client_max_window_bits")
    with server.client(headers=(offer,)) as client:
        assert isinstance(client.answer, AcceptConnection)
        assert client.answer.extensions == []


def test_socket_io_s_own_client_joins_listens_and_leaves(server: Serving) -> None:
    heard: list[Any] = []
    client = socketio.Client()
    client.on("number", lambda event: heard.append(event["number"]))
    client.connect(f"http://127.0.0.1:{server.port}", transports=["websocket"], wait_timeout=10)
    assert client.call("join", "a") == {"joined": "a"}
    server.ask("/cast", room="a", events=5, size=2000)
    wait_for(lambda: len(heard) == 5, "five events")
    assert heard == [0, 1, 2, 3, 4]
    client.disconnect()


def test_readers_who_dribble_get_every_frame_whole(server: Serving) -> None:
    events, size = 40, 20_000
    readers = [server.client(join="slow", receive_buffer=32_768) for _ in range(20)]
    with server.client(join="slow") as quick:
        casting = threading.Thread(
            target=server.ask, args=("/cast",), kwargs={"room": "slow", "events": events, "size": size}
        )
        casting.start()
        for number, event in enumerate(quick.events(events)):
            assert event["number"] == number
        casting.join()
    # Each read takes a little of what is there, in turn, so that every socket stays full for long.
    seen: dict[Client, list[str]] = {reader: [] for reader in readers}
    texts = dict.fromkeys(readers, "")
    unfinished = set(readers)
    while unfinished:
        for reader in list(unfinished):
            reader.protocol.receive_data(reader.socket.recv(3001))
            for event in reader.protocol.events():
                assert isinstance(event, TextMessage)
                texts[reader] += event.data
                if event.message_finished:
                    if texts[reader] != "2":  # a ping may come in between
                        seen[reader].append(texts[reader])
                    texts[reader] = ""
            if len(seen[reader]) == events:
                unfinished.discard(reader)
    for reader in readers:
        payloads = [json.loads(text.removeprefix("42"))[1] for text in seen[reader]]
        assert payloads == [{"number": number, "filling": "ü" * (size // 2)} for number in range(events)]
        reader.close()


def test_a_reader_who_never_reads_is_cut_off_and_nobody_else_notices(server: Serving) -> None:
    with server.client(join="all", receive_buffer=4096) as deaf, server.client(join="all") as quick:
        query = {"room": "all", "events": 150, "size": 20_000, "pause": 0.01}
        casting = threading.Thread(target=server.ask, args=("/cast",), kwargs=query)
        casting.start()
        assert [event["number"] for event in quick.events(150)] == list(range(150))
        casting.join()
        wait_for(lambda: server.fact("sockets") == 1, "the end of the one who doesn't read")
        assert server.fact("pending") == 0
        assert deaf.socket.fileno() > 0


@pytest.mark.parametrize(
    ("data", "code"),
    [
        pytest.param(masked(1, b"42" + b"x" * packets.MAX_MESSAGE_BYTES), 1009, id="oversized"),
        pytest.param(masked(1, b"42\xff"), 1007, id="bad UTF-8"),
        pytest.param(b"\x81\x01x", 1002, id="wrong mask"),
    ],
)
def test_who_breaks_the_protocol_is_told_how(tmp_path: Path, data: bytes, code: int) -> None:
    with serving(tmp_path) as server, server.client(join="a") as client:
        client.raw(data)
        assert client.closed() == code
        wait_for(lambda: server.fact("sockets") == 0, "the end of the socket")
        assert server.fact("gone") == {"transport close": 1}


TEXT, BINARY, PING = 1, 2, 9
HOSTILE = {
    "an event named connect": [masked(TEXT, b'421["connect",{}]')],
    "an event named disconnect": [masked(TEXT, b'42["disconnect","x"]')],
    "an event that nobody handles": [masked(TEXT, b'42["*"]')],
    "an event whose name is a number": [masked(TEXT, b"42[1]")],
    "an event without a name": [masked(TEXT, b"42[]")],
    "an event that is no list": [masked(TEXT, b'42{"join":"a"}')],
    "an event of another namespace": [masked(TEXT, b'42/b,["join","a"]')],
    "a second connect": [masked(TEXT, b"40")],
    "a second connect with a payload": [masked(TEXT, b'40{"token":"x"}')],
    "a connect to another namespace": [masked(TEXT, b"40/b,")],
    "an answer nobody waits for": [masked(TEXT, b"431[]")],
    "an error": [masked(TEXT, b"44{}")],
    "attachments without end": [
        masked(TEXT, b'459999999999-["join",{"_placeholder":true,"num":0}]'),
        *[masked(BINARY, b"x" * 1000)] * 5,
    ],
    "an answer with attachments": [masked(TEXT, b'461-1[{"_placeholder":true,"num":0}]')],
    "a binary message": [masked(BINARY, b"x")],
    "a binary message in a text": [masked(TEXT, b"bAAAA")],
    "a packet that can't be read, again and again": [masked(TEXT, b"42[")] * 2000,
    "lists in lists without end": [masked(TEXT, b"42" + b"[" * 4000)],
    "lists in lists in a message": [masked(TEXT, b"4" + b"[" * 4000)],
    "a number without end": [masked(TEXT, b"42[" + b"9" * 4000 + b"]")],
    "an id without end": [masked(TEXT, b"42" + b"9" * 50 + b'["join","a"]')],
    "an id in other figures": [masked(TEXT, '42\u00b2["join","a"]'.encode())],
    "nothing": [masked(TEXT, b"")],
    "a ping of Engine.IO": [masked(TEXT, b"2probe")],
    "an upgrade": [masked(TEXT, b"5")],
    "an opening": [masked(TEXT, b"0{}")],
    "no packet": [masked(TEXT, b"x")],
    "bytes that are no text": [masked(TEXT, b"42\xff")],
    "more than a message holds": [masked(TEXT, b"42" + b"x" * packets.MAX_MESSAGE_BYTES)],
    "far more": [masked(TEXT, b"42" + b"x" * 1_000_000)],
    "fragments without end": [
        masked(TEXT, b"42", final=False),
        *[masked(0, b"x" * 100, final=False)] * 500,
    ],
    "empty fragments without end": [
        masked(TEXT, b"42", final=False),
        *[masked(0, b"", final=False)] * 3000,
    ],
    "pings without end": [masked(PING, b"")] * 3000,
    "answers to pings without end": [masked(TEXT, b"3")] * 3000,
}


@pytest.mark.parametrize("frames", HOSTILE.values(), ids=HOSTILE)
def test_a_client_that_sends_what_it_may_not_is_cut_off(server: Serving, frames: list[bytes]) -> None:
    lines = len(server.log.read_text())
    with server.client(join="a") as client:
        with suppress(ConnectionError):
            client.raw(b"".join(frames))
        client.closed()
        wait_for(lambda: server.fact("sockets") == 0, "the end of the socket")
        assert server.fact("rooms") == {}
    assert len(server.log.read_text()) - lines < 1000


@pytest.mark.parametrize(
    "packet", ['42["join","a"]', "43[]", "41[]", "40/b,", "40[]", "40{", "421-[]", "45[]", "3probe"]
)
def test_a_client_that_begins_otherwise_is_cut_off(server: Serving, packet: str) -> None:
    with server.client(enter=False) as client:
        client.packet("0")
        client.send(packet)
        client.closed()


@pytest.mark.parametrize("packet", ["40", "40{}", '40{"token":"x"}'])
def test_a_client_may_add_an_object_to_its_connect(server: Serving, packet: str) -> None:
    with server.client(enter=False) as client:
        client.packet("0")
        client.send(packet)
        assert client.packet("40")["sid"]


@pytest.mark.parametrize("packet", ["41", "1"])
def test_a_client_that_disconnects_is_let_go(server: Serving, packet: str) -> None:
    with server.client(join="a") as client:
        client.send(packet)
        assert client.closed() == 1000


def test_a_client_that_sends_nonsense_costs_others_nothing(server: Serving) -> None:
    with server.client() as other:
        for frames in (HOSTILE["a packet that can't be read, again and again"], [masked(TEXT, b"3")] * 1000):
            with server.client() as client, suppress(ConnectionError):
                client.raw(b"".join(frames))
                assert other.call("echo", "still here") == "still here"


TOKENS = '0 1 2 3 4 40 41 42 43 44 45 421 "join" "connect" "a" [ ] { } , : - / /b, null 1e999 \\ud800'
PACKETS = st.lists(st.sampled_from(TOKENS.split()), max_size=8).map(lambda parts: "".join(parts).encode())


@given(
    st.lists(
        st.binary(max_size=300)
        | st.builds(
            masked,
            st.sampled_from([0, 1, 1, 1, 2, 8, 9, 10, 3]),
            st.binary(max_size=20) | PACKETS,
            final=st.booleans() | st.just(True),
        ),
        max_size=12,
    ),
    st.booleans(),
)
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_nothing_that_a_client_sends_breaks_the_server(
    server: Serving, frames: list[bytes], enters: bool
) -> None:
    with server.client(enter=enters) as client, suppress(ConnectionError):
        client.raw(b"".join(frames))
        client.socket.shutdown(socket.SHUT_WR)
        while client.socket.recv(65536):
            pass
    assert server.get("/facts")[0] == 200


ASKS = {
    "Connection": "Upgrade",
    "Upgrade": "websocket",
    "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
    "Sec-WebSocket-Version": "13",
}
NO_WEBSOCKETS: dict[str, tuple[str, dict[str, str], int]] = {
    "no upgrade": (PATH, {}, 400),
    "another upgrade": (PATH, {**ASKS, "Upgrade": "h2c"}, 400),
    "another version": (PATH, {**ASKS, "Sec-WebSocket-Version": "8"}, 426),
    "no connection to upgrade": (PATH, {**ASKS, "Connection": "close"}, 400),
    "no key": (PATH, {**ASKS, "Sec-WebSocket-Key": ""}, 400),
    "a page of another site": (PATH, {**ASKS, "Origin": "https://evil.example"}, 400),
    "polling": ("/socket.io/?EIO=4&transport=polling", {}, 400),
    "another transport": ("/socket.io/?EIO=4&transport=x", ASKS, 400),
    "another version of Engine.IO": ("/socket.io/?EIO=3&transport=websocket", ASKS, 400),
    "a session that is none": (f"{PATH}&sid=x", ASKS, 400),
    "a script": (f"{PATH}&j=x", ASKS, 400),
    "no parameters": ("/socket.io/", {}, 400),
}


@pytest.mark.parametrize(("path", "headers", "status"), NO_WEBSOCKETS.values(), ids=NO_WEBSOCKETS)
def test_answers_that_are_no_websockets_have_the_security_headers(
    server: Serving, path: str, headers: dict[str, str], status: int
) -> None:
    answered, sent, _body = server.request(path, headers)
    assert answered == status
    for name, value in security.HEADERS.items():
        assert sent.get_all(name) == [value]
    assert "default-src 'self'" in sent["Content-Security-Policy"]
    assert sent["Cache-Control"] == "private, no-store"
    assert server.fact("sockets") == 0


def test_odd_headers_do_not_disturb_a_handshake(server: Serving) -> None:
    for header in (("Sec-WebSocket-Protocol", "a, b"), ("X-Odd", "\xfc"), ("TE", "trailers")):
        with server.client(headers=(header,), pause=0.1) as client:
            assert client.call("echo", "here") == "here"


def test_a_handshake_that_never_ends_is_hung_up_on(tmp_path: Path) -> None:
    with (
        serving(tmp_path, "--keep-alive=1") as server,
        socket.create_connection(("127.0.0.1", server.port)) as one,
    ):
        one.settimeout(PATIENCE)
        one.sendall(f"GET {PATH} HTTP/1.1\r\nHost: x\r\n".encode())
        assert one.recv(1000) == b""


def test_there_are_no_more_sockets_than_the_setting_allows(tmp_path: Path) -> None:
    with serving(tmp_path, READER_CONNECTIONS="10") as server:
        clients = [server.client() for _ in range(10)]
        with server.client() as late:
            assert late.refused == 503
        clients.pop().close()
        wait_for(lambda: server.fact("sockets") == 9, "one to go")
        with server.client(join="a") as late:
            assert late.refused is None
        for client in clients:
            client.close()


def test_a_client_that_does_not_answer_pings_is_given_up(tmp_path: Path) -> None:
    with serving(tmp_path, PING="0.5 0.4") as server, server.client(join="a") as answering:
        with server.client(join="a") as silent:
            end = time.monotonic() + 5
            while server.fact("sockets") == 2 and time.monotonic() < end:
                answering.socket.settimeout(0.1)
                try:
                    answering.text()
                except TimeoutError:
                    continue
            answering.socket.settimeout(5)
            assert server.fact("gone") == {"ping timeout": 1}
            ping = silent.event()
            assert isinstance(ping, TextMessage)
            assert ping.data == "2"
            assert silent.closed() == 1006
        assert answering.call("echo", "here") == "here"


def test_everybody_is_pinged_again_and_again_however_many_there_are(tmp_path: Path) -> None:
    with serving(tmp_path, PING="0.5 20") as server:
        # More in each group than are pinged in one go.
        followers = [server.client() for _ in range(transport.GROUPS * (transport.PINGS_BETWEEN_YIELDS + 20))]
        for _ in range(2):
            for follower in followers:
                ping = follower.event()
                assert isinstance(ping, TextMessage)
                assert ping.data == "2"
                follower.send("3")
        for follower in followers:
            follower.close()


def test_idle_followers_have_no_greenlets_and_little_memory(tmp_path: Path) -> None:
    number = 2000
    with serving(tmp_path) as server:
        with server.client(join="a"):
            before = server.ask("/facts")
        followers = [server.client(join="a") for _ in range(number)]
        facts = server.ask("/facts")
        assert facts["sockets"] == number
        assert facts["rooms"]["a"] == number
        assert facts["greenlets"] == before["greenlets"]
        # A figure with room: what it is exactly is for the benchmark to say.
        assert (facts["memory"] - before["memory"]) / number < 8000
        server.ask("/cast", room="a", events=3)
        for follower in followers:
            assert [event["number"] for event in follower.events(3)] == [0, 1, 2]
            follower.close()
        wait_for(lambda: server.fact("sockets") == 0, "all to go")
        after = server.ask("/facts")
        assert after["rooms"] == {}
        assert after["environs"] == 0
        assert after["greenlets"] == before["greenlets"]
        assert after["files"] <= before["files"]
        assert after["gone"] == {"transport close": number + 1}


def test_a_worker_that_stops_says_goodbye_to_everybody(tmp_path: Path) -> None:
    with serving(tmp_path) as server:
        clients = [server.client(join="a") for _ in range(50)]
        server.ask("/cast", room="a", size=5000)
        server.stop()
        for client in clients:
            assert client.events(1)[0]["number"] == 0
            assert client.closed() == 1001
            client.close()
        assert server.process.wait(timeout=10) == 0


def test_a_tls_connection_stays_with_the_library(tmp_path: Path) -> None:
    authority = trustme.CA()
    certificate = authority.issue_cert("localhost")
    certificate.private_key_and_cert_chain_pem.write_to_path(tmp_path / "server.pem")
    trust = ssl.create_default_context()
    authority.configure_trust(trust)
    certified = f"--certfile={tmp_path / 'server.pem'}"
    with serving(tmp_path, certified, trust=trust) as server, server.client(join="a") as client:
        assert server.fact("kinds") == ["Socket"]
        server.ask("/cast", room="a", events=30, size=9000)
        assert [event["number"] for event in client.events(30)] == list(range(30))
