"""Resources for a load, from measured costs: ``python -m tests.bench.simulate --followers 100000 --comments 20``.

It multiplies the costs of the last whole run (``tests/bench/results``) and names the part of the design that would
give way first. It knows nothing of your machines: a core here is a core of the machine that was measured on.
"""

from __future__ import annotations

import argparse
import math
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.bench.__main__ import KEPT
from tests.bench.followers import IDLE, PING_SECONDS
from tests.bench.measuring import Figure
from tests.bench.results import load as kept

# What the design says.
PUSHES_A_SECOND = 10
CONNECTIONS = 12_000
EVENT_BYTES = 660
MAX_PUSH = 16 * 1024
QUERIES_OF_A_PUSH = 6
QUERIES_OF_A_PAGE = 7
LOOK_SECONDS = 2.0
# What is assumed: nobody measured it here.
BUSY = 0.7  # of a core; beyond that, waiting grows
REDIS_MESSAGES = 200_000  # a second, to all subscribers together
DATABASE_QUERIES = 20_000  # short reads a second that one PostgreSQL answers
NETWORK_BYTES = 1.25e9  # a second: 10 Gbit/s for each machine
CORES = 16  # of one machine


@dataclass(frozen=True)
class Load:
    """Pages asked for a second, pages open live, comments a second; and in how many threads that is."""

    readers: float
    followers: int
    comments: float
    threads: int

    @property
    def pushes(self) -> float:
        """Pushes a second in one thread."""
        return min(PUSHES_A_SECOND, self.comments / self.threads)

    @property
    def events(self) -> float:
        """Comments in one push."""
        return max(1.0, self.comments / self.threads / PUSHES_A_SECOND)

    @property
    def push_bytes(self) -> float:
        """The weight of one push."""
        return min(MAX_PUSH, self.events * EVENT_BYTES)


class Costs:
    """Seconds of CPU, from the figures of a run."""

    def __init__(self, figures: Mapping[str, Figure]) -> None:
        self._figures = figures
        self.join = self._ours("join") / 1e6
        self.idle = self._ours("follower-cpu") / 1e3 / IDLE / PING_SECONDS  # each second
        self.kept_page = 1 / self._ours("page-kept")
        self.page = self._ours("page-changed") / 1e6
        self.post = self._ours("post") / 1e6
        self.push = self._ours("push") / 1e3
        self.follower_bytes = self._ours("follower-memory") * 1024
        self.worker_bytes = self._ours("worker-memory") * (1 << 20)
        self.hot_thread = self._ours("hot-thread")  # comments a second

    def _ours(self, key: str) -> float:
        return self._figures[key].ours

    def delivery(self, events: float) -> float:
        """To hand one push of so many events to one follower; beyond what was measured, along a straight line."""
        one, together = self._ours("delivery-5000"), self._ours("delivery-gathered") * self._ours("gathered")
        each_more = max(0.0, together - one) / max(1.0, self._ours("gathered") - 1)
        most = MAX_PUSH / EVENT_BYTES
        return (one + each_more * (min(events, most) - 1)) / 1e6


@dataclass(frozen=True)
class Need:
    """Resources that a load takes, and the used share of each limit: at 1 it gives way."""

    workers: int
    machines: int
    cpu: dict[str, float]
    memory: float
    join_seconds: float
    redis_messages: float
    database_queries: float
    network_bytes: float
    used: dict[str, float]

    @property
    def first(self) -> str:
        """The limit that gives way first."""
        return max(self.used, key=lambda name: self.used[name])


def need(load: Load, costs: Costs, *, replicas: int = 0) -> Need:
    """Return the resources that ``load`` needs."""
    cpu = {
        "telling followers": load.followers * load.pushes * costs.delivery(load.events),
        "pings": load.followers * costs.idle,
        "pages": load.readers * costs.kept_page,
        "posting": load.comments * costs.post,
    }
    # Each worker reads and renders for itself, pages as well as pushes, of every thread that it has readers of.
    own = load.threads * load.pushes * (costs.push + (costs.page if load.readers else 0.0))
    shared = sum(cpu.values())
    left = BUSY - own if own < BUSY else BUSY  # where that alone is too much, more workers don't help
    workers = max(1, math.ceil(shared / left), math.ceil(load.followers / CONNECTIONS))
    cpu["reading and rendering, in each worker"] = own * workers
    machines = math.ceil(workers / CORES)
    network = load.followers * load.pushes * load.push_bytes
    messages = load.threads * load.pushes * workers
    pages = min(load.readers / workers, load.threads * load.pushes)
    reads = load.threads * load.pushes * QUERIES_OF_A_PUSH + pages * QUERIES_OF_A_PAGE + 1 / LOOK_SECONDS
    queries = workers * reads
    return Need(
        workers,
        machines,
        cpu,
        workers * costs.worker_bytes + load.followers * costs.follower_bytes,
        load.followers * costs.join / (workers * BUSY),
        messages,
        queries,
        network,
        {
            "the lock of one thread (comments a second in it)": load.comments
            / load.threads
            / costs.hot_thread,
            "each worker reads and renders for itself": own / BUSY,
            "Redis (hints, to every worker)": messages / REDIS_MESSAGES,
            "the database (reads of all workers)": queries / (DATABASE_QUERIES * (1 + replicas)),
            "the network of one machine": network / machines / NETWORK_BYTES,
        },
    )


def report(load: Load, found: Need) -> str:
    """The answer in words and figures."""
    lines = [
        f"{load.readers:,.0f} pages a second, {load.followers:,} followers, {load.comments:,.1f} comments a second"
        f" in {load.threads:,} thread(s):",
        f"  each thread is told {load.pushes:.1f} times a second, {load.push_bytes / 1024:.1f} kB each time",
        f"  workers            {found.workers:,}  (one for each core: {found.machines:,} machines of {CORES})",
        *(f"    {seconds:9.2f} cores  {name}" for name, seconds in found.cpu.items()),
        f"  memory             {found.memory / 1e9:,.1f} GB in all",
        f"  all come in within {found.join_seconds:,.0f} s",
        f"  Redis              {found.redis_messages:,.0f} messages a second",
        f"  database           {found.database_queries:,.0f} short reads, {load.comments:,.0f} comments a second",
        f"  network            {found.network_bytes * 8 / 1e9:,.2f} Gbit/s in all",
        "  how far each limit is used (the first to give way stands first):",
    ]
    for name, share in sorted(found.used.items(), key=lambda item: -item[1]):
        lines.append(f"    {share:8.1%}  {name}{'  <- beyond it' if share > 1 else ''}")
    return "\n".join(lines)


def main(arguments: Sequence[str]) -> int:
    """Answer for one load."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.simulate", description=__doc__)
    parser.add_argument("--readers", type=float, default=0, help="pages asked for a second")
    parser.add_argument("--followers", type=int, default=0, help="pages open live")
    parser.add_argument("--comments", type=float, default=0, help="comments a second, all threads together")
    parser.add_argument("--threads", type=int, default=1, help="articles that these are about")
    parser.add_argument("--replicas", type=int, default=0, help="read replicas of the database")
    parser.add_argument("--results", type=Path, default=KEPT, help="folder of the run to go by")
    chosen = parser.parse_args(arguments)
    try:
        costs = Costs(kept(chosen.results))
    except (OSError, KeyError) as error:
        print(f"No whole run in {chosen.results} ({error}). Make one: python -m tests.bench", file=sys.stderr)
        return 2
    load = Load(chosen.readers, chosen.followers, chosen.comments, max(1, chosen.threads))
    print(report(load, need(load, costs, replicas=chosen.replicas)))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
