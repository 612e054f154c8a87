"""Sockets of a real server: who may join what, what reaches them, and when they are cut."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
import requests
from flask import Flask

from reader.accounts import actions as accounts
from reader.accounts import queries as people
from reader.accounts.models import User
from reader.articles.models import Article, Status
from reader.comments.actions import delete_comment
from reader.config import Settings
from reader.live import origins, worker
from reader.web import cookies
from tests.support.factories import a_claim, a_person, an_article
from tests.support.sites import Site, a_free_port, serving
from tests.support.sockets import Closed, Socket
from tests.support.threads import a_comment

# Another process commits here, so news come by the look at the heads: two seconds, and what one core takes.
SOON = 4.0
NOT_UNDERSTOOD: list[list[object]] = [
    [],
    ["article:1"],
    [{}],
    [{"stream": 1}],
    [{"stream": "article:1", "more": 1}],
    [1, 2],
]


@dataclass
class Stage:
    """A site that is served, with an article."""

    site: Site
    article: Article

    def socket(self, person: User | None = None) -> Socket:
        """A socket of a visitor, or of somebody who has just logged in."""
        if person is None:
            return Socket(self.site.url)
        token = accounts.open_session(person)
        return Socket(self.site.url, cookie=f"{cookies.login_cookie(self.site.settings)}={token}")


@pytest.fixture
def settings(sqlite_settings: Settings) -> Settings:
    return replace(sqlite_settings, bind=f"127.0.0.1:{a_free_port()}")


@pytest.fixture
def stage(app: Flask, settings: Settings, tmp_path: Path) -> Iterator[Stage]:
    with serving(settings, tmp_path, warm=True) as site:
        yield Stage(site, an_article())


def test_a_follower_gets_what_happens_after_the_head_it_was_told(stage: Stage) -> None:
    author = a_person()
    a_comment(stage.article, by=author)
    claim = a_claim(stage.article)
    with stage.socket() as first, stage.socket() as second, stage.socket() as elsewhere:
        assert first.join(stage.article.stream) == {"head": 1}
        assert elsewhere.join(claim.stream) == {"head": 0}
        comment = a_comment(stage.article, by=author)
        push = first.event("live:event", within=SOON)
        assert (push["stream"], push["from"], push["to"]) == (stage.article.stream, 1, 2)
        assert [entry["target"] for entry in push["events"]] == [comment.element, "thread-head"]
        assert second.join(stage.article.stream) == {"head": 2}
        delete_comment(comment.id, by=author)
        assert first.event("live:event", within=SOON) == second.event("live:event", within=SOON)
        # It comes once, and to nobody else.
        assert elsewhere.next(within=0.3) is None
        assert first.call("live:leave", {"stream": stage.article.stream}) == {}
        a_comment(stage.article, by=author)
        assert second.event("live:event", within=SOON)["to"] == 4
        assert first.next(within=0.3) is None


def test_only_streams_that_the_public_may_see_are_joined_and_only_so_many(stage: Stage) -> None:
    draft = an_article(status=Status.DRAFT.value)
    with stage.socket() as socket:
        for room in (draft.stream, "article:999", "access", "", "article:1:2", "moderation"):
            assert socket.join(room) == {"error": "There is no such stream."}, room
        for payload in NOT_UNDERSTOOD:
            for event in ("live:join", "live:leave"):
                assert "It takes one object" in socket.call(event, *payload)["error"]
        assert socket.join(stage.article.stream) == {"head": 0}
        assert socket.join(stage.article.stream) == {"head": 0}, "joining again changes nothing"
        articles = [an_article() for _ in range(worker.MAX_ROOMS)]
        answers = [socket.join(article.stream) for article in articles]
        assert answers[:-1] == [{"head": 0}] * (worker.MAX_ROOMS - 1)
        assert answers[-1] == {"error": "This socket joins too much."}
    with stage.socket() as socket:
        answers = [socket.join(stage.article.stream) for _ in range(worker.MAX_JOINS + 1)]
        assert answers[:-1] == [{"head": 0}] * worker.MAX_JOINS
        assert answers[-1] == {"error": "This socket joins too much."}


def test_only_the_person_joins_their_stream_and_ended_sessions_lose_it(stage: Stage) -> None:
    person, other = a_person(), a_person()
    own = f"person:{person.id}"
    with stage.socket(person) as mine, stage.socket(other) as theirs, stage.socket() as visitors:
        for socket in (theirs, visitors):
            assert socket.join(own) == {"error": "There is no such stream."}
        assert theirs.join(f"person:{other.id}") == {"head": 0}
        assert mine.join(own) == {"head": 0}
        accounts.end_all_sessions(person, by=person)
        assert mine.is_cut(within=SOON)
        assert not theirs.is_cut(within=0.3)


def test_pages_of_other_sites_and_other_ways_than_websockets_are_refused(stage: Stage) -> None:
    for origin in ("https://evil.example", "null", "http://127.0.0.1:1"):
        with pytest.raises(Closed):
            Socket(stage.site.url, origin=origin)
    polling = requests.get(f"{stage.site.url}/socket.io/?EIO=4&transport=polling", timeout=5)
    assert polling.status_code == 400


@pytest.mark.parametrize(
    ("base_url", "origin", "ours"),
    [
        ("http://reader.example", "http://reader.example", True),
        ("http://Reader.Example/", "http://reader.example", True),
        ("https://reader.example:443", "https://reader.example", True),
        ("http://reader.example:8080", "http://reader.example:8080", True),
        ("http://[::1]:8000", "http://[::1]:8000", True),
        ("http://reader.example", "https://reader.example", False),
        ("https://reader.example", "http://reader.example", False),
        ("https://reader.example", "https://reader.example:8443", False),
        ("https://reader.example", "http://localhost", False),
        ("https://reader.example", "http://127.0.0.1:8000", False),
        ("https://reader.example", "null", False),
        (None, "http://127.0.0.1:8000", True),
        (None, "https://127.0.0.1:8000", True),
        (None, "http://127.0.0.1:8001", False),
        (None, "https://reader.example", False),
    ],
)
@pytest.mark.parametrize("host", ["127.0.0.1:8000", "reader.example"])
def test_only_pages_of_the_configured_origin_may_open_a_socket(
    base_url: str | None, origin: str, ours: bool, host: str
) -> None:
    if base_url is None and host == "reader.example":
        ours = False  # a server that listens to loopback alone has no such name
    assert origins.is_ours(origin, host, Settings(base_url=base_url, bind="127.0.0.1:8000")) == ours


def test_an_event_that_is_not_listed_ends_the_socket(stage: Stage) -> None:
    for event in ("live:post", "connect", "disconnect", "message", "*"):
        with stage.socket() as socket, pytest.raises(Closed):
            socket.call(event, {"stream": "front"})


def test_who_says_too_much_at_once_is_cut(stage: Stage) -> None:
    with stage.socket() as socket, pytest.raises(Closed):
        socket.call("live:join", {"stream": "x" * 100_000})


def test_logging_out_cuts_the_sockets_of_that_session_and_no_others(stage: Stage) -> None:
    person, other = a_person(), a_person()
    with stage.socket(person) as ended, stage.socket(other) as others:
        (session,) = people.sessions_of(person)
        with stage.socket(person) as kept:
            accounts.end_session(session.id, by=person)
            assert ended.is_cut(within=SOON)
            assert not kept.is_cut(within=0.3)
            accounts.end_all_sessions(person, by=person)
            assert kept.is_cut(within=SOON)
            assert not others.is_cut(within=0.3)


def test_front_pages_get_all_counts_at_first_and_then_what_changes(stage: Stage) -> None:
    other = an_article()
    a_comment(other)
    with stage.socket() as socket:
        assert socket.join("front") == {}
        assert socket.event("live:counts") == {str(stage.article.id): 0, str(other.id): 1}
        a_comment(stage.article)
        a_comment(stage.article)
        seen: dict[str, int] = {}
        while seen.get(str(stage.article.id)) != 2:
            seen = socket.event("live:counts", within=SOON)
        assert seen == {str(stage.article.id): 2}
        assert socket.next(within=1.3) is None


def test_readers_of_an_article_are_told_how_many_they_are(stage: Stage) -> None:
    with stage.socket() as first, stage.socket() as second:
        for socket in (first, second):
            socket.join(stage.article.stream)
        told = {"stream": stage.article.stream, "readers": 2}
        assert first.event("live:watching", within=SOON) == told
        assert second.event("live:watching", within=SOON) == told
        second.close()
        assert first.event("live:watching", within=SOON) == {**told, "readers": 1}
