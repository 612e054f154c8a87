"""Results of a run: a table to read, a file to work with, and plots."""

from __future__ import annotations

import json
import os
import platform
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from importlib.metadata import version
from pathlib import Path
from typing import Any

from tests.bench.measuring import Figure
from tests.bench.peers.servers import PACKAGES, node

LIBRARIES = ("flask", "flask-socketio", "gevent", "gunicorn", "python-socketio", "sqlalchemy", "wsproto")
FILE = "results.json"


@dataclass
class Outcome:
    """One benchmark's figures, or why there are none."""

    name: str
    seconds: float
    figures: list[Figure] = field(default_factory=list)
    fault: str = ""
    files: dict[str, str] = field(default_factory=dict)


def machine() -> dict[str, str]:
    """Describe the machine and the software that the run was measured with."""
    named = [line for line in Path("/proc/cpuinfo").read_text().splitlines() if line.startswith("model name")]
    return {
        "processor": named[0].partition(":")[2].strip() if named else platform.machine(),
        "cores": str(len(os.sched_getaffinity(0))),
        "system": f"{platform.system()} {platform.release()}",
        "load before": f"{os.getloadavg()[0]:.1f}",
        "python": platform.python_version(),
        "node": subprocess.run(
            [node(), "--version"], capture_output=True, text=True, check=True
        ).stdout.strip(),
        **{name: version(name) for name in LIBRARIES},
        "peers": ", ".join(PACKAGES),
    }


def markdown(outcomes: Sequence[Outcome], facts: Mapping[str, str], rounds: int) -> str:
    """The table, with everything that is needed to judge it."""
    lines = [
        "# How fast",
        "",
        f"Made by `python -m tests.bench`. Ratios taken in one run: what is compared runs in turn, {rounds} times"
        " or more after one that doesn't count, and the medians are divided. CPU is the server's, all its processes"
        " together.",
        "",
        "![CPU of one delivery](delivery.svg)",
        "",
        "![Reader against its peers](ratios.svg)",
        "",
        "| what | Reader | against | ratio | must | aim | |",
        "|---|---:|---:|---:|---:|---:|---|",
    ]
    for outcome in outcomes:
        lines += [_row(figure) for figure in outcome.figures]
        if outcome.fault:
            lines.append(f"| **{outcome.name}** failed: {outcome.fault} | | | | | | failed |")
    lines += ["", "| | |", "|---|---|", *(f"| {name} | {value} |" for name, value in facts.items())]
    took = ", ".join(f"{outcome.name} {outcome.seconds:.0f} s" for outcome in outcomes)
    return "\n".join([*lines, f"| took | {took} |", ""])


def _row(figure: Figure) -> str:
    bound = (
        f"≤ {figure.most:.3g}" if figure.most is not None else f"≥ {figure.least:.3g}" if figure.least else ""
    )
    aim = "" if figure.aim is None else f"{'≥' if figure.least else '≤'} {figure.aim:.3g}"
    ratio = f"**{figure.ratio:.3g}**" if bound else f"{figure.ratio:.3g}"
    ours, theirs = f"{figure.ours:,.4g} {figure.unit}", f"{figure.theirs:,.4g} {figure.unit}"
    return f"| {figure.what} | {ours} | {theirs} | {ratio} | {bound} | {aim} | {figure.verdict} |"


def save(folder: Path, outcomes: Sequence[Outcome], facts: Mapping[str, str], rounds: int) -> None:
    """Write the table (README.md, so that it is seen where it lies), the figures and the plots."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "README.md").write_text(markdown(outcomes, facts, rounds))
    content = {
        "machine": dict(facts),
        "rounds": rounds,
        "benchmarks": [
            {"name": each.name, "seconds": each.seconds, "figures": _plain(each.figures), "fault": each.fault}
            for each in outcomes
        ],
    }
    for outcome in outcomes:
        for name, text in outcome.files.items():
            (folder / name).write_text(text)
    (folder / FILE).write_text(json.dumps(content, indent=1, ensure_ascii=False) + "\n")


def _plain(figures: Sequence[Figure]) -> list[dict[str, Any]]:
    return [{**asdict(figure), "ratio": figure.ratio, "verdict": figure.verdict} for figure in figures]


def load(folder: Path) -> dict[str, Figure]:
    """The figures of an earlier run, by key."""
    content = json.loads((folder / FILE).read_text())
    found = {}
    for benchmark in content["benchmarks"]:
        for item in benchmark["figures"]:
            figure = Figure(
                **{name: value for name, value in item.items() if name not in ("ratio", "verdict")}
            )
            found[figure.key] = figure
    return found
