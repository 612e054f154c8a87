"""The access log: off by default, else one line for each request, which identifies nobody."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
import requests
from flask import Flask
from structlog.testing import capture_logs

from reader.app import create_app
from reader.config import Settings
from reader.db.base import db
from reader.web import access_log, client_addresses, page_cache
from tests.support.doors import Door
from tests.support.factories import an_article
from tests.support.sites import a_free_port, serving
from tests.web.test_edge import follow

# Arguments of routes, by whether what stands there may be written down.
HARMLESS = {
    "action", "appeal_id", "comment_id", "decision_id", "kind", "measure_id", "name", "number", "path", "report_id",
    "session_id", "slug", "stream", "username", "version",
}  # fmt: skip
KEYS = {"key", "token"}


@pytest.fixture
def settings(sqlite_settings: Settings) -> Settings:
    return replace(sqlite_settings, access_log=True)


@pytest.fixture
def door(app: Flask) -> Iterator[Door]:
    door = Door(app)
    yield door
    door.close()


@pytest.fixture
def lines() -> Iterator[list[Any]]:
    with capture_logs() as lines:
        yield lines


def line_of(lines: list[Any]) -> dict[str, Any]:
    [line] = [line for line in lines if line["event"] == "request"]
    assert line.pop("seconds") >= 0
    return {name: value for name, value in line.items() if name not in ("event", "log_level")}


def test_a_request_is_a_line_with_its_network_and_without_its_query(door: Door, lines: list[Any]) -> None:
    visitor = door.visit("203.0.113.77")
    visitor.send("GET /livez?token=secret HTTP/1.1")
    visitor.answer()
    expected = {"address": "203.0.113.0/24", "method": "GET", "path": "/livez", "status": 200, "bytes": 6}
    assert line_of(lines) == expected


def test_a_kept_page_is_a_line_too(app: Flask, door: Door, lines: list[Any]) -> None:
    path = an_article().path
    visitor = door.visit("203.0.113.77")
    for _ in range(2):
        lines.clear()
        visitor.send(f"GET {path}?x=secret HTTP/1.1")
        status, _, body = visitor.answer()
        line = line_of(lines)
        assert (line["path"], line["status"], status) == (path, 200, 200)
        assert line["bytes"] >= len(body)
    assert page_cache.of(app).hits == 1


@pytest.mark.parametrize("at_once", [True, False])
def test_a_follower_is_a_line_when_it_comes(at_once: bool, door: Door, lines: list[Any]) -> None:
    follow(door.visit("2001:db8:1:2::3"), at_once=at_once)
    line = line_of(lines)
    assert (line["address"], line["path"], line["status"]) == ("2001:db8:1::/48", "/socket.io/", 101)


@pytest.mark.parametrize(
    ("sent", "status", "path"),
    [
        (b"nonsense\r\n\r\n", 400, "-"),
        (b"GET /a?b HTTP/1.1\r\n\r\n", 400, "/a"),
        (b"GET /unsubscribe/secret HTTP/1.1\r\nHost:\r\n\r\n", 400, "/unsubscribe/…"),
    ],
)
def test_what_is_refused_before_the_application_is_a_line(
    sent: bytes, status: int, path: str, door: Door, lines: list[Any]
) -> None:
    visitor = door.visit()
    visitor.socket.sendall(sent)
    visitor.answer()
    line = line_of(lines)
    assert (line["status"], line["path"]) == (status, path)


def test_behind_a_proxy_the_network_is_the_clients(settings: Settings, lines: list[Any]) -> None:
    app = create_app(replace(settings, trusted_proxies=1))
    with app.app_context():
        door = Door(app)
        visitor = door.visit("127.0.0.1")
        visitor.send("GET /livez HTTP/1.1", "X-Forwarded-For: 198.51.100.9, 203.0.113.77")
        visitor.answer()
        assert line_of(lines)["address"] == "203.0.113.0/24"
        door.close()
        db.engine.dispose()


@pytest.mark.parametrize(
    ("path", "shown"),
    [
        ("/unsubscribe/SECRET", "/unsubscribe/…"),
        ("/UNSUBSCRIBE/SECRET", "/unsubscribe/…"),
        ("/%75nsubscribe/SECRET", "/unsubscribe/…"),
        ("//unsubscribe/SECRET", "/unsubscribe/…"),
        ("/decisions/SECRET/7/appeal", "/decisions/…"),
        ("/articles/decisions", "/articles/decisions"),
    ],
)
def test_what_stands_as_a_key_in_a_path_is_left_out(path: str, shown: str) -> None:
    assert access_log.shown(path) == shown


def test_every_route_with_a_key_is_known(app: Flask) -> None:
    for rule in app.url_map.iter_rules():
        assert rule.arguments <= HARMLESS | KEYS, f"{rule}: may it be logged?"
        if rule.arguments & KEYS:
            assert access_log.shown(rule.rule).endswith("/…"), rule


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("203.0.113.77", "203.0.113.0/24"),
        ("::ffff:203.0.113.77", "203.0.113.0/24"),
        ("203.0.113.77:4711", "203.0.113.0/24"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1::/48"),
        ("[2001:db8:1:2::1]:4711", "2001:db8:1::/48"),
        ("fe80::1%eth0", "fe80::/48"),
        ("_hidden", "unknown"),
        ("", "unknown"),
    ],
)
def test_an_address_is_cut_to_its_network(address: str, network: str) -> None:
    assert client_addresses.coarse(address) == network


@pytest.mark.parametrize("is_on", [True, False])
def test_a_served_site_writes_it_where_it_is_set(is_on: bool, settings: Settings, tmp_path: Any) -> None:
    bound = replace(settings, bind=f"127.0.0.1:{a_free_port()}", access_log=is_on)
    with serving(bound, tmp_path) as site:
        assert requests.get(f"{site.url}/about?token=secret", timeout=20).status_code == 200
        assert site.stop() == 0
        written = site.log.read_text()
    assert ("event=request" in written) is is_on
    assert ("path=/about" in written) is is_on
    assert "secret" not in written


def test_what_enables_it_lets_nothing_else_through() -> None:
    before = logging.getLogger(access_log.LOGGER).level
    try:
        access_log.enable()
        assert logging.getLogger(access_log.LOGGER).isEnabledFor(logging.INFO)
        assert not logging.getLogger("reader.other").isEnabledFor(logging.INFO)
    finally:
        logging.getLogger(access_log.LOGGER).setLevel(before)
