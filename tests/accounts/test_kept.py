"""A text that is sent when the session is over: log in, and it is there, without scripts, addresses or cookies."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient

from reader.accounts import actions
from reader.accounts.models import User
from reader.articles.models import Article
from reader.comments import queries
from reader.web import cookies
from tests.support.factories import an_article
from tests.support.forms import form_on, page, values_of
from tests.support.people import log_in
from tests.support.threads import a_comment

GOOD = "four words walk home"
TEXT = 'Two lines,\n"quoted" & <all>.'


@pytest.fixture
def article() -> Article:
    return an_article()


@pytest.fixture
def ada(client: FlaskClient) -> User:
    return actions.register("Ada", "ada@example.org", GOOD)


def written(client: FlaskClient, address: str, action: str) -> dict[str, str]:
    """The form as it is sent: with a text."""
    return values_of(form_on(client.get(address), action)) | {"body": TEXT}


def test_after_logging_in_the_text_is_there_and_is_sent_by_hand(
    client: FlaskClient, ada: User, article: Article
) -> None:
    log_in(client, ada)
    parent = a_comment(article)
    action = f"{article.path}/comments"
    sent = written(client, f"{parent.path}/reply", action)
    actions.end_all_sessions(ada, by=ada)
    from_here = {"Referer": f"http://localhost{parent.path}/reply"}
    entrance = client.post(action, data=sent, headers=from_here)
    assert entrance.status_code == 401
    assert TEXT.replace("\n", " ") in " ".join(page(entrance).find("main").get_text().split())  # type: ignore[union-attr]
    login = values_of(form_on(entrance, "/login")) | {"login": "Ada"}
    wrong = client.post("/login", data=login | {"password": "wrong"}, headers=from_here)
    offered = client.post(
        "/login", data=values_of(form_on(wrong, "/login")) | {"password": GOOD}, headers=from_here
    )
    assert offered.status_code == 200
    assert form_on(offered, "/logout")
    assert TEXT not in str(offered.headers)
    assert queries.thread_of(article.id).published == 1
    again = values_of(form_on(offered, action))
    answer = client.post(action, data=again | {"body": again["body"].lstrip("\n")})
    assert answer.status_code == 303
    (top,) = queries.page(article).nodes
    assert top.comment.id == parent.id
    assert queries.body_of(top.replies[0].comment.id) == TEXT


def test_a_browser_that_was_closed_has_forgotten_the_token_too(
    client: FlaskClient, ada: User, article: Article
) -> None:
    log_in(client, ada)
    action = f"{article.path}/comments"
    sent = written(client, article.path, action)
    settings = client.application.config["READER"]
    for name in (cookies.login_cookie(settings), cookies.form_cookie(settings)):
        client.delete_cookie(name)
    entrance = client.post(action, data=sent, headers={"Origin": "http://localhost"})
    assert entrance.status_code == 401
    login = values_of(form_on(entrance, "/login")) | {"login": "Ada", "password": GOOD}
    assert form_on(client.post("/login", data=login), action)


def test_another_site_can_have_no_text_kept(client: FlaskClient, article: Article) -> None:
    action = f"{article.path}/comments"
    for headers in ({"Origin": "https://evil.example"}, {"Referer": "https://evil.example/"}, {}):
        assert client.post(action, data={"body": TEXT}, headers=headers).status_code == 400


def test_a_kept_text_never_leads_away(client: FlaskClient, ada: User) -> None:
    login = values_of(form_on(client.get("/login"), "/login")) | {"login": "Ada", "password": GOOD}
    kept = {"kept-address": "https://evil.example/", "kept-body": TEXT}
    answer = client.post("/login", data=login | kept)
    assert (answer.status_code, answer.location) == (303, "/")
