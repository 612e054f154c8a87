"""Measures on discussions, each by its effect."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from flask.testing import FlaskClient

from reader import eventlog
from reader.accounts.models import User
from reader.articles.models import Article
from reader.clock import now, set_clock
from reader.comments.queries import thread_of
from reader.errors import Invalid, Refused, TooMany
from reader.moderation.threads.actions import ThreadSettings, set_thread
from tests.support.factories import a_person
from tests.support.forms import errors_beside, fill_in, page
from tests.support.people import log_in
from tests.support.threads import a_comment

HOUR = timedelta(hours=1)


def test_a_discussion_is_closed_and_says_why_and_is_opened_again(
    client: FlaskClient, article: Article, moderator: User
) -> None:
    set_thread(article, ThreadSettings(closed=True, why="It is late."), by=moderator)
    with pytest.raises(Refused, match=r"closed\. .* It is late."):
        a_comment(article)
    state = page(client.get(article.path)).select_one("#thread-state[data-closed]")
    assert state is not None
    assert "It is late." in state.get_text()
    set_thread(article, ThreadSettings(), by=moderator)
    assert a_comment(article).state == "published"
    log = client.get("/moderation/log").text
    assert "Closed the discussion" in log
    assert "Opened the discussion" in log
    assert article.title in log


def test_it_closes_by_itself_and_what_was_decided_until_a_time_ends_then(
    client: FlaskClient, article: Article, moderator: User
) -> None:
    soon, later = now() + HOUR, now() + 2 * HOUR
    set_thread(
        article, ThreadSettings(why="So.", premoderated=True, until=soon, closes_at=later), by=moderator
    )
    assert a_comment(article).state == "held"
    with set_clock(lambda: soon):
        assert a_comment(article).state == "published"
        assert "data-closed" not in client.get(article.path).text
    with set_clock(lambda: later):
        with pytest.raises(Refused, match="closed"):
            a_comment(article)
        assert "data-closed" in client.get(f"{article.path}?later").text


def test_slow_mode_lets_one_person_write_once_in_a_while(article: Article, moderator: User) -> None:
    set_thread(article, ThreadSettings(why="So.", slow_seconds=60), by=moderator)
    eager = a_person()
    start = now()
    with set_clock(lambda: start):
        a_comment(article, by=eager)
        a_comment(article)
    with set_clock(lambda: start + timedelta(seconds=20)):
        with pytest.raises(
            TooMany, match=r"one comment every 1 minute\. You can send this in 40 seconds"
        ) as refusal:
            a_comment(article, by=eager)
        assert refusal.value.retry_after == 40
        a_comment(article, by=moderator)
        a_comment(article, by=moderator)
    with set_clock(lambda: start + timedelta(seconds=60)):
        a_comment(article, by=eager)


def test_each_change_is_a_decision_and_one_event(article: Article, moderator: User) -> None:
    set_thread(article, ThreadSettings(why="So.", slow_seconds=30, premoderated=True), by=moderator)
    assert eventlog.head(article.stream) == 1
    with pytest.raises(Refused):
        set_thread(article, ThreadSettings(why="So.", closed=True), by=a_person())
    for wrong in (
        ThreadSettings(why="So.", slow_seconds=-1),
        ThreadSettings(until=now()),
        ThreadSettings(why="x" * 301),
    ):
        with pytest.raises(Invalid):
            set_thread(article, wrong, by=moderator)
    assert eventlog.head(article.stream) == 1


def test_it_works_by_forms(client: FlaskClient, article: Article, moderator: User) -> None:
    log_in(client, moderator)
    address = f"/moderation/articles/{article.slug}"
    refused = fill_in(client, address, address, slow_seconds="999999", until="", closes_at="")
    assert "up to a day" in errors_beside(refused, "slow_seconds")
    done = fill_in(
        client, address, address, closed="y", slow_seconds="0", until="", closes_at="", why="Enough."
    )
    assert done.location == f"{article.path}#comments"
    shown = page(client.get(address))
    assert shown.select_one("#closed[checked]") is not None
    assert "Enough." in client.get(article.path).text


@pytest.mark.parametrize(
    "wish",
    [
        ThreadSettings(closed=True),
        ThreadSettings(slow_seconds=60),
        ThreadSettings(premoderated=True),
        ThreadSettings(closes_at=now() + timedelta(days=400)),
    ],
)
def test_a_restriction_of_a_discussion_needs_a_reason(
    article: Article, moderator: User, wish: ThreadSettings
) -> None:
    with pytest.raises(Invalid, match="Say why") as refusal:
        set_thread(article, wish, by=moderator)
    assert refusal.value.field == "why"
    assert thread_of(article.id).is_closed is False
    set_thread(article, replace(wish, why="It was heated."), by=moderator)
    set_thread(article, ThreadSettings(), by=moderator)
