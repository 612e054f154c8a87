"""The server is killed while people post and others follow; nothing acknowledged is lost, and nobody is left behind."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from random import random
from typing import Any
from uuid import uuid4

import pytest
import requests
from flask import Flask
from sqlalchemy import func, select

from reader import eventlog
from reader.articles.models import Article
from reader.comments.models import Comment
from reader.config import Settings
from reader.db.base import db
from tests.js.openpages import OpenPage
from tests.support.canonical import canonical
from tests.support.factories import a_person, an_article
from tests.support.posting import Poster
from tests.support.sites import Site, a_free_port, serving
from tests.support.sockets import Closed, Socket

FOLLOWERS = 50
POSTERS = 5
EACH = 7
KILLED_AFTER = 12
SOON = 45.0


@pytest.fixture
def settings(sqlite_settings: Settings) -> Settings:
    return replace(sqlite_settings, bind=f"127.0.0.1:{a_free_port()}", limit_comments="1000/minute")


@pytest.fixture
def site(app: Flask, settings: Settings, tmp_path: Path) -> Iterator[Site]:
    with serving(settings, tmp_path, warm=True) as site:
        yield site


def get(site: Site, address: str) -> Any:
    """Return what a page asks for, retrying until the server answers."""
    while True:
        try:
            answer = requests.get(f"{site.url}{address}", timeout=10)
        except requests.ConnectionError:
            time.sleep(0.1 + random() / 5)
            continue
        answer.raise_for_status()
        return answer.json() if address.startswith("/live/") else answer.text


class Follower(threading.Thread):
    """A page that stays open through everything, until it has seen number ``until``."""

    def __init__(self, site: Site, article: Article) -> None:
        super().__init__(daemon=True)
        self._site = site
        self.page = OpenPage(article.path, lambda address: get(site, address))
        self.until: int | None = None
        self.connections = 0

    def run(self) -> None:
        while not self._is_done():
            try:
                with Socket(self._site.url) as socket:
                    self._follow(socket)
            except Closed:
                time.sleep(random() / 3)

    def _follow(self, socket: Socket) -> None:
        self.connections += 1
        head = socket.join(self.page.stream)["head"]
        self.page.compare({self.page.stream: max(self.page.seen[self.page.stream], head)})
        while not self._is_done():
            event = socket.next(within=0.5)
            if event is not None and event[0] == "live:event":
                self.page.receive(event[1])

    def _is_done(self) -> bool:
        return self.until is not None and self.page.seen[self.page.stream] >= self.until


class Writer(threading.Thread):
    """Somebody who posts, and sends again what was not acknowledged."""

    def __init__(self, poster: Poster) -> None:
        super().__init__(daemon=True)
        self.poster = poster
        self.acknowledged: dict[str, int] = {}

    def run(self) -> None:
        for number in range(EACH):
            submission = str(uuid4())
            while submission not in self.acknowledged:
                try:
                    answer = self.poster.post(f"Comment {number} of {submission}.", submission_id=submission)
                except requests.RequestException:
                    time.sleep(0.1)
                    continue
                assert answer.status_code in (200, 201), answer.text
                self.acknowledged[submission] = answer.json()["id"]
            time.sleep(0.1)


def until(condition: Callable[[], bool], what: str) -> None:
    end = time.monotonic() + SOON
    while not condition():
        assert time.monotonic() < end, what
        time.sleep(0.02)


def test_a_killed_server_loses_no_acknowledged_comment_and_no_reader(site: Site) -> None:
    article = an_article()
    writers = [Writer(Poster(site, a_person(), article)) for _ in range(POSTERS)]
    followers = [Follower(site, article) for _ in range(FOLLOWERS)]
    for follower in followers:
        follower.start()
    # On a busy machine some would come only after the kill.
    until(lambda: all(each.connections for each in followers), "somebody doesn't get in")
    for writer in writers:
        writer.start()
    until(lambda: sum(len(each.acknowledged) for each in writers) >= KILLED_AFTER, "nobody posts")
    site.kill()
    assert any(each.is_alive() for each in writers), "all was posted before the server was killed"
    site.start()
    until(lambda: not any(each.is_alive() for each in writers), "not everything was posted")

    db.session.rollback()  # and read as of now
    head = eventlog.head(article.stream)
    for follower in followers:
        follower.until = head
    until(lambda: not any(each.is_alive() for each in followers), "somebody was left behind")

    acknowledged = {key: value for each in writers for key, value in each.acknowledged.items()}
    assert len(acknowledged) == POSTERS * EACH
    stored = db.session.execute(select(Comment.submission_id, Comment.id)).all()
    assert sorted(stored) == sorted(acknowledged.items())
    assert head == len(stored) == db.session.scalar(select(func.max(Comment.changed_seq)))

    assert all(each.connections > 1 for each in followers)
    shown = {each.page.html: each.page for each in followers}
    for page in shown.values():
        assert canonical(page.html) == canonical(get(site, page.address))
    for writer in writers:
        writer.poster.close()
