"""The websocket protocol: what goes out is whole, what comes in is put together or refused with the right code."""

import struct
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from wsproto.connection import Connection, ConnectionType
from wsproto.events import BytesMessage, CloseConnection, Ping, TextMessage
from wsproto.frame_protocol import Opcode

from reader.live.wire.packets import MAX_BYTES, Allowance
from reader.live.wire.websocket import (
    FRAME_COST,
    BadHandshake,
    Incoming,
    accept,
    close_frame,
    frame,
    is_text,
    short_texts,
)

LIMIT = 100_000
TOO_MANY = MAX_BYTES // FRAME_COST + 1
MASK = b"\x0b\xad\xca\xfe"
ASKS = {
    "HTTP_HOST": "reader.example",
    "HTTP_CONNECTION": "keep-alive, Upgrade",
    "HTTP_SEC_WEBSOCKET_KEY": "dGhlIHNhbXBsZSBub25jZQ==",
    "HTTP_SEC_WEBSOCKET_VERSION": "13",
}


def masked(opcode: int, payload: bytes, *, final: bool = True, reserved: int = 0) -> bytes:
    """A frame as a client sends it."""
    length = len(payload)
    head = bytes([(0x80 if final else 0) | reserved | opcode])
    if length < 126:
        head += bytes([0x80 | length])
    elif length < 1 << 16:
        head += b"\xfe" + struct.pack("!H", length)
    else:
        head += b"\xff" + struct.pack("!Q", length)
    key = (MASK * (length // 4 + 1))[:length]
    return head + MASK + bytes(a ^ b for a, b in zip(payload, key, strict=True))


def received(chunks: list[bytes], limit: int = LIMIT) -> Iterator[Any]:
    """Yield what a follower reads from ``chunks``."""
    incoming = None
    for data in chunks:
        if incoming is None:
            texts, data = short_texts(data)
            yield from texts
            if not data:
                continue
            incoming = Incoming(limit, Allowance())
        for message in incoming.receive(data):
            yield message
            if isinstance(message, CloseConnection):
                return


ANY_TEXT = st.text(max_size=200)


@st.composite
def streams(draw: st.DrawFn, texts: st.SearchStrategy[str] = ANY_TEXT) -> tuple[list[Any], list[bytes]]:
    """Texts, and the bytes of their frames: fragmented, with pings between, cut anywhere."""
    said: list[Any] = []
    data = b""
    for message in draw(st.lists(texts, max_size=6)):
        whole = message.encode()
        cuts = sorted(draw(st.lists(st.integers(0, len(whole)), max_size=3)))
        parts = [whole[start:end] for start, end in zip([0, *cuts], [*cuts, len(whole)], strict=True)]
        for number, part in enumerate(parts):
            opcode = Opcode.CONTINUATION if number else Opcode.TEXT
            data += masked(opcode, part, final=number == len(parts) - 1)
            if number < len(parts) - 1 and draw(st.booleans()):
                data += masked(Opcode.PING, b"?")
                said.append(b"?")
        said.append(message)
    cuts = sorted(draw(st.lists(st.integers(0, len(data)), max_size=8)))
    return said, [data[a:b] for a, b in zip([0, *cuts], [*cuts, len(data)], strict=True)]


@given(streams())
def test_messages_come_whole_however_they_are_cut(stream: tuple[list[Any], list[bytes]]) -> None:
    said, chunks = stream
    assert [bytes(m.payload) if isinstance(m, Ping) else m for m in received(chunks)] == said


@given(st.binary(max_size=300), st.lists(st.binary(max_size=50), max_size=4))
def test_no_bytes_at_all_break_the_parser(head: bytes, tail: list[bytes]) -> None:
    for _ in received([head, *tail]):
        pass


@pytest.mark.parametrize("length", [0, 1, 125, 126, 65_535, 65_536])
@pytest.mark.parametrize("character", ["x", "ü", b"\xff"])
def test_a_frame_is_read_as_it_was_made(length: int, character: str | bytes) -> None:
    client = Connection(ConnectionType.CLIENT)
    payload = character * length
    client.receive_data(frame(payload))
    events = [event for event in client.events() if isinstance(event, TextMessage | BytesMessage)]
    assert len(events) == 1
    assert events[0].data == payload
    assert events[0].message_finished


@pytest.mark.parametrize("code", [1000, 1001, 1005, 1009, 4000])
def test_a_close_frame_carries_its_code(code: int) -> None:
    client = Connection(ConnectionType.CLIENT)
    client.receive_data(close_frame(code))
    assert [event.code for event in client.events() if isinstance(event, CloseConnection)] == [code]


@pytest.mark.parametrize(
    ("data", "code"),
    [
        pytest.param(frame("hello"), 1002, id="not masked"),
        pytest.param(frame("x" * 200), 1002, id="long and not masked"),
        pytest.param(masked(1, b"x", reserved=0x40), 1002, id="compressed, which nobody agreed to"),
        pytest.param(masked(3, b"x"), 1002, id="an opcode that is none"),
        pytest.param(masked(9, b"x", final=False), 1002, id="a ping in pieces"),
        pytest.param(masked(9, b"x" * 126), 1002, id="a ping too long"),
        pytest.param(masked(0, b"x"), 1002, id="the rest of nothing"),
        pytest.param(masked(1, b"x", final=False) + masked(1, b"y"), 1002, id="a message within a message"),
        pytest.param(b"\x81\xfe\x00\x05" + MASK + b"12345", 1002, id="a length written too long"),
        pytest.param(masked(8, b"\x03"), 1002, id="half a close code"),
        pytest.param(masked(8, struct.pack("!H", 1005)), 1002, id="a close code that may not be sent"),
        pytest.param(masked(1, b"\xff\xfe"), 1007, id="no UTF-8"),
        pytest.param(masked(1, b"\xff" * 300), 1007, id="no UTF-8, and long"),
        pytest.param(masked(1, "ü".encode()[:1]), 1007, id="half a character"),
        pytest.param(masked(2, b"x"), 1003, id="binary"),
        pytest.param(masked(2, b"", final=False), 1003, id="the beginning of something binary"),
        pytest.param(masked(9, b"") * TOO_MANY, 1008, id="too many pings"),
        pytest.param(masked(10, b"") * TOO_MANY, 1008, id="too many pongs"),
        pytest.param(
            masked(1, b"", final=False) + masked(0, b"", final=False) * TOO_MANY, 1008, id="too many pieces"
        ),
        pytest.param(masked(1, b"x" * 1001), 1009, id="too big"),
        pytest.param(
            masked(1, b"x" * 600, final=False) + masked(0, b"x" * 401), 1009, id="too big in pieces"
        ),
        pytest.param(
            b"\x81\xff" + struct.pack("!Q", 1 << 40) + bytes(4) + b"x" * 1001, 1009, id="a claim of 1 TB"
        ),
        pytest.param(masked(8, struct.pack("!H", 1000)), 1000, id="a proper goodbye"),
        pytest.param(masked(8, b""), 1005, id="a goodbye without a reason"),
    ],
)
def test_a_stream_ends_with_the_code_of_its_fault(data: bytes, code: int) -> None:
    for chunks in ([data], [data[:1], data[1:]], [bytes([byte]) for byte in data]):
        last = list(received(chunks, limit=1000))[-1]
        assert isinstance(last, CloseConnection)
        assert last.code == code


def test_is_text_recognises_one_whole_frame_of_one_character_and_no_other() -> None:
    assert is_text(masked(1, b"3"), "3")
    others = [
        masked(1, b"2"),
        masked(1, b"33"),
        masked(2, b"3"),
        masked(1, b"3", final=False),
        b"",
        b"\x81\x013",
    ]
    assert not any(is_text(data, "3") for data in [*others, masked(1, b"3") * 2, masked(1, b"3")[:-1]])


def test_short_texts_leave_the_rest_to_the_parser() -> None:
    assert short_texts(masked(1, b"3")) == (["3"], b"")
    assert short_texts(masked(1, b"3") + masked(1, b"40")) == (["3", "40"], b"")
    half = masked(1, b"40")[:-1]
    assert short_texts(masked(1, b"3") + half) == (["3"], half)
    ping = masked(9, b"")
    assert short_texts(ping) == ([], ping)


def test_the_handshake_is_answered_as_the_standard_says() -> None:
    answer = accept(ASKS)
    assert answer.startswith(b"HTTP/1.1 101 ")
    assert b"Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n" in answer
    assert answer.endswith(b"\r\n\r\n")
    assert (
        b"extensions" not in accept({**ASKS, "HTTP_SEC_WEBSOCKET_EXTENSIONS": "permessage-deflate"}).lower()
    )


@pytest.mark.parametrize(
    ("changed", "status"),
    [
        ({"HTTP_HOST": None}, "400"),
        ({"HTTP_SEC_WEBSOCKET_VERSION": "8"}, "426"),
        ({"HTTP_CONNECTION": "keep-alive"}, "400"),
        ({"HTTP_SEC_WEBSOCKET_KEY": ""}, "400"),
        ({"HTTP_SEC_WEBSOCKET_KEY": "c2hvcnQ="}, "400"),
        ({"HTTP_SEC_WEBSOCKET_KEY": "no base64: \xfc"}, "400"),
    ],
)
def test_a_handshake_that_asks_wrongly_is_refused(changed: dict[str, str | None], status: str) -> None:
    asks = {name: value for name, value in {**ASKS, **changed}.items() if value is not None}
    with pytest.raises(BadHandshake) as refusal:
        accept(asks)
    assert refusal.value.status.startswith(status)
