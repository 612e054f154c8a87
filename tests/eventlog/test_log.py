"""The log's promises: numbers without holes, order, and silence about what was rolled back."""

import threading
import time
from collections.abc import Iterator

import pytest
from flask import Flask

from reader import eventlog
from reader.clock import now
from reader.config import Settings
from reader.db.base import db
from reader.db.transactions import transaction
from reader.eventlog import Kind

WRITERS = 8
EACH = 25


@pytest.fixture
def settings(each_engine: Settings) -> Settings:
    return each_engine


def write(stream: str, target: str = "comment-1") -> int:
    with transaction():
        eventlog.lock(stream)
        return eventlog.append(Kind.COMMENT_POSTED, stream, target, actor_id=None)


@pytest.mark.usefixtures("app")
def test_numbers_of_a_stream_start_at_one_and_leave_no_hole() -> None:
    assert [write("article:1") for _ in range(3)] == [1, 2, 3]
    assert write("article:2") == 1
    assert eventlog.heads(["article:1", "article:2", "article:3"]) == {"article:1": 3, "article:2": 1}
    assert eventlog.heads([]) == {}


@pytest.mark.usefixtures("app")
def test_events_are_read_above_a_number_in_order_and_belong_to_no_session() -> None:
    before = now()
    for number in range(1, 6):
        write("article:1", f"comment-{number}")
    write("article:2")
    events = eventlog.since("article:1", 1, limit=3)
    assert [(event.stream, event.seq, event.target) for event in events] == [
        ("article:1", number, f"comment-{number}") for number in (2, 3, 4)
    ]
    assert {(event.kind, event.actor_id) for event in events} == {(Kind.COMMENT_POSTED, None)}
    assert all(before <= event.at <= now() for event in events)
    assert not any(event in db.session for event in events)
    assert eventlog.since("article:1", 5, limit=3) == []


@pytest.mark.usefixtures("app")
def test_a_rolled_back_event_takes_no_number_and_is_told_to_nobody(app: Flask) -> None:
    told: list[tuple[str, int]] = []
    eventlog.on_append(app, lambda stream, head: told.append((stream, head)))
    with pytest.raises(ZeroDivisionError), transaction():
        eventlog.lock("article:1")
        eventlog.append(Kind.COMMENT_POSTED, "article:1", "comment-1", actor_id=None)
        raise ZeroDivisionError
    assert told == []
    assert eventlog.head("article:1") == 0
    assert write("article:1") == 1
    assert told == [("article:1", 1)]


@pytest.mark.usefixtures("app")
def test_a_transaction_announces_its_events_once_with_the_last_number(app: Flask) -> None:
    told: list[tuple[str, int]] = []
    eventlog.on_append(app, lambda stream, head: told.append((stream, head)))
    with transaction():
        eventlog.lock("article:1")
        eventlog.append(Kind.COMMENT_POSTED, "article:1", "comment-1", actor_id=None)
        eventlog.append(Kind.COMMENT_REMOVED, "article:1", "comment-1", actor_id=None)
    assert told == [("article:1", 2)]


@pytest.mark.usefixtures("app")
def test_a_listener_that_fails_does_not_undo_the_commit(app: Flask) -> None:
    def fails(_stream: str, _head: int) -> None:
        raise OSError("no network")

    eventlog.on_append(app, fails)
    assert write("article:1") == 1
    assert eventlog.head("article:1") == 1


@pytest.mark.usefixtures("app")
def test_appending_without_the_lock_is_a_programming_error() -> None:
    with pytest.raises(RuntimeError, match="lock article:1"), transaction():
        eventlog.append(Kind.COMMENT_POSTED, "article:1", "comment-1", actor_id=None)


@pytest.mark.usefixtures("app")
def test_streams_are_locked_in_one_order_with_moderation_last() -> None:
    with pytest.raises(RuntimeError, match="one order"), transaction():
        eventlog.lock("moderation")
        eventlog.lock("person:1")
    with transaction():
        eventlog.lock("person:1", "article:1", "moderation")
    with pytest.raises(RuntimeError, match="one order"), transaction():
        eventlog.lock("verdicts")
        eventlog.lock("claim:1")
    with transaction():
        eventlog.lock("person:1", "claim:1")
        eventlog.lock("verdicts")
        eventlog.lock("moderation")


def test_eight_writers_leave_no_hole_and_a_polling_reader_misses_nothing(app: Flask) -> None:
    faults: list[BaseException] = []
    seen: list[int] = []
    done = threading.Event()

    def writer() -> None:
        try:
            with app.app_context():
                for _ in range(EACH):
                    with transaction():
                        eventlog.lock("article:1")
                        time.sleep(0.0005)
                        eventlog.append(Kind.COMMENT_POSTED, "article:1", "comment-1", actor_id=None)
        except BaseException as error:
            faults.append(error)

    def reader() -> None:
        with app.app_context():
            while True:
                last = done.is_set()
                events = eventlog.since("article:1", seen[-1] if seen else 0, limit=7)
                seen.extend(event.seq for event in events)
                db.session.rollback()
                if last and not events:
                    return

    def threads() -> Iterator[threading.Thread]:
        for target in [reader] + [writer] * WRITERS:
            thread = threading.Thread(target=target)
            thread.start()
            yield thread

    follower, *writers = threads()
    for thread in writers:
        thread.join()
    done.set()
    follower.join()
    assert faults == []
    assert seen == list(range(1, WRITERS * EACH + 1))
