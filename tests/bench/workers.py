"""Several workers against one: PostgreSQL, hints through Valkey, and every worker reading the log for itself."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack

from reader.config import Settings
from tests.bench.measuring import Bench, Figure
from tests.bench.peers.servers import Stage
from tests.bench.reader_stage import reader
from tests.support.servers import start_postgres, valkey

FOLLOWERS = 8_000
RATE, EVENTS = 2, 8
MANY = 4


def measure(bench: Bench) -> list[Figure]:
    """The same followers and the same events, for one worker and for four on this machine."""
    postgres = start_postgres(bench.folder)
    names = [postgres.create() for _ in range(2)]
    try:
        with ExitStack() as stack:
            stages = {}
            for count, name in zip((1, MANY), names, strict=True):
                settings = Settings(
                    workers=count,
                    database_url=postgres.database(name),
                    redis_url=stack.enter_context(valkey()),
                )
                stages[str(count)] = stack.enter_context(reader(bench, f"workers-{count}", settings=settings))
            for stage in stages.values():
                stage.fill(FOLLOWERS)
            least = _least(stages[str(MANY)])
            rates = bench.in_turn({count: _run(stage) for count, stage in stages.items()})
    finally:
        for name in names:
            postgres.drop(name)
    return [
        Figure(
            f"deliveries per CPU second of {MANY} workers ÷ of one",
            rates[str(MANY)],
            rates["1"],
            "1/s",
            least=0.9,
            key="workers",
        ),
        Figure(
            f"followers of the least loaded of {MANY} workers ÷ their share",
            least,
            FOLLOWERS / MANY,
            "",
            least=0.9,
        ),
    ]


def _least(stage: Stage) -> float:
    """Return the smallest number of followers of a worker; all have the same number of other open files."""
    files = stage.process.files()
    return min(files) - (sum(files) - FOLLOWERS) / len(files)


def _run(stage: Stage) -> Callable[[], float]:
    def run() -> float:
        wanted = FOLLOWERS * EVENTS
        stage.crowd.reset()
        before = stage.process.cpu()
        stage.go(RATE, EVENTS, how="/append")
        heard = stage.crowd.hear(wanted, EVENTS / RATE + 30)
        if heard.delivered != wanted:
            raise RuntimeError(f"of {wanted} deliveries {heard.delivered} arrived: {heard}")
        return wanted / (stage.process.cpu() - before)

    return run
