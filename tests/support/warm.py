"""Servers without the second that it takes to import them: forked from a process that has done so already."""

from __future__ import annotations

import multiprocessing
import os
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

# What the process that all are forked from does first, and once.
PRELOAD = "tests.support.warmed"


def start(command: Sequence[str], environment: Mapping[str, str], log: Path) -> multiprocessing.process.BaseProcess:
    """Start ``reader`` with these arguments and variables; what it prints goes to ``log``."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([PRELOAD])
    process = context.Process(target=_run, args=(list(command), dict(environment), str(log)))
    process.start()
    return process


def _run(command: list[str], environment: dict[str, str], log: str) -> None:
    os.setsid()
    with open(log, "ab") as output:
        for stream in (sys.stdout, sys.stderr):
            os.dup2(output.fileno(), stream.fileno())
    os.environ.clear()
    os.environ.update(environment)
    sys.argv = ["reader", *command]
    from reader.cli import cli

    cli(command, prog_name="reader")
