"""Errands in greenlets that are kept: in order, apart from each other, and no more of them than are needed."""

from collections.abc import Callable, Iterator
from contextvars import ContextVar

import gevent
import pytest
from gevent.event import Event

from reader.live.wire import hands

said: ContextVar[str] = ContextVar("said")


@pytest.fixture(autouse=True)
def _nobody_is_free() -> Iterator[None]:
    hands._free.clear()
    yield
    hands._free.clear()


def give(*errands: Callable[[], object]) -> None:
    """Have them run, and give them the time."""
    for errand in errands:
        hands.run(errand)
    gevent.sleep(0.001)


def test_errands_are_run_in_their_order_by_one_hand_where_none_waits() -> None:
    done: list[object] = []
    give(
        lambda: done.append(gevent.getcurrent()),
        lambda: done.append(gevent.getcurrent()),
        lambda: done.append("both"),
    )
    assert done[0] is done[1]
    assert done[0] is not gevent.getcurrent()
    assert done[2] == "both"
    assert len(hands._free) == 1


def test_who_has_an_errand_run_goes_on_first() -> None:
    done: list[str] = []
    hands.run(lambda: done.append("errand"))
    done.append("giver")
    gevent.sleep(0.001)
    assert done == ["giver", "errand"]


def test_nobody_waits_for_an_errand_that_waits() -> None:
    done: list[str] = []
    open_ = Event()

    def wait() -> None:
        open_.wait()
        done.append("slow")

    give(wait, lambda: done.append("quick"))
    assert done == ["quick"]
    open_.set()
    gevent.sleep(0.001)
    assert done == ["quick", "slow"]
    assert len(hands._free) == 2


def test_after_a_rush_only_some_stay() -> None:
    open_ = Event()
    give(*[open_.wait] * (hands.MAX_FREE + 5))
    assert not hands._free
    open_.set()
    gevent.sleep(0.001)
    assert len(hands._free) == hands.MAX_FREE


def test_a_fault_is_reported_and_the_hand_stays(capfd: pytest.CaptureFixture[str]) -> None:
    done: list[str] = []

    def fail() -> None:
        raise ValueError("too bad")

    give(fail, lambda: done.append("next"))
    assert "ValueError: too bad" in capfd.readouterr().err
    assert done == ["next"]
    assert len(hands._free) == 1


def test_what_one_errand_notes_in_its_context_is_not_seen_by_the_next() -> None:
    seen: list[str] = []
    give(lambda: said.set("secret"), lambda: seen.append(said.get("nothing")))
    assert seen == ["nothing"]
