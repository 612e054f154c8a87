"""The text of a removed comment on a served site: on sockets, in catch-up, in cached pages and in the site's log."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from uuid import uuid4

import pytest
import requests
from flask import Flask

from reader.accounts import actions as accounts
from reader.accounts.models import User
from reader.articles.models import Article
from reader.config import Settings
from reader.factchecks.models import Claim
from reader.moderation.threads.actions import ThreadSettings, set_thread
from reader.web import cookies
from tests.support.factories import a_claim, a_moderator, a_person, an_article
from tests.support.posting import Poster
from tests.support.sites import Site, a_free_port, serving
from tests.support.sockets import Socket

CANARY = f"canary{uuid4().hex}"
SOON = 5.0
QUIET = 0.5


@pytest.fixture
def settings(sqlite_settings: Settings) -> Settings:
    return replace(sqlite_settings, bind=f"127.0.0.1:{a_free_port()}")


class Stage:
    """An article with a claim on a served site, its author, a reporter and a moderator; each has a socket open."""

    def __init__(self, site: Site, closing: ExitStack) -> None:
        self.site = site
        self.article: Article = an_article()
        self.claim: Claim = a_claim(self.article)
        self.author, self.reporter, self.moderator = a_person(), a_person(), a_moderator()
        self.writes, self.reports, self.decides = (
            Poster(site, person, self.article) for person in (self.author, self.reporter, self.moderator)
        )
        for poster in (self.writes, self.reports, self.decides):
            closing.callback(poster.close)
        public = (self.article.stream, self.claim.stream, "front")
        self.sockets = {
            "a visitor": self._follows(closing, None, *public),
            "the author": self._follows(closing, self.author, f"person:{self.author.id}", *public),
            "the reporter": self._follows(closing, self.reporter, f"person:{self.reporter.id}", *public),
            "a moderator": self._follows(closing, self.moderator, "moderation"),
        }
        self.sent_to()

    def _follows(self, closing: ExitStack, person: User | None, *rooms: str) -> Socket:
        token = accounts.open_session(person) if person else ""
        cookie = f"{cookies.login_cookie(self.site.settings)}={token}" if person else ""
        socket = closing.enter_context(Socket(self.site.url, cookie=cookie))
        for room in rooms:
            assert "error" not in socket.join(room), room
        return socket

    def sent_to(self, *expected: str) -> set[str]:
        """Return those who are sent the text from now on until sockets are quiet, waiting for the ``expected``."""
        found: set[str] = set()
        for who, socket in self.sockets.items():
            end = time.monotonic() + SOON
            while True:
                is_missed = who in expected and who not in found and time.monotonic() < end
                event = socket.next(within=SOON if is_missed else QUIET)
                if CANARY in json.dumps(event):
                    found.add(who)
                if event is None:
                    break
        return found

    def public_places(self) -> list[str]:
        """The addresses at which a visitor can find the text, each asked twice: the second time it may be kept."""
        addresses = [
            self.article.path,
            f"{self.article.path}?sort=recommended",
            f"{self.article.path}/feed.xml",
            f"{self.article.path}/comments?q={CANARY}",
            self.claim.path,
            self.author.path,
            *(f"/live/{each}/events?after=0" for each in (self.article.stream, self.claim.stream)),
        ]
        answers = [requests.get(f"{self.site.url}{each}", timeout=10).text for each in addresses * 2]
        return [where for where, text in zip(addresses * 2, answers, strict=True) if f"Buy {CANARY}" in text]


@pytest.fixture
def stage(app: Flask, settings: Settings, tmp_path: Path) -> Iterator[Stage]:
    with serving(settings, tmp_path, warm=True) as site, ExitStack() as closing:
        yield Stage(site, closing)


def test_a_removed_text_is_neither_pushed_nor_kept_any_more(stage: Stage) -> None:
    """Everybody was sent it before; afterwards only moderators are."""
    posted = stage.writes.send(
        f"{stage.article.path}/comments",
        body=f"Buy {CANARY}",
        submission_id=str(uuid4()),
        claim_id=str(stage.claim.id),
    )
    comment = f"/comments/{posted.json()['id']}"
    everybody = {"a visitor", "the author", "the reporter"}
    assert stage.sent_to(*everybody) == everybody
    assert len(stage.public_places()) >= 12
    assert stage.reports.send(f"{comment}/report", reason="spam", note="It sells.").status_code == 201
    assert stage.sent_to("a moderator") == {"a moderator"}
    assert stage.decides.send(f"/moderation{comment}/remove", reason="spam", revision="1").status_code == 200
    assert stage.public_places() == []
    assert stage.sent_to() <= {"a moderator"}
    assert CANARY not in stage.site.log.read_text()


def test_a_held_text_is_pushed_only_to_moderators_and_its_author(stage: Stage) -> None:
    set_thread(stage.article, ThreadSettings(why="So.", premoderated=True), by=stage.moderator)
    posted = stage.writes.post(f"Buy {CANARY}")
    assert posted.status_code == 202
    assert stage.sent_to("a moderator") - {"the author"} == {"a moderator"}
    assert stage.public_places() == []
    comment = f"/comments/{posted.json()['id']}"
    assert stage.decides.send(f"/moderation{comment}/remove", reason="spam", revision="1").status_code == 200
    assert stage.sent_to() <= {"a moderator"}
    assert stage.public_places() == []
