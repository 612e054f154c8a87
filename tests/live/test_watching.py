"""Number of people reading a thread: approximate, seldom updated, over all workers; without Redis over its own."""

from __future__ import annotations

from typing import Any

import gevent
import pytest

from reader.live import watching
from reader.live.watching import Numbers, Watching, rounded

SECRET = "a secret"


class Here:
    """A worker's rooms, and what was sent to them."""

    def __init__(self, url: str | None = None, *, secret: str = SECRET) -> None:
        self.present: Numbers = {}
        self.sent: list[tuple[str, int]] = []
        self.watching = Watching(url=url, secret=secret, present=lambda: self.present, send=self._send)

    def _send(self, room: str, event: str, payload: Any) -> None:
        assert event == "live:watching"
        assert payload == {"stream": room, "readers": payload["readers"]}
        self.sent.append((room, payload["readers"]))

    def tells(self) -> list[tuple[str, int]]:
        """Return what it announces in one step."""
        self.watching.step()
        sent, self.sent = self.sent, []
        return sent


@pytest.mark.parametrize(
    ("number", "told"),
    [(0, 0), (1, 1), (19, 19), (20, 20), (99, 99), (101, 100), (119, 110), (1_299, 1_200), (12_345, 12_000)],
)
def test_a_small_number_is_told_as_it_is_and_a_large_one_roughly(number: int, told: int) -> None:
    assert rounded(number) == told


def test_a_room_is_told_when_its_number_changes_and_not_otherwise() -> None:
    here = Here()
    here.present = {"article:1": 2, "article:2": 1, "claim:1": 5, "person:7": 1}
    assert here.tells() == [("article:1", 2), ("article:2", 1)]
    assert here.tells() == []
    here.present["article:1"] = 3
    assert here.tells() == [("article:1", 3)]
    del here.present["article:1"]
    here.tells()
    here.present["article:1"] = 3
    assert here.tells() == [("article:1", 3)], "the room is a new one"


def test_who_has_just_come_to_a_crowd_is_told_too_but_not_at_every_coming(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    here = Here()
    monkeypatch.setattr(here.watching, "_looking", None)
    monkeypatch.setattr(gevent, "spawn", lambda *_args: None)
    here.present = {"article:1": 1_234}
    assert here.tells() == [("article:1", 1_200)]
    here.watching.join("article:1")
    here.present = {"article:1": 1_235}
    assert here.tells() == []
    monkeypatch.setattr(watching, "AGAIN_SECONDS", 0.0)
    assert here.tells() == [("article:1", 1_200)]
    assert here.tells() == []


def test_workers_with_redis_count_together_and_not_with_other_sites(redis_url: str) -> None:
    one, two, elsewhere = Here(redis_url), Here(redis_url), Here(redis_url, secret="another site's")
    one.present, two.present = {"article:1": 2, "article:2": 1}, {"article:1": 3}
    elsewhere.present = {"article:1": 100}
    elsewhere.tells()
    assert two.tells() == [("article:1", 3)]
    assert one.tells() == [("article:1", 5), ("article:2", 1)]
    assert two.tells() == [("article:1", 5)]
    assert one.tells() == two.tells() == []


def test_a_worker_that_is_gone_is_no_longer_counted(redis_url: str) -> None:
    one, two = Here(redis_url), Here(redis_url)
    one.present, two.present = {"article:1": 2}, {"article:1": 3}
    two.tells()
    assert one.tells() == [("article:1", 5)]
    shared, gone = one.watching._shared, two.watching._shared
    assert shared
    assert gone
    shared._redis.delete(gone._own)  # as time would
    assert one.tells() == [("article:1", 2)]


def test_without_redis_a_worker_tells_of_its_own() -> None:
    here = Here("redis://127.0.0.1:1")
    here.present = {"article:1": 2}
    assert here.tells() == [("article:1", 2)]
