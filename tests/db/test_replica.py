"""A replica that is behind: visitors read from it, and miss nothing; people and writes know only the primary."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any
from urllib.parse import urlsplit

import pytest
from bs4 import BeautifulSoup
from flask import Flask
from flask.testing import FlaskClient

from reader import eventlog
from reader.app import create_app
from reader.articles.models import Article
from reader.articles.queries import published_by_slug
from reader.config import BadSetting, Settings
from reader.db import replica
from reader.db.base import REPLICA, db
from reader.db.transactions import transaction
from reader.web import page_cache
from tests.js.openpages import OpenPage
from tests.support.canonical import canonical
from tests.support.factories import a_person, an_article
from tests.support.people import log_in
from tests.support.queries import counted
from tests.support.servers import Postgres
from tests.support.threads import a_comment


@pytest.fixture
def settings(postgres: Postgres, postgres_settings: Settings) -> Iterator[Settings]:
    """A database and its replica, which from now on hears of nothing; one comment is in both."""
    app = create_app(postgres_settings)
    with app.app_context():
        a_comment(an_article(slug="town"), body="In both.")
        db.session.remove()
        db.engine.dispose()
    copy = postgres.create(template=urlsplit(postgres_settings.database()).path.lstrip("/"))
    yield replace(postgres_settings, replica_url=postgres.database(copy))
    postgres.drop(copy)


@pytest.fixture
def article(app: Flask) -> Article:
    found = published_by_slug("town")
    assert found
    return found


@pytest.fixture
def person(app: Flask) -> FlaskClient:
    """Somebody's browser, logged in."""
    client = app.test_client()
    log_in(client, a_person())
    return client


def number(client: FlaskClient, article: Article) -> int:
    """The number that the article's page says it shows; it shows as many comments."""
    soup = BeautifulSoup(client.get(article.path).data, "html.parser")
    (section,) = soup.select("main #comments[data-live-stream]")
    assert len(soup.select("#thread > .comment")) == int(str(section["data-live-seq"]))
    return int(str(section["data-live-seq"]))


def ask(client: FlaskClient, article: Article, after: int) -> dict[str, Any]:
    answer = client.get(f"/live/{article.stream}/events?after={after}")
    assert answer.status_code == 200
    assert answer.json
    return dict(answer.json)


def the_replica_catches_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(db.engines, REPLICA, db.engine)


def test_a_visitor_reads_the_replica_and_a_person_the_primary(
    client: FlaskClient, person: FlaskClient, article: Article
) -> None:
    """The head on a visitor's page is the replica's, too."""
    a_comment(article, body="On the primary.")
    assert (number(client, article), number(person, article), number(client, article)) == (1, 2, 1)
    new = an_article()
    assert client.get(new.path).status_code == 404
    assert person.get(new.path).status_code == 200


def test_an_older_page_from_the_replica_replaces_no_newer_part(
    client: FlaskClient, person: FlaskClient, article: Article
) -> None:
    """People who are logged in share newer parts of it, made from the primary."""
    a_comment(article, body="On the primary.")
    path = article.path
    person.get(path)
    assert b"On the primary." not in client.get(path).data
    with counted() as statements:
        assert b"On the primary." in person.get(path).data
    assert not [each for each in statements if "FROM comments JOIN users" in each]


def test_from_a_write_on_a_request_reads_the_primary(app: Flask, article: Article) -> None:
    a_comment(article, body="On the primary.")
    with app.app_context(), app.test_request_context("/"):
        app.preprocess_request()
        assert eventlog.head(article.stream) == 1
        with transaction():
            assert eventlog.head(article.stream) == 2
        assert eventlog.head(article.stream) == 2
        assert not replica.is_read()


def test_what_no_visitor_asks_reads_the_primary(app: Flask, article: Article) -> None:
    a_comment(article, body="On the primary.")
    assert eventlog.head(article.stream) == 2  # a command
    for method, cookie in (("POST", ""), ("GET", "login=abc")):
        headers = {"Cookie": cookie}
        with app.app_context(), app.test_request_context("/", method=method, headers=headers):
            app.preprocess_request()
            assert eventlog.head(article.stream) == 2


def test_a_replica_that_has_come_as_far_answers_what_came_after_a_number(
    client: FlaskClient, article: Article
) -> None:
    with counted() as asked_of_the_primary:
        answer = ask(client, article, 0)
    assert (answer["head"], answer["events"][0]["target"]) == (1, "comment-1")
    assert len(asked_of_the_primary) == 1


def test_a_replica_that_is_behind_leaves_later_events_to_the_primary(
    client: FlaskClient, person: FlaskClient, article: Article
) -> None:
    second = a_comment(article, body="On the primary.")
    for asking in (client, person):
        told = ask(asking, article, 1)
        assert (told["head"], told["events"][0]["target"]) == (2, second.element)
    known = ask(client, article, 2)
    assert (known["reset"], known["head"], known["events"]) == (False, 2, [])
    assert ask(client, article, 3)["reset"]


def test_permalinks_and_parts_for_pages_that_are_ahead_are_not_behind(
    client: FlaskClient, article: Article
) -> None:
    second = a_comment(article, body="On the primary.")
    assert client.get(f"/comments/{second.id}/actions").status_code == 200
    led = client.get(f"/comments/{second.id}", follow_redirects=True)
    assert led.status_code == 200
    for query in (f"?through={second.id}", f"?branch={second.id}"):
        assert "On the primary." in client.get(article.path + query).text


@pytest.mark.parametrize("comments", [0, 1])
def test_an_article_missing_from_the_replica_can_be_followed(comments: int, client: FlaskClient) -> None:
    new = an_article()
    for _ in range(comments):
        a_comment(new)
    assert ask(client, new, 0)["head"] == comments


def test_a_page_from_the_replica_that_has_caught_up_is_as_a_fresh_one(
    client: FlaskClient, article: Article, monkeypatch: pytest.MonkeyPatch
) -> None:
    def get(address: str) -> Any:
        response = client.get(address)
        return response.json if response.is_json else response.text

    first = a_comment(article, body="On the primary.")
    page = OpenPage(article.path, get)
    a_comment(article, under=first, body="Below it.")
    assert page.seen[article.stream] == 1
    page.receive({"stream": article.stream, "from": 2, "to": 3, "events": []})  # ahead of the replica
    assert (page.seen[article.stream], page.fetched) == (3, 1)
    the_replica_catches_up(monkeypatch)
    assert canonical(page.html) == canonical(get(page.address))


def test_a_kept_page_from_a_replica_that_is_behind_is_rendered_again(
    app: Flask, client: FlaskClient, article: Article, monkeypatch: pytest.MonkeyPatch
) -> None:
    """This happens with each event, and every ``LAG_SECONDS``."""
    cache = page_cache.of(app)
    monkeypatch.setattr(page_cache, "LAG_SECONDS", 60.0)
    a_comment(article, body="On the primary.")
    assert [number(client, article) for _ in range(3)] == [1, 1, 1]
    assert (cache.misses, cache.hits) == (1, 2)
    monkeypatch.setattr(page_cache, "LAG_SECONDS", 0.0)
    a_comment(article, body="On the primary.")
    assert [number(client, article) for _ in range(2)] == [1, 1]
    assert cache.misses == 3
    the_replica_catches_up(monkeypatch)
    assert [number(client, article) for _ in range(2)] == [3, 3]
    assert cache.misses == 4


@pytest.mark.parametrize(
    ("database", "copy"), [(None, "postgresql://replica/reader"), ("postgresql://db/reader", "sqlite:///a")]
)
def test_sqlite_has_no_replica(database: str | None, copy: str, sqlite_settings: Settings) -> None:
    with pytest.raises(BadSetting, match="READER_REPLICA_URL: only PostgreSQL"):
        create_app(replace(sqlite_settings, database_url=database, replica_url=copy))
