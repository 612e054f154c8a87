"""Measures against people: permissions, effects, ends and notifications."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient

from reader import eventlog
from reader.accounts.actions import acknowledge, open_session
from reader.accounts.models import User
from reader.accounts.queries import in_force, sessions_of
from reader.articles.models import Article
from reader.clock import now, set_clock
from reader.comments.recommending.actions import recommend
from reader.config import Settings
from reader.errors import Conflict, Invalid, Refused
from reader.moderation.models import Reason
from reader.moderation.people.actions import NewMeasure, end_measure, take_measure
from reader.policy import MeasureKind, Role
from tests.support.factories import a_moderator, a_person, altered
from tests.support.forms import errors_beside, fill_in, page
from tests.support.people import log_in
from tests.support.threads import a_comment

HOUR = timedelta(hours=1)


@pytest.fixture
def settings(each_engine: Settings) -> Settings:
    return each_engine


@pytest.fixture
def reader(app: Flask) -> User:
    return a_person("rita")


def test_a_suspended_person_writes_nothing_until_the_suspension_ends(
    article: Article, moderator: User, reader: User
) -> None:
    other = a_comment(article)
    end = now() + HOUR
    take_measure(
        reader.id,
        NewMeasure(MeasureKind.SUSPENSION, words="Cool down.", reason=Reason.ABUSIVE, until=end),
        by=moderator,
    )
    for act in (lambda: a_comment(article, by=reader), lambda: recommend(other.id, by=reader)):
        with pytest.raises(Refused, match=r"can read, but not write until .* abusive.* “Cool down.”"):
            act()
    with set_clock(lambda: end):
        assert a_comment(article, by=reader).state == "published"


def test_a_warning_stops_until_it_is_confirmed(article: Article, moderator: User, reader: User) -> None:
    warning = take_measure(reader.id, NewMeasure(MeasureKind.WARNING, words="Stay polite."), by=moderator)
    with pytest.raises(Refused, match="warned"):
        a_comment(article, by=reader)
    acknowledge(warning.id, by=a_person())
    with pytest.raises(Refused, match="warned"):
        a_comment(article, by=reader)
    acknowledge(warning.id, by=reader)
    assert a_comment(article, by=reader).state == "published"


def test_who_is_read_first_is_held_till_that_is_taken_back(
    article: Article, moderator: User, reader: User
) -> None:
    measure = take_measure(
        reader.id, NewMeasure(MeasureKind.PREMODERATION, words="", reason=Reason.OFF_TOPIC), by=moderator
    )
    assert a_comment(article, by=reader).state == "held"
    end_measure(measure.id, by=moderator)
    assert a_comment(article, by=reader).state == "published"


def test_a_ban_ends_every_session_and_log_in_says_why_and_until_when(
    client: FlaskClient, article: Article, moderator: User, reader: User
) -> None:
    log_in(client, reader)
    before = eventlog.head("access")
    ban = take_measure(
        reader.id,
        NewMeasure(MeasureKind.BAN, words="Enough.", reason=Reason.SPAM, until=now() + HOUR),
        by=moderator,
    )
    assert sessions_of(reader) == []
    assert [event.target for event in eventlog.since("access", before, limit=9)] == [reader.element]
    assert "Log in" in client.get(article.path).text
    with pytest.raises(Refused, match=r"banned until .* spam\. A moderator says: “Enough.”"):
        open_session(reader)
    with pytest.raises(Refused, match="banned"):
        a_comment(article, by=reader)
    end_measure(ban.id, by=moderator)
    assert open_session(reader)


def test_a_suspension_cuts_sockets_and_keeps_sessions(moderator: User, reader: User) -> None:
    open_session(reader)
    before = eventlog.head("access")
    take_measure(
        reader.id,
        NewMeasure(MeasureKind.SUSPENSION, words="", reason=Reason.ABUSIVE, until=now() + HOUR),
        by=moderator,
    )
    assert len(sessions_of(reader)) == 1
    assert eventlog.head("access") == before + 1


def test_a_note_is_for_moderators_and_binds_nobody(
    client: FlaskClient, article: Article, moderator: User, reader: User
) -> None:
    take_measure(reader.id, NewMeasure(MeasureKind.NOTE, words="canary-note"), by=moderator)
    assert in_force(reader.id).measures == []
    assert eventlog.head(f"person:{reader.id}") == 0
    log_in(client, reader)
    for address in (article.path, "/account/", "/moderation/log"):
        assert "canary-note" not in client.get(address).text
    log_in(client, moderator)
    assert "canary-note" in client.get("/moderation/people/rita").text
    assert "Noted" not in client.get("/moderation/log").text


@pytest.mark.parametrize("role", [Role.READER, Role.MODERATOR, Role.EDITOR, Role.ADMIN])
def test_nobody_acts_on_their_own_rank_or_above_nor_on_themselves(app: Flask, role: Role) -> None:
    roles = list(Role)
    actor = a_person(role=role)
    for other in (actor, *(a_person(role=each) for each in roles)):
        may = role is not Role.READER and roles.index(role) > roles.index(Role(other.role))
        if may:
            measure = take_measure(other.id, NewMeasure(MeasureKind.WARNING, words="So."), by=actor)
            end_measure(measure.id, by=actor)
        else:
            with pytest.raises(Refused, match="trusted"):
                take_measure(other.id, NewMeasure(MeasureKind.WARNING, words="So."), by=actor)


def test_what_is_missing_is_said_and_nothing_happens(moderator: User, reader: User) -> None:
    wrong = (
        (MeasureKind.NOTE, "", None, None, "words"),
        (MeasureKind.WARNING, " ", None, None, "words"),
        (MeasureKind.BAN, "", Reason.OTHER, None, "words"),
        (MeasureKind.PREMODERATION, "x", None, None, "reason"),
        (MeasureKind.SUSPENSION, "x", None, now() + HOUR, "reason"),
        (MeasureKind.BAN, "x", None, None, "reason"),
        (MeasureKind.SUSPENSION, "x", Reason.SPAM, None, "lasts"),
        (MeasureKind.BAN, "x", Reason.SPAM, now(), "until"),
    )
    for kind, words, reason, until, field in wrong:
        with pytest.raises(Invalid) as refusal:
            take_measure(reader.id, NewMeasure(kind, words=words, reason=reason, until=until), by=moderator)
        assert refusal.value.field == field
    assert in_force(reader.id).measures == []


def test_a_measure_ends_once(moderator: User, reader: User) -> None:
    measure = take_measure(reader.id, NewMeasure(MeasureKind.WARNING, words="So."), by=moderator)
    end_measure(measure.id, by=moderator)
    with pytest.raises(Conflict):
        end_measure(measure.id, by=moderator)


def test_all_of_it_works_by_forms_and_the_history_keeps_it(
    client: FlaskClient, article: Article, moderator: User, reader: User
) -> None:
    log_in(client, moderator)
    address = "/moderation/people/rita"
    refused = fill_in(
        client, address, f"{address}/measures", kind="warning", words="", reason="", lasts="24h", until=""
    )
    assert refused.status_code == 422
    assert "Say it in words" in errors_beside(refused, "words")
    for kind in ("note", "warning", "premoderation", "suspension", "ban"):
        done = fill_in(
            client,
            address,
            f"{address}/measures",
            kind=kind,
            words="Because.",
            reason="spam",
            lasts="7d",
            until="",
        )
        assert done.status_code == 303, kind
    shown = client.get(address)
    assert len(page(shown).select(".measure")) == 5
    for form in page(shown).select(".measure form"):
        assert fill_in(client, address, str(form["action"])).status_code == 303
    after = page(client.get(address))
    assert after.select(".measure") == []
    assert len(after.select(".log-entry")) == 10


def test_a_warned_person_confirms_by_a_form_and_returns_to_the_thread(
    client: FlaskClient, article: Article, moderator: User, reader: User
) -> None:
    warning = take_measure(reader.id, NewMeasure(MeasureKind.WARNING, words="Stay polite."), by=moderator)
    log_in(client, reader)
    shown = client.get(article.path)
    assert "Stay polite." in shown.text
    assert page(shown).select("form[data-composer]") == []
    done = fill_in(client, article.path, f"/account/warnings/{warning.id}")
    assert done.location == f"{article.path}#comments"
    assert len(page(client.get(article.path)).select("form[data-composer]")) == 1


def test_a_demoted_moderator_can_be_acted_on_and_a_promoted_reader_not(
    app: Flask, moderator: User, reader: User
) -> None:
    other = a_moderator()
    altered(other, role="reader")
    altered(reader, role="moderator")
    take_measure(other.id, NewMeasure(MeasureKind.WARNING, words="So."), by=moderator)
    with pytest.raises(Refused):
        take_measure(reader.id, NewMeasure(MeasureKind.WARNING, words="So."), by=moderator)


def test_a_ban_has_no_end_unless_one_is_chosen(client: FlaskClient, moderator: User, reader: User) -> None:
    log_in(client, moderator)
    address = "/moderation/people/rita"
    refused = fill_in(client, address, f"{address}/measures", kind="ban", words="Enough.")
    assert (refused.status_code, "Choose a reason" in errors_beside(refused, "reason")) == (422, True)
    fill_in(client, address, f"{address}/measures", kind="ban", words="Enough.", reason="spam")
    (ban,) = in_force(reader.id).measures
    assert (ban.kind, ban.until, ban.reason) == ("ban", None, "spam")


def test_a_suspension_must_say_until_when(client: FlaskClient, moderator: User, reader: User) -> None:
    log_in(client, moderator)
    address = "/moderation/people/rita"
    refused = fill_in(client, address, f"{address}/measures", kind="suspension", reason="spam")
    assert "Say until when" in errors_beside(refused, "lasts")
    assert in_force(reader.id).measures == []
