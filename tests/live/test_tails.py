"""Tails: everything once, in order, gathered; through loss, bursts and a database that fails."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from typing import Any

import gevent
import pytest
from flask import Flask
from sqlalchemy.exc import OperationalError

from reader import eventlog
from reader.config import Settings
from reader.db.base import db
from reader.db.transactions import transaction
from reader.eventlog import Event, Kind
from reader.live import tails
from reader.live.tails import CHUNK, Tail, Tails

STREAM = "article:1"
WRITERS = 8
EACH = 20


@pytest.fixture
def settings(each_engine: Settings) -> Settings:
    return each_engine


def write(number: int = 1, stream: str = STREAM) -> None:
    for _ in range(number):
        with transaction():
            eventlog.lock(stream)
            eventlog.append(Kind.COMMENT_POSTED, stream, "comment-1", actor_id=None)


class Room:
    """Receives what a tail hands over; ``faults`` are raised instead, one each time."""

    def __init__(self) -> None:
        self.runs: list[list[int]] = []
        self.faults: list[Exception] = []

    def deliver(self, after: int, events: Sequence[Event]) -> None:
        if self.faults:
            raise self.faults.pop()
        assert after == (self.runs[-1][-1] if self.runs and self.runs[-1] else after)
        self.runs.append([event.seq for event in events])

    @property
    def seen(self) -> list[int]:
        return [number for run in self.runs for number in run]


@pytest.fixture
def room() -> Room:
    return Room()


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """The times of the loops, short enough for a test."""
    monkeypatch.setattr(tails, "REST_SECONDS", 0.01)
    monkeypatch.setattr(tails, "LOOK_SECONDS", 0.02)


def until(condition: Callable[[], object]) -> None:
    with gevent.Timeout(5, AssertionError("it never came")):
        while not condition():
            gevent.sleep(0.005)


@pytest.mark.usefixtures("app")
def test_a_step_hands_over_what_is_new_in_order_and_together(room: Room) -> None:
    tail = Tail(STREAM, 0, room.deliver)
    assert not tail.step()
    write(3)
    tail.step()
    write(2)
    tail.step()
    assert room.runs == [[1, 2, 3], [4, 5]]


@pytest.mark.usefixtures("app")
def test_a_step_holds_no_connection_while_it_hands_over() -> None:
    taken: list[int] = []
    pool: Any = db.engine.pool
    tail = Tail(STREAM, 0, lambda _after, _events: taken.append(pool.checkedout()))
    write()
    db.session.remove()
    tail.step()
    assert taken == [0]
    assert not db.session.registry.has()


@pytest.mark.usefixtures("app")
def test_it_starts_where_it_is_told_to(room: Room) -> None:
    write(3)
    Tail(STREAM, 2, room.deliver).step()
    assert room.runs == [[3]]


@pytest.mark.usefixtures("app")
def test_a_long_run_comes_in_pieces_and_says_that_there_is_more(room: Room) -> None:
    with transaction():
        eventlog.lock(STREAM)
        for _ in range(CHUNK + 5):
            eventlog.append(Kind.COMMENT_POSTED, STREAM, "comment-1", actor_id=None)
    tail = Tail(STREAM, 0, room.deliver)
    assert tail.step()
    assert not tail.step()
    assert [len(run) for run in room.runs] == [CHUNK, 5]
    assert room.seen == list(range(1, CHUNK + 6))


@pytest.mark.usefixtures("app")
def test_what_could_not_be_handed_over_comes_again(room: Room) -> None:
    tail = Tail(STREAM, 0, room.deliver)
    write()
    room.faults = [ValueError("this can't be rendered")]
    with pytest.raises(ValueError, match="rendered"):
        tail.step()
    write()
    tail.step()
    assert room.runs == [[1, 2]]


@pytest.mark.usefixtures("app")
def test_who_joins_while_a_run_is_handed_over_is_told_its_number(room: Room) -> None:
    """The run may or may not still reach them; by its number, they can tell whether they have it."""
    told: list[int] = []
    tail = Tail(STREAM, 0, lambda _after, _events: told.append(tail.last))
    write(2)
    tail.step()
    assert told == [2]


def test_the_first_follower_starts_at_the_head_and_misses_nothing_after(app: Flask, room: Room) -> None:
    every = Tails(app)
    write(3)
    tail = every.follow(STREAM, room.deliver)
    assert tail.last == 3
    write()  # before the tail has ever run
    every.advance(tail)
    assert room.runs == [[4]]


def test_a_second_follower_shares_the_tail_and_the_last_one_ends_it(app: Flask, room: Room) -> None:
    every = Tails(app)
    first, second = every.follow(STREAM, room.deliver), every.follow(STREAM, room.deliver)
    assert first is second
    every.leave(STREAM)
    assert STREAM in every
    every.leave(STREAM)
    assert STREAM not in every


def test_followers_that_come_at_once_share_one_tail(
    app: Flask, room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Reading the head lets other greenlets run."""
    every = Tails(app)

    def slow_head(_stream: str) -> int:
        gevent.sleep(0.01)
        return 0

    monkeypatch.setattr(eventlog, "head", slow_head)
    with app.app_context():
        both = [gevent.spawn(every.follow, STREAM, room.deliver) for _ in range(2)]
        gevent.joinall(both, raise_error=True)
    assert both[0].value is both[1].value
    assert both[0].value.followers == 2


def test_a_hint_wakes_only_a_tail_that_is_behind(app: Flask, room: Room) -> None:
    every = Tails(app)
    write(2)
    tail = every.follow(STREAM, room.deliver)
    every.hint(STREAM, 2)
    every.hint("article:2", 9)
    assert not tail.awake.is_set()
    every.hint(STREAM, 3)
    assert tail.awake.is_set()


def test_without_any_hint_a_look_at_the_heads_wakes_it(app: Flask, room: Room) -> None:
    every = Tails(app)
    tail = every.follow(STREAM, room.deliver)
    every.look()
    assert not tail.awake.is_set()
    write()
    every.look()
    assert tail.awake.is_set()


def test_a_look_survives_a_database_that_is_away(
    app: Flask, room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    every = Tails(app)
    tail = every.follow(STREAM, room.deliver)
    write()
    with monkeypatch.context() as patch:
        patch.setattr(eventlog, "heads", lambda _streams: fail())
        every.look()
    every.look()
    assert tail.awake.is_set()


def fail() -> None:
    raise OperationalError("SELECT", {}, Exception("the database is away"))


def test_a_step_that_fails_is_made_again_after_the_next_look(app: Flask, room: Room) -> None:
    every = Tails(app)
    tail = every.follow(STREAM, room.deliver)
    write()
    room.faults = [OperationalError("SELECT", {}, Exception("the database is away"))]
    assert not every.advance(tail)
    assert tail.last == 0
    every.look()
    assert tail.awake.is_set()
    every.advance(tail)
    assert room.runs == [[1]]


def test_after_a_backup_was_restored_it_goes_on_from_there(app: Flask, room: Room) -> None:
    write(2)
    every = Tails(app)
    tail = every.follow(STREAM, room.deliver)
    tail.last = 7  # what it had read before the backup was restored
    every.look()
    assert tail.last == 2
    write()
    every.advance(tail)
    assert room.runs == [[3]]


def test_a_look_that_takes_long_does_not_set_back_a_tail_that_goes_on(
    app: Flask, room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    every = Tails(app)
    tail = every.follow(STREAM, room.deliver)

    def heads_as_of_before(_streams: object) -> dict[str, int]:
        write()
        tail.step()
        return {STREAM: 0}

    monkeypatch.setattr(eventlog, "heads", heads_as_of_before)
    every.look()
    assert tail.last == 1


@pytest.mark.usefixtures("quick")
def test_a_running_tail_sends_at_once_then_batches_while_it_rests(
    app: Flask, room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tails, "REST_SECONDS", 0.2)
    every = Tails(app)
    eventlog.on_news(app, every.hint)
    every.follow(STREAM, room.deliver)
    write()
    until(lambda: room.runs)
    write(5)
    gevent.sleep(0.05)
    assert room.runs == [[1]]
    until(lambda: len(room.runs) == 2)
    assert room.runs == [[1], [2, 3, 4, 5, 6]]
    every.leave(STREAM)


@pytest.mark.usefixtures("quick")
def test_running_it_reads_once_what_it_hears_of_twice(
    app: Flask, room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    every = Tails(app)
    asked: list[int] = []
    since = eventlog.since

    def heard_of_meanwhile(stream: str, after: int, **how: Any) -> Sequence[Event]:
        asked.append(after)
        every.hint(stream, 1)  # as by way of Redis
        return since(stream, after, **how)

    monkeypatch.setattr(eventlog, "since", heard_of_meanwhile)
    monkeypatch.setattr(tails, "LOOK_SECONDS", 60)
    every.follow(STREAM, room.deliver)
    write()
    every.hint(STREAM, 1)
    until(lambda: room.runs)
    gevent.sleep(0.1)
    assert asked == [0]
    write()
    every.hint(STREAM, 2)
    until(lambda: room.seen == [1, 2])
    every.leave(STREAM)


@pytest.mark.usefixtures("quick")
def test_running_it_delivers_a_long_run_of_which_it_heard_too_little(app: Flask, room: Room) -> None:
    every = Tails(app)
    every.follow(STREAM, room.deliver)
    with transaction():
        eventlog.lock(STREAM)
        for _ in range(CHUNK + 5):
            eventlog.append(Kind.COMMENT_POSTED, STREAM, "comment-1", actor_id=None)
    every.hint(STREAM, 1)
    until(lambda: len(room.seen) == CHUNK + 5)
    every.leave(STREAM)


@pytest.mark.usefixtures("quick")
def test_a_running_tail_needs_no_hints_and_ends_with_its_last_follower(app: Flask, room: Room) -> None:
    every = Tails(app)
    every.follow(STREAM, room.deliver)
    write()
    until(lambda: room.seen == [1])
    every.leave(STREAM)
    write()
    gevent.sleep(0.1)
    assert room.seen == [1]


@pytest.mark.usefixtures("quick")
def test_who_follows_again_gets_what_comes_from_then_on(app: Flask, room: Room) -> None:
    every = Tails(app)
    every.follow(STREAM, room.deliver)
    every.leave(STREAM)
    write()
    tail = every.follow(STREAM, room.deliver)
    assert tail.last == 1
    write()
    until(lambda: room.seen == [2])
    every.leave(STREAM)


def test_eight_writers_are_followed_without_gap_duplicate_or_disorder(app: Flask, room: Room) -> None:
    faults: list[BaseException] = []

    def writer() -> None:
        try:
            with app.app_context():
                write(EACH)
        except BaseException as error:
            faults.append(error)

    threads = [threading.Thread(target=writer) for _ in range(WRITERS)]
    every = Tails(app)
    tail = every.follow(STREAM, room.deliver)
    for thread in threads:
        thread.start()
    while any(thread.is_alive() for thread in threads):
        every.advance(tail)
    while every.advance(tail):
        pass
    assert faults == []
    assert room.seen == list(range(1, WRITERS * EACH + 1))
