"""A whole site for tests: ``reader serve`` in a process of its own, as an operator starts it."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import requests

from reader import config
from reader.config import Settings
from tests.support.warm import Warm

START_SECONDS = 60.0
STOP_SECONDS = 20.0


def a_free_port() -> int:
    """A port that nobody listened on a moment ago."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
    return port


def environment(settings: Settings) -> dict[str, str]:
    """The variables that make a process read these settings, whatever this process was started with."""
    others = {name: value for name, value in os.environ.items() if not name.startswith("READER_")}
    return others | config.environment(settings)


class Site:
    """A server of one instance. It can be stopped, killed and started again, always at the same address.

    It works off no jobs unless ``jobs`` is on: most tests have none, and another process to start. It starts as an
    operator starts it, or ``warm``, which is a second quicker.
    """

    def __init__(
        self, settings: Settings, folder: Path, *command: str, jobs: bool = False, warm: bool = False
    ) -> None:
        self.settings = replace(settings, jobs=jobs)
        self._is_warm = warm
        self.url = f"http://{settings.bind}"
        self.log = folder / "server.log"
        self._command = command or ("serve",)
        self._process: subprocess.Popen[bytes] | Warm | None = None

    @property
    def process(self) -> subprocess.Popen[bytes] | Warm:
        """The running server."""
        assert self._process is not None
        return self._process

    def start(self) -> None:
        """Start it, and wait until it is ready."""
        self._process = self._started()
        end = time.monotonic() + START_SECONDS
        while not self.is_ready():
            assert self.process.poll() is None, f"the server ended: {self.log.read_text()}"
            assert time.monotonic() < end, f"the server is not ready: {self.log.read_text()}"
            time.sleep(0.05)

    def _started(self) -> subprocess.Popen[bytes] | Warm:
        variables = environment(self.settings)
        if self._is_warm:
            return Warm(self._command, variables, self.log)
        command = [sys.executable, "-m", "reader", *self._command]
        with self.log.open("ab") as log:
            return subprocess.Popen(command, env=variables, stdout=log, stderr=log, start_new_session=True)

    def is_ready(self) -> bool:
        """Return True if the site reports that it is ready."""
        try:
            return requests.get(f"{self.url}/readyz", timeout=5).status_code == 200
        except requests.ConnectionError:
            return False

    def workers(self) -> list[int]:
        """The process numbers of its workers."""
        return [number for number in self._children() if number not in self.consumers()]

    def consumers(self) -> list[int]:
        """The process numbers of what works off its jobs."""
        return [number for number in self._children() if b"jobs" in _command_of(number)]

    def _children(self) -> list[int]:
        pid = self.process.pid
        return [int(number) for number in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]

    def stop(self) -> int:
        """Stop it as an operator would; the exit status."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(STOP_SECONDS)

    def kill(self) -> None:
        """End it and its workers at once, as a power cut would."""
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait(STOP_SECONDS)

    def end(self) -> None:
        """Leave nothing running."""
        if self._process is not None and self._process.poll() is None:
            self.kill()


def _command_of(number: int) -> list[bytes]:
    """Return the command line of a process; empty if it is gone."""
    try:
        return Path(f"/proc/{number}/cmdline").read_bytes().split(b"\0")
    except OSError:
        return []


@contextmanager
def serving(settings: Settings, folder: Path, *, jobs: bool = False, warm: bool = False) -> Iterator[Site]:
    """A started site, ended with the block. What it writes goes to ``folder``."""
    site = Site(settings, folder, jobs=jobs, warm=warm)
    try:
        site.start()
        yield site
    finally:
        site.end()
