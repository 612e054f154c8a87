"""The time, in one place, so that tests can set it."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime


def _system() -> datetime:
    return datetime.now(UTC)


_source: Callable[[], datetime] = _system


def now() -> datetime:
    """The present instant, aware, in UTC."""
    return _source()


@contextmanager
def set_clock(source: Callable[[], datetime]) -> Iterator[None]:
    """Let :func:`now` answer from ``source`` inside the block (for tests)."""
    global _source
    before, _source = _source, source
    try:
        yield
    finally:
        _source = before
