"""Fixtures for the tests of live delivery."""

from collections.abc import Iterator
from typing import Any

import gevent
import pytest


@pytest.fixture(autouse=True)
def _no_greenlet_outlives_its_test(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """End every greenlet with its test: it would go on in the next one, with a database that is gone."""
    started: list[gevent.Greenlet] = []
    spawn = gevent.spawn

    def noting(*args: Any, **kwargs: Any) -> gevent.Greenlet:
        started.append(spawn(*args, **kwargs))
        return started[-1]

    monkeypatch.setattr(gevent, "spawn", noting)
    yield
    gevent.killall(started)
