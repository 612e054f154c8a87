"""Packets that a client may send, and how many bytes. A client that sends anything else is cut off.

The libraries below take far more: an event that a client names ``connect`` or ``disconnect`` reaches the server's
handler of that name, binary attachments are waited for without limit, and each unreadable packet is a traceback in the
log. So only what is listed here reaches them.
"""

from __future__ import annotations

import json
import re
import time
from dataclasses import dataclass

import structlog
from wsproto.frame_protocol import CloseReason

from reader.logs import LimitedLog

# A join or leave takes some 60 bytes and a pong 7, so a page that follows all it may sends a tenth of this in a period.
MAX_MESSAGE_BYTES = 4096
MAX_BYTES = 8192
PERIOD_SECONDS = 10.0
# Time after the handshake within which a client has to send CONNECT.
CONNECT_SECONDS = 20.0

# Engine.IO's packets: close, pong, and a message with a packet of Socket.IO in it.
CLOSE, PONG, MESSAGE = "1", "3", "4"
# Socket.IO's packets, always of the default namespace.
CONNECT, DISCONNECT, EVENT, ACK = "0", "1", "2", "3"

_MESSAGE = re.compile(rf"{CLOSE}|{PONG}|{MESSAGE}[{CONNECT}{DISCONNECT}{EVENT}].*", re.DOTALL)
_EVENT = re.compile(rf"{EVENT}([0-9]{{1,9}})?(\[.*\])", re.ASCII | re.DOTALL)

_log = LimitedLog(structlog.get_logger(__name__))


class PacketRefused(Exception):
    """A packet that a client may not send; ``code`` is the code that its connection is closed with."""

    def __init__(self, reason: str, code: CloseReason = CloseReason.POLICY_VIOLATION) -> None:
        super().__init__(reason)
        self.code = code

    def log(self) -> None:
        """Tell the operator, without anything that the client wrote."""
        _log.warning("socket-refused", reason=str(self), code=int(self.code))


@dataclass(frozen=True, slots=True)
class ClientEvent:
    """An event that a client sends; ``ack_id`` is there where it wants an answer."""

    name: str
    arguments: list[object]
    ack_id: str | None


class Allowance:
    """Allowance of one client: ``MAX_BYTES`` in ``PERIOD_SECONDS``.

    The clock is read only when that is used up.
    """

    __slots__ = ("_since", "_used")

    def __init__(self) -> None:
        self._since = time.monotonic()
        self._used = 0

    def covers(self, size: int) -> bool:
        """Count ``size`` received bytes, and return True if they are within the limit."""
        self._used += size
        if self._used <= MAX_BYTES:
            return True
        now = time.monotonic()
        if now - self._since >= PERIOD_SECONDS:
            self._since, self._used = now, size
        return self._used <= MAX_BYTES


def check(message: str | bytes) -> None:
    """Raise :class:`PacketRefused` for a message that no packet of ours begins."""
    if isinstance(message, bytes):
        raise PacketRefused("binary", CloseReason.UNSUPPORTED_DATA)
    if _MESSAGE.fullmatch(message) is None:
        raise PacketRefused("unreadable")


def read_connect(packet: str) -> None:
    """Raise :class:`PacketRefused` where what a client adds to its CONNECT is not the object that is allowed."""
    if packet != CONNECT and not isinstance(_parsed(packet.removeprefix(CONNECT)), dict):
        raise PacketRefused("unreadable")


def read_event(packet: str) -> ClientEvent:
    """The event in a packet. Raises :class:`PacketRefused` where there is none."""
    match = _EVENT.fullmatch(packet)
    content = _parsed(match[2]) if match else None
    match content:
        case [str(name), *arguments]:
            return ClientEvent(name, arguments, match[1] if match else None)
    raise PacketRefused("unreadable")


def _parsed(text: str) -> object:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        raise PacketRefused("unreadable") from None
