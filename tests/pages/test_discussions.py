"""Cached discussions: each viewer sees what a page made anew would show."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient

from reader import clock
from reader.accounts.models import User
from reader.articles.models import Article
from reader.comments.actions import change_state, delete_comment, locked
from reader.comments.models import State
from reader.db.transactions import transaction
from reader.eventlog import Kind, append, lock
from reader.moderation.threads.actions import ThreadSettings, set_thread
from reader.pages import discussions
from reader.web import page_cache
from tests.support.factories import a_moderator, a_person, altered, an_article
from tests.support.people import log_in
from tests.support.queries import counted
from tests.support.threads import a_comment, a_held_comment, comments

CANARY = "canary-only-its-author-may-read-this"


@pytest.fixture
def article() -> Article:
    return an_article()


@pytest.fixture
def author() -> User:
    return a_person()


def seen(app: Flask, article: Article, person: User | None = None, query: str = "") -> str:
    """The article's page as somebody sees it; as a visitor, made anew."""
    client = app.test_client()
    if person:
        log_in(client, person)
    return client.get(f"{article.path}?{query or f'anew={next(_numbers)}'}").text


_numbers = iter(range(10**6))


def kept(article: Article) -> list[object]:
    """Return the cached discussions of the article's thread."""
    parts = discussions._cache._parts()._kept.items()
    return [part.value for (article_id, _), part in parts if article_id == article.id]


def test_visitors_and_people_share_it_and_it_is_not_asked_for_again(
    app: Flask, article: Article, author: User
) -> None:
    for top in comments(article, 3):
        a_comment(article, under=top)
    seen(app, article)
    made = kept(article)
    with counted() as statements:
        assert "Comment 2." in seen(app, article, author)
    assert kept(article) == made
    assert not [each for each in statements if "FROM comments JOIN users" in each]


def test_whatever_happens_to_a_comment_shows_on_the_next_page(
    app: Flask, article: Article, author: User
) -> None:
    comment = a_comment(article, by=author, body="Here today.")
    assert "Here today." in seen(app, article)
    a_comment(article, body="Another voice.", under=comment)
    assert "Another voice." in seen(app, article)
    delete_comment(comment.id, by=author)
    page = seen(app, article)
    assert "Here today." not in page
    assert "deleted by its author" in page


def test_only_its_author_sees_a_held_comment_whether_cached_or_not(
    app: Flask, article: Article, author: User
) -> None:
    a_comment(article)
    seen(app, article)
    a_held_comment(article, by=author, body=CANARY)
    for _ in range(2):
        assert CANARY in seen(app, article, author)
        assert CANARY not in seen(app, article)
        assert CANARY not in seen(app, article, a_person())


def test_a_comment_held_after_publication_stays_readable_for_its_author(
    app: Flask, article: Article, author: User
) -> None:
    comment = a_comment(article, by=author, body=CANARY)
    seen(app, article)
    with transaction():
        change_state(locked(comment.id), State.HELD, Kind.COMMENT_HELD, by=None)
    assert CANARY not in seen(app, article)
    assert CANARY in seen(app, article, author)


def test_it_ends_when_a_measure_on_the_discussion_does(app: Flask, article: Article) -> None:
    until = clock.now() + timedelta(hours=1)
    set_thread(article, ThreadSettings(why="So.", closed=True, until=until), by=a_moderator())
    assert "This discussion is closed" in seen(app, article)
    with clock.set_clock(lambda: until + timedelta(seconds=1)):
        assert "This discussion is closed" not in seen(app, article)


def test_each_window_is_kept_for_itself(app: Flask, article: Article) -> None:
    comments(article, 30)
    assert "Comment 29." in seen(app, article)
    oldest = seen(app, article, query="sort=oldest")
    assert "Comment 0." in oldest
    assert "Comment 29." not in oldest
    assert len(kept(article)) == 2


def test_visitors_reach_an_article_without_queries_until_the_next_look(
    app: Flask, client: FlaskClient, article: Article
) -> None:
    path = article.path
    client.get(path)
    with counted() as statements:
        client.get(f"{path}?anew=1")
    assert statements == []
    altered(article, status="draft")  # by another process, which says nothing
    page_cache.of(app)._looked -= page_cache.LOOK_SECONDS + 1
    assert client.get(f"{path}?anew=2").status_code == 404


def test_what_happens_in_this_process_counts_before_the_next_look(
    client: FlaskClient, article: Article
) -> None:
    client.get(article.path)
    altered(article, status="draft")
    with transaction():
        lock(article.stream)
        append(Kind.ARTICLE_REVISED, article.stream, "article", actor_id=None)
    assert client.get(f"{article.path}?anew=1").status_code == 404


def test_somebody_who_is_logged_in_is_led_by_the_database_alone(
    client: FlaskClient, article: Article, author: User
) -> None:
    client.get(article.path)
    log_in(client, author)
    altered(article, status="draft")
    assert client.get(article.path).status_code == 404
