"""Logging in and out: who gets in, by which cookie, and where they come out."""

import statistics
import time
from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import datetime, timedelta
from http.cookies import Morsel, SimpleCookie

import pytest
from argon2 import PasswordHasher
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from reader.accounts import actions, passwords, queries
from reader.accounts.models import LoginSession, User
from reader.app import create_app
from reader.clock import now, set_clock
from reader.config import Settings
from reader.db.base import db
from reader.db.transactions import transaction
from reader.errors import Invalid
from tests.support.clients import Client
from tests.support.forms import errors_beside, fill_in, form_on, page, values_of
from tests.support.hashing import real_hashing
from tests.support.people import log_in

GOOD = "four words walk home"


@pytest.fixture
def ada(app: Flask) -> User:
    return actions.register("Ada", "ada@example.org", GOOD)


def send_login(client: FlaskClient, login: str = "Ada", password: str = GOOD, **more: str) -> TestResponse:
    return fill_in(client, "/login", "/login", login=login, password=password, **more)


def cookies_of(response: TestResponse) -> dict[str, Morsel[str]]:
    """The cookies that a response sets, by name."""
    found: dict[str, Morsel[str]] = {}
    for header in response.headers.getlist("Set-Cookie"):
        found.update(SimpleCookie(header))
    return found


def at(moment: datetime) -> AbstractContextManager[None]:
    """Let it be ``moment``."""
    return set_clock(lambda: moment)


def is_logged_in(client: FlaskClient) -> bool:
    return client.get("/account/").status_code == 200


@pytest.mark.usefixtures("ada")
@pytest.mark.parametrize("login", ["Ada", "ada", " ADA ", "ada@example.org", "Ada@Example.org"])
def test_one_logs_in_by_name_or_address_however_written(login: str, client: FlaskClient) -> None:
    answer = send_login(client, login)
    assert answer.status_code == 303
    assert is_logged_in(client)


@pytest.mark.usefixtures("ada")
@pytest.mark.parametrize("password", [GOOD.upper(), GOOD + " ", "something else entirely"])
def test_a_wrong_password_lets_nobody_in_and_keeps_what_was_typed(password: str, client: FlaskClient) -> None:
    answer = send_login(client, password=password, remember="y")
    assert answer.status_code == 422
    assert not is_logged_in(client)
    form = form_on(answer, "/login")
    assert values_of(form)["login"] == "Ada"
    assert values_of(form)["remember"] == "y"
    assert values_of(form)["password"] == ""


@pytest.mark.usefixtures("ada")
def test_wrong_name_and_wrong_password_are_told_in_the_same_words(client: FlaskClient) -> None:
    def said(response: TestResponse) -> str:
        alert = page(response).find(role="alert")
        assert alert is not None
        return alert.get_text(" ", strip=True)

    wrong_password = said(send_login(client, "Ada", "something else entirely"))
    wrong_name = said(send_login(client, "Nobody", GOOD))
    wrong_address = said(send_login(client, "nobody@example.org", GOOD))
    assert "Check your password and try again" in wrong_password
    assert wrong_password == wrong_name == wrong_address


def test_an_unknown_name_takes_as_long_as_a_wrong_password() -> None:
    def seconds(stored: str | None) -> float:
        start = time.perf_counter()
        assert not passwords.matches("something else entirely", stored)
        return time.perf_counter() - start

    with real_hashing():
        stored = passwords.hashed(GOOD)
        seconds(None)  # the first makes the hash to compare with
        known = statistics.median(seconds(stored) for _ in range(5))
        unknown = statistics.median(seconds(None) for _ in range(5))
    assert 0.5 < unknown / known < 2


@pytest.mark.usefixtures("ada")
def test_an_empty_form_says_what_each_field_wants(client: FlaskClient) -> None:
    answer = send_login(client, "", "")
    assert answer.status_code == 422
    assert errors_beside(answer, "login")
    assert errors_beside(answer, "password")


@pytest.mark.usefixtures("ada")
def test_one_word_typed_in_two_ways_is_one_password(app: Flask) -> None:
    actions.register("Zoe", "zoe@example.org", "caf\N{LATIN SMALL LETTER E WITH ACUTE} au lait noir")
    assert actions.authenticate("Zoe", "cafe\N{COMBINING ACUTE ACCENT} au lait noir")


def test_a_hash_with_old_parameters_is_renewed_at_the_next_log_in(ada: User) -> None:
    old = PasswordHasher(time_cost=1, memory_cost=8192, parallelism=1).hash(GOOD)
    with transaction():
        ada.password_hash = old
    actions.authenticate("Ada", GOOD)
    renewed = db.session.get_one(User, ada.id, populate_existing=True).password_hash
    assert renewed != old
    assert not passwords.is_dated(renewed)
    assert actions.authenticate("Ada", GOOD)


def test_a_wrong_password_renews_nothing(ada: User) -> None:
    before = ada.password_hash
    with pytest.raises(Invalid):
        actions.authenticate("Ada", "something else entirely")
    assert db.session.get_one(User, ada.id, populate_existing=True).password_hash == before


@pytest.mark.usefixtures("ada")
def test_the_cookie_lasts_as_long_as_the_browser_unless_remembered(client: FlaskClient) -> None:
    cookie = cookies_of(send_login(client))["login"]
    assert cookie["max-age"] == ""
    assert cookie["expires"] == ""
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"
    assert cookie["path"] == "/"
    assert cookie["domain"] == ""
    assert not cookie["secure"]


@pytest.mark.usefixtures("ada")
def test_remember_lengthens_cookie_and_row_to_thirty_days(client: FlaskClient) -> None:
    cookie = cookies_of(send_login(client, remember="y"))["login"]
    assert cookie["max-age"] == str(30 * 24 * 3600)
    row = db.session.query(LoginSession).one()
    assert row.remember
    assert timedelta(days=29) < row.expires_at - now() <= timedelta(days=30)


@pytest.mark.usefixtures("ada")
def test_only_a_hash_of_the_cookie_is_stored(client: FlaskClient) -> None:
    token = cookies_of(send_login(client))["login"].value
    row = db.session.query(LoginSession).one()
    assert len(token) >= 43
    assert token not in row.token_hash
    opened = queries.session_by_token(token)
    assert opened is not None
    assert opened.id == row.id
    assert queries.session_by_token(row.token_hash) is None


def test_on_https_both_cookies_are_host_cookies_and_secure(settings: Settings) -> None:
    app = create_app(replace(settings, base_url="https://news.example"))
    app.test_client_class = Client
    with app.app_context():
        actions.register("Ada", "ada@example.org", GOOD)
        client = app.test_client()
        opened = client.get("/login", base_url="https://news.example")
        form_cookie = cookies_of(opened)["__Host-form"]
        answer = client.post(
            "/login",
            base_url="https://news.example",
            headers={"Referer": "https://news.example/login"},
            data={**values_of(form_on(opened, "/login")), "login": "Ada", "password": GOOD},
        )
        assert answer.status_code == 303
        login_cookie = cookies_of(answer)["__Host-login"]
        for cookie in (form_cookie, login_cookie):
            assert cookie["secure"]
            assert cookie["httponly"]
            assert cookie["samesite"] == "Lax"
            assert cookie["path"] == "/"
            assert cookie["domain"] == ""
        assert client.get("/account/", base_url="https://news.example").status_code == 200
        db.session.remove()
        db.engine.dispose()


@pytest.mark.usefixtures("ada")
def test_a_planted_session_is_not_the_one_that_is_logged_in(client: FlaskClient) -> None:
    client.set_cookie("login", "planted-by-somebody-else")
    token = cookies_of(send_login(client))["login"].value
    assert token != "planted-by-somebody-else"
    assert queries.session_by_token("planted-by-somebody-else") is None


@pytest.mark.usefixtures("ada")
def test_a_form_token_from_before_the_log_in_is_worth_nothing_after_it(client: FlaskClient) -> None:
    before = values_of(form_on(client.get("/login"), "/login"))["csrf_token"]
    send_login(client)
    assert client.post("/logout", data={"csrf_token": before}).status_code == 400
    client.get("/account/")
    assert client.post("/logout", data={"csrf_token": before}).status_code == 400
    assert is_logged_in(client)


def test_a_log_in_form_from_before_another_log_in_is_refused(
    ada: User, client: FlaskClient, app: Flask
) -> None:
    """The form's token was made for a visitor; after a log-in it does nothing in the person's name."""
    actions.register("Bob", "bob@example.org", GOOD)
    first = log_in(client, ada)
    visitor = app.test_client()
    opened = visitor.get("/login")
    sent = values_of(form_on(opened, "/login"))
    visitor.set_cookie("login", first)
    answer = visitor.post("/login", data={**sent, "login": "Bob", "password": GOOD})
    assert answer.status_code == 400
    assert queries.session_by_token(first) is not None
    assert "Bob" not in visitor.get("/account/").text


def test_logging_out_ends_the_session_on_the_server(ada: User, client: FlaskClient, app: Flask) -> None:
    token = log_in(client, ada)
    answer = fill_in(client, "/account/", "/logout")
    assert answer.status_code == 303
    assert cookies_of(answer)["login"]["max-age"] == "0"
    thief = app.test_client()
    thief.set_cookie("login", token)
    assert not is_logged_in(client)
    assert not is_logged_in(thief)


def test_logging_out_takes_a_post(ada: User, client: FlaskClient) -> None:
    log_in(client, ada)
    assert client.get("/logout").status_code == 405
    assert is_logged_in(client)


def test_a_session_that_is_over_lets_nobody_in(ada: User, client: FlaskClient) -> None:
    log_in(client, ada)
    later = now() + actions.NOT_REMEMBERED
    with at(later):
        assert not is_logged_in(client)


def test_a_session_in_use_goes_on_and_on(ada: User, client: FlaskClient) -> None:
    log_in(client, ada)
    start = now()
    for day in range(1, 5):
        moment = start + day * timedelta(hours=20)
        with at(moment):
            assert is_logged_in(client)


def test_a_remembered_session_ends_after_thirty_days_though_in_use(ada: User, client: FlaskClient) -> None:
    log_in(client, ada, remember=True)
    start = now()
    for day, expected in ((10, True), (20, True), (29, True), (31, False)):
        moment = start + timedelta(days=day)
        with at(moment):
            assert is_logged_in(client) is expected


def test_use_is_noted_every_few_minutes_and_not_by_each_request(ada: User, client: FlaskClient) -> None:
    log_in(client, ada)
    start = db.session.query(LoginSession).one().seen_at

    def seen_after(minutes: int) -> timedelta:
        moment = start + timedelta(minutes=minutes)
        with at(moment):
            client.get("/account/")
        return db.session.query(LoginSession).one().seen_at - start

    assert seen_after(4) == timedelta(0)
    assert seen_after(6) == timedelta(minutes=6)
    assert seen_after(8) == timedelta(minutes=6)


def test_sessions_that_are_over_are_cleared_away_at_the_next_log_in(ada: User, client: FlaskClient) -> None:
    log_in(client, ada)
    later = now() + timedelta(days=2)
    with at(later):
        log_in(client, ada)
        assert db.session.query(LoginSession).count() == 1


@pytest.mark.parametrize("address", ["/login", "/register"])
def test_who_is_logged_in_needs_no_form_and_goes_on(address: str, ada: User, client: FlaskClient) -> None:
    log_in(client, ada)
    assert client.get(f"{address}?next=/articles/x%23comments").location == "/articles/x#comments"
    assert client.get(address).location == "/"
