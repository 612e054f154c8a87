"""The site's rule that closes discussions by itself: when it applies, to which, and what overrides it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from bs4 import BeautifulSoup
from flask import Flask
from flask.testing import FlaskClient

from reader.accounts.models import User
from reader.articles.models import Article
from reader.clock import now, set_clock
from reader.comments import queries
from reader.config import Settings
from reader.errors import Refused
from reader.moderation.threads.actions import ThreadSettings, set_thread
from tests.support.convergence import Followed
from tests.support.factories import a_person, an_article
from tests.support.forms import form_on, page
from tests.support.people import log_in
from tests.support.threads import a_comment

DAYS = 14
RULE = timedelta(days=DAYS)
MOMENT = timedelta(seconds=1)
WHY = "Discussions here close 14 days after the article was published."


@pytest.fixture
def settings(each_engine: Settings) -> Settings:
    return replace(each_engine, close_after=DAYS)


@pytest.fixture
def author(app: Flask) -> User:
    return a_person()


@contextmanager
def at(moment: datetime) -> Iterator[None]:
    with set_clock(lambda: moment):
        yield


def is_open(article: Article) -> bool:
    """Return True if a comment is accepted now, and check that the page says the same."""
    shown = not queries.thread_of(article.id).is_closed
    try:
        accepted = bool(a_comment(article))
    except Refused as refused:
        accepted = not refused.reason.startswith("This discussion is closed.")
    assert accepted == shown
    return shown


@pytest.mark.parametrize("dated", ["published_at", "publish_at", "stored_at"])
def test_it_closes_so_many_days_after_the_article_came_out(app: Flask, dated: str) -> None:
    came = now() - timedelta(days=3)
    status = "scheduled" if dated == "publish_at" else "published"
    article = an_article(**{"status": status, dated: came})
    a_comment(article)
    with at(came + RULE - 2 * MOMENT):
        assert is_open(article)
    with at(came + RULE):
        assert not is_open(article)
        with pytest.raises(Refused, match=WHY):
            a_comment(article)


def test_what_moderators_chose_wins(moderator: User) -> None:
    came = now()
    later, sooner, opened = (an_article(published_at=came) for _ in range(3))
    set_thread(later, ThreadSettings(why="So.", closes_at=came + 2 * RULE), by=moderator)
    set_thread(sooner, ThreadSettings(why="So.", closes_at=came + RULE / 2), by=moderator)
    with at(came + RULE / 2):
        assert not is_open(sooner)
    with at(came + RULE):
        assert is_open(later)
        assert not is_open(opened)
        set_thread(opened, ThreadSettings(), by=moderator)
        assert is_open(opened)
    with at(came + 9 * RULE):
        assert not is_open(later)
        assert is_open(opened)
        set_thread(opened, ThreadSettings(why="So.", closed=True), by=moderator)
        assert not is_open(opened)


def test_who_takes_a_later_time_back_does_not_close_it_unawares(moderator: User) -> None:
    came = now()
    article = an_article(published_at=came)
    set_thread(article, ThreadSettings(why="So.", closes_at=came + 2 * RULE), by=moderator)
    with at(came + RULE):
        set_thread(article, ThreadSettings(), by=moderator)
        assert is_open(article)


def test_a_page_says_until_when_ends_at_that_moment_and_then_says_why(
    client: FlaskClient, author: User, moderator: User
) -> None:
    came = now().replace(microsecond=0) - RULE + timedelta(hours=1)
    article = an_article(published_at=came)
    comment = a_comment(article, by=author)
    ends = came + RULE
    state = page(client.get(article.path)).select("#thread-state")[0]
    assert "Open until" in state.text
    assert datetime.fromisoformat(str(state["data-changes"])) == ends
    followed = Followed([article.stream])
    set_thread(article, ThreadSettings(why="All is well, and nobody sees why."), by=moderator)
    ((told,),) = (push["events"] for push in followed.pushes())
    assert told["target"] == "thread-state"
    assert BeautifulSoup(str(told["html"]), "html.parser").select("#thread-state")[0] == state
    log_in(client, author)
    with at(ends - MOMENT):
        assert form_on(client.get(article.path), f"{article.path}/comments")
    with at(ends):
        for person in (client, client.application.test_client()):
            closed = page(person.get(article.path)).select("#thread-state[data-closed]")[0]
            assert WHY in closed.text
        refused = client.get(f"{comment.path}/reply")
        assert refused.status_code == 403
        assert WHY in refused.text


def test_moderators_see_when_it_closes_and_reopen_it_by_the_form(
    client: FlaskClient, moderator: User
) -> None:
    came = now()
    article = an_article(published_at=came)
    log_in(client, moderator)
    address = f"/moderation/articles/{article.slug}"
    assert "as the site’s rule says" in client.get(address).text
    with at(came + RULE):
        log_in(client, moderator)
        shown = page(client.get(address))
        assert shown.select("#closed[checked]")
        assert "until somebody closes it" in shown.select("#closes_at-hint")[0].text
        form = form_on(client.get(address), address)
        form.select("#closed")[0].extract()
        token = str(form.select("[name=csrf_token]")[0]["value"])
        sent = client.post(address, data={"csrf_token": token, "slow_seconds": "0", "why": ""})
        assert sent.status_code == 303
        assert is_open(article)
        assert "Opened the discussion" in client.get("/moderation/log").text
