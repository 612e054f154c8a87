"""Plugin of pytest that keeps the fast tests: no database, no server, no browser, no random examples.

A test needs one of the first three if it takes a fixture that does, or if its module imports what starts a process.
Random examples are Hypothesis's, hundreds for one test.
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
    """Return True if the test is one to run again and again while one works."""
    assert isinstance(item, pytest.Function)
    return not (
        FIXTURES & set(item.fixturenames)
        or any(map(_starts, vars(item.module).values()))
        or getattr(item.function, "is_hypothesis_test", False)
    )


def _starts(value: object) -> bool:
    return value is subprocess or getattr(value, "__module__", None) in STARTERS
