"""Telling people of events: once each, whatever is interrupted, whoever does it, on both engines."""

from __future__ import annotations

from threading import Barrier, Thread

import pytest
from flask import Flask
from sqlalchemy import select

from reader import eventlog
from reader.config import Settings
from reader.db.base import db
from reader.eventlog import Kind
from reader.notifications import actions, queries
from reader.notifications.models import Notification, Subject
from reader.notifications.recipients import Batch, News
from tests.notifications.conftest import Stage
from tests.support.factories import a_person
from tests.support.queries import counted


@pytest.fixture
def settings(each_engine: Settings) -> Settings:
    return each_engine


def told() -> list[tuple[int, int]]:
    """Each notification's person and event."""
    rows = db.session.execute(select(Notification.person_id, Notification.seq).order_by(Notification.id))
    return [(row.person_id, row.seq) for row in rows]


def test_what_was_told_is_not_told_again(stage: Stage) -> None:
    stage.says("bruno", under=stage.says("alma"))
    assert actions.notice(stage.article.stream) == 2
    assert actions.notice(stage.article.stream) == 0
    assert actions.notice_all() == 1, "the bell rang in a stream that could have had something to tell"
    assert actions.notice_all() == 0
    assert told() == [(stage["alma"].id, 2)]


def test_what_was_interrupted_is_gone_on_with(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    """The process ends after some were told of an event: the others are told later, and nobody twice."""
    people = [a_person() for _ in range(7)]
    for person in people:
        actions.follow(person, stage.article.stream)
    stage.says("alma")
    monkeypatch.setattr(actions, "PEOPLE", 3)
    tell_some, calls = actions._tell_some, []

    def killed_after_the_first(*args: object) -> None:
        calls.append(args)
        if len(calls) == 2:
            raise KeyboardInterrupt
        tell_some(*args)  # type: ignore[arg-type]

    monkeypatch.setattr(actions, "_tell_some", killed_after_the_first)
    with pytest.raises(KeyboardInterrupt):
        actions.notice(stage.article.stream)
    db.session.rollback()
    assert len(told()) == 3
    assert queries.noticed(stage.article.stream) == 0
    monkeypatch.setattr(actions, "_tell_some", tell_some)
    actions.notice_all()
    assert sorted(told()) == sorted((person.id, 1) for person in people)
    assert {queries.bell(person.id).head for person in people} == {1}


def test_two_processes_that_do_the_same_job_tell_each_person_once(app: Flask, stage: Stage) -> None:
    for _ in range(3):
        stage.says("bruno", under=stage.says("alma"))
    stream, together = stage.article.stream, Barrier(2)
    faults: list[Exception] = []

    def job() -> None:
        with app.app_context():
            together.wait()
            try:
                actions.notice(stream)
            except Exception as error:  # it comes again, as a failed job does
                faults.append(error)

    threads = [Thread(target=job) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    db.session.rollback()
    actions.notice_all()
    assert told() == [(stage["alma"].id, seq) for seq in (2, 4, 6)]
    assert queries.bell(stage["alma"].id).head == 3


def test_new_comments_on_an_article_are_one_notification_until_it_is_read(stage: Stage) -> None:
    actions.follow(stage["carla"], stage.article.stream)
    first = stage.says("alma")
    actions.notice_all()
    stage.says("bruno")
    stage.says("alma")
    actions.notice_all()
    (item,) = queries.page(stage["carla"]).items
    assert (item.says, item.about, item.path) == ("3 new comments", "The harbour", first.path)
    assert queries.bell(stage["carla"].id) == queries.Bell(f"person:{stage['carla'].id}", 1, 1)
    actions.read(stage["carla"], through=item.id)
    stage.says("alma")
    actions.notice_all()
    assert [item.says for item in queries.page(stage["carla"]).items] == ["1 new comment", "3 new comments"]
    assert queries.bell(stage["carla"].id).unread == 1


def test_reading_tells_the_bell_once(stage: Stage) -> None:
    stage.says("bruno", under=stage.says("alma"))
    actions.notice_all()
    (item,) = queries.page(stage["alma"]).items
    for _ in range(2):
        actions.read(stage["alma"], through=item.id)
    assert queries.bell(stage["alma"].id) == queries.Bell(f"person:{stage['alma'].id}", 2, 0)
    events = eventlog.since(f"person:{stage['alma'].id}", 0, limit=9)
    assert [(event.kind, event.target, event.actor_id) for event in events] == [
        (Kind.BELL_CHANGED, "bell", None)
    ] * 2


def test_somebody_who_reads_marks_nobody_elses_notifications(stage: Stage) -> None:
    stage.says("bruno", under=stage.says("alma"))
    actions.notice_all()
    (item,) = queries.page(stage["alma"]).items
    actions.read(stage["bruno"], through=item.id)
    actions.read(stage["bruno"], through=item.id, only=item.id)
    assert queries.unread(stage["alma"].id) == 1


def test_the_first_reason_counts_where_there_are_several() -> None:
    news = News()
    news.tell([1, 2], Subject.REPLY)
    news.tell([2, 3], Subject.COMMENT)
    news.spare([1, None])
    assert news.told == {2: Subject.REPLY, 3: Subject.COMMENT}


def test_events_are_read_together(stage: Stage) -> None:
    """The comments they are about, the people mentioned, and the followers are asked for once."""
    counts = []
    for comments in (2, 12):
        for _ in range(comments):
            stage.says("alma")
        with counted() as statements:
            assert actions.notice(stage.article.stream) == comments
        counts.append(len(statements))
    assert counts[0] == counts[1]


@pytest.mark.usefixtures("app")
def test_events_that_concern_nobody_are_passed_over() -> None:
    event = eventlog.Event(stream="access", seq=1, kind=Kind.ACCESS_ENDED, target="session-1")
    assert list(Batch(event.stream, [event])) == [(event, News())]
