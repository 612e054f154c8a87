"""Serves the bare application with gunicorn, and talks to it with sockets as raw as a test needs them."""

import json
import os
import signal
import socket
import ssl
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPMessage, HTTPSConnection
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from wsproto import ConnectionType, WSConnection
from wsproto.events import (
    AcceptConnection,
    BytesMessage,
    CloseConnection,
    Event,
    Ping,
    Pong,
    RejectConnection,
    Request,
    TextMessage,
)

from reader.serving.gunicorn import KEEPALIVE_SECONDS

PATH = "/socket.io/?EIO=4&transport=websocket"
PATIENCE = 60.0
GUNICORN = "from gevent import monkey; monkey.patch_all(); from gunicorn.app.wsgiapp import run; run()"


def wait_for(condition: Callable[[], Any], what: str, seconds: float = PATIENCE) -> Any:
    """Return the value of ``condition`` once it is true; AssertionError if it isn't in time."""
    end = time.monotonic() + seconds
    while not (value := condition()):
        assert time.monotonic() < end, f"{what} has not come about in {seconds} s"
        time.sleep(0.02)
    return value


class Serving:
    """A gunicorn with one gevent worker that serves the bare application."""

    def __init__(
        self, process: subprocess.Popen[bytes], port: int, log: Path, trust: ssl.SSLContext | None
    ) -> None:
        self.process = process
        self.port = port
        self.log = log
        self._trust = trust

    def ask(self, path: str, **query: Any) -> dict[str, Any]:
        """The JSON that a route answers."""
        status, body = self.get(f"{path}?{urlencode(query)}")
        assert status == 200, body
        found: dict[str, Any] = json.loads(body)
        return found

    def get(self, path: str, headers: Mapping[str, str] | None = None) -> tuple[int, bytes]:
        """Status and body of an answer."""
        status, _headers, body = self.request(path, headers or {})
        return status, body

    def request(self, path: str, headers: Mapping[str, str]) -> tuple[int, HTTPMessage, bytes]:
        """Status, headers and body of an answer."""
        connection = (
            HTTPSConnection("localhost", self.port, timeout=PATIENCE, context=self._trust)
            if self._trust
            else HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        )
        connection.request("GET", path, headers=dict(headers))
        answer = connection.getresponse()
        body = answer.read()
        connection.close()
        return answer.status, answer.headers, body

    def fact(self, name: str) -> Any:
        """One of the process's facts."""
        return self.ask("/facts")[name]

    def client(self, **options: Any) -> "Client":
        """A connected client."""
        return Client(self.port, trust=self._trust, **options)

    def stop(self) -> None:
        """Have it end as an operator would."""
        self.process.send_signal(signal.SIGTERM)


@contextmanager
def serving(
    folder: Path, *options: str, trust: ssl.SSLContext | None = None, **environment: str
) -> Iterator[Serving]:
    """Serve the bare application until the end of the block.

    ``options`` are gunicorn's, ``environment`` is added to this process's, ``trust`` is for a server with TLS.
    """
    log = folder / "server.log"
    listener = socket.socket()
    # The kernel takes little at once, so that slow readers are met early; accepted sockets inherit this.
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 8192)
    listener.bind(("127.0.0.1", 0))
    listener.listen(1024)
    command = [
        sys.executable,
        "-c",
        GUNICORN,
        "--worker-class",
        "reader.serving.worker.Worker",
        "--no-control-socket",
        # As in production: in gunicorn's own two seconds a busy machine may not come to read a request.
        f"--keep-alive={KEEPALIVE_SECONDS}",
    ]
    command += ["--bind", f"fd://{listener.fileno()}", *options, "tests.live.bare_app:make()"]
    with log.open("wb") as output:
        process = subprocess.Popen(
            command,
            env={**os.environ, **environment},
            pass_fds=[listener.fileno()],
            stdout=output,
            stderr=output,
        )
    server = Serving(process, listener.getsockname()[1], log, trust)
    listener.close()
    try:
        yield server
    finally:
        process.terminate()
        process.wait(timeout=PATIENCE)


@dataclass(eq=False)
class Client:
    """A websocket client that sees every frame: wsproto, strictly, over a blocking socket.

    With a ``pause`` its handshake comes in two pieces, so that the web server has to wait for the second.
    """

    port: int
    join: str | None = None
    cookie: str = ""
    receive_buffer: int | None = None
    trust: ssl.SSLContext | None = None
    headers: tuple[tuple[str, str], ...] = ()
    enter: bool = True
    pause: float = 0

    def __post_init__(self) -> None:
        self.socket = socket.socket()
        self.socket.settimeout(PATIENCE)
        if self.receive_buffer:
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, self.receive_buffer)
        self.socket.connect(("127.0.0.1", self.port))
        if self.trust:
            self.socket = self.trust.wrap_socket(self.socket, server_hostname="localhost")
        self.protocol = WSConnection(ConnectionType.CLIENT)
        self._events: list[Event] = []
        self._text = ""
        named = [(b"Cookie", self.cookie.encode())] if self.cookie else []
        extra = [(name.encode(), value.encode()) for name, value in self.headers]
        asked = self.protocol.send(
            Request(host=f"127.0.0.1:{self.port}", target=PATH, extra_headers=named + extra)
        )
        first = 40 if self.pause else len(asked)
        self.socket.sendall(asked[:first])
        time.sleep(self.pause)
        self.socket.sendall(asked[first:])
        self.answer = self.event()
        self.sid = ""
        if isinstance(self.answer, AcceptConnection) and self.enter:
            self.opening = self.packet("0")
            self.send("40")
            self.sid = self.packet("40")["sid"]
            if self.join:
                self.call("join", self.join)

    def event(self) -> Event:
        """The next thing that comes; CloseConnection with 1006 where the connection just ends."""
        while not self._events:
            try:
                data = self.socket.recv(65536)
            except ConnectionResetError:
                data = b""
            self.protocol.receive_data(data or None)
            self._events += self.protocol.events()
        return self._events.pop(0)

    def text(self) -> str:
        """The next packet as it is; answers pings on the way."""
        while True:
            event = self.event()
            assert isinstance(event, TextMessage | Ping), event
            if isinstance(event, TextMessage):
                self._text += event.data
                if event.message_finished:
                    text, self._text = self._text, ""
                    if text != "2":
                        return text
                    self.send("3")

    def packet(self, kind: str) -> Any:
        """The content of the next packet, which must be of ``kind``."""
        text = self.text()
        assert text.startswith(kind), text
        content = text[len(kind) :].lstrip("0123456789")
        return json.loads(content) if content else None

    def events(self, count: int) -> list[Any]:
        """The next ``count`` events' payloads."""
        return [self.packet("42")[1] for _ in range(count)]

    def call(self, event: str, *arguments: Any) -> Any:
        """Send an event and give back what its acknowledgement says."""
        self.send(f"421{json.dumps([event, *arguments])}")
        return self.packet("431")[0]

    def send(self, text: str) -> None:
        """Send one text frame."""
        self.socket.sendall(self.protocol.send(TextMessage(data=text)))

    def raw(self, data: bytes) -> None:
        """Send bytes as they are."""
        self.socket.sendall(data)

    def closed(self) -> int:
        """The code of the close that comes next; other frames before it are passed over."""
        while True:
            event = self.event()
            if isinstance(event, CloseConnection):
                return int(event.code)
            assert isinstance(event, TextMessage | BytesMessage | Ping | Pong), event

    @property
    def refused(self) -> int | None:
        """The status of the answer that refused the websocket."""
        return self.answer.status_code if isinstance(self.answer, RejectConnection) else None

    def close(self) -> None:
        """Just go."""
        self.socket.close()

    def __enter__(self) -> "Client":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
