"""Log lines that stay few: of a loop that fails every second, and of what clients do."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import structlog

log = structlog.get_logger(__name__)


class Trouble:
    """Failure of one loop, and what that means for readers.

    ``lasts`` is True from the first fault until the block runs without one.
    """

    def __init__(self, name: str, effect: str) -> None:
        self._name = name
        self._effect = effect
        self.lasts = False

    @contextmanager
    def contained(self) -> Iterator[None]:
        """Run the block; a fault in it ends here, and is logged unless the one before was."""
        try:
            yield
        except Exception:
            if not self.lasts:
                log.exception(self._name, effect=self._effect)
            self.lasts = True
        else:
            if self.lasts:
                log.warning(f"{self._name}-over")
            self.lasts = False


class LimitedLog:
    """A log for what any client can cause: so many lines a minute, the next of which says how many were left out."""

    MAX_LINES = 10
    PERIOD_SECONDS = 60.0

    def __init__(self, log: Any, *, max_lines: int = MAX_LINES) -> None:
        self._log = log
        self._max_lines = max_lines
        self._since = float("-inf")
        self._count = 0

    def warning(self, event: str, **fields: Any) -> None:
        """Write a line, unless there were enough of late."""
        now = time.monotonic()
        omitted = 0
        if now - self._since >= self.PERIOD_SECONDS:
            omitted = max(0, self._count - self._max_lines)
            self._since, self._count = now, 0
        self._count += 1
        if self._count <= self._max_lines:
            self._log.warning(event, **fields, **({"omitted": omitted} if omitted else {}))
