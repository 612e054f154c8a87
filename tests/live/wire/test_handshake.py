"""Handshakes that are taken before the web server reads them, and all others, which are left to it untouched."""

from collections.abc import Callable, Iterator
from typing import Any

import engineio
import gevent
import gevent.socket
import pytest
from hypothesis import given
from hypothesis import strategies as st

from reader.live.wire import handshake
from reader.live.wire.transport import Transport
from reader.web.connections import Connections

ASKED = "GET /socket.io/?EIO=4&transport=websocket HTTP/1.1"
FIELDS = {
    "Host": "reader.example",
    "Connection": "keep-alive, Upgrade",
    "upgrade": "WebSocket",
    "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
    "Sec-WebSocket-Version": "13",
    "Sec-WebSocket-Extensions": "permessage-deflate; client_max_window_bits",
}
OURS = "https://reader.example"


def request(asked: str = ASKED, *more: str, **changed: str | None) -> bytes:
    """The handshake with other fields, named with _ for -; None is for one that isn't there."""
    fields = {**FIELDS, **{name.replace("_", "-"): value for name, value in changed.items()}}
    lines = [f"{name}: {value}" for name, value in fields.items() if value is not None]
    return "\r\n".join((asked, *lines, *more, "", "")).encode("latin-1")


UNUSUAL = {
    "nothing yet": b"",
    "half of it": request()[:100],
    "all but its end": request()[:-2],
    "a frame behind it": request() + b"\x81\x80....",
    "another request behind it": request() + request(),
    "another method": request(ASKED.replace("GET", "POST")),
    "another path": request(ASKED.replace("socket.io/", "socket.io")),
    "a page": request("GET /about HTTP/1.1"),
    "polling": request(ASKED.replace("websocket", "polling")),
    "another version of Engine.IO": request(ASKED.replace("EIO=4", "EIO=3")),
    "a session that goes on": request(ASKED.replace(" HTTP", "&sid=a HTTP")),
    "an older HTTP": request(ASKED.replace("1.1", "1.0")),
    "bare line feeds": request().replace(b"\r\n", b"\n"),
    "no host": request(Host=None),
    "two hosts": request(ASKED, "host: reader.example"),
    "two cookies": request(ASKED, "Cookie: a=1", "Cookie: b=2"),
    "a header that could be another": request(ASKED, "Sec_WebSocket_Key: x"),
    "a header over two lines": request(ASKED, "Cookie: a=1;", " b=2"),
    "a space before the colon": request(ASKED, "Cookie : a=1"),
    "no colon": request(ASKED, "Cookie"),
    "a control character": request(ASKED, "Cookie: a=\x00"),
    "a character beyond ASCII": request(ASKED, "Cookie: a=ü"),
    "a body": request(ASKED, "Content-Length: 5"),
    "a body in chunks": request(ASKED, "Transfer-Encoding: chunked"),
    "an expectation": request(ASKED, "Expect: 100-continue"),
    "no upgrade": request(upgrade=None),
    "another upgrade": request(upgrade="h2c"),
    "too many headers": request(ASKED, *(f"X-{number}: x" for number in range(handshake.MAX_FIELDS))),
}
REFUSED = {
    "another version of websockets": request(Sec_WebSocket_Version="8"),
    "a connection that is not upgraded": request(Connection="close"),
    "a bad key": request(Sec_WebSocket_Key="short"),
    "a page of another site": request(Origin="https://evil.example"),
    "too long": request(Cookie="x" * handshake.MAX_LENGTH),
}


class Door:
    """A transport that lets two in, and a connection that a client has just opened to it."""

    def __init__(self) -> None:
        self.engine = engineio.Server(
            async_mode="gevent", cors_allowed_origins=lambda origin, _environ: origin == OURS
        )
        self.came: list[Any] = []
        self.engine.on("connect", lambda _sid, environ: self.came.append(environ))
        self.transport = Transport(self.engine, 2, Connections(2, proxies=0))
        self.open: list[Any] = []

    def meet(self, data: bytes) -> tuple[bool, bytes, bytes]:
        """Return whether the transport accepts a client that sent ``data``, its answer, and the unread rest."""
        ours, client = gevent.socket.socketpair()
        client.sendall(data)
        taken = self.transport.meet(ours, "127.0.0.1") is not None
        self.open.append(client)
        if taken:
            assert ours.fileno() == -1
            return taken, client.recv(4096), b""
        ours.settimeout(0.01)
        with ours:
            return taken, b"", ours.recv(8192) if data else b""


@pytest.fixture
def door() -> Iterator[Door]:
    made = Door()
    yield made
    for client in made.open:
        client.close()
    with gevent.Timeout(5):
        while made.engine.sockets:
            gevent.sleep(0.001)


def test_a_usual_handshake_is_answered_at_once(door: Door) -> None:
    taken, answer, _ = door.meet(request(Cookie="a=1; b=2", Origin=OURS))
    assert taken
    head, _, frame = answer.partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 101 ")
    assert b"Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=" in head
    assert b"Extensions" not in head
    [sid] = door.engine.sockets
    assert frame[2:].startswith(f'0{{"sid":"{sid}"'.encode())
    assert door.came == [{"HTTP_COOKIE": "a=1; b=2"}]


def test_a_client_that_is_no_page_needs_no_origin(door: Door) -> None:
    assert door.meet(request())[0]
    assert door.came == [{}]


@pytest.mark.parametrize(
    "data", [pytest.param(data, id=name) for name, data in {**UNUSUAL, **REFUSED}.items()]
)
def test_all_else_is_left_to_the_web_server_as_it_came(door: Door, data: bytes) -> None:
    assert door.meet(data) == (False, b"", data)
    assert not door.engine.sockets


def test_there_is_no_more_room_than_there_is(door: Door) -> None:
    assert [door.meet(request())[0] for _ in range(3)] == [True, True, False]


def test_nobody_is_met_by_who_is_leaving(door: Door) -> None:
    door.transport.send_away()
    assert door.meet(request()) == (False, b"", request())


@given(st.lists(st.tuples(st.integers(0, 300), st.binary(max_size=2)), min_size=1, max_size=3))
def test_what_is_read_at_a_glance_is_what_the_web_server_reads(changes: list[tuple[int, bytes]]) -> None:
    data = request(Cookie="a=1")
    for place, put in changes:
        data = data[:place] + put + data[place + 1 :]
    found = handshake.usual(data)
    if found is not None:
        assert found == read_by_the_web_server(data)


def read_by_the_web_server(data: bytes) -> dict[str, str]:
    """The headers as gunicorn understands them. One of its faults where it doesn't."""
    from gunicorn.config import Config
    from gunicorn.http.parser import RequestParser
    from gunicorn.http.wsgi import create

    [asked] = RequestParser(Config(), [data], ("127.0.0.1", 1))
    assert (asked.method, asked.uri) == ("GET", "/socket.io/?EIO=4&transport=websocket")
    sent: Callable[..., None] = print
    environ = create(asked, sent, ("127.0.0.1", 1), ("127.0.0.1", 80), Config())[1]
    return {name: value for name, value in environ.items() if name.startswith("HTTP_")}
