"""A form is taken only from somebody who was shown it."""

import re
import time

import pytest
from flask import Flask, session
from flask.testing import FlaskClient
from itsdangerous import TimestampSigner
from werkzeug.routing import Rule

from reader.accounts import actions, queries
from reader.web.cookies import FormSession
from tests.support.factories import a_person, an_article
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
    assert kept.get_text() == f"\n{written}", "a browser drops the first line end"
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


ORIGIN = {"Origin": "http://localhost"}


def token_on(client: FlaskClient, path: str = "/about") -> str:
    """A form token that the browser is shown, logged in or not."""
    form = page(client.get(path if path != "/about" else "/login?next=/about")).find(
        "input", {"name": "csrf_token"}
    )
    if form is None:
        form = page(client.get("/account/")).find("input", {"name": "csrf_token"})
    assert form is not None
    return str(form["value"])


def with_cookie_of_before(client: FlaskClient, cookie: str) -> None:
    """Put the browser's earlier form cookie back, as an attacker who planted it does."""
    client.set_cookie("form", cookie, httponly=True, samesite="Lax")


def form_cookie_of(client: FlaskClient) -> str:
    cookie = client.get_cookie("form")
    assert cookie is not None
    return cookie.value


def log_in_by_form(client: FlaskClient, name: str) -> None:
    fields = {"login": name, "password": GOOD, "csrf_token": token_on(client)}
    assert client.post("/login", data=fields, headers=ORIGIN).status_code == 303


def log_out_by_form(client: FlaskClient) -> None:
    assert client.post("/logout", data={"csrf_token": token_on(client)}, headers=ORIGIN).status_code == 303


def change_password(client: FlaskClient) -> None:
    fields = {"current": GOOD, "password": f"{GOOD} too", "csrf_token": token_on(client)}
    assert client.post("/account/password", data=fields, headers=ORIGIN).status_code == 303


@pytest.fixture
def ada(client: FlaskClient) -> FlaskClient:
    """A browser, and somebody who may log in with it."""
    actions.register("Ada", "ada@example.org", GOOD)
    return client


def test_a_token_and_its_cookie_from_before_log_in_are_worth_nothing_after(ada: FlaskClient) -> None:
    token, cookie = token_on(ada), form_cookie_of(ada)
    log_in_by_form(ada, "Ada")
    with_cookie_of_before(ada, cookie)
    assert ada.post("/logout", data={"csrf_token": token}, headers=ORIGIN).status_code == 400
    assert ada.get("/account/").status_code == 200


def test_a_token_and_its_cookie_are_refused_after_log_out(ada: FlaskClient) -> None:
    log_in_by_form(ada, "Ada")
    token, cookie = token_on(ada), form_cookie_of(ada)
    log_out_by_form(ada)
    with_cookie_of_before(ada, cookie)
    fields = {"login": "Ada", "password": GOOD, "csrf_token": token}
    assert ada.post("/login", data=fields, headers=ORIGIN).status_code == 400


def test_a_token_and_its_cookie_are_refused_after_a_password_change(ada: FlaskClient) -> None:
    log_in_by_form(ada, "Ada")
    token, cookie = token_on(ada), form_cookie_of(ada)
    change_password(ada)
    with_cookie_of_before(ada, cookie)
    assert ada.post("/logout", data={"csrf_token": token}, headers=ORIGIN).status_code == 400


def test_a_persons_token_is_refused_for_the_next_one_in_the_same_browser(ada: FlaskClient) -> None:
    actions.register("Bob", "bob@example.org", GOOD)
    log_in_by_form(ada, "Ada")
    token, cookie = token_on(ada), form_cookie_of(ada)
    log_out_by_form(ada)
    log_in_by_form(ada, "Bob")
    with_cookie_of_before(ada, cookie)
    assert ada.post("/logout", data={"csrf_token": token}, headers=ORIGIN).status_code == 400


def test_a_form_that_was_open_meanwhile_is_offered_to_be_sent_again_whole(ada: FlaskClient) -> None:
    article = an_article()
    log_in_by_form(ada, "Ada")
    action = f"{article.path}/comments"
    values = values_of(form_on(ada.get(article.path), action))
    change_password(ada)
    written = {**values, "body": "A long thought, <b>not</b> to be typed again."}
    answer = ada.post(action, data=written, headers=ORIGIN)
    assert answer.status_code == 400
    again = values_of(form_on(answer, action))
    assert again.pop("csrf_token") != written.pop("csrf_token")
    assert again == written
    again["csrf_token"] = values_of(form_on(answer, action))["csrf_token"]
    assert ada.post(action, data=again, headers=ORIGIN).status_code == 303
    assert "A long thought" in ada.get(article.path).text


@pytest.mark.parametrize("headers", [{}, {"Origin": "http://evil.example"}])
def test_nothing_is_offered_to_be_sent_again_that_another_page_has_sent(
    headers: dict[str, str], client: FlaskClient
) -> None:
    log_in(client, a_person())
    answer = client.post("/account/sessions/end-others", data={"csrf_token": "x"}, headers=headers)
    assert answer.status_code == 400
    assert "Send it again" not in answer.text


def test_a_password_is_never_sent_back_nor_offered(ada: FlaskClient) -> None:
    log_in_by_form(ada, "Ada")
    answer = ada.post("/account/password", data={"current": GOOD, "password": "new"}, headers=ORIGIN)
    assert answer.status_code == 400
    assert GOOD not in answer.text
    assert "Send it again" not in answer.text
