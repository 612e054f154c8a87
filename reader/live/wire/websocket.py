"""The websocket protocol as a server speaks it: handshake, frames out, messages in. No input or output here.

Compression is never agreed to: a frame is made once for a whole room, and a deflater costs each reader's
connection more memory than all the rest of it.
"""

from __future__ import annotations

import binascii
from base64 import b64decode
from collections.abc import Iterator
from io import StringIO
from typing import Any

from wsproto.connection import Connection, ConnectionType
from wsproto.events import BytesMessage, CloseConnection, Message, Ping, TextMessage
from wsproto.frame_protocol import CloseReason, Opcode
from wsproto.utilities import generate_accept_token

from reader.live.wire.packets import Allowance

VERSION = "13"
FINAL = 0x80
MASKED = 0x80
MASK_LENGTH = 4
SHORT = 125
# Extra cost of a frame that is no short and whole text, such as a ping, which no browser sends.
FRAME_COST = 100
_TEXT = FINAL | Opcode.TEXT
_HEAD = 2 + MASK_LENGTH
_ONE_CHARACTER = bytes((_TEXT, MASKED | 1))


class BadHandshake(Exception):
    """A request that asks for a websocket in a way that can't be granted; ``status`` is the answer's."""

    def __init__(self, status: str, reason: str) -> None:
        super().__init__(reason)
        self.status = status


def accept(environ: dict[str, Any]) -> bytes:
    """The answer that turns the request ``environ`` into a websocket. Raises :class:`BadHandshake`."""
    if "HTTP_HOST" not in environ:
        raise BadHandshake("400 BAD REQUEST", "The header Host is missing.")
    if environ.get("HTTP_SEC_WEBSOCKET_VERSION") != VERSION:
        raise BadHandshake("426 UPGRADE REQUIRED", f"Only websockets of version {VERSION} are spoken here.")
    tokens = environ.get("HTTP_CONNECTION", "").lower().split(",")
    if "upgrade" not in (token.strip() for token in tokens):
        raise BadHandshake("400 BAD REQUEST", "The header Connection does not say Upgrade.")
    key = environ.get("HTTP_SEC_WEBSOCKET_KEY", "")
    try:
        whole = len(b64decode(key, validate=True)) == 16
    except (binascii.Error, ValueError):
        whole = False
    if not whole:
        raise BadHandshake("400 BAD REQUEST", "Sec-WebSocket-Key is not 16 bytes in base64.")
    return (
        b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        b"Sec-WebSocket-Accept: " + generate_accept_token(key.encode()) + b"\r\n\r\n"
    )


def frame(payload: str | bytes, opcode: Opcode | None = None) -> bytes:
    """One whole frame; text or binary by the payload's type where ``opcode`` doesn't say otherwise."""
    if isinstance(payload, str):
        payload, opcode = payload.encode(), opcode or Opcode.TEXT
    first, length = FINAL | (opcode or Opcode.BINARY), len(payload)
    if length <= SHORT:
        return bytes((first, length)) + payload
    if length < 1 << 16:
        return bytes((first, 126)) + length.to_bytes(2, "big") + payload
    return bytes((first, 127)) + length.to_bytes(8, "big") + payload


def close_frame(code: int) -> bytes:
    """The frame after which nothing follows. To a close without a code the answer has none either."""
    return frame(b"" if code == CloseReason.NO_STATUS_RCVD else code.to_bytes(2, "big"), Opcode.CLOSE)


def is_text(data: bytes, character: str) -> bool:
    """Return True if ``data`` is exactly one text frame holding ``character``: idle clients send only pongs."""
    return len(data) == _HEAD + 1 and data[:2] == _ONE_CHARACTER and data[2] ^ data[_HEAD] == ord(character)


def short_texts(data: bytes) -> tuple[list[str], bytes]:
    """The short, whole text frames that ``data`` begins with, and what follows them.

    That is nearly everything a browser sends us: its pongs, its joins. What follows, and all less simple,
    goes to :class:`Incoming`, which most connections so never need.
    """
    texts = []
    start = 0
    while len(data) - start >= _HEAD and data[start] == _TEXT:
        # An unmasked frame comes out as too long, like one whose length does not fit here.
        length = data[start + 1] ^ MASKED
        body = start + _HEAD
        if length > SHORT or body + length > len(data):
            break
        try:
            texts.append(_unmasked(data[body - MASK_LENGTH : body], data[body : body + length]).decode())
        except UnicodeDecodeError:
            break
        start = body + length
    return texts, data[start:]


def _unmasked(mask: bytes, payload: bytes) -> bytes:
    length = len(payload)
    key = int.from_bytes((mask * (length // MASK_LENGTH + 1))[:length], "big")
    return (int.from_bytes(payload, "big") ^ key).to_bytes(length, "big")


class Incoming:
    """Reader of one client's data: pieces of any size, joined to texts of at most ``limit``.

    Each frame is charged to the client's ``allowance``: thousands of empty ones would keep everybody waiting.
    """

    def __init__(self, limit: int, allowance: Allowance) -> None:
        self._allowance = allowance
        self._connection = Connection(ConnectionType.SERVER)
        self._limit = limit
        self._length = 0
        self._parts: StringIO | None = None

    def receive(self, data: bytes) -> Iterator[str | Ping | CloseConnection]:
        """The messages and pings that ``data`` completes; after a close, or a fault as one, no more."""
        self._connection.receive_data(data)
        for event in self._connection.events():
            is_whole = not isinstance(event, Message) or event.frame_finished
            if is_whole and not self._allowance.covers(FRAME_COST):
                yield CloseConnection(code=CloseReason.POLICY_VIOLATION)
                return
            if isinstance(event, BytesMessage):
                yield CloseConnection(code=CloseReason.UNSUPPORTED_DATA)
                return
            if isinstance(event, TextMessage):
                self._length += len(event.data)
                if self._length > self._limit:
                    yield CloseConnection(code=CloseReason.MESSAGE_TOO_BIG)
                    return
                if self._parts is None:
                    self._parts = StringIO()
                self._parts.write(event.data)
                if event.message_finished:
                    yield self._parts.getvalue()
                    self._parts, self._length = None, 0
            elif isinstance(event, Ping):
                yield event
            elif isinstance(event, CloseConnection):
                yield event
                return
