"""Catching up by HTTP: everything after a number, or the advice to fetch the page."""

from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from reader import eventlog
from reader.articles.models import Article, Status
from reader.comments.actions import delete_comment
from reader.db.transactions import transaction
from reader.eventlog import Kind
from reader.live import catchup
from tests.support.factories import a_person, an_article
from tests.support.people import log_in
from tests.support.queries import counted
from tests.support.threads import a_comment


def ask(client: FlaskClient, article: Article, after: int) -> dict[str, Any]:
    response = client.get(f"/live/{article.stream}/events?after={after}")
    assert response.status_code == 200
    assert response.json
    return dict(response.json)


def targets(answer: dict[str, Any]) -> list[str]:
    return [entry["target"] for entry in answer["events"]]


def append(article: Article, *changed: str) -> None:
    with transaction():
        eventlog.lock(article.stream)
        for target in changed:
            eventlog.append(Kind.COMMENT_POSTED, article.stream, target, actor_id=None)


def test_a_page_is_told_what_came_after_its_number(client: FlaskClient) -> None:
    article = an_article()
    a_comment(article)
    second = a_comment(article)
    answer = ask(client, article, 1)
    assert {key: answer[key] for key in ("stream", "after", "head", "reset")} == {
        "stream": article.stream,
        "after": 1,
        "head": 2,
        "reset": False,
    }
    assert targets(answer) == [second.element, "thread-head"]


def test_a_page_that_knows_everything_is_told_nothing(client: FlaskClient) -> None:
    article = an_article()
    assert ask(client, article, 0) == {
        "stream": article.stream,
        "after": 0,
        "head": 0,
        "reset": False,
        "events": [],
    }
    a_comment(article)
    assert ask(client, article, 1)["events"] == []


def test_a_removed_text_is_not_in_it_though_its_posting_is(client: FlaskClient) -> None:
    article, author = an_article(), a_person()
    comment = a_comment(article, by=author, body="Regrettable words")
    delete_comment(comment.id, by=author)
    response = client.get(f"/live/{article.stream}/events?after=0")
    assert comment.element in response.text
    assert "Regrettable" not in response.text


def test_a_page_that_knows_more_than_the_log_is_to_be_fetched_again(client: FlaskClient) -> None:
    article = an_article()
    a_comment(article)
    answer = ask(client, article, 2)
    assert (answer["reset"], answer["head"], answer["events"]) == (True, 1, [])


def test_a_page_too_far_behind_is_told_to_fetch_itself_again(
    client: FlaskClient,
) -> None:
    article = an_article()
    append(article, *(f"comment-{number}" for number in range(1, catchup.MAX_TARGETS + 1)))
    assert not ask(client, article, 0)["reset"]
    append(article, "comment-999")
    answer = ask(client, article, 0)
    assert (answer["reset"], answer["head"], answer["events"]) == (True, catchup.MAX_TARGETS + 1, [])
    assert not ask(client, article, 1)["reset"]


def test_many_changes_of_few_things_are_told(client: FlaskClient) -> None:
    article = an_article()
    comment = a_comment(article)
    append(article, *[comment.element] * (catchup.MAX_TARGETS * 2))
    answer = ask(client, article, 0)
    assert not answer["reset"]
    assert answer["head"] == answer["events"][0]["seq"] == catchup.MAX_TARGETS * 2 + 1


@pytest.mark.parametrize("after", ["", "-1", "x", "1.5", "٣", "9" * 17, "99999999999999999999"])
def test_a_number_that_is_none_is_refused_with_what_is_wanted(client: FlaskClient, after: str) -> None:
    response = client.get(f"/live/{an_article().stream}/events", query_string={"after": after})
    assert response.status_code == 422
    assert response.mimetype == "application/problem+json"
    assert response.json
    assert response.json["field"] == "after"


def test_a_stream_that_the_public_may_not_see_is_not_there(client: FlaskClient) -> None:
    draft = an_article(status=Status.DRAFT.value)
    for stream in (draft.stream, "article:999", "access", "article:x", "front"):
        assert client.get(f"/live/{stream}/events?after=0").status_code == 404


def test_it_is_the_same_for_everybody_and_kept_by_nobody(client: FlaskClient) -> None:
    article, author = an_article(), a_person()
    a_comment(article, by=author)
    address = f"/live/{article.stream}/events?after=0"
    visitor = client.get(address)
    assert visitor.headers["Cache-Control"] == "no-store"
    assert "Set-Cookie" not in visitor.headers
    log_in(client, author)
    assert client.get(address).json == visitor.json


def test_a_persons_stream_is_told_to_that_person_alone_and_kept_by_nobody(client: FlaskClient) -> None:
    person = a_person()
    address = f"/live/person:{person.id}/events?after=0"
    assert client.get(address).status_code == 404
    log_in(client, a_person())
    assert client.get(address).status_code == 404
    log_in(client, person)
    answer = client.get(address)
    assert (answer.status_code, answer.json and answer.json["head"]) == (200, 0)
    assert "no-store" in answer.headers["Cache-Control"]
    assert "Cookie" in answer.headers["Vary"]


def test_requests_after_the_same_number_share_an_answer_until_an_event(
    app: Flask, client: FlaskClient
) -> None:
    article = an_article()
    a_comment(article)
    log_in(client, a_person())  # the answer is the same for whoever asks
    stranger = app.test_client()
    first = ask(client, article, 0)
    with counted() as statements:
        assert ask(stranger, article, 0) == ask(client, article, 0) == first
    assert [each for each in statements if "events" in each] == []
    a_comment(article)
    assert ask(stranger, article, 0)["head"] == 2
