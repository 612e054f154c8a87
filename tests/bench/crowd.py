"""A crowd of followers: the load generator in C, compiled at first need, and how it is told what to do."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

NATIVE = Path(__file__).parent / "native"
ENGINE_IO = "/socket.io/?EIO=4&transport=websocket"
AT_ONCE = 64


def compiled(name: str, cache: Path) -> Path:
    """The program made of ``native/<name>.c``, newer than its source."""
    source, program = NATIVE / f"{name}.c", cache / name
    if not program.exists() or program.stat().st_mtime < source.stat().st_mtime:
        cache.mkdir(parents=True, exist_ok=True)
        subprocess.run(["gcc", "-O2", "-o", program, source], check=True)
    return program


@dataclass(frozen=True)
class Heard:
    """State of the crowd, and what it received since the last ``reset``; times in seconds."""

    ready: int
    lost: int
    torn: int
    delivered: int
    frames: int
    bytes: int
    pings: int
    p50: float
    p99: float
    most: float
    seconds: float  # that the command took
    cpu: float  # that the generator itself used for it


class Crowd:
    """Followers of one server, all in one other process."""

    def __init__(self, program: Path, port: int, path: str, dialect: str) -> None:
        self._process = subprocess.Popen(
            [program, str(port), path, dialect], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )

    def _tell(self, command: str) -> Heard:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(f"{command}\n")
        self._process.stdin.flush()
        line = self._process.stdout.readline()
        if not line:
            raise RuntimeError("the load generator ended")
        return Heard(**json.loads(line))

    def open(self, count: int, joining: str = "", *, at_once: int = AT_ONCE) -> Heard:
        """Connect ``count`` more; each sends ``joining`` and waits for the answer. RuntimeError if one fails."""
        heard = self._tell(f"open {count} {at_once} {joining}")
        if heard.lost or heard.ready < count:
            raise RuntimeError(f"of {count} followers {heard.ready} came in, {heard.lost} were lost")
        return heard

    def narrow(self) -> Heard:
        """Have the kernel keep little for those who come from now on."""
        return self._tell("narrow")

    def deafen(self, count: int) -> Heard:
        """Have the last ``count`` stop reading."""
        return self._tell(f"deafen {count}")

    def listen(self) -> Heard:
        """Have those read again."""
        return self._tell("listen")

    def reset(self) -> Heard:
        """Count from nought."""
        return self._tell("reset")

    def hear(self, count: int, seconds: float) -> Heard:
        """Wait until ``count`` stamps were delivered since ``reset``, for so long at most."""
        return self._tell(f"hear {count} {seconds}")

    def idle(self, seconds: float) -> Heard:
        """Only answer pings for a while."""
        return self._tell(f"idle {seconds}")

    def note(self) -> Heard:
        """From now on keep when each push came."""
        return self._tell("note")

    def pushes(self, folder: Path) -> Iterator[tuple[int, int, int]]:
        """Every push that every follower got since: events after which number, up to which, and when."""
        file = folder / "pushes"
        self._tell(f"write {file}")
        with file.open() as lines:
            for line in lines:
                first, last, moment = line.split()
                yield int(first), int(last), int(moment)

    def close(self) -> None:
        """Hang up."""
        self._process.kill()
        self._process.communicate()


@contextmanager
def crowd(cache: Path, port: int, path: str = ENGINE_IO, dialect: str = "engineio") -> Iterator[Crowd]:
    """A crowd in front of the server on ``port``, gone after the block."""
    followers = Crowd(compiled("load", cache), port, path, dialect)
    try:
        yield followers
    finally:
        followers.close()
