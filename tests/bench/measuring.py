"""Shared parts of all benchmarks: processes whose CPU is read, interleaved runs, and figures that are ratios."""

from __future__ import annotations

import os
import socket
import statistics
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).parents[2]
START_SECONDS = 60.0
ROUNDS, QUICK_ROUNDS = 5, 2
NANOSECONDS = 1e9
JOBS = b"\0jobs\0"

Run = Callable[[], float]
Numbers = Mapping[str, float]


@dataclass(frozen=True)
class Bench:
    """Inputs of one benchmark: a cache of installations, a folder of its own, and how thorough to be."""

    cache: Path
    folder: Path
    quick: bool = False
    # Texts to be kept beside the figures, by the names of their files.
    files: dict[str, str] = field(default_factory=dict)

    @property
    def rounds(self) -> int:
        """Number of times that each run is measured."""
        return QUICK_ROUNDS if self.quick else ROUNDS

    def interleaved(
        self, runs: Mapping[str, Callable[[], Numbers]], *, times: int = 1
    ) -> dict[str, dict[str, float]]:
        """Each of ``runs`` measured in turn, A B C A B C …, after one round that does not count; medians.

        There are ``times`` as many rounds where each is short: what else the machine does comes and goes in seconds.
        """
        found: dict[str, list[Numbers]] = {name: [] for name in runs}
        for number in range(self.rounds * times + 1):
            for name, run in runs.items():
                numbers = run()
                if number:
                    found[name].append(numbers)
        return {
            name: {number: statistics.median(each[number] for each in taken) for number in taken[0]}
            for name, taken in found.items()
        }

    def in_turn(self, runs: Mapping[str, Run], *, times: int = 1) -> dict[str, float]:
        """The same for runs that give one number each."""
        medians = self.interleaved({name: _numbered(run) for name, run in runs.items()}, times=times)
        return {name: numbers["value"] for name, numbers in medians.items()}


def _numbered(run: Run) -> Callable[[], Numbers]:
    return lambda: {"value": run()}


@dataclass(frozen=True)
class Figure:
    """One line of the result: ours against a peer's in the same run, and what the ratio was to be.

    ``most`` is the bound that must hold and ``aim`` the one hoped for; ``least`` stands where more is better.
    Without a bound a figure is there to be known; by its ``key`` others look it up.
    """

    what: str
    ours: float
    theirs: float
    unit: str
    most: float | None = None
    least: float | None = None
    aim: float | None = None
    key: str = ""

    @property
    def ratio(self) -> float:
        """Ours divided by theirs."""
        return self.ours / self.theirs

    @property
    def verdict(self) -> str:
        """State whether the bound was kept, and whether the aim was reached."""
        if self.most is None and self.least is None:
            return ""
        good = self.most is None or self.ratio <= self.most
        good = good and (self.least is None or self.ratio >= self.least)
        if not good:
            return "missed"
        if self.aim is None:
            return "reached"
        beyond = self.ratio >= self.aim if self.least is not None else self.ratio <= self.aim
        return "aim reached" if beyond else "reached"


class Process:
    """A server under measurement, with all the processes it started."""

    def __init__(self, command: Sequence[str], port: int, folder: Path, env: Mapping[str, str]) -> None:
        self.port = port
        self._log = (folder / f"server-{port}.log").open("ab")
        self._process = subprocess.Popen(
            command,
            env={**os.environ, **env},
            stdout=self._log,
            stderr=self._log,
            cwd=ROOT,
            start_new_session=True,
        )

    def wait(self) -> None:
        """Wait until it listens. RuntimeError if it does not come to that."""
        end = time.monotonic() + START_SECONDS
        while time.monotonic() < end and self._process.poll() is None:
            try:
                socket.create_connection(("127.0.0.1", self.port), 1).close()
            except OSError:
                time.sleep(0.05)
            else:
                return
        raise RuntimeError(f"the server did not start: {Path(self._log.name).read_text()}")

    def cpu(self) -> float:
        """Seconds of CPU, user and system, that it and its children have used so far."""
        return sum(cpu_of(pid) for pid in _tree(self._process.pid))

    def memory(self) -> int:
        """Bytes of memory that are its own, children included (proportional set size)."""
        return sum(_pss(pid) for pid in _tree(self._process.pid))

    def files(self) -> list[int]:
        """Return the number of open files of each child process."""
        return [len(list(Path(f"/proc/{pid}/fd").iterdir())) for pid in _tree(self._process.pid)[1:]]

    def stop(self) -> None:
        """End it and its children."""
        with suppress(ProcessLookupError):  # it may have ended by itself
            os.killpg(self._process.pid, 9)
        self._process.wait()
        self._log.close()


@contextmanager
def running(
    command: Sequence[str], port: int, folder: Path, env: Mapping[str, str] | None = None
) -> Iterator[Process]:
    """A started server, ended with the block."""
    process = Process(command, port, folder, env or {})
    try:
        process.wait()
        yield process
    finally:
        process.stop()


def _tree(pid: int) -> list[int]:
    """The process and those it started, without the one that does what is done after the answers."""
    if JOBS in Path(f"/proc/{pid}/cmdline").read_bytes():
        return []
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return [pid, *(each for child in children for each in _tree(int(child)))]


def cpu_of(pid: int) -> float:
    """From the scheduler's own count, which is in nanoseconds where the usual one is in ticks."""
    threads = Path(f"/proc/{pid}/task").iterdir()
    return sum(int((thread / "schedstat").read_text().split()[0]) for thread in threads) / NANOSECONDS


def _pss(pid: int) -> int:
    for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
        if line.startswith("Pss:"):
            return int(line.split()[1]) * 1024
    raise RuntimeError(f"the kernel does not tell the memory of process {pid}")


class Browser:
    """Keep-alive connections that send the same bytes again and again, and read what comes back."""

    def __init__(self, port: int, connections: int = 8) -> None:
        self._port = port
        self._sockets = [self._connected() for _ in range(connections)]

    def _connected(self) -> socket.socket:
        return socket.create_connection(("127.0.0.1", self._port))

    def fetch(self, requests: Sequence[bytes], *, status: bytes = b"200") -> int:
        """Send each request, as many at a time as there are connections; the bytes of all answers.

        RuntimeError where an answer has another status.
        """
        self._sockets = [self._connected() if _is_over(each) else each for each in self._sockets]
        total = 0
        for start in range(0, len(requests), len(self._sockets)):
            busy = list(zip(self._sockets, requests[start:], strict=False))
            for connection, request in busy:
                connection.sendall(request)
            for connection, _ in busy:
                total += _answer(connection, status)
        return total

    def close(self) -> None:
        """Hang up."""
        for connection in self._sockets:
            connection.close()


def _is_over(connection: socket.socket) -> bool:
    """Return True if the server has hung up, as it does on connections that are idle for long."""
    try:
        return not connection.recv(1, socket.MSG_PEEK | socket.MSG_DONTWAIT)
    except BlockingIOError:
        return False
    except OSError:
        return True


def _answer(connection: socket.socket, status: bytes) -> int:
    data = b""
    while b"\r\n\r\n" not in data:
        data += _more(connection)
    head, _, body = data.partition(b"\r\n\r\n")
    if head[9:12] != status:
        raise RuntimeError(f"the server answered: {data[:600]!r}")
    lengths = [line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")]
    if not lengths:
        raise RuntimeError(f"an answer without Content-Length: {head!r}")
    missing = int(lengths[0].partition(b":")[2]) - len(body)
    while missing > 0:
        missing -= len(_more(connection))
    return len(data)


def _more(connection: socket.socket) -> bytes:
    part = connection.recv(1 << 20)
    if not part:
        raise RuntimeError("the server hung up")
    return part


def get(path: str, **headers: str) -> bytes:
    """A GET request as it is sent."""
    lines = [f"GET {path} HTTP/1.1", "Host: 127.0.0.1"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return ("\r\n".join(lines) + "\r\n\r\n").encode()


def cpu_per_request(process: Process, browser: Browser, requests: Sequence[bytes]) -> float:
    """Seconds of the server's CPU for each of ``requests``."""
    before = process.cpu()
    browser.fetch(requests)
    return (process.cpu() - before) / len(requests)
