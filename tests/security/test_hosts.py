"""Host names that the server answers to, and proxies that it trusts about a request's origin."""

from dataclasses import replace

import pytest
from flask import Flask, request
from flask.testing import FlaskClient

from reader.app import create_app
from reader.config import Settings
from reader.web.rate_limits import this_request
from reader.web.security import is_our_host

SITE = Settings(base_url="https://news.example")
LOCAL = Settings(bind="127.0.0.1:8000")
OPEN = Settings(bind="0.0.0.0:8000")


@pytest.mark.parametrize("settings", [SITE, LOCAL, OPEN])
@pytest.mark.parametrize("host", ["localhost", "localhost:8000", "127.0.0.1:8000", "127.0.0.1", "[::1]:8000"])
def test_this_machine_may_always_ask(host: str, settings: Settings) -> None:
    assert is_our_host(host, settings)


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        ("news.example", True),
        ("NEWS.example:443", True),
        ("evil.example", False),
        ("sub.news.example", False),
        ("news.example.evil.example", False),
        ("10.0.0.7", False),
        ("", False),
        ("[::1", False),
    ],
)
def test_with_a_base_url_its_host_is_the_only_name(host: str, expected: bool) -> None:
    assert is_our_host(host, SITE) is expected


@pytest.mark.parametrize(
    ("host", "expected"), [("10.0.0.7:8000", True), ("evil.example", False), ("", False)]
)
def test_on_loopback_no_page_can_point_a_name_at_this_server(host: str, expected: bool) -> None:
    assert is_our_host(host, LOCAL) is expected


def test_a_server_open_to_the_world_without_a_base_url_takes_any_name() -> None:
    assert is_our_host("anything.example", OPEN)
    assert not is_our_host("", OPEN)


@pytest.mark.parametrize(
    "host", ["evil.example", "evil.example:80", "ev il", "a_b!", "localhost:999999", "[::1"]
)
def test_a_foreign_host_gets_400_and_a_page_that_says_why(host: str, client: FlaskClient) -> None:
    answer = client.get("/livez", headers={"Host": host})
    assert answer.status_code == 400
    assert "Content-Security-Policy" in answer.headers
    assert host not in answer.headers["Content-Security-Policy"]


def proxied(settings: Settings, proxies: int) -> Flask:
    app = create_app(replace(settings, trusted_proxies=proxies))

    @app.get("/probe/from")
    def where_from() -> dict[str, object]:
        return {"address": request.remote_addr, "secure": request.is_secure, "host": request.host}

    return app


@pytest.mark.parametrize(
    ("proxies", "address", "secure"),
    [(0, "127.0.0.1", False), (1, "198.51.100.2", True), (2, "203.0.113.9", True)],
)
def test_as_many_proxies_are_believed_as_the_setting_says(
    proxies: int, address: str, secure: bool, settings: Settings
) -> None:
    answer = (
        proxied(settings, proxies)
        .test_client()
        .get(
            "/probe/from",
            headers={
                "X-Forwarded-For": "192.0.2.1, 203.0.113.9, 198.51.100.2",
                "X-Forwarded-Proto": "https, https",
                "X-Forwarded-Host": "evil.example",
            },
        )
        .get_json()
    )
    assert answer == {"address": address, "secure": secure, "host": "localhost"}


@pytest.mark.parametrize(
    ("address", "counted_by"),
    [
        ("203.0.113.9", "203.0.113.9"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2::1", "2001:db8:1:2::/64"),
        ("::ffff:203.0.113.9", "203.0.113.9"),
        ("unknown", "unknown"),
    ],
)
def test_a_client_is_counted_by_its_address_or_its_ipv6_network(
    address: str, counted_by: str, app: Flask
) -> None:
    with app.test_request_context(environ_base={"REMOTE_ADDR": address}):
        assert this_request().network == counted_by


@pytest.mark.parametrize("path", ["/account", "//archive", "/moderation//log"])
@pytest.mark.parametrize(
    ("base_url", "leads"), [("https://news.example", "https://news.example/"), (None, "/")]
)
def test_a_redirect_leads_to_the_public_address(
    path: str, base_url: str | None, leads: str, settings: Settings
) -> None:
    app = create_app(replace(settings, base_url=base_url))
    answer = app.test_client().get(path, base_url="http://localhost")
    location = answer.headers["Location"]
    assert "http://localhost" not in answer.text
    assert location.startswith(leads)
    assert not location.startswith("//")
