"""CPU cost and latency of broadcasting, compared with the peers and with the machine's limit."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass

from tests.bench.measuring import Bench, Figure
from tests.bench.peers.servers import Stage, peer
from tests.bench.reader_stage import reader

PATIENCE = 30.0


@dataclass(frozen=True)
class Load:
    """Number of followers, and what they are sent in one run."""

    followers: int
    rate: float
    bursts: int
    peers: tuple[str, ...]
    times: int = 1


# Some 30,000 deliveries a run each, at rates that every server but the slowest can keep up with. Where the slowest of
# them count, which are what the machine was interrupted at, too, there are more runs.
LOADS = (
    Load(1_000, 10, 30, ("limit", "ws", "socketio", "flask-socketio")),
    Load(5_000, 2, 6, ("limit", "ws", "socketio"), times=2),
    Load(10_000, 1, 3, ("limit", "ws", "socketio"), times=2),
)
GATHERED = Load(3_000, 20, 60, ("socketio",))
MAX_RATIO, AIM = 0.65, 0.45
MAX_OF_LIMIT, AIM_OF_LIMIT = 1.6, 1.25
MAX_LATE, AIM_LATE = 0.8, 0.6
MAX_GATHERED, AIM_GATHERED = 0.35, 0.22


def measure(bench: Bench) -> list[Figure]:
    """Every load in turn."""
    return [figure for load in LOADS for figure in _figures(load, _measured(bench, load))]


def measure_gathered(bench: Bench) -> list[Figure]:
    """Events that come faster than ten a second, and leave together."""
    found = _measured(bench, GATHERED, how="/append")
    ours, theirs = found["reader"], found["socketio"]
    return [
        Figure(
            "20 events a second, gathered for 100 ms: CPU of one delivery, from the log on ÷ Socket.IO on Node",
            ours["cpu"],
            theirs["cpu"],
            "µs",
            most=MAX_GATHERED,
            aim=AIM_GATHERED,
            key="delivery-gathered",
        ),
        Figure("the same, events in one push ÷ one", ours["gathered"], 1, "", key="gathered"),
    ]


def _measured(bench: Bench, load: Load, *, how: str = "/go") -> dict[str, dict[str, float]]:
    with ExitStack() as stack:
        stages = {name: stack.enter_context(peer(name, bench)) for name in load.peers}
        stages["reader"] = stack.enter_context(reader(bench, f"reader-{load.followers}"))
        for stage in stages.values():
            stage.fill(load.followers)
        return bench.interleaved(
            {name: _run(stage, load, how if name == "reader" else "/go") for name, stage in stages.items()},
            times=load.times,
        )


def _run(stage: Stage, load: Load, how: str) -> Callable[[], dict[str, float]]:
    wanted = load.followers * load.bursts

    def run() -> dict[str, float]:
        stage.crowd.reset()
        before = stage.process.cpu()
        stage.go(load.rate, load.bursts, how=how)
        heard = stage.crowd.hear(wanted, load.bursts / load.rate + PATIENCE)
        cpu = stage.process.cpu() - before
        if heard.delivered != wanted or heard.torn or heard.lost:
            raise RuntimeError(f"of {wanted} deliveries {heard.delivered} arrived: {heard}")
        micro = 1e6 / wanted
        return {
            "cpu": cpu * micro,
            "p99": heard.p99 * 1e3,
            "generator": heard.cpu * micro,
            "gathered": wanted / heard.frames,
        }

    return run


def _figures(load: Load, found: dict[str, dict[str, float]]) -> list[Figure]:
    ours, socketio = found["reader"], found["socketio"]
    many = f"{load.followers:,} followers"
    figures = [
        Figure(
            f"{many}: CPU of one delivery ÷ Socket.IO on Node",
            ours["cpu"],
            socketio["cpu"],
            "µs",
            most=MAX_RATIO,
            aim=AIM,
            key=f"delivery-{load.followers}",
        ),
        Figure(
            f"{many}: CPU of one delivery ÷ bare loop in C",
            ours["cpu"],
            found["limit"]["cpu"],
            "µs",
            most=MAX_OF_LIMIT,
            aim=AIM_OF_LIMIT,
            key=f"limit-{load.followers}",
        ),
        Figure(
            f"{many}: CPU of one delivery ÷ ws on Node",
            ours["cpu"],
            found["ws"]["cpu"],
            "µs",
            key=f"ws-{load.followers}",
        ),
        Figure(
            f"{many}: 99th percentile of delivery ÷ Socket.IO on Node",
            ours["p99"],
            socketio["p99"],
            "ms",
            most=MAX_LATE if load.followers >= 5_000 else None,
            aim=AIM_LATE,
            key=f"p99-{load.followers}",
        ),
        Figure(
            f"{many}: CPU of the load generator ÷ of the server",
            ours["generator"],
            ours["cpu"],
            "µs",
            most=1,
            key=f"generator-{load.followers}",
        ),
    ]
    if "flask-socketio" in found:
        plain = found["flask-socketio"]["cpu"]
        what = f"{many}: CPU of one delivery ÷ Flask-SocketIO as it comes"
        figures.insert(3, Figure(what, ours["cpu"], plain, "µs", key=f"plain-{load.followers}"))
    return figures
