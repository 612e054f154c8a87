"""Muting: what it does to the page of whoever muted somebody, and that nobody else sees anything of it."""

import json

import pytest
from flask import Flask
from flask.testing import FlaskClient

from reader.accounts import actions, queries
from reader.accounts.models import User
from reader.articles.models import Article
from reader.config import Settings
from reader.errors import Refused
from reader.moderation.actions import pin_comment
from reader.web.notices import Done
from tests.support.factories import a_moderator, a_person, an_article
from tests.support.forms import fill_in, page
from tests.support.people import log_in
from tests.support.threads import a_comment


@pytest.fixture
def settings(each_engine: Settings) -> Settings:
    return each_engine


@pytest.fixture
def ada(app: Flask) -> User:
    return a_person("ada")


@pytest.fixture
def troll(app: Flask) -> User:
    return a_person("tr.öll")


@pytest.fixture
def article(app: Flask) -> Article:
    return an_article()


def overlay(client: FlaskClient, article: Article) -> dict[str, object]:
    """The overlay "mine" of the article's page."""
    (block,) = page(client.get(article.path)).select("script#mine")
    found: dict[str, object] = json.loads(block.text)
    return found


def test_one_mutes_from_a_comment_and_comes_back_to_it(
    ada: User, troll: User, article: Article, client: FlaskClient
) -> None:
    comment = a_comment(article, by=troll, body="Look at me.")
    log_in(client, ada)
    answer = fill_in(client, f"{comment.path}/actions", f"{troll.path}/mute")
    assert (answer.status_code, answer.location) == (303, comment.path)
    assert overlay(client, article)["muted"] == [troll.id]
    folded = client.get(f"{comment.path}/actions")
    assert "Look at me." in folded.text
    fill_in(client, f"{comment.path}/actions", f"{troll.path}/unmute")
    assert overlay(client, article)["muted"] == []


def test_the_page_of_who_muted_somebody_has_a_stylesheet_that_folds_them(
    ada: User, troll: User, article: Article, client: FlaskClient
) -> None:
    comment = a_comment(article, by=troll)
    log_in(client, ada)
    sheets = 'link[rel="stylesheet"][href="/account/muted.css"]'
    assert page(client.get(article.path)).select(sheets) == []
    actions.mute(troll, by=ada)
    shown = page(client.get(article.path))
    assert len(shown.select(sheets)) == 1
    assert shown.select_one(f'#comment-{comment.id} > .comment-card[data-author="{troll.id}"]')
    sheet = client.get("/account/muted.css")
    assert sheet.mimetype == "text/css"
    assert sheet.headers["Cache-Control"] == "private, no-store"
    assert f'[data-author="{troll.id}"]' in sheet.text


def test_the_thread_of_everybody_else_is_as_before(
    ada: User, troll: User, article: Article, app: Flask
) -> None:
    a_comment(article, by=troll)
    before = app.test_client().get(article.path).text
    actions.mute(troll, by=ada)
    assert app.test_client().get(article.path).text == before
    assert 'id="mine"' not in before
    other = app.test_client()
    log_in(other, a_person())
    assert overlay(other, article)["muted"] == []


def test_the_account_lists_whom_one_has_muted_and_lets_one_unmute_them(
    ada: User, troll: User, client: FlaskClient
) -> None:
    actions.mute(troll, by=ada)
    log_in(client, ada)
    assert "tr.öll" in client.get("/account/").text
    answer = fill_in(client, "/account/", f"{troll.path}/unmute")
    assert answer.location == "/account/"
    assert "tr.öll" not in client.get("/account/").text


def test_the_account_lists_the_muted_page_by_page(ada: User, client: FlaskClient) -> None:
    muted = [a_person() for _ in range(queries.MUTED + 2)]
    for each in muted:
        actions.mute(each, by=ada)
    log_in(client, ada)
    first = client.get("/account/")
    (link,) = page(first).select('nav.pager a[rel="next"]')
    rest = client.get(str(link["href"]))
    listed = [
        row.text.strip()
        for each in (first, rest)
        for row in page(each).select(".session:has(form[action$=unmute]) .session-device")
    ]
    assert listed == [each.username for each in reversed(muted)]
    assert not page(rest).select("nav.pager")


def test_a_program_is_told_who_is_muted(ada: User, troll: User, client: FlaskClient, app: Flask) -> None:
    app.config["WTF_CSRF_ENABLED"] = False
    log_in(client, ada)
    as_json = {"Accept": "application/json"}
    told = client.post(f"{troll.path}/mute", headers=as_json)
    assert told.get_json() == {"name": "tr.öll", "muted": troll.id, "told": Done.MUTED}
    assert client.post(f"{troll.path}/unmute", headers=as_json).get_json() == {
        "name": "tr.öll",
        "unmuted": troll.id,
        "told": Done.UNMUTED,
    }
    assert client.post("/people/nobody/mute", headers=as_json).status_code == 404
    assert client.post(f"{ada.path}/mute", headers=as_json).status_code == 403


def test_muting_twice_is_muting_once(ada: User, troll: User) -> None:
    actions.mute(troll, by=ada)
    actions.mute(troll, by=ada)
    assert list(queries.muted_by(ada)) == [troll.id]
    with pytest.raises(Refused):
        actions.mute(ada, by=ada)


def test_there_is_an_end_to_muting(
    ada: User, troll: User, monkeypatch: pytest.MonkeyPatch, app: Flask
) -> None:
    monkeypatch.setattr(actions, "MAX_MUTED", 1)
    actions.mute(troll, by=ada)
    with pytest.raises(Refused, match="Unmute somebody first"):
        actions.mute(a_person(), by=ada)


def test_who_muted_finds_only_people_among_those_to_be_notified(ada: User, troll: User) -> None:
    bob, carl = a_person("bob"), a_person("carl")
    actions.mute(troll, by=ada)
    actions.mute(troll, by=carl)
    actions.mute(bob, by=ada)
    assert queries.who_muted(troll.id, among=[ada.id, bob.id]) == {ada.id}
    assert queries.who_muted(ada.id, among=[bob.id, carl.id, troll.id]) == set()
    assert queries.has_muted(ada, troll.id)
    assert not queries.has_muted(None, troll.id)


def test_the_pinned_comment_of_a_muted_person_is_folded(
    ada: User, troll: User, article: Article, client: FlaskClient
) -> None:
    pin_comment(a_comment(article, by=troll).id, by=a_moderator(), revision=1)
    actions.mute(troll, by=ada)
    log_in(client, ada)
    assert page(client.get(article.path)).select_one(f'#pinned[data-author="{troll.id}"]')
    sheet = client.get("/account/muted.css").text
    rule = f'.pinned:is([data-author="{troll.id}"]) {{\n  > :not(.pinned-head) {{\n    display: none;'
    assert rule in sheet
