"""Cost of a follower who only listens, and of joining."""

from __future__ import annotations

import statistics
import time
from collections.abc import Mapping
from contextlib import ExitStack

from tests.bench.measuring import Bench, Figure
from tests.bench.peers.servers import Stage, peer
from tests.bench.reader_stage import reader

IDLE, FIRST = 5_000, 200
SETTLE_SECONDS = 2.0
# The ping interval, which is the same for both, so each of them is pinged once in a stretch.
PING_SECONDS = 25.0
# Node pings in the order in which they came: so long after that a stretch neither begins nor ends amid its pings.
APART_SECONDS = 10.0
JOINS = 1_000


def measure_idle(bench: Bench) -> list[Figure]:
    """Memory and CPU of thousands who follow and hear nothing; both servers at the same time."""
    with ExitStack() as stack:
        stages = {
            "reader": stack.enter_context(reader(bench)),
            "socketio": stack.enter_context(peer("socketio", bench)),
        }
        alone = stages["reader"].process.memory() / (1 << 20)
        memory = {name: _memory(stage) for name, stage in stages.items()}
        time.sleep(APART_SECONDS)
        stretches = [_stretch(stages) for _ in range(bench.rounds)]
        cpu = {name: statistics.median(used[name] for used in stretches) for name in stages}
        for name, stage in stages.items():
            heard = stage.crowd.reset()
            if heard.ready != IDLE + FIRST:
                raise RuntimeError(f"of {IDLE + FIRST} followers {heard.ready} still follow {name}")
    return [
        Figure(
            "memory of an idle follower ÷ Socket.IO on Node",
            memory["reader"],
            memory["socketio"],
            "kB",
            most=1.6,
            aim=0.25,
            key="follower-memory",
        ),
        Figure(
            f"CPU of {IDLE:,} idle followers ÷ Socket.IO on Node",
            cpu["reader"],
            cpu["socketio"],
            "ms",
            most=0.5,
            aim=0.2,
            key="follower-cpu",
        ),
        Figure("memory of a server that nobody is at ÷ 1 MiB", alone, 1, "MiB", key="worker-memory"),
    ]


def _stretch(stages: Mapping[str, Stage]) -> dict[str, float]:
    """Milliseconds of CPU that each used while it pinged everybody once."""
    before = {name: stage.process.cpu() for name, stage in stages.items()}
    time.sleep(PING_SECONDS)
    return {name: (stage.process.cpu() - before[name]) * 1e3 for name, stage in stages.items()}


def _memory(stage: Stage) -> float:
    stage.fill(FIRST)  # what is loaded when the first one comes is not the others'
    before = stage.process.memory()
    stage.fill(IDLE)
    time.sleep(SETTLE_SECONDS)
    return (stage.process.memory() - before) / IDLE / 1024


def measure_joins(bench: Bench) -> list[Figure]:
    """Handshake, session, room and head, against a bare connect."""
    with ExitStack() as stack:
        stages = {
            "reader": stack.enter_context(reader(bench)),
            "socketio": stack.enter_context(peer("socketio", bench)),
        }
        found = bench.interleaved({name: lambda stage=stage: _join(stage) for name, stage in stages.items()})  # type: ignore[misc]
    ours, theirs = found["reader"], found["socketio"]
    return [
        Figure(
            "joins a second ÷ bare connects of Socket.IO on Node",
            ours["rate"],
            theirs["rate"],
            "1/s",
            least=0.5,
            aim=1,
            key="joins",
        ),
        Figure(
            "CPU of a join ÷ bare connect of Socket.IO on Node", ours["cpu"], theirs["cpu"], "µs", key="join"
        ),
    ]


def _join(stage: Stage) -> dict[str, float]:
    before = stage.process.cpu()
    heard = stage.crowd.open(JOINS, stage.joining)
    return {"rate": JOINS / heard.seconds, "cpu": (stage.process.cpu() - before) / JOINS * 1e6}
