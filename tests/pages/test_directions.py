"""The direction of texts: articles by their language, names and titles inside sentences by their letters."""

from __future__ import annotations

import json
from typing import cast

import pytest
from bs4 import BeautifulSoup, Tag
from flask import Flask
from flask.testing import FlaskClient

from reader.articles.models import Article
from reader.factchecks.models import Claim
from tests.support.factories import a_claim, a_person, an_article
from tests.support.threads import a_comment

TEXT = "صوّت المجلس على إبقاء المنارتين."
MARKED = '<div class="p"><reader-claim data-id="lights">صوّت</reader-claim></div>'


@pytest.fixture
def article(app: Flask) -> Article:
    assert app
    return an_article(title=TEXT, standfirst=TEXT, lang="ar", html=MARKED)


@pytest.fixture
def claim(article: Article) -> Claim:
    return a_claim(article, slug="lights", text=TEXT, why=TEXT)


def page(client: FlaskClient, path: str) -> BeautifulSoup:
    answer = client.get(path)
    assert answer.status_code == 200
    return BeautifulSoup(answer.text, "html.parser")


def language(page: BeautifulSoup, selector: str) -> tuple[str, str]:
    found = page.select_one(selector)
    assert isinstance(found, Tag), selector
    return cast(str, found.get("lang")), cast(str, found.get("dir"))


@pytest.mark.parametrize(
    "selector",
    [
        "h1.article-title",
        "#article .standfirst",
        ".article-body",
        "#mark-lights .card-claim",
        "#mark-lights .why",
        "#claim-lights .claim-text",
    ],
)
@pytest.mark.usefixtures("claim")
def test_an_articles_own_words_run_in_its_direction(
    client: FlaskClient, article: Article, selector: str
) -> None:
    assert language(page(client, article.path), selector) == ("ar", "rtl")


@pytest.mark.usefixtures("claim")
def test_the_interface_around_it_keeps_its_own(client: FlaskClient, article: Article) -> None:
    shown = page(client, article.path)
    assert language(shown, "#mark-lights .card-body") == ("en", "ltr")
    for selector in ("#fact-check", "#strength", "#comments"):
        around = shown.select_one(selector)
        assert around
        assert not [each for each in around.find_parents() if each.get("dir") == "rtl"], selector


@pytest.mark.parametrize(
    ("path", "selector"),
    [
        ("/", ".teaser-title"),
        ("/", ".teaser-standfirst"),
        ("/", ".ledger-claim"),
        ("/archive", ".teaser-title"),
        ("/fact-checks", ".claim-text"),
        ("/fact-checks/lights", "h1"),
        ("/fact-checks/lights", ".claim-panel .why"),
        ("/fact-checks/lights", ".citing-list a"),
    ],
)
def test_lists_and_claim_pages_name_the_language_of_their_items(
    client: FlaskClient, claim: Claim, path: str, selector: str
) -> None:
    assert claim.lang == "ar"
    assert language(page(client, path), selector) == ("ar", "rtl")


def test_programs_are_told_the_language_of_articles_and_claims(
    client: FlaskClient, article: Article, claim: Claim
) -> None:
    for path in (article.path, claim.path):
        script = page(client, path).select_one("script[type='application/ld+json']")
        assert script
        assert json.loads(script.text)["inLanguage"] == "ar", path
    for path in ("/feed.xml", "/fact-checks/feed.xml"):
        assert 'xml:lang="ar"' in client.get(path).text, path
    assert client.get("/feed.json").get_json()["items"][0]["language"] == "ar"


def test_names_in_sentences_are_isolated(client: FlaskClient, article: Article) -> None:
    a_comment(article, by=a_person("ליאור"))
    shown = page(client, article.path)
    assert [each.decode_contents() for each in shown.select(".comment-author")] == ["<bdi>ליאור</bdi>"]


def test_what_is_typed_runs_in_the_direction_of_its_letters(client: FlaskClient, article: Article) -> None:
    for path, selector in ((article.path, "#thread-q"), ("/register", "#username"), ("/login", "#login")):
        field = page(client, path).select_one(selector)
        assert field
        assert field.get("dir") == "auto", path
