"""Recommending: one a person, never one's own, counted, told, and undone by the same button."""

from __future__ import annotations

from random import Random

import pytest
from flask.testing import FlaskClient

from reader import eventlog
from reader.accounts.models import User
from reader.articles.models import Article
from reader.comments import queries
from reader.comments.actions import delete_comment
from reader.comments.recommending.actions import recommend, take_back
from reader.config import Settings
from reader.errors import Conflict, Missing, Refused
from reader.eventlog import Kind
from tests.support.factories import a_claim, a_person
from tests.support.forms import fill_in, form_on, page
from tests.support.people import log_in
from tests.support.threads import a_comment, miscounted

JSON = {"Accept": "application/json"}


@pytest.fixture
def settings(each_engine: Settings) -> Settings:
    return each_engine


def count(comment_id: int) -> int:
    return queries.by_ids([comment_id])[comment_id].recommendations


def test_a_person_counts_once_and_is_told_of_once(article: Article, author: User) -> None:
    comment, fan = a_comment(article, by=author), a_person()
    first = recommend(comment.id, by=fan)
    again = recommend(comment.id, by=fan)
    assert first.seq == again.seq == eventlog.head(article.stream)
    assert count(comment.id) == 1
    assert queries.recommended_by(fan, [comment.id]) == [comment.id]
    event = eventlog.since(article.stream, first.seq - 1, limit=2)[0]
    assert (event.kind, event.target) == (Kind.COMMENT_RECOMMENDED, f"recommend-{comment.id}")


def test_taking_back_is_undone_to_the_last_trace(article: Article, author: User) -> None:
    comment, fan = a_comment(article, by=author), a_person()
    recommend(comment.id, by=fan)
    seq = take_back(comment.id, by=fan).seq
    assert take_back(comment.id, by=fan).seq == seq
    assert count(comment.id) == 0
    assert queries.recommended_by(fan, [comment.id]) == []


def test_a_comment_about_a_claim_is_told_of_to_the_claim_too(article: Article, author: User) -> None:
    claim = a_claim(article)
    comment = a_comment(article, by=author, claim_id=claim.id)
    recommend(comment.id, by=a_person())
    kinds = [event.kind for event in eventlog.since(claim.stream, 0, limit=9)]
    assert kinds == [Kind.COMMENT_POSTED, Kind.COMMENT_RECOMMENDED]


def test_nobody_recommends_their_own_comment_or_one_that_is_gone(article: Article, author: User) -> None:
    comment, fan = a_comment(article, by=author), a_person()
    with pytest.raises(Refused, match="your own"):
        recommend(comment.id, by=author)
    recommend(comment.id, by=fan)
    delete_comment(comment.id, by=author)
    with pytest.raises(Conflict, match="can't be recommended"):
        recommend(comment.id, by=a_person())
    with pytest.raises(Missing):
        recommend(comment.id + 1, by=fan)
    take_back(comment.id, by=fan)
    assert list(miscounted()) == []


def test_counters_hold_whatever_people_press(article: Article, author: User) -> None:
    random, fans = Random(4), [a_person() for _ in range(4)]
    made = [a_comment(article, by=author) for _ in range(3)]
    for _ in range(60):
        random.choice([recommend, take_back])(random.choice(made).id, by=random.choice(fans))
    assert list(miscounted()) == []


def test_the_same_click_twice_is_one_and_the_next_takes_it_back(
    article: Article, client: FlaskClient
) -> None:
    comment = a_comment(article)
    log_in(client, a_person())
    address = f"{comment.path}/recommend"
    for _ in range(2):
        answer = client.post(address, data=_token(client, comment.path, recommended="yes"), headers=JSON)
        assert answer.json
        assert (answer.json["recommended"], answer.json["recommendations"]) == (True, 1)
        assert answer.json["seq"] == eventlog.head(article.stream)
    answer = client.post(address, data=_token(client, comment.path, recommended="no"), headers=JSON)
    assert answer.json
    assert (answer.json["recommended"], answer.json["recommendations"]) == (False, 0)
    assert client.post(address, data=_token(client, comment.path), headers=JSON).status_code == 422


def test_without_javascript_there_is_a_form_that_says_which_way_it_goes(
    article: Article, client: FlaskClient
) -> None:
    comment = a_comment(article)
    log_in(client, a_person())
    actions, action = f"{comment.path}/actions", f"{comment.path}/recommend"
    opened = client.get(article.path)
    button = page(opened).select_one(f"#recommend-{comment.id}")
    assert button
    assert button["formaction"] == actions
    assert page(opened).find("form", id=button["form"])
    for words, number in (("Recommend", 1), ("Take it back", 0)):
        assert words in form_on(client.get(actions), action).get_text()
        answer = fill_in(client, actions, action)
        assert (answer.status_code, answer.location) == (303, comment.path)
        assert count(comment.id) == number


def test_a_visitor_is_told_to_log_in_and_an_author_has_no_such_form(
    article: Article, author: User, client: FlaskClient
) -> None:
    comment = a_comment(article, by=author)
    assert "logged in" in client.get(f"{comment.path}/actions").text
    log_in(client, author)
    with pytest.raises(LookupError):
        form_on(client.get(f"{comment.path}/actions"), f"{comment.path}/recommend")
    answer = client.post(f"{comment.path}/recommend", data=_token(client, comment.path, recommended="yes"))
    assert answer.status_code == 403


def _token(client: FlaskClient, path: str, **fields: str) -> dict[str, str]:
    form = form_on(client.get(f"{path}/actions"), "/logout")
    token = form.find("input", attrs={"name": "csrf_token"})
    return {"csrf_token": str(token["value"]), **fields}  # type: ignore[index]
