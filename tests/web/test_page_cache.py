"""Pages kept in front of Flask: never wrong, never personal, never rendered twice at once."""

import gzip
import threading
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

import brotli
import pytest
from flask import Flask, Response, make_response, request
from werkzeug.test import Client, TestResponse

from reader.app import create_app
from reader.config import Settings
from reader.db.base import db
from reader.web import page_cache
from reader.web.page_cache import PageCache
from tests.support.factories import an_article


class Site:
    """A small application behind a cache, with a log that the test writes."""

    def __init__(self, *, limit: int = page_cache.MAX_BYTES) -> None:
        self.rendered = 0
        self.log = {"article:1": 1}
        self.basis: tuple[str, ...] | None = ("article:1",)
        self.cookie = False
        self.caching = "public, max-age=0"
        self.cookies_seen: list[str] = []
        self.gate: threading.Event | None = None
        flask = Flask("small")
        flask.add_url_rule("/<path:name>", view_func=self.page)
        self.cache = PageCache(flask.wsgi_app, cookie="session", heads=self.heads, limit=limit)
        self.client = Client(self.cache, use_cookies=False)

    def heads(self, streams: Iterable[str]) -> Mapping[str, int]:
        return {name: self.log[name] for name in streams if name in self.log}

    def page(self, name: str) -> Response:
        if self.gate:
            self.gate.wait()
        self.rendered += 1
        self.cookies_seen.append(request.headers.get("Cookie", ""))
        if self.basis is not None:
            page_cache.keep({stream: self.log[stream] for stream in self.basis})
        response = make_response(f"<p>{name} {self.log['article:1']}</p>" + "x" * 1000)
        response.headers["Cache-Control"] = self.caching
        response.set_etag(f"{name}-{self.log['article:1']}", weak=True)
        if self.cookie:
            response.set_cookie("csrf", "1")
        return response

    def get(self, path: str = "/a", **headers: str) -> TestResponse:
        names = {key.replace("_", "-"): value for key, value in headers.items()}
        return self.client.get(path, headers=names)


@pytest.fixture
def site() -> Site:
    return Site()


def test_a_page_is_rendered_once_until_a_stream_that_it_shows_goes_on(site: Site) -> None:
    first, second = site.get(), site.get()
    assert site.rendered == 1
    assert first.data == second.data
    site.log["article:1"] = 2
    site.cache.note("article:1", 2)
    assert b"a 2" in site.get().data
    assert site.rendered == 2


def test_a_lost_hint_is_made_good_by_looking(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    site.get()
    site.log["article:1"] = 2
    assert b"a 1" in site.get().data
    monkeypatch.setattr(page_cache, "LOOK_SECONDS", 0.0)
    assert b"a 2" in site.get().data


def test_a_hint_that_comes_before_the_page_is_kept_still_counts(site: Site) -> None:
    site.cache.note("article:1", 2)
    site.get()
    site.log["article:1"] = 2
    assert b"a 2" in site.get().data


def test_nothing_is_proved_fresh_while_the_heads_cannot_be_looked_up(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    site.get()

    def fails(_streams: Iterable[str]) -> Mapping[str, int]:
        raise OSError("no database")

    monkeypatch.setattr(site.cache, "_look_up", fails)
    monkeypatch.setattr(page_cache, "LOOK_SECONDS", 0.0)
    site.get()
    assert site.rendered == 2


@pytest.mark.parametrize(
    "what", ["cookie of the session", "sets a cookie", "a form for one visitor", "not declared"]
)
def test_what_is_or_may_be_personal_is_never_kept(site: Site, what: str) -> None:
    headers: dict[str, str] = {}
    if what == "cookie of the session":
        headers["Cookie"] = "theme=dark; session=abc"
    elif what == "sets a cookie":
        site.cookie = True
    elif what == "a form for one visitor":  # whose browser has the form cookie already, so none is set
        headers["Cookie"] = "form=abc"
        site.caching = "private, no-store"
    else:
        site.basis = None
    site.get("/a", **headers)
    site.get("/a", **headers)
    assert site.rendered == 2


def test_a_person_is_not_given_what_was_kept_for_everybody(site: Site) -> None:
    site.get()
    site.get(Cookie="session=abc")
    assert site.rendered == 2


def test_a_page_stands_no_longer_than_the_view_said(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    clock = [100.0]
    monkeypatch.setattr("reader.web.page_cache.time.monotonic", lambda: clock[0])
    site.basis = ()
    site.get()
    clock[0] += page_cache.MAX_SECONDS - 1
    site.get()
    assert site.rendered == 1
    clock[0] += 2
    site.get()
    assert site.rendered == 2


def test_queries_and_hosts_are_different_pages(site: Site) -> None:
    site.get("/a?after=1")
    site.get("/a?after=2")
    site.get("/a?after=2", Host="other.example")
    assert site.rendered == 3


def test_a_page_known_to_the_browser_is_answered_with_304(site: Site) -> None:
    etag = site.get().headers["ETag"]
    answer = site.get(If_None_Match=etag)
    assert (answer.status_code, answer.data) == (304, b"")
    assert answer.headers["ETag"] == etag
    site.cache.note("article:1", 2)
    site.log["article:1"] = 2
    assert site.get(If_None_Match=etag).status_code == 200


@pytest.mark.parametrize(
    ("accepted", "encoding", "unpack"),
    [
        ("gzip", "gzip", gzip.decompress),
        ("gzip, deflate, br, zstd", "br", brotli.decompress),
        ("br;q=0.1, gzip;q=0.9", "gzip", gzip.decompress),
        ("br;q=0", None, bytes),
        ("", None, bytes),
    ],
)
def test_a_page_is_sent_in_the_encoding_asked_for(
    site: Site, accepted: str, encoding: str | None, unpack: Any
) -> None:
    plain = site.get().data
    answer = site.get(Accept_Encoding=accepted)
    assert answer.headers.get("Content-Encoding") == encoding
    assert unpack(answer.data) == plain
    assert answer.headers["Vary"] == "Accept-Encoding, Cookie"
    assert int(answer.headers["Content-Length"]) == len(answer.data)


def test_head_says_the_same_without_the_body(site: Site) -> None:
    whole = site.get()
    head = site.client.head("/a")
    assert head.data == b""
    assert head.headers["Content-Length"] == whole.headers["Content-Length"]
    assert site.rendered == 1


def test_one_renders_when_many_ask_at_once(site: Site) -> None:
    site.gate = threading.Event()
    answers: list[bytes] = []
    threads = [
        threading.Thread(target=lambda: answers.append(Client(site.cache).get("/a").data)) for _ in range(20)
    ]
    for thread in threads:
        thread.start()
    site.gate.set()
    for thread in threads:
        thread.join()
    assert site.rendered == 1
    assert len(set(answers)) == 1
    assert len(answers) == 20


def test_the_pages_kept_stay_within_the_bound_and_the_oldest_leaves() -> None:
    site = Site(limit=5000)
    for name in ("a", "b", "a", "c"):
        site.get(f"/{name}")
    assert site.rendered == 3
    site.get("/a")
    assert site.rendered == 3
    site.get("/b")
    assert site.rendered == 4


def test_an_error_is_not_kept(site: Site) -> None:
    assert site.client.get("/").status_code == 404
    assert site.client.post("/a").status_code == 405
    assert site.rendered == 0


def test_answers_for_all_are_kept_for_all_and_made_without_cookies(site: Site) -> None:
    for path in ("/live/article:1/events", "/live/claim:1/events"):
        for cookie in ("session=abc; form=x", "", "session=other"):
            assert site.get(path, Cookie=cookie).status_code == 200
    assert site.rendered == 2
    assert site.cookies_seen == ["", ""]
    site.get("/live/person:1/events", Cookie="session=abc")
    site.get("/live/person:1/events", Cookie="session=abc")
    assert site.rendered == 4


def test_hits_and_misses_are_counted(site: Site) -> None:
    for path in ("/a", "/a", "/b", "/a"):
        site.get(path)
    site.get("/a", Cookie="session=abc")
    assert (site.cache.hits, site.cache.misses) == (2, 2)


@pytest.mark.parametrize(("proxies", "is_believed"), [(0, False), (1, True)])
def test_a_proxy_is_believed_about_kept_pages_where_it_is_trusted(
    sqlite_settings: Settings, proxies: int, is_believed: bool
) -> None:
    app = create_app(replace(sqlite_settings, trusted_proxies=proxies))
    with app.app_context():
        path = an_article().path
        client = app.test_client()
        for _ in range(2):
            secure = client.get(path, headers={"X-Forwarded-Proto": "https"})
            plain = client.get(path)
        db.session.remove()
        db.engine.dispose()
    assert ("wss://" in secure.headers["Content-Security-Policy"]) is is_believed
    assert "wss://" not in plain.headers["Content-Security-Policy"]
    assert page_cache.of(app).misses == (2 if is_believed else 1)
