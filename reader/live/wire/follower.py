"""One reader's websocket in the event loop: no greenlet while it listens, no queue while it keeps up."""

from __future__ import annotations

import socket
import struct
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import gevent
from engineio.exceptions import SocketIsClosedError
from engineio.packet import PING, Packet
from wsproto.events import CloseConnection, Ping
from wsproto.frame_protocol import CloseReason, Opcode

from reader.live.wire import hands, packets, websocket
from reader.live.wire.packets import PacketRefused

# A reader who lets more than this wait is cut off; the page connects again and fetches what it missed. The libraries'
# own transport has bounds of its own, in ``library``.
MAX_PENDING = 1 << 20
READ = 16 * 1024
RESET = struct.pack("ii", 1, 0)  # SO_LINGER: on, for no time: what was not sent yet is forgotten

_PING_FRAME = websocket.frame(str(PING))
# Only the event loop reads, one follower after the other. A buffer each would leave holes in the memory.
_BUFFER = memoryview(bytearray(READ))
_READABLE, _WRITABLE = 1, 2  # as libev says it


class Follower:
    """One reader's websocket, with the face of an Engine.IO socket."""

    __slots__ = (
        "_allowance",
        "_behind_since",
        "_ending",
        "_engine",
        "_group",
        "_incoming",
        "_pending",
        "_pinged",
        "_reader",
        "_release",
        "_silent_since",
        "_socket",
        "_waiting",
        "_writer",
        "closed",
        "closing",
        "session",
        "sid",
        "straight",
    )
    # For Engine.IO: it never was anything but a websocket.
    connected = upgraded = True
    upgrading = False

    def __init__(
        self,
        engine: Any,
        group: set[Follower],
        sid: str,
        connection: Any,
        release: Callable[[], object] = int,
    ) -> None:
        """Follow ``connection``, a plain non-blocking socket, until its end; be in ``group`` until then.

        ``release`` is called once, when the connection is no more.
        """
        self.sid = sid
        self.session: dict[str, Any] = {}
        self.closing = self.closed = False  # towards the application
        self._ending = False  # towards the client: a close frame was written, nothing may follow
        self._engine = engine
        self._group = group
        self._socket = connection
        self._release = release
        # What is written goes to the socket's own ``send``, until something waits, or all is over: then to what stands
        # in for it. So who writes to thousands need not look how each of them is.
        self.straight: Callable[[bytes], int] = connection.send
        self._incoming: websocket.Incoming | None = None
        self._pending: deque[bytes | memoryview] | None = None
        self._waiting = 0
        self._behind_since = 0.0  # means something while there is anything pending
        self._pinged: float | None = None
        self._allowance = packets.Allowance()
        self._silent_since: float | None = time.monotonic()  # until the first message
        self._reader = gevent.get_hub().loop.io(connection.fileno(), _READABLE)
        self._writer: Any = None
        group.add(self)

    def listen(self) -> None:
        """Begin to take what the client sends."""
        if self._reader is not None:
            self._reader.start(self._read)

    # What Engine.IO calls.

    def send(self, packet: Packet) -> None:
        """Send one packet to this client."""
        if self.closed:
            raise SocketIsClosedError
        self.write(websocket.frame(packet.encode()))

    def close(self, wait: bool = True, abort: bool = False, reason: str | None = None) -> None:
        """Tell the application that this client goes, then the client itself; or drop it with ``abort``."""
        self._tell(reason or self._engine.reason.SERVER_DISCONNECT)
        if abort:
            self.lose()
        else:
            self.write(websocket.frame(packets.CLOSE))
            self.end(CloseReason.NORMAL_CLOSURE)

    def check_ping_timeout(self) -> bool:
        """True: whether this client still answers is the sweeper's business, not each sender's."""
        return True

    # Writing.

    def write(self, data: bytes) -> None:
        """Write whole frames, at once or after all that waits; a reader who lets too much wait is cut off."""
        try:
            written = self.straight(data)
        except OSError as error:
            self.refused(data, error)
        else:
            if written != len(data):
                self.keep(data, written)

    def refused(self, data: bytes, fault: OSError) -> None:
        """Have ``data`` wait, which the socket did not take, unless it never will."""
        if isinstance(fault, BlockingIOError):
            self.keep(data, 0)
        else:
            self.lose()

    def keep(self, data: bytes, written: int) -> None:
        """Have wait what the socket did not take of ``data``, and all that comes after."""
        self._pending = deque()
        self._behind_since = time.monotonic()
        self._writer = gevent.get_hub().loop.io(self._socket.fileno(), _WRITABLE)
        self._writer.start(self._write_pending)
        self.straight = self._wait
        self._wait(memoryview(data)[written:])

    def _wait(self, data: bytes | memoryview) -> int:
        assert self._pending is not None
        self._pending.append(data)
        self._waiting += len(data)
        if self._waiting > MAX_PENDING:
            self.lose(reset=True)
        return len(data)

    def _write_pending(self) -> None:
        while self._pending:
            data = self._pending[0]
            try:
                written = self._socket.send(data)
            except BlockingIOError:
                return
            except OSError:
                self.lose()
                return
            self._waiting -= written
            if written < len(data):
                self._pending[0] = memoryview(data)[written:]
                return
            self._pending.popleft()
        self._writer.stop()
        self._writer.close()
        self._writer = self._pending = None
        if self._ending:
            self._finish()
        else:
            self.straight = self._socket.send

    # The end.

    def end(self, code: int, reason: str | None = None) -> None:
        """Send a close frame after all that still waits, and tell the application."""
        if self._ending:
            return
        self.write(websocket.close_frame(code))
        if self._socket is None:  # it was lost on the way, and the application knows
            return
        self._ending = True
        self.straight = len  # as if all were written
        if self._pending is None:
            self._finish()
        self._tell_later(reason)

    def lose(self, reason: str | None = None, *, reset: bool = False) -> None:
        """Give the connection up at once, and tell the application; ``reset`` drops what was not sent yet."""
        if self._socket is None:
            return
        for watcher in (self._reader, self._writer):
            if watcher is not None:
                watcher.stop()
                watcher.close()
        if reset:
            self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
        self._socket.close()
        self._ending = True
        self.straight = len
        self._socket = self._reader = self._writer = self._pending = self._incoming = None
        self._group.discard(self)
        self._release()
        self._tell_later(reason)

    def _finish(self) -> None:
        # No more from us; the client's answer, its own end, or else the sweeper frees the connection.
        try:
            self._socket.shutdown(socket.SHUT_WR)
        except OSError:
            self.lose()

    def _tell_later(self, reason: str | None) -> None:
        # Handlers may wait for the database, and this may be the event loop, which never waits.
        if not self.closing:
            hands.run(self._tell, reason or self._engine.reason.TRANSPORT_CLOSE)

    def _tell(self, reason: str) -> None:
        if self.closing:
            return
        self.closing = True
        self._engine._trigger_event("disconnect", self.sid, reason, run_async=False)
        self.closed = True
        self._engine.sockets.pop(self.sid, None)

    def check(self, now: float, patience: float) -> None:
        """Ping the client, once in a ping interval, or give it up.

        It is given up if it has not answered the last ping or the close frame, has not read what is pending for longer
        than ``patience``, or has not sent CONNECT in time.
        """
        if self._ending or (self._pending is not None and now - self._behind_since > patience):
            self.lose(reset=True)
        elif self._silent_since is not None and now - self._silent_since > packets.CONNECT_SECONDS:
            self._refuse(PacketRefused("silent"))
        elif self._pinged is None:
            self._pinged = now
            self.write(_PING_FRAME)
        elif now - self._pinged > patience:
            self.lose(self._engine.reason.PING_TIMEOUT, reset=True)

    # Reading.

    def _read(self) -> None:
        try:
            data = bytes(_BUFFER[: self._socket.recv_into(_BUFFER)])
        except BlockingIOError:
            return
        except OSError:
            data = b""
        if not data:
            self.lose()
        elif self._pinged is not None and self._incoming is None and websocket.is_text(data, packets.PONG):
            self._pinged = None  # there is one for each ping, which needs no bound
        elif not self._allowance.covers(len(data)):
            if self._ending:
                self.lose(reset=True)
            else:
                self._refuse(PacketRefused("too much"))
        elif not self._ending:
            messages = [message for message in self._received(data) if not self._answered(message)]
            if messages and self._reader is not None:
                self._reader.stop()  # until these are handled: who sends faster than that has to wait
                hands.run(self._handle, messages)

    def _received(self, data: bytes) -> Iterator[str | bytes | Ping | CloseConnection]:
        if self._incoming is None:
            texts, data = websocket.short_texts(data)
            yield from texts
            if not data:
                return
            self._incoming = websocket.Incoming(self._engine.max_http_buffer_size, self._allowance)
        yield from self._incoming.receive(data)

    def _answered(self, message: str | bytes | Ping | CloseConnection) -> bool:
        """Answer ``message`` if it needs no handler, and so no greenlet; return True if it was answered."""
        if message == packets.PONG:
            self._pinged = None
            return True
        if isinstance(message, Ping):
            self.write(websocket.frame(message.payload, Opcode.PONG))
            return True
        return False

    def _handle(self, messages: Iterable[str | bytes | CloseConnection]) -> None:
        for number, message in enumerate(messages):
            if number:
                gevent.sleep(0)  # others have their turn
            if self._ending or self.closed:
                break
            if isinstance(message, CloseConnection):
                self.end(message.code)
                break
            try:
                packets.check(message)
            except PacketRefused as error:
                self._refuse(error)
                break
            if message == packets.CLOSE:
                self.end(CloseReason.NORMAL_CLOSURE, self._engine.reason.CLIENT_DISCONNECT)
            else:
                self._silent_since = None
                self._engine._trigger_event("message", self.sid, message[1:], run_async=False)
        self.listen()

    def _refuse(self, error: PacketRefused) -> None:
        error.log()
        self.end(error.code)


def close(client: Any, code: int) -> None:
    """Close a client's connection, a follower's or one of the library's own, without waiting for the client."""
    if isinstance(client, Follower):
        client.end(code)
    else:
        client.close(wait=False)
