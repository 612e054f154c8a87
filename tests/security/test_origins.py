"""Forms are accepted from pages of this site alone, by the browser's Origin or Referer."""

from __future__ import annotations

from dataclasses import replace

import pytest
from flask.testing import FlaskClient

from reader.accounts import actions
from reader.accounts.models import User
from reader.app import create_app
from reader.config import Settings
from tests.support.clients import Client
from tests.support.forms import form_on, page, values_of
from tests.support.people import log_in

PASSWORD = "four words walk home"
SITE = "https://news.example"
FOREIGN: tuple[dict[str, str], ...] = (
    {},
    {"Origin": "null"},
    {"Origin": "https://evil.example"},
    {"Origin": "http://news.example"},
    {"Origin": "https://news.example:444"},
    {"Origin": "https://news.example.evil.example"},
    {"Origin": "https://sub.news.example"},
    {"Origin": "https://evil.example", "Referer": f"{SITE}/login"},
    {"Referer": "https://evil.example/https://news.example/"},
    {"Referer": "http://news.example/login"},
    {"Referer": "https://news.example@evil.example/"},
    {"Referer": "https://news.example:x/"},
)
OURS: tuple[dict[str, str], ...] = (
    {"Origin": SITE},
    {"Origin": SITE, "Referer": f"{SITE}/login"},
    {"Referer": f"{SITE}/login"},
    {"Referer": f"{SITE}:443/login"},
    {"Origin": SITE, "Referer": "https://elsewhere.example/"},
)


@pytest.fixture
def person() -> User:
    return actions.register("Ada", "ada@example.org", PASSWORD)


def sent(settings: Settings, person: User, headers: dict[str, str], base: str) -> int:
    """Log in with these headers, and return the status of the answer."""
    app = create_app(settings)
    app.test_client_class = Client
    client = app.test_client()
    values = values_of(form_on(client.get("/login", base_url=base), "/login"))
    values |= {"login": person.username, "password": PASSWORD}
    return client.post("/login", data=values, headers=headers, base_url=base).status_code


@pytest.mark.parametrize("headers", OURS)
def test_on_https_one_header_that_names_this_site_is_enough(
    headers: dict[str, str], app: object, person: User, settings: Settings
) -> None:
    assert sent(replace(settings, base_url=SITE), person, headers, SITE) == 303


@pytest.mark.parametrize("headers", FOREIGN)
def test_on_https_whatever_comes_from_elsewhere_is_refused(
    headers: dict[str, str], app: object, person: User, settings: Settings
) -> None:
    assert sent(replace(settings, base_url=SITE), person, headers, SITE) == 400


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 303),
        ({"Origin": "http://localhost"}, 303),
        ({"Origin": "https://localhost"}, 303),  # TLS ended before us
        ({"Origin": "http://localhost:81"}, 400),
        ({"Origin": "http://evil.example"}, 400),
        ({"Referer": "http://evil.example/"}, 400),
    ],
)
def test_without_a_base_address_the_host_that_was_asked_counts(
    headers: dict[str, str], status: int, app: object, person: User, settings: Settings
) -> None:
    assert sent(settings, person, headers, "http://localhost") == status


def test_a_form_from_elsewhere_is_told_so_and_keeps_what_was_typed(client: FlaskClient, person: User) -> None:
    log_in(client, person)
    token = values_of(form_on(client.get("/account/"), "/logout"))["csrf_token"]
    answer = client.post(
        "/logout",
        data={"csrf_token": token, "body": "long words"},
        headers={"Origin": "http://evil.example"},
    )
    assert answer.status_code == 400
    assert "came from elsewhere" in answer.text
    kept = page(answer).find("textarea", readonly=True)
    assert kept is not None
    assert kept.get_text() == "\nlong words", "a browser drops the first line end"
    assert not [form for form in page(answer).find_all("form") if form.find("textarea")]
