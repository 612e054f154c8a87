"""Moderators' pages and the public log, through requests; a removed text is nowhere any more."""

import re
from collections.abc import Iterator

import pytest
from bs4 import BeautifulSoup
from flask.testing import FlaskClient

from reader.accounts.models import User
from reader.articles.models import Article
from reader.comments.models import Comment
from reader.db.base import db
from reader.db.transactions import transaction
from reader.moderation.actions import remove_comment
from reader.moderation.models import Reason
from tests.moderation.conftest import CANARY
from tests.support.factories import a_person, an_article
from tests.support.people import log_in
from tests.support.threads import a_comment, a_held_comment


def token(client: FlaskClient, address: str) -> str:
    found = re.search(r'name="csrf_token" value="([^"]+)"', client.get(address).text)
    assert found is not None
    return found[1]


def decide(client: FlaskClient, comment: Comment, action: str, **fields: str) -> int:
    address = f"/moderation/comments/{comment.id}/{action}"
    answer = client.post(address, data={"csrf_token": token(client, address), "revision": "1", **fields})
    return answer.status_code


def state(comment: Comment) -> str:
    db.session.rollback()
    return db.session.get_one(Comment, comment.id, populate_existing=True).state


def test_a_moderator_removes_and_restores_by_plain_forms(
    client: FlaskClient, article: Article, comment: Comment, moderator: User
) -> None:
    log_in(client, moderator)
    assert decide(client, comment, "remove", reason="spam") == 303
    assert "removed by a moderator" in client.get(article.path).text
    assert CANARY not in client.get(article.path).text
    assert decide(client, comment, "restore") == 303
    assert CANARY in client.get(article.path).text


def test_a_removal_without_a_reason_says_so_beside_the_field(
    client: FlaskClient, comment: Comment, moderator: User
) -> None:
    log_in(client, moderator)
    address = f"/moderation/comments/{comment.id}/remove"
    sent = {"csrf_token": token(client, address), "revision": "1", "note": "what I had written"}
    answer = client.post(address, data=sent)
    page = BeautifulSoup(answer.data, "html.parser")
    assert answer.status_code == 422
    error = page.select_one("#reason-error")
    assert error is not None
    assert "Choose a reason." in error.get_text()
    assert page.select_one("#note").get_text(strip=True) == "what I had written"  # type: ignore[union-attr]
    assert state(comment) == "published"


def test_a_decision_on_a_changed_comment_answers_409_and_shows_it_as_it_is(
    client: FlaskClient, comment: Comment, moderator: User
) -> None:
    log_in(client, moderator)
    assert decide(client, comment, "remove", reason="spam", revision="7") == 409
    assert state(comment) == "published"


def test_the_same_decision_by_a_program_answers_in_its_language(
    client: FlaskClient, comment: Comment, moderator: User
) -> None:
    log_in(client, moderator)
    address = f"/moderation/comments/{comment.id}/remove"
    sent = {"csrf_token": token(client, address), "revision": "1", "reason": "spam"}
    headers = {"Accept": "application/json"}
    answer = client.post(address, data=sent, headers=headers)
    assert answer.get_json()["state"] == "removed"
    again = client.post(address, data=sent, headers=headers)
    assert (again.status_code, again.mimetype) == (409, "application/problem+json")


@pytest.mark.parametrize("address", ["/moderation/", "/moderation/removed"])
def test_moderators_pages_refuse_readers_and_send_visitors_to_log_in(
    client: FlaskClient, comment: Comment, address: str
) -> None:
    assert client.get(address).status_code in (302, 303)
    log_in(client, a_person())
    assert client.get(address).status_code == 403


def test_a_reader_posting_to_moderators_addresses_gets_403(
    client: FlaskClient, article: Article, comment: Comment
) -> None:
    """Nothing happens to the comment."""
    log_in(client, a_person())
    sent = {"csrf_token": token(client, article.path), "revision": "1", "reason": "spam"}
    for action in ("remove", "restore"):
        assert client.post(f"/moderation/comments/{comment.id}/{action}", data=sent).status_code == 403
    assert state(comment) == "published"


def test_without_a_form_token_nothing_is_decided(
    client: FlaskClient, comment: Comment, moderator: User
) -> None:
    log_in(client, moderator)
    answer = client.post(
        f"/moderation/comments/{comment.id}/remove", data={"reason": "spam", "revision": "1"}
    )
    assert answer.status_code == 400
    assert state(comment) == "published"


def test_the_public_log_names_actor_act_and_reason_but_no_text_or_note(
    client: FlaskClient, article: Article, comment: Comment, moderator: User
) -> None:
    remove_comment(comment.id, by=moderator, reason=Reason.SPAM, note="a private note", revision=1)
    log = BeautifulSoup(client.get("/moderation/log").data, "html.parser").get_text(" ", strip=True)
    assert "Removed : Spam" in log
    assert moderator.username in log
    assert article.title in log
    assert CANARY not in log
    assert "a private note" not in log


def test_the_log_does_not_name_an_article_that_is_not_public(client: FlaskClient, moderator: User) -> None:
    article = an_article(title="Secret draft")
    comment = a_comment(article)
    remove_comment(comment.id, by=moderator, reason=Reason.SPAM, note="", revision=1)
    with transaction() as session:
        session.get_one(Article, article.id).status = "draft"
    page = client.get("/moderation/log").text
    assert "Secret draft" not in page
    assert "an article that is not public" in page


def test_every_link_of_the_public_log_leads_somewhere(
    client: FlaskClient, article: Article, comment: Comment, moderator: User
) -> None:
    """Nobody has seen a comment that was removed while held, so the log has no link to it."""
    unseen = a_held_comment(article)
    for each in (comment, unseen):
        remove_comment(each.id, by=moderator, reason=Reason.SPAM, note="", revision=1)
    log = BeautifulSoup(client.get("/moderation/log").data, "html.parser").select_one("ol.log")
    assert log
    assert "A comment that was never published, on" in log.get_text(" ", strip=True)
    links = [str(link["href"]) for link in log.select("a")]
    assert links.count(comment.path) == 1
    assert [link for link in links if client.get(link, follow_redirects=True).status_code != 200] == []


def everywhere(article: Article, comment: Comment) -> Iterator[str]:
    yield from (
        article.path,
        f"{article.path}/feed.xml",
        "/",
        "/archive",
        "/moderation/log",
        "/feed.xml",
        "/feed.json",
    )
    yield from (f"{comment.path}/actions", f"{comment.path}/replies", comment.path)
    yield f"/live/{article.stream}/events?after=0"


@pytest.mark.parametrize("who", ["visitor", "reader", "author"])
def test_a_removed_text_is_nowhere_but_with_the_moderators(
    client: FlaskClient, article: Article, comment: Comment, moderator: User, who: str
) -> None:
    for address in everywhere(article, comment):
        client.get(address, follow_redirects=True)  # so that whatever keeps pages has kept them
    remove_comment(comment.id, by=moderator, reason=Reason.SPAM, note="", revision=1)
    if who == "reader":
        log_in(client, a_person())
    elif who == "author":
        log_in(client, db.session.get_one(User, comment.author_id))
    for address in everywhere(article, comment):
        answer = client.get(address, follow_redirects=True)
        assert answer.status_code == 200, address
        assert CANARY not in answer.text, address
    log_in(client, moderator)
    assert CANARY in client.get("/moderation/removed").text
