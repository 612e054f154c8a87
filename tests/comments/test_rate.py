"""The rate limit on posting: each try counts once, and its refusal has its turn among the rules."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from uuid import uuid4

import pytest
from flask.testing import FlaskClient

from reader.accounts.models import User
from reader.articles.models import Article
from reader.comments import queries
from reader.config import Settings
from reader.db.base import db
from reader.moderation.people.actions import NewMeasure, take_measure
from reader.moderation.threads.actions import ThreadSettings, set_thread
from reader.moderation.words.actions import save_words
from reader.policy import MeasureKind
from tests.support.factories import a_moderator
from tests.support.forms import fill_in, form_on, values_of
from tests.support.people import log_in

RATE = 2
LONG = "This is a text that is long enough to count as a repeat of itself."


@pytest.fixture
def settings(sqlite_settings: Settings) -> Settings:
    return replace(sqlite_settings, limit_comments=f"{RATE}/minute")


@pytest.fixture(autouse=True)
def logged_in(client: FlaskClient, author: User) -> None:
    log_in(client, author)


def said(client: FlaskClient, article: Article, body: str = "Hello.", **more: str) -> tuple[int, str]:
    """Post as a program; return the status, and the detail or the state."""
    address = f"{article.path}/comments"
    form = values_of(form_on(client.get(f"{article.path}/comments?q=x"), "/logout"))
    sent = {"csrf_token": form["csrf_token"], "body": body, "submission_id": str(uuid4()), **more}
    answer = client.post(address, data=sent, headers={"Accept": "application/json"})
    assert answer.json
    return answer.status_code, str(answer.json.get("detail") or answer.json.get("state"))


@contextmanager
def another_writer() -> Iterator[None]:
    """Somebody else writes all the time inside the block, so nobody else can."""
    other = sqlite3.connect(str(db.engine.url.database), isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    yield
    other.execute("ROLLBACK")
    other.close()


@pytest.fixture
def over(client: FlaskClient, article: Article) -> None:
    """The author has posted as often as one may."""
    for _ in range(RATE):
        assert said(client, article, LONG if _ else "Hello.") == (201, "published")
    assert said(client, article)[0] == 429


@pytest.mark.usefixtures("over")
def test_what_comes_before_the_rate_is_said_instead(
    client: FlaskClient, article: Article, author: User
) -> None:
    moderator = a_moderator()
    take_measure(author.id, NewMeasure(MeasureKind.WARNING, words="Stay calm."), by=moderator)
    assert "Read the warning" in said(client, article)[1]
    set_thread(article, ThreadSettings(closed=True, why="It is late."), by=moderator)
    status, words = said(client, article)
    assert (status, "closed" in words, "It is late." in words) == (403, True, True)
    assert "too long" in said(client, article, "x" * 5001)[1]
    assert "nothing to read" in said(client, article, "  ")[1]


@pytest.mark.usefixtures("over")
def test_the_rate_is_said_before_what_comes_after_it(client: FlaskClient, article: Article) -> None:
    save_words("banned", "troll", by=a_moderator(), version=0)
    for body in ("You troll.", LONG):
        status, words = said(client, article, body)
        assert (status, "too often" in words) == (429, True)


def test_each_try_counts_once_and_a_preview_does_not_count(client: FlaskClient, article: Article) -> None:
    """A try counts whatever its outcome."""
    moderator = a_moderator()
    for _ in range(3 * RATE):
        assert said(client, article, preview="yes")[0] == 200
    set_thread(article, ThreadSettings(why="So.", closed=True), by=moderator)
    assert said(client, article)[0] == 403
    set_thread(article, ThreadSettings(), by=moderator)
    assert [said(client, article)[0] for _ in range(3)] == [201, 429, 429]


@pytest.mark.usefixtures("over")
def test_a_refusal_by_the_rate_waits_for_no_lock_and_keeps_the_text(
    client: FlaskClient, article: Article
) -> None:
    with another_writer():
        answer = fill_in(client, article.path, f"{article.path}/comments", body="Once more.")
    assert answer.status_code == 429
    assert 0 < int(answer.headers["Retry-After"]) <= 60
    assert values_of(form_on(answer, f"{article.path}/comments"))["body"].strip() == "Once more."
    assert queries.thread_of(article.id).published == RATE
