"""Statements of measures against people, and the one appeal against each, with and without a log-in."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from reader import eventlog
from reader.accounts import decision_links
from reader.accounts.actions import acknowledge, open_session
from reader.accounts.models import User
from reader.accounts.passwords import hashed
from reader.accounts.queries import in_force
from reader.articles.models import Article
from reader.clock import now, set_clock
from reader.config import Settings
from reader.db.base import db
from reader.errors import Conflict, Missing, Refused
from reader.moderation.actions import remove_comment
from reader.moderation.appeals.actions import answer_appeal, appeal
from reader.moderation.models import Appeal, Decision, Reason
from reader.moderation.people.actions import NewMeasure, end_measure, take_measure
from reader.moderation.queues import lists
from reader.moderation.queues.lists import Queue, QueueItem
from reader.moderation.queues.runs import QueueFilters
from reader.moderation.transparency.figures import transparency
from reader.policy import MeasureKind, Role
from tests.support.factories import a_moderator, a_person, altered
from tests.support.forms import errors_beside, fill_in, page
from tests.support.people import log_in
from tests.support.threads import a_comment

HOUR = timedelta(hours=1)
TOLD = [MeasureKind.WARNING, MeasureKind.PREMODERATION, MeasureKind.SUSPENSION, MeasureKind.BAN]


@pytest.fixture
def settings(each_engine: Settings) -> Settings:
    return each_engine


@pytest.fixture
def reader(app: Flask) -> User:
    return a_person("rita")


def taken(reader: User, moderator: User, kind: MeasureKind = MeasureKind.SUSPENSION) -> Decision:
    """The decision by which a measure is taken."""
    measure = take_measure(
        reader.id,
        NewMeasure(kind, words="Cool down.", reason=Reason.ABUSIVE, until=now() + HOUR),
        by=moderator,
    )
    return db.session.scalars(select(Decision).where(Decision.measure_id == measure.id)).one()


def outcome(made: Appeal) -> str | None:
    db.session.rollback()
    return db.session.get_one(Appeal, made.id, populate_existing=True).outcome


@pytest.mark.parametrize("kind", TOLD)
def test_an_appeal_that_is_granted_ends_the_measure_at_once(
    article: Article, reader: User, moderator: User, kind: MeasureKind
) -> None:
    made = appeal(taken(reader, moderator, kind).id, by=reader, text="It was a joke.")
    head = eventlog.head(f"person:{reader.id}")
    answer_appeal(made.id, by=a_moderator(), grant=True, answer="It was.")
    told = [event.kind for event in eventlog.since(f"person:{reader.id}", head, limit=9)]
    assert told == ["measure-taken", "decision-told"]
    assert in_force(reader.id).measures == []
    assert open_session(reader)
    assert a_comment(article, by=reader).state == "published"


def test_an_appeal_that_is_turned_down_leaves_the_measure_in_force(reader: User, moderator: User) -> None:
    made = appeal(taken(reader, moderator).id, by=reader, text="It was a joke.")
    answer_appeal(made.id, by=a_moderator(), grant=False, answer="A bad one.")
    assert in_force(reader.id).suspension
    with pytest.raises(Conflict, match="already"):
        answer_appeal(made.id, by=a_moderator(), grant=True, answer="I laughed.")
    with pytest.raises(Conflict, match="already"):
        appeal(made.decision_id, by=reader, text="Once more.")


def test_only_whom_it_is_about_appeals_and_a_note_is_told_to_nobody(reader: User, moderator: User) -> None:
    decision, note = taken(reader, moderator), taken(reader, moderator, MeasureKind.NOTE)
    for other in (a_person(), moderator):
        with pytest.raises(Refused, match="Only whom"):
            appeal(decision.id, by=other, text="Let her speak.")
    with pytest.raises(Missing):
        appeal(note.id, by=reader, text="What do they say?")


def test_somebody_else_answers_who_could_have_taken_the_measure(app: Flask) -> None:
    admin, moderator = a_person(role=Role.ADMIN), a_moderator("mona")
    made = appeal(taken(moderator, admin, MeasureKind.WARNING).id, by=moderator, text="I was right.")
    for other, why in (
        (a_moderator(), "trusted"),
        (moderator, "trusted"),
        (admin, "yourself"),
        (a_person(), "Only"),
    ):
        with pytest.raises(Refused, match=why):
            answer_appeal(made.id, by=other, grant=True, answer="Yes.")
    assert in_force(moderator.id).warning
    answer_appeal(made.id, by=a_person(role=Role.EDITOR), grant=True, answer="Yes.")
    assert in_force(moderator.id).measures == []


def test_what_was_taken_back_or_replaced_needs_no_answer(reader: User, moderator: User) -> None:
    first, second = taken(reader, moderator), taken(reader, moderator)
    with pytest.raises(Conflict, match="does not stand"):
        appeal(first.id, by=reader, text="Another one took its place.")
    made = appeal(second.id, by=reader, text="I said nothing.")
    third = taken(reader, moderator)
    assert outcome(made) == "moot"
    made = appeal(third.id, by=reader, text="Nor since.")
    assert lists.counts()["appeals"] == 1
    end_measure(third.measure_id or 0, by=moderator)
    assert (outcome(made), lists.counts()["appeals"]) == ("moot", 0)
    with pytest.raises(Conflict, match="does not stand"):
        answer_appeal(made.id, by=a_moderator(), grant=True, answer="Yes.")
    assert transparency().appeals == {"moot": 2}
    assert transparency().against_measures == 2


def test_expired_suspensions_and_confirmed_warnings_can_be_appealed(reader: User, moderator: User) -> None:
    """They stay on record."""
    warning = taken(reader, moderator, MeasureKind.WARNING)
    acknowledge(warning.measure_id or 0, by=reader)
    assert appeal(warning.id, by=reader, text="I read it, and was right.")
    suspension, later = taken(reader, moderator), now() + 2 * HOUR
    with set_clock(lambda: later):
        made = appeal(suspension.id, by=reader, text="It is over, and was wrong.")
        answer_appeal(made.id, by=a_moderator(), grant=True, answer="So it was.")
    assert outcome(made) == "overturned"


def test_the_appeals_queue_orders_both_kinds_and_filters_them(
    article: Article, reader: User, moderator: User
) -> None:
    """By person, reason and article; an appeal against a measure has no article."""
    from_rita = taken(reader, moderator)
    appeal(from_rita.id, by=reader, text="No.")
    comment = a_comment(article)
    removal = remove_comment(comment.id, by=moderator, reason=Reason.SPAM, note="", revision=1)
    appeal(removal.id, by=db.session.get_one(User, comment.author_id), text="No.")
    other = a_person()
    from_other = taken(other, moderator)
    appeal(from_other.id, by=other, text="No.")
    rita, spam, third = (
        QueueItem(decision_id=from_rita.id),
        QueueItem(comment_id=comment.id),
        QueueItem(decision_id=from_other.id),
    )

    def found(**filters: Any) -> list[QueueItem]:
        return list(lists.listed(Queue.APPEALS, QueueFilters(**filters)).cases)

    assert found() == [rita, spam, third]
    assert found(author_id=reader.id) == [rita]
    assert found(reason=Reason.ABUSIVE) == [rita, third]
    assert found(articles=(article.id,)) == [spam]
    assert lists.counts()["appeals"] == 3


def test_a_suspended_person_appeals_by_plain_forms_and_gets_an_answer(
    client: FlaskClient, article: Article, reader: User, moderator: User
) -> None:
    """They also read the reasons, and the public log shows no private words."""
    decision = taken(reader, moderator)
    address = f"/account/decisions/{decision.id}"
    log_in(client, reader)
    (way,) = page(client.get(article.path)).select("#restraint a")
    assert client.get(str(way["href"])).location == address
    told = page(client.get(address)).get_text(" ", strip=True)
    for words in (
        "You were suspended",
        "until",
        "write nothing",
        "Abusive",
        "Cool down.",
        "not a program",
        "once",
    ):
        assert words in told
    wrong = fill_in(client, address, f"{address}/appeal", text="")
    assert (wrong.status_code, "Say why" in errors_beside(wrong, "text")) == (422, True)
    assert fill_in(client, address, f"{address}/appeal", text="It was a joke.").status_code == 303
    assert "who did not make the decision" in client.get(address).text
    assert "waits for an answer" in client.get("/account/decisions").text

    log_in(client, moderator)
    assert "It was a joke." in client.get("/moderation/appeals").text
    assert "You made this decision yourself" in client.get("/moderation/appeals/1").text
    log_in(client, a_moderator())
    answer = "/moderation/appeals/1"
    assert "It was a joke." in client.get(answer).text
    form = {"outcome": "overturned", "answer": "Ha."}
    assert fill_in(client, answer, answer, **form).location == "/moderation/appeals"
    log = client.get("/moderation/log").text
    assert "Appeal granted" in log
    assert "against: suspension" in log
    for private in ("rita", "Cool down.", "It was a joke.", "Ha."):
        assert private not in log

    log_in(client, reader)
    assert "was granted" in client.get(address).text
    later = db.session.scalars(select(Decision).order_by(Decision.id.desc())).first()
    assert later
    assert client.get(f"/account/decisions/{later.id}").location == address
    assert len(page(client.get(article.path)).select("form[data-composer]")) == 1


def test_only_the_log_in_page_leads_a_banned_person_to_their_statement(
    client: FlaskClient, reader: User, moderator: User
) -> None:
    """Only the right password shows the link, and forged or foreign addresses are not found."""
    password = "four words, well remembered"
    altered(reader, password_hash=hashed(password))
    decision = taken(reader, moderator, MeasureKind.BAN)
    wrong = fill_in(client, "/login", "/login", login="rita", password="five words, badly remembered")
    assert "/decisions/" not in wrong.text
    refused = fill_in(client, "/login", "/login", login="rita", password=password)
    assert (refused.status_code, "You are banned until" in refused.text) == (403, True)
    (way,) = page(refused).select("main a[href^='/decisions/']")
    place = str(way["href"])
    own = client.get(place)
    assert own.headers["Cache-Control"] == "private, no-store"
    (link,) = page(own).select(".log-who a")
    address = str(link["href"])
    assert address == f"{place}/{decision.id}"
    assert "Cool down." in client.get(address).text
    wrong = fill_in(client, address, f"{address}/appeal", text=" ")
    assert "Say why" in errors_beside(wrong, "text")
    assert fill_in(client, address, f"{address}/appeal", text="It was a joke.").location == address
    answered = client.get(address)
    assert "It was a joke." in answered.text
    assert answered.headers["Cache-Control"] == "private, no-store"
    assert client.get(f"/account/decisions/{decision.id}").location.startswith("/login")
    for nobodys in (
        "/decisions/forged",
        f"{place}x/{decision.id}",
        decision_links.decisions_of(4711),
        f"{place}/4711",
    ):
        assert client.get(nobodys).status_code == 404


def test_a_key_opens_nothing_any_more_once_its_person_can_log_in(
    client: FlaskClient, reader: User, moderator: User
) -> None:
    decision = taken(reader, moderator, MeasureKind.BAN)
    address = f"{decision_links.decisions_of(reader.id)}/{decision.id}"
    made = appeal(decision.id, by=reader, text="It was a joke.")
    answer_appeal(made.id, by=a_moderator(), grant=True, answer="Ha.")
    led = client.get(address)
    assert (led.status_code, led.location) == (303, f"/account/decisions/{decision.id}")
    log_in(client, reader)
    assert "Ha." in client.get(led.location).text
