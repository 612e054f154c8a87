"""A network between a server under test and one of its services, that can be cut and can go silent."""

from __future__ import annotations

import socket
import threading
from contextlib import suppress
from types import TracebackType
from typing import Self

CHUNK = 65536


class Wire:
    """Passes on what comes to ``port`` here to ``port`` of a service, while it is whole."""

    def __init__(self, target: int) -> None:
        self._target = target
        self._ends: set[socket.socket] = set()
        self._flowing = threading.Event()
        self._flowing.set()
        self._whole = True
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def cut(self) -> None:
        """Break all connections; new ones break at once."""
        self._whole = False
        self._break()

    def silence(self) -> None:
        """Keep all connections, and take new ones, but pass on nothing."""
        self._flowing.clear()

    def mend(self) -> None:
        """Let everything through again."""
        self._whole = True
        self._flowing.set()

    def _break(self) -> None:
        for end in list(self._ends):
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)

    def _accept(self) -> None:
        with suppress(OSError):  # the listener was closed
            while True:
                here, _ = self._listener.accept()
                if not self._whole:
                    here.close()
                    continue
                there = socket.create_connection(("127.0.0.1", self._target))
                for pair in ((here, there), (there, here)):
                    self._ends.add(pair[0])
                    threading.Thread(target=self._pass_on, args=pair, daemon=True).start()

    def _pass_on(self, source: socket.socket, sink: socket.socket) -> None:
        with source, suppress(OSError):
            while data := source.recv(CHUNK):
                self._flowing.wait()
                sink.sendall(data)
            sink.shutdown(socket.SHUT_RDWR)
        self._ends.discard(source)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self.mend()
        self._break()
