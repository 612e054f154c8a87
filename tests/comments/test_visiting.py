"""New since the last visit: what counts as new, for how long, and who says that somebody was there."""

from __future__ import annotations

import json
from datetime import datetime, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient

from reader import clock
from reader.accounts import actions as accounts
from reader.accounts.models import User
from reader.articles.models import Article
from reader.comments.models import Visit
from reader.comments.visiting import actions, queries
from reader.config import Settings
from reader.db.base import db
from tests.support.factories import a_person
from tests.support.forms import form_on, page, values_of
from tests.support.people import log_in
from tests.support.threads import a_comment


@pytest.fixture
def settings(each_engine: Settings) -> Settings:
    return each_engine


@pytest.fixture
def ada(app: Flask) -> User:
    return a_person("ada")


@pytest.fixture
def later(monkeypatch: pytest.MonkeyPatch) -> datetime:
    """From now on it is after the pause that ends a visit."""
    then = clock.now() + actions.PAUSE + timedelta(minutes=1)
    monkeypatch.setattr(actions, "now", lambda: then)
    monkeypatch.setattr(queries, "now", lambda: then)
    return then


def new_for(person: User, article: Article) -> tuple[int, int | None] | None:
    found = queries.news(article.id, person)
    return (found.number, found.first) if found else None


def test_on_a_first_visit_nothing_is_new(ada: User, article: Article) -> None:
    a_comment(article)
    assert new_for(ada, article) is None


def test_what_came_since_is_new_but_not_ones_own_nor_that_of_the_muted(
    ada: User, article: Article, request: pytest.FixtureRequest
) -> None:
    before, troll = a_comment(article), a_person("troll")
    actions.visit(article.id, by=ada, up_to=before.id)
    accounts.mute(troll, by=ada)
    request.getfixturevalue("later")
    first = a_comment(article)
    a_comment(article, by=ada)
    a_comment(article, by=troll)
    a_comment(article, under=before)
    assert new_for(ada, article) == (2, first.id)


def test_it_stays_new_while_the_visit_lasts_and_is_old_on_the_next(
    ada: User, article: Article, request: pytest.FixtureRequest
) -> None:
    actions.visit(article.id, by=ada, up_to=a_comment(article).id)
    request.getfixturevalue("later")
    new = a_comment(article)
    actions.visit(article.id, by=ada, up_to=new.id)
    assert new_for(ada, article) == (1, new.id)
    actions.visit(article.id, by=ada, up_to=1)
    assert db.session.get_one(Visit, (ada.id, article.id)).latest_id == new.id


def test_the_page_says_what_is_new_and_whoever_shows_it_notes_the_visit(
    ada: User, article: Article, client: FlaskClient, request: pytest.FixtureRequest
) -> None:
    old = a_comment(article)
    log_in(client, ada)
    opened = client.get(article.path)
    assert db.session.get(Visit, (ada.id, article.id)) is None, "to fetch a page is not to have read it"
    pixel = page(opened).select_one("noscript img")
    assert pixel
    assert client.get(str(pixel["src"])).mimetype == "image/svg+xml"
    token = values_of(form_on(opened, "/logout"))["csrf_token"]
    request.getfixturevalue("later")
    new = a_comment(article)
    opened = client.get(article.path)
    assert json.loads(page(opened).select_one("#mine").text)["seen"] == old.id  # type: ignore[union-attr]
    line = page(opened).select_one(".thread-unread")
    assert line
    assert "1 new since your last visit" in line.text
    assert line.select(f'a[href="{new.path}"]')
    answer = client.post(f"{article.path}/visit", data={"csrf_token": token, "up_to": str(new.id)})
    assert answer.get_json() == {"up_to": new.id}
    assert client.post(f"{article.path}/visit", data={"csrf_token": token, "up_to": "x"}).status_code == 404


def test_a_visitors_page_knows_nothing_of_visits(article: Article, client: FlaskClient) -> None:
    a_comment(article)
    shown = page(client.get(article.path))
    assert shown.select("noscript img") == []
    assert shown.select_one(".thread-unread").has_attr("hidden")  # type: ignore[union-attr]
