"""Kept pages past gunicorn's own way: the same bytes, for the same requests, and none that is not plain."""

from __future__ import annotations

import re
import socket
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from gunicorn.config import Config
from gunicorn.http import get_parser
from gunicorn.http.wsgi import create
from hypothesis import given
from hypothesis import strategies as st

from reader.app import create_app
from reader.config import Settings
from reader.db.base import db
from reader.web import page_cache, shortcut
from reader.web.cookies import login_cookie
from tests.support.factories import an_article
from tests.support.sites import STOP_SECONDS, a_free_port, serving

ADDRESS = "192.0.2.7"
HOST = "localhost"
PLAIN = ("User-Agent: x", "Accept: text/html", "Accept-Language: en", "Connection: keep-alive")


def asked(path: str, *headers: str, method: str = "GET", version: str = "1.1") -> Any:
    """A request as gunicorn hands it on."""
    lines = (f"{method} {path} HTTP/{version}", f"Host: {HOST}", *headers, "", "")
    return next(get_parser(Config(), iter(["\r\n".join(lines).encode("latin-1")]), (ADDRESS, 1)))


def kept(app: Flask, path: str, *headers: str, **how: str) -> bytes | None:
    return shortcut.answer(app, asked(path, *headers, **how), ADDRESS)


def read(app: Flask, path: str, **options: Any) -> bytes:
    """The page by the usual way, by which it comes to be kept."""
    answer = app.test_client().get(path, base_url=f"http://{HOST}", **options)
    assert answer.status_code == 200
    page: bytes = answer.data
    return page


@pytest.fixture
def path(app: Flask) -> str:
    """The address of a page that is kept."""
    path = an_article().path
    read(app, path)
    return path


def test_a_page_goes_out_whole_once_it_is_kept(app: Flask) -> None:
    path = an_article().path
    assert kept(app, path) is None
    page = read(app, path)
    head, _, body = (kept(app, path, *PLAIN) or b"").partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 200 OK\r\n")
    assert f"Content-Length: {len(page)}".encode() in head
    assert body == page


def test_who_has_it_already_is_told_so(app: Flask, path: str) -> None:
    etag = re.search(rb"ETag: (\S+)", kept(app, path) or b"")
    assert etag is not None
    answer = kept(app, path, f"If-None-Match: {etag[1].decode()}") or b""
    assert answer.startswith(b"HTTP/1.1 304 Not Modified\r\n")
    assert b"Content-Length" not in answer
    assert answer.endswith(b"\r\n\r\n")


def test_what_has_changed_is_not_sent(app: Flask, path: str) -> None:
    stream = next(name for entry in page_cache.of(app)._entries.values() for name in entry.basis.heads)
    page_cache.of(app).note(stream, 1_000)
    assert kept(app, path) is None


@pytest.mark.parametrize(
    "header",
    [
        "Connection: close",
        "Connection: Upgrade",
        "Connection: keep-alive, Upgrade",
        "Upgrade: websocket",
        "Content-Length: 2",
        "Transfer-Encoding: chunked",
        "Expect: 100-continue",
        "Accept: text/html",
    ],
)
def test_a_request_that_is_not_plain_takes_the_usual_way(app: Flask, path: str, header: str) -> None:
    assert kept(app, path, *PLAIN) is not None
    assert kept(app, path, "Accept: text/html", header) is None


def test_only_pages_are_read_this_way_and_in_one_version(app: Flask, path: str) -> None:
    assert kept(app, path, method="HEAD") is None
    assert kept(app, path, method="POST") is None
    assert kept(app, path, version="1.0") is None


def test_who_is_logged_in_takes_the_usual_way(app: Flask, path: str, settings: Settings) -> None:
    assert kept(app, path, "Cookie: theme=dark") is not None
    assert kept(app, path, f"Cookie: theme=dark; {login_cookie(settings)}=x") is None


def test_sockets_are_nothing_of_it(app: Flask) -> None:
    assert kept(app, "/socket.io/?EIO=4&transport=polling") is None
    assert kept(app, "/%73ocket.io/?EIO=4&transport=polling") is None


@pytest.mark.parametrize(("proxies", "is_believed"), [(0, False), (1, True)])
def test_a_proxy_is_believed_where_it_is_trusted(
    sqlite_settings: Settings, proxies: int, is_believed: bool
) -> None:
    app = create_app(replace(sqlite_settings, trusted_proxies=proxies))
    with app.app_context():
        path = an_article().path
        read(app, path, headers={"X-Forwarded-Proto": "https"})
        secure, plain = kept(app, path, "X-Forwarded-Proto: https"), kept(app, path)
        db.session.remove()
        db.engine.dispose()
    assert secure is not None
    assert (b"wss://" in secure) is is_believed
    assert (plain is None) is is_believed


NAMES = st.sampled_from(
    ["Accept", "Accept-Encoding", "Cookie", "If-None-Match", "X-Forwarded-For", "X-Forwarded-Proto", "X_Y"]
)
VALUES = st.text(st.characters(min_codepoint=0x21, max_codepoint=0xFF, exclude_categories=["Cc"]), max_size=8)
PATHS = st.text(st.sampled_from("ab%C3A9/?=&+;.~20"), max_size=12)


@given(path=PATHS, headers=st.lists(st.tuples(NAMES, VALUES), max_size=5))
def test_the_application_is_told_what_gunicorn_would_tell_it(
    path: str, headers: list[tuple[str, str]]
) -> None:
    app, told = Flask("nothing"), list[dict[str, Any]]()

    def note(environ: dict[str, Any], _start: object) -> tuple[bytes, ...]:
        told.append(environ)
        return ()

    app.extensions[page_cache.AT_HAND] = note
    request = asked(f"/{path}", *(f"{name}: {value}" for name, value in headers))
    shortcut.answer(app, request, ADDRESS)
    _, whole = create(request, None, (ADDRESS, 1), ("127.0.0.1", 80), Config())
    for environ in told:
        assert environ.items() <= whole.items()
    names = [name for name, _ in request.headers]
    assert bool(told) == (len(names) == len(set(names)))


class TestOnTheWire:
    """Of a server."""

    @pytest.fixture
    def settings(self, sqlite_settings: Settings) -> Settings:
        return replace(sqlite_settings, bind=f"127.0.0.1:{a_free_port()}")

    def test_both_ways_send_the_same(self, app: Flask, settings: Settings, tmp_path: Path) -> None:
        path = an_article().path
        request = f"GET {path} HTTP/1.1\r\nHost: {HOST}\r\nAccept-Encoding: gzip\r\n"
        with serving(settings, tmp_path):
            first = self.answers(settings, f"{request}Connection: close\r\n\r\n")
            usual = self.answers(settings, f"{request}Connection: close\r\n\r\n")
            both = self.answers(settings, f"{request}\r\n{request}Connection: close\r\n\r\n")
        assert len(first) == len(usual) == 1
        assert len(both) == 2
        assert self.parts(first[0]) == self.parts(usual[0]) == self.parts(both[0]) == self.parts(both[1])
        assert b"Connection: keep-alive" in both[0]
        assert b"Connection: close" in both[1]

    def answers(self, settings: Settings, requests: str) -> list[bytes]:
        """All that is said to what is sent at once."""
        host, _, port = settings.bind.rpartition(":")
        said = b""
        with socket.create_connection((host, int(port)), timeout=STOP_SECONDS) as visitor:
            visitor.sendall(requests.encode())
            while part := visitor.recv(1 << 16):
                said += part
        return [b"HTTP/1.1 " + answer for answer in said.split(b"HTTP/1.1 ")[1:]]

    def parts(self, answer: bytes) -> tuple[set[bytes], bytes]:
        """The headers that don't belong to the moment or the connection, and the body."""
        head, _, body = answer.partition(b"\r\n\r\n")
        lines = {line for line in head.split(b"\r\n") if not line.startswith((b"Date:", b"Connection:"))}
        return lines, body
