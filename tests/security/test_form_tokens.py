"""A form is taken only from somebody who was shown it."""

import re
import time

import pytest
from flask import Flask, session
from flask.testing import FlaskClient
from itsdangerous import TimestampSigner
from werkzeug.routing import Rule

from reader.accounts import actions, queries
from reader.cookies import FormSession
from tests.support.factories import a_person
from tests.support.forms import form_on, page, values_of
from tests.support.people import log_in

GOOD = "four words walk home"
NEWCOMER = {"username": "Ada", "email": "ada@example.org", "password": GOOD}


# A mail program posts there, by an address that is signed.
SIGNED = "/unsubscribe/<token>"


def posts(app: Flask) -> list[Rule]:
    rules = [rule for rule in app.url_map.iter_rules() if rule.methods and "POST" in rule.methods]
    return [rule for rule in rules if rule.rule != SIGNED]


def address_of(rule: Rule) -> str:
    """An address that the rule fits."""
    chosen = re.sub(r"<any\((\w+)[^>]*>", r"\1", rule.rule)
    return re.sub(r"<int[^>]*>", "1", re.sub(r"<\w+>", "x", chosen))


def test_no_route_takes_a_post_without_a_token(app: Flask, client: FlaskClient) -> None:
    log_in(client, a_person())
    assert len(posts(app)) >= 5
    for rule in posts(app):
        answer = client.post(address_of(rule))
        assert answer.status_code == 400, f"{rule} answered {answer.status}"
        assert "form had expired" in answer.text


def test_without_a_token_nobody_is_registered_or_logged_in(client: FlaskClient) -> None:
    assert client.post("/register", data=NEWCOMER).status_code == 400
    assert queries.people() == []
    actions.register("Ada", "ada@example.org", GOOD)
    answer = client.post("/login", data={"login": "Ada", "password": GOOD})
    assert answer.status_code == 400
    assert "Set-Cookie" not in answer.headers
    assert client.get("/account/").status_code == 303


def test_without_a_token_nobody_is_logged_out(client: FlaskClient) -> None:
    log_in(client, a_person())
    assert client.post("/logout").status_code == 400
    assert client.get("/account/").status_code == 200


def test_a_token_of_another_browser_is_worth_nothing(client: FlaskClient, app: Flask) -> None:
    foreign = values_of(form_on(app.test_client().get("/register"), "/register"))["csrf_token"]
    client.get("/register")
    assert client.post("/register", data={**NEWCOMER, "csrf_token": foreign}).status_code == 400
    assert queries.people() == []


def test_an_expired_form_keeps_what_was_written_at_length_and_no_password(client: FlaskClient) -> None:
    written = "A long thought, <b>not</b> to be typed again."
    answer = client.post("/logout", data={"body": written, "password": "secret of mine"})
    assert answer.status_code == 400
    kept = page(answer).find("textarea", readonly=True)
    assert kept is not None
    assert kept.get_text() == written
    assert "secret of mine" not in answer.text


def test_a_program_is_told_in_json_that_its_token_is_missing(client: FlaskClient) -> None:
    answer = client.post("/logout", headers={"Accept": "application/json"})
    assert answer.status_code == 400
    assert answer.mimetype == "application/problem+json"
    assert "csrf_token" in answer.get_json()["detail"]


@pytest.mark.parametrize("address", ["/login", "/register"])
def test_a_token_stays_good_as_long_as_the_form_cookie(address: str, client: FlaskClient) -> None:
    first = values_of(form_on(client.get(address), address))["csrf_token"]
    client.get(address)
    assert client.post(address, data={"csrf_token": first}).status_code == 422


@pytest.mark.parametrize(("days", "is_kept"), [(0, True), (30, True), (32, False), (-1, False)])
def test_a_form_cookie_is_heeded_for_a_month_and_remembered_no_longer(
    app: Flask, monkeypatch: pytest.MonkeyPatch, days: int, is_kept: bool
) -> None:
    signer = FormSession().get_signing_serializer(app)
    assert signer is not None
    with monkeypatch.context() as then:
        then.setattr(TimestampSigner, "get_timestamp", lambda _self: int(time.time()) - days * 24 * 3600)
        value = signer.dumps({"csrf_token": "a secret"})
    for _ in ("read", "remembered"):
        with app.test_request_context(headers={"Cookie": f"form={value}"}):
            assert dict(session) == ({"csrf_token": "a secret"} if is_kept else {})
    with app.test_request_context(headers={"Cookie": f"form={value[:-1]}"}):
        assert dict(session) == {}, "it is not signed like that"
