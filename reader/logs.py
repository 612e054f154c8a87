"""Logs for the operator: one line an event on standard error, warnings and worse.

They stay few where a loop fails every second, and where clients cause them.
"""

import logging
import re
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import structlog

log = structlog.get_logger(__name__)

# What a terminal obeys, and what turns the direction of a line: a client could forge lines with it. Of line breaks
# the renderers take care.
_CONTROLS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]")


def setup() -> None:
    """Send our own messages and those of the libraries through one handler."""
    shared: list[structlog.typing.Processor] = [
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    form = (
        # No traceback with local variables, which would be the default where a library for that is installed.
        structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback)
        if sys.stderr.isatty()
        else structlog.processors.LogfmtRenderer(key_order=["timestamp", "level", "logger", "event"])
    )
    handler = logging.StreamHandler()
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.format_exc_info,
                _escape_controls,
                form,
            ],
            foreign_pre_chain=shared,
        )
    )
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *shared,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )


class LogOnce:
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


def _escape_controls(
    _logger: object, _method: str, event: structlog.typing.EventDict
) -> structlog.typing.EventDict:
    """Write control characters in an event's values as Python does."""
    return {name: _escaped(value) for name, value in event.items()}


def _escaped(value: object) -> object:
    if value is None or isinstance(value, (bool, int, float)):
        return value
    return _CONTROLS.sub(lambda found: ascii(found[0])[1:-1], str(value))
