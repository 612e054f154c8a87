"""Plugin of pytest that keeps the tests that need no database, no server and no browser: ``python -m tests fast``.

A test needs one if it takes a fixture that does, or if its module imports what starts a process.
"""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

TESTS = Path(__file__).parent
FOLDERS = (TESTS / "bench", TESTS / "browser")
FIXTURES = frozenset({"each_engine", "postgres", "redis_url", "sqlite_template"})
STARTERS = frozenset(
    {"tests.live.serving", "tests.support.servers", "tests.support.sites", "tests.support.standby"}
)


def pytest_ignore_collect(collection_path: Path) -> bool | None:
    """Leave out folders where every test is slow."""
    return True if collection_path in FOLDERS else None


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Keep the fast tests."""
    config.hook.pytest_deselected(items=[item for item in items if not is_fast(item)])
    items[:] = filter(is_fast, items)


def is_fast(item: pytest.Item) -> bool:
    """Return True if the test needs no database, no server and no browser."""
    assert isinstance(item, pytest.Function)
    return not FIXTURES & set(item.fixturenames) and not any(map(_starts, vars(item.module).values()))


def _starts(value: object) -> bool:
    return value is subprocess or getattr(value, "__module__", None) in STARTERS
