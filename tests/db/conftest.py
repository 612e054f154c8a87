"""Connections to replicas, none of which outlives its test."""

from collections.abc import Iterator
from typing import Any

import pytest

from reader.db import replica
from reader.db.replica import Impatient


@pytest.fixture(autouse=True)
def connections_to_replicas(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Close what a busy machine leaves open: who was not answered in time may still hold one when its pool goes."""
    made: list[Impatient] = []
    connect = replica._connect

    def connect_noting(*arguments: Any) -> Impatient:
        made.append(connect(*arguments))
        return made[-1]

    monkeypatch.setattr(replica, "_connect", connect_noting)
    yield
    for each in made:
        each.close()
