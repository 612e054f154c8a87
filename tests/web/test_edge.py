"""The server's edge: time limits, limits on connections, and refusals before the application."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import gevent
import pytest
from flask import Flask, request
from flask import Response as FlaskResponse
from structlog.testing import capture_logs

from reader.app import create_app
from reader.config import Settings
from reader.db.base import db
from reader.live.wire import transport
from reader.serving import worker as workers
from reader.web import connections, security
from tests.support.doors import STRANGER, Door, Visitor
from tests.support.factories import an_article

LIMIT = 3
OTHERS = ("198.51.100.1", "2001:db8:1:2::1", "2001:db8:1:3::1")

Open = Callable[..., Visitor]


@pytest.fixture
def settings(sqlite_settings: Settings) -> Settings:
    return replace(sqlite_settings, limit_connections=LIMIT)


@contextmanager
def a_door(app: Flask) -> Iterator[Door]:
    """A worker of ``app`` to connect to, with some addresses of the tests' own."""
    app.add_url_rule("/probe/echo", "echo", lambda: request.get_data())
    app.add_url_rule("/probe/large", "large", lambda: FlaskResponse(b"x" * (32 << 20)))
    door = Door(app)
    try:
        yield door
    finally:
        door.close()
        gevent.sleep(0)


@contextmanager
def another(settings: Settings) -> Iterator[Door]:
    """A worker with other settings."""
    app = create_app(settings)
    with app.app_context(), a_door(app) as door:
        yield door
        db.session.remove()
        db.engine.dispose()


@pytest.fixture
def door(app: Flask) -> Iterator[Door]:
    with a_door(app) as door:
        yield door


@pytest.fixture
def visit(door: Door) -> Open:
    """Opens connections to a worker of ``app``."""
    return door.visit


@pytest.fixture
def proxied_door(settings: Settings) -> Iterator[Door]:
    """A worker that trusts a proxy."""
    with another(replace(settings, trusted_proxies=1)) as door:
        yield door


@pytest.fixture
def proxied(proxied_door: Door) -> Open:
    """Open connections to a worker that trusts a proxy."""
    return proxied_door.visit


@pytest.fixture
def lines() -> Iterator[list[Any]]:
    """Yield the list of the log's entries."""
    with capture_logs() as lines:
        yield lines


class TestTime:
    """Time limits of the web server."""

    @pytest.fixture(autouse=True)
    def hasty(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(workers, "BODY_SECONDS", 0.2)
        monkeypatch.setattr(workers, "WRITE_SECONDS", 1.0)

    @pytest.mark.parametrize(
        ("header", "bytes_sent"),
        [("Content-Length: 100", b"a"), ("Transfer-Encoding: chunked", b"5\r\na")],
    )
    @pytest.mark.parametrize("path", ["/login", "/probe/echo", "/static/x/css/site.css", "/nothing"])
    def test_a_body_that_drips_is_answered_with_408(
        self, header: str, bytes_sent: bytes, path: str, visit: Open
    ) -> None:
        visitor = visit()
        visitor.send(f"POST {path} HTTP/1.1", header, body=bytes_sent)
        assert visitor.answer()[0] == 408
        assert visitor.is_closed()

    def test_a_head_that_drips_ends_the_connection(self, door: Door) -> None:
        door.worker.cfg.set("keepalive", 1)
        visitor = door.visit()
        visitor.socket.sendall(b"GET / HTTP/1.1\r\nHost:")
        assert visitor.is_closed()

    def test_who_never_reads_is_hung_up_on(self, app: Flask, visit: Open) -> None:
        visitor = visit()
        visitor.send("GET /probe/large HTTP/1.1")
        visitor.greenlet.join(20)
        assert visitor.greenlet.ready()
        assert connections.of(app).open == 0

    def test_who_never_reads_kept_pages_is_hung_up_on(self, app: Flask, visit: Open) -> None:
        path = an_article().path
        visitor = visit()
        visitor.send(f"GET {path} HTTP/1.1")
        assert visitor.answer()[0] == 200
        pipelined = f"GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode() * 2_000
        gevent.spawn(visitor.socket.sendall, pipelined).link_exception(lambda _: None)
        visitor.greenlet.join(20)
        assert visitor.greenlet.ready()
        assert connections.of(app).open == 0


class TestBodies:
    """A body is read before the application is called, and arrives as it was sent."""

    @pytest.mark.parametrize("expects", [(), ("Expect: 100-continue",)])
    def test_a_body_arrives_whole_and_the_next_request_after_it(self, expects: Any, visit: Open) -> None:
        visitor = visit()
        for body in (b"a" * 70_000, b"b"):
            visitor.send("GET /probe/echo HTTP/1.1", f"Content-Length: {len(body)}", *expects)
            if expects:
                assert visitor.answer()[0] == 100
            visitor.socket.sendall(body)
            assert visitor.answer()[2] == body

    def test_a_body_in_chunks_arrives_whole(self, visit: Open) -> None:
        visitor = visit()
        visitor.send("GET /probe/echo HTTP/1.1", "Transfer-Encoding: chunked", body=b"3\r\nabc\r\n")
        gevent.sleep(0)
        visitor.socket.sendall(b"2\r\nde\r\n0\r\n\r\n")
        assert visitor.answer()[2] == b"abcde"
        visitor.send("GET /livez HTTP/1.1")
        assert visitor.answer()[2] == b"alive\n"

    @pytest.mark.parametrize("in_chunks", [False, True])
    def test_a_body_that_is_too_long_gets_the_sites_own_413(self, in_chunks: bool, visit: Open) -> None:
        visitor = visit()
        length = 300 * 1024
        body = b"x" * length
        if in_chunks:
            header, body = "Transfer-Encoding: chunked", b"%x\r\n%s\r\n0\r\n\r\n" % (length, body)
        else:
            header = f"Content-Length: {length}"
        visitor.send("POST /login HTTP/1.1", header, "Content-Type: application/x-www-form-urlencoded")
        gevent.spawn(visitor.socket.sendall, body)
        status, _, page = visitor.answer()
        assert status == 413, page
        assert b"That is too much at once" in page


class TestRefusals:
    """Refusals by the web server, sent with the headers that the application's answers have."""

    UNREADABLE: Mapping[str, tuple[int, bytes]] = {
        "no host": (400, b"GET / HTTP/1.1\r\n\r\n"),
        "an empty host": (400, b"GET / HTTP/1.1\r\nHost:\r\n\r\n"),
        "two hosts": (400, b"GET / HTTP/1.1\r\nHost: localhost\r\nHost: localhost\r\n\r\n"),
        "no request": (400, b"nonsense\r\n\r\n"),
        "no version": (400, b"GET / HTTP/9.9\r\nHost: localhost\r\n\r\n"),
        "no header": (400, b"GET / HTTP/1.1\r\nHost: localhost\r\nBad Name: x\r\n\r\n"),
        "no chunk": (400, b"POST / HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\nxy\r\n"),
        "a long address": (414, b"GET /" + b"a" * 5000 + b" HTTP/1.1\r\nHost: localhost\r\n\r\n"),
        "an expectation": (417, b"GET / HTTP/1.1\r\nHost: localhost\r\nExpect: miracles\r\n\r\n"),
        "a long header": (431, b"GET / HTTP/1.1\r\nHost: localhost\r\nA: " + b"a" * 9000 + b"\r\n\r\n"),
        "many headers": (431, b"GET / HTTP/1.1\r\nHost: localhost\r\n" + b"A: a\r\n" * 70 + b"\r\n"),
        "a coding": (501, b"POST / HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: wax\r\n\r\n"),
    }

    @pytest.mark.parametrize("kind", UNREADABLE)
    def test_what_cannot_be_read_is_refused_with_the_sites_headers(self, kind: str, visit: Open) -> None:
        status, sent = self.UNREADABLE[kind]
        visitor = visit()
        visitor.socket.sendall(sent)
        found, headers, _ = visitor.answer()
        assert found == status
        assert headers.items() >= {name.lower(): value for name, value in security.HEADERS.items()}.items()
        assert "default-src 'none'" in headers["content-security-policy"]
        assert headers["cache-control"] == "private, no-store"
        assert headers["connection"] == "close"
        assert visitor.is_closed()

    def test_what_breaks_outside_the_application_is_refused_with_them_too(
        self, app: Flask, monkeypatch: pytest.MonkeyPatch, visit: Open
    ) -> None:
        def broken(_environ: Any, _start_response: Any) -> None:
            raise LookupError("a bug")

        monkeypatch.setattr(app, "wsgi_app", broken)
        visitor = visit()
        visitor.send("GET / HTTP/1.1")
        status, headers, body = visitor.answer()
        assert (status, headers["x-content-type-options"]) == (500, "nosniff")
        assert b"bug" not in body

    def test_on_https_they_say_so_as_well(self, settings: Settings) -> None:
        with another(replace(settings, base_url="https://news.example")) as door:
            visitor = door.visit()
            visitor.socket.sendall(b"nonsense\r\n\r\n")
            assert "strict-transport-security" in visitor.answer()[1]

    def test_the_old_version_needs_no_host(self, visit: Open) -> None:
        visitor = visit()
        visitor.socket.sendall(b"GET /livez HTTP/1.0\r\n\r\n")
        assert visitor.answer()[0] == 200

    def test_a_flood_of_them_is_one_line_in_the_log(self, visit: Open, lines: list[Any]) -> None:
        for _ in range(LIMIT * 5):
            visitor = visit()
            visitor.socket.sendall(b"GET /?token=secret HTTP/7.0\r\nHost: localhost\r\n\r\n")
            visitor.answer()
            visitor.close()
        [line] = lines
        assert line["event"] == "request-unreadable"
        assert "secret" not in str(line)
        assert STRANGER not in str(line)


class TestAddresses:
    """One address holds a limited number of connections, and takes nobody else's place."""

    def test_one_more_than_the_limit_is_told_so(self, app: Flask, visit: Open) -> None:
        held = [visit() for _ in range(LIMIT)]
        gevent.sleep(0)
        refused = visit()
        refused.send("GET / HTTP/1.1")
        status, headers, _ = refused.answer()
        assert status == 429
        assert headers["retry-after"]
        assert headers["x-content-type-options"] == "nosniff"
        for address in OTHERS:
            other = visit(address)
            other.send("GET /livez HTTP/1.1")
            assert other.answer()[0] == 200
        held[0].close()
        again = visit()
        again.send("GET /livez HTTP/1.1")
        assert again.answer()[0] == 200

    @pytest.mark.parametrize("same", ["2001:db8:1:2::1", "2001:db8:1:2:ffff::9"])
    def test_a_network_of_ipv6_counts_as_one(self, same: str, visit: Open) -> None:
        for number in range(LIMIT):
            visit(f"2001:db8:1:2::{number}")
        gevent.sleep(0)
        refused = visit(same)
        refused.send("GET / HTTP/1.1")
        assert refused.answer()[0] == 429

    def test_one_of_ipv4_is_the_same_in_ipv6(self, visit: Open) -> None:
        for address in (STRANGER, f"::ffff:{STRANGER}", STRANGER):
            visit(address)
        gevent.sleep(0)
        refused = visit(f"::ffff:{STRANGER}")
        refused.send("GET / HTTP/1.1")
        assert refused.answer()[0] == 429

    @pytest.mark.parametrize("address", ["127.0.0.1", "127.8.8.8", "::1", "::ffff:127.0.0.1"])
    def test_this_machine_is_never_refused(self, address: str, visit: Open) -> None:
        visitors = [visit(address) for _ in range(LIMIT * 3)]
        for visitor in visitors:
            visitor.send("GET /livez HTTP/1.1")
            assert visitor.answer()[0] == 200

    @pytest.mark.parametrize("at_once", [True, False])
    def test_a_follower_counts_until_it_goes(self, at_once: bool, app: Flask, visit: Open) -> None:
        followers = [follow(visit(), at_once=at_once) for _ in range(LIMIT)]
        assert connections.of(app).open == LIMIT
        refused = visit()
        refused.send("GET / HTTP/1.1")
        assert refused.answer()[0] == 429
        for follower in followers:
            follower.close()
        wait_until(lambda: connections.of(app).open == 0)

    def test_followers_on_the_libraries_path_count_too(self, settings: Settings) -> None:
        with another(replace(settings, fast_transport=False)) as door:
            for _ in range(LIMIT):
                follow(door.visit(), at_once=False)
            refused = door.visit()
            refused.send("GET / HTTP/1.1")
            assert refused.answer()[0] == 429
            transport.send_away(door.worker.wsgi)

    def test_a_flood_of_them_is_one_line_in_the_log(self, visit: Open, lines: list[Any]) -> None:
        for _ in range(LIMIT):
            visit()
        gevent.sleep(0)
        for _ in range(10):
            refused = visit()
            refused.send("GET / HTTP/1.1")
            assert refused.answer()[0] == 429
            refused.close()
        [line] = lines
        assert (line["event"], line["address"]) == ("connections-refused", "203.0.113.0/24")
        assert STRANGER not in str(line)


class TestBehindAProxy:
    """Counting behind a proxy: by the client that it names, while the request of that client lasts."""

    def test_requests_in_the_works_are_counted_by_the_forwarded_address(
        self, proxied_door: Door, proxied: Open
    ) -> None:
        waiting = [proxied() for _ in range(LIMIT)]
        for visitor in waiting:
            visitor.send("POST /login HTTP/1.1", "X-Forwarded-For: 192.0.2.1", "Content-Length: 9")
        wait_until(lambda: connections.of(proxied_door.worker.wsgi).open == LIMIT)
        for forwarded, status in (("192.0.2.1", 429), ("192.0.2.1, 192.0.2.2", 200), ("x, 192.0.2.1", 429)):
            visitor = proxied()
            visitor.send("GET /livez HTTP/1.1", f"X-Forwarded-For: {forwarded}")
            assert visitor.answer()[0] == status
        waiting[0].close()
        again = proxied()
        again.send("GET /livez HTTP/1.1", "X-Forwarded-For: 192.0.2.1")
        assert again.answer()[0] == 200

    def test_a_connection_that_the_proxy_keeps_counts_for_nobody(self, proxied: Open) -> None:
        for _ in range(LIMIT * 3):
            visitor = proxied()
            for client in ("192.0.2.1", "192.0.2.2"):
                visitor.send("GET /livez HTTP/1.1", f"X-Forwarded-For: {client}")
                assert visitor.answer()[0] == 200

    @pytest.mark.parametrize("at_once", [True, False])
    def test_followers_are_counted_by_the_forwarded_address(self, at_once: bool, proxied: Open) -> None:
        for _ in range(LIMIT):
            follow(proxied(), "X-Forwarded-For: 192.0.2.1", at_once=at_once)
        refused = proxied()
        send_handshake(refused, "X-Forwarded-For: 192.0.2.1")
        assert refused.answer()[0] == 429
        follow(proxied(), "X-Forwarded-For: 192.0.2.2", at_once=at_once)

    def test_who_the_proxy_names_on_this_machine_is_never_refused(self, proxied: Open) -> None:
        for _ in range(LIMIT * 2):
            visitor = proxied()
            visitor.send("POST /login HTTP/1.1", "X-Forwarded-For: 127.0.0.1", "Content-Length: 9")
        visitor = proxied()
        visitor.send("GET /livez HTTP/1.1", "X-Forwarded-For: 127.0.0.1")
        assert visitor.answer()[0] == 200


def send_handshake(visitor: Visitor, *headers: str) -> None:
    visitor.send(
        "GET /socket.io/?EIO=4&transport=websocket HTTP/1.1",
        "Connection: Upgrade",
        "Upgrade: websocket",
        "Sec-WebSocket-Version: 13",
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
        *headers,
    )


def follow(visitor: Visitor, *headers: str, at_once: bool) -> Visitor:
    """Open a websocket whose handshake arrives together with the connection, or after it."""
    if not at_once:
        gevent.sleep(0)
    send_handshake(visitor, *headers)
    assert visitor.answer()[0] == 101
    gevent.sleep(0)
    return visitor


def wait_until(is_so: Callable[[], bool]) -> None:
    with gevent.Timeout(20):
        while not is_so():
            gevent.sleep(0.005)
