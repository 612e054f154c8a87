"""Faults that last: a loop that fails every second says so once, and once more when it works again."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import structlog

log = structlog.get_logger(__name__)


class Trouble:
    """What may go wrong in one loop, and what that means for readers."""

    def __init__(self, name: str, effect: str) -> None:
        self._name = name
        self._effect = effect
        self._lasts = False

    @contextmanager
    def contained(self) -> Iterator[None]:
        """Run the block; a fault in it ends here, and is logged unless the one before was."""
        try:
            yield
        except Exception:
            if not self._lasts:
                log.exception(self._name, effect=self._effect)
            self._lasts = True
        else:
            if self._lasts:
                log.info(f"{self._name}-over")
            self._lasts = False
