"""All benchmarks in one command: ``python -m tests.bench [--quick] [--into FOLDER] [NAME ...]``.

It installs the peers by itself (Node's from npm, Isso from PyPI, what is C with gcc) into ``build/bench``. Each
benchmark runs by itself: one that fails is reported and the others go on, and then the exit status is 1. A whole run
that is not ``--quick`` is kept in ``tests/bench/results``, where the README looks; others go to ``build/bench``.
"""

from __future__ import annotations

import argparse
import os
import resource
import signal
import sys
import tempfile
import time
import traceback
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NoReturn

from tests.bench import (
    addresses,
    delivery,
    followers,
    growth,
    lag,
    pages,
    plots,
    posting,
    reading,
    results,
    slow,
    storm,
    workers,
)
from tests.bench.measuring import QUICK_ROUNDS, ROOT, ROUNDS, Bench, Figure
from tests.bench.results import Outcome

CACHE = ROOT / "build" / "bench"
KEPT = Path(__file__).parent / "results"

BENCHMARKS: dict[str, Callable[[Bench], Sequence[Figure]]] = {
    "delivery": delivery.measure,
    "gathered": delivery.measure_gathered,
    "idle": followers.measure_idle,
    "joins": followers.measure_joins,
    "reading": reading.measure,
    "slow": slow.measure,
    "storm": storm.measure,
    "lag": lag.measure,
    "workers": workers.measure,
    "pages": pages.measure,
    "posting": posting.measure,
    "growth": growth.measure,
    "addresses": addresses.measure,
}


def main(arguments: Sequence[str]) -> int:
    """Run what was named, or all."""
    chosen = _parser().parse_args(arguments)
    names = chosen.names or list(BENCHMARKS)
    signal.signal(signal.SIGTERM, _stop)  # so that what was started is ended
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    CACHE.mkdir(parents=True, exist_ok=True)
    facts = results.machine()
    outcomes = [_run(name, quick=chosen.quick) for name in names]
    rounds = QUICK_ROUNDS if chosen.quick else ROUNDS
    whole = not chosen.names and not chosen.quick
    folder = chosen.into or (KEPT if whole else CACHE / "results")
    results.save(folder, outcomes, facts, rounds)
    plots.draw(folder, {figure.key: figure for outcome in outcomes for figure in outcome.figures})
    print(results.markdown(outcomes, facts, rounds))
    print(f"Written to {folder}" + (f" (quick: medians of {rounds} only)" if chosen.quick else ""))
    return 1 if any(outcome.fault for outcome in outcomes) else 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument(
        "names", nargs="*", metavar="NAME", help=", ".join(BENCHMARKS), choices=[[], *BENCHMARKS]
    )
    parser.add_argument(
        "--quick", action="store_true", help=f"medians of {QUICK_ROUNDS} rounds, not {ROUNDS}"
    )
    parser.add_argument("--into", type=Path, metavar="FOLDER", help="where the results go")
    return parser


def _run(name: str, *, quick: bool) -> Outcome:
    print(f"{name} …", end=" ", file=sys.stderr, flush=True)
    start = time.monotonic()
    outcome = Outcome(name, 0)
    with tempfile.TemporaryDirectory(
        prefix=f"reader-bench-{os.getpid()}-", ignore_cleanup_errors=True
    ) as folder:
        try:
            bench = Bench(CACHE, Path(folder), quick)
            outcome.figures = list(BENCHMARKS[name](bench))
            outcome.files = bench.files
        except Exception as error:
            traceback.print_exc()
            outcome.fault = f"{type(error).__name__}: {str(error)[:200]}".replace("\n", " ").replace("|", "/")
    outcome.seconds = time.monotonic() - start
    print(f"{outcome.seconds:.0f} s", file=sys.stderr)
    for figure in outcome.figures:
        print(f"  {figure.ratio:8.3f}  {figure.verdict:12} {figure.what}", file=sys.stderr)
    return outcome


def _stop(_signal: int, _frame: object) -> NoReturn:
    sys.exit(1)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
