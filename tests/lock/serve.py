"""Run ``reader`` with a clock that stands still, and with pauses that take a twentieth of their time.

``python -m tests.lock.serve 2026-03-03T07:00:00+00:00 serve`` is for the lock alone: what comes every 30 seconds comes
soon, so that it can be waited for.
"""

from __future__ import annotations

import sys
from datetime import datetime
from typing import Any

from gevent import monkey

monkey.patch_all()

import gevent  # noqa: E402 - patched first

from tests.lock import inside  # noqa: E402

HASTE = 20
PING_SECONDS = 25  # comes as it is: a client has to answer in time


def main(moment: str, *arguments: str) -> None:
    """Run the command at this moment."""
    pause, at = gevent.sleep, datetime.fromisoformat(moment)

    def shorter(seconds: float = 0, *more: Any, **named: Any) -> None:
        pause(seconds if seconds == PING_SECONDS else seconds / HASTE, *more, **named)

    gevent.sleep = shorter
    with inside.frozen(lambda: at):
        inside.commands(args=arguments, prog_name="reader")


if __name__ == "__main__":
    main(*sys.argv[1:])
