"""A live client in Python: Socket.IO over a websocket, as far as this site speaks it."""

from __future__ import annotations

import json
import time
from collections import deque
from types import TracebackType
from typing import Any, Self

import websocket

PATIENCE = 10.0
OPEN, PING, PONG, CONNECTED, EVENT, ANSWER = "0", "2", "3", "40", "42", "43"


class Closed(Exception):
    """The server has closed the socket, or it broke."""


class Socket:
    """One connection to the site at ``url``, with a cookie header if somebody is logged in."""

    def __init__(self, url: str, *, cookie: str = "", origin: str | None = None) -> None:
        self._events: deque[list[Any]] = deque()
        self._calls = 0
        self._socket = websocket.WebSocket()
        self._socket.settimeout(PATIENCE)
        address = f"{url.replace('http', 'ws', 1)}/socket.io/?EIO=4&transport=websocket"
        try:
            self._socket.connect(address, cookie=cookie, origin=origin or url)
            self._wait(OPEN, PATIENCE)
            self._send(CONNECTED)
            self._wait(CONNECTED, PATIENCE)
        except (OSError, websocket.WebSocketException, Closed) as error:
            self.close()
            raise Closed from error

    def call(self, event: str, *payload: object) -> Any:
        """Send an event; its acknowledgement."""
        self._calls += 1
        self._send(f"{EVENT}{self._calls}{json.dumps([event, *payload])}")
        return json.loads(self._wait(f"{ANSWER}{self._calls}", PATIENCE))[0]

    def join(self, room: str) -> Any:
        """Follow a stream or the front page; what the server says to it."""
        return self.call("live:join", {"stream": room})

    def event(self, name: str, *, within: float = PATIENCE) -> Any:
        """The payload of the next event called ``name``. AssertionError where none comes in time."""
        end = time.monotonic() + within
        while (left := end - time.monotonic()) > 0:
            event = self.next(within=left)
            if event is not None and event[0] == name:
                return event[1]
        raise AssertionError(f"no {name} came within {within} s")

    def next(self, *, within: float) -> list[Any] | None:
        """The next event, name and payload; None where none comes in time."""
        if self._events:
            return self._events.popleft()
        text = self._wait(EVENT, within)
        return json.loads(text) if text else None

    def is_cut(self, *, within: float) -> bool:
        """Return True if the server closes this socket within ``within`` seconds."""
        end = time.monotonic() + within
        try:
            while (left := end - time.monotonic()) > 0:
                self.next(within=left)
        except Closed:
            return True
        return False

    def close(self) -> None:
        """Go."""
        self._socket.shutdown()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _send(self, text: str) -> None:
        try:
            self._socket.send(text)
        except (OSError, websocket.WebSocketException) as error:
            raise Closed from error

    def _wait(self, kind: str, seconds: float) -> str:
        """Return the rest of the next packet that starts with ``kind``; empty if none comes in time."""
        end = time.monotonic() + seconds
        while (left := end - time.monotonic()) > 0:
            self._socket.settimeout(left)
            try:
                code, data = self._socket.recv_data()
            except websocket.WebSocketTimeoutException:
                break
            except (OSError, websocket.WebSocketException) as error:
                raise Closed from error
            text = data.decode(errors="replace")
            if code == websocket.ABNF.OPCODE_CLOSE or text.startswith(("1", "41", "44")):
                raise Closed(data)
            if text == PING:
                self._send(PONG)
            elif text.startswith(kind):
                return str(text[len(kind) :])
            elif text.startswith(EVENT):
                self._events.append(json.loads(text[len(EVENT) :]))
        return ""
