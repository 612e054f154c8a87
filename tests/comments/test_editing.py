"""Editing one's own comment: for a while, every revision kept, never over what somebody wrote meanwhile."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient

from reader import eventlog
from reader.accounts.models import User
from reader.articles.models import Article
from reader.clock import now, set_clock
from reader.comments import queries
from reader.comments.actions import delete_comment
from reader.comments.editing.actions import edit_comment
from reader.comments.editing.queries import revisions_of
from reader.comments.models import Comment
from reader.config import Settings
from reader.errors import Conflict, Invalid, Refused
from reader.eventlog import Kind
from reader.moderation.actions import remove_comment
from reader.moderation.models import Reason
from tests.support.factories import a_moderator, a_person
from tests.support.forms import errors_beside, fill_in, form_on, page, values_of
from tests.support.people import log_in
from tests.support.threads import a_comment, miscounted

LATER = timedelta(minutes=15)


@pytest.fixture
def settings(each_engine: Settings) -> Settings:
    return each_engine


@pytest.fixture
def comment(article: Article, author: User) -> Comment:
    return a_comment(article, by=author, body="Frist!")


def text_of(comment: Comment) -> str | None:
    return queries.by_ids([comment.id])[comment.id].html


def test_an_edit_is_shown_told_and_keeps_what_was_said(
    article: Article, author: User, comment: Comment
) -> None:
    edit_comment(comment.id, by=author, body="*First!*", revision=1)
    shown = queries.by_ids([comment.id])[comment.id]
    assert (shown.html, shown.revision) == ('<p dir="auto"><em>First!</em></p>', 2)
    assert shown.edited_at
    (event,) = eventlog.since(article.stream, 1, limit=5)
    assert (event.kind, event.seq) == (Kind.COMMENT_EDITED, shown.changed_seq)
    assert revisions_of(comment.id) == [
        (2, "*First!*", shown.edited_at),
        (1, "Frist!", shown.created_at),
    ]
    edit_comment(comment.id, by=author, body="*Second!*", revision=2)
    assert revisions_of(comment.id)[1:] == [
        (2, "*First!*", shown.edited_at),
        (1, "Frist!", shown.created_at),
    ]
    assert list(miscounted()) == []


def test_the_same_text_again_is_no_edit(article: Article, author: User, comment: Comment) -> None:
    for _ in range(2):
        assert edit_comment(comment.id, by=author, body="First!", revision=1).revision == 2
    assert eventlog.head(article.stream) == 2


def test_nobody_writes_over_what_they_have_not_seen(author: User, comment: Comment) -> None:
    edit_comment(comment.id, by=author, body="In one tab.", revision=1)
    with pytest.raises(Conflict, match="edited meanwhile") as refused:
        edit_comment(comment.id, by=author, body="In another.", revision=1)
    assert (refused.value.resend, refused.value.other) == (
        {"revision": 2, "replaces": "yes"},
        "In one tab.",
    )
    assert text_of(comment) == '<p dir="auto">In one tab.</p>'


def test_after_a_quarter_of_an_hour_it_stays_as_it_is(author: User, comment: Comment) -> None:
    later = now() + LATER
    with set_clock(lambda: later), pytest.raises(Conflict, match="15 minutes"):
        edit_comment(comment.id, by=author, body="Too late.", revision=1)
    with set_clock(lambda: later - timedelta(seconds=9)):
        edit_comment(comment.id, by=author, body="In time.", revision=1)


def test_an_edit_of_what_is_gone_or_of_another_is_refused(
    author: User, comment: Comment, article: Article
) -> None:
    for person in (a_person(), a_moderator()):
        with pytest.raises(Refused, match="Only its author"):
            edit_comment(comment.id, by=person, body="Mine.", revision=1)
    with pytest.raises(Invalid):
        edit_comment(comment.id, by=author, body=" ", revision=1)
    remove_comment(comment.id, by=a_moderator(), reason=Reason.SPAM, note="", revision=1)
    deleted = a_comment(article, by=author)
    delete_comment(deleted.id, by=author)
    for gone in (comment, deleted):
        with pytest.raises(Conflict, match="deleted or removed"):
            edit_comment(gone.id, by=author, body="Again.", revision=1)


def test_without_javascript_it_is_a_page_with_a_preview(
    client: FlaskClient, author: User, comment: Comment
) -> None:
    log_in(client, author)
    address = f"{comment.path}/edit"
    assert page(client.get(f"{comment.path}/actions")).find("a", href=address)
    looked = fill_in(client, address, address, body="**First!**", preview="yes")
    shown = page(looked).select_one(".preview .comment-text strong")
    assert shown
    assert shown.text == "First!"
    assert text_of(comment) == '<p dir="auto">Frist!</p>'
    sent = client.post(address, data=values_of(form_on(looked, address)) | {"preview": ""})
    assert (sent.status_code, sent.location) == (303, comment.path)
    article = client.get(f"/articles/{article_of(client, comment)}")
    assert page(article).select_one(f"#comment-{comment.id} .comment-edited time")


def article_of(client: FlaskClient, comment: Comment) -> str:
    return client.get(comment.path).location.split("/")[2].partition("#")[0].partition("?")[0]


def test_a_refused_edit_keeps_the_text_and_says_why_beside_it(
    client: FlaskClient, author: User, comment: Comment
) -> None:
    log_in(client, author)
    address = f"{comment.path}/edit"
    opened = values_of(form_on(client.get(address), address))
    edit_comment(comment.id, by=author, body="In another tab.", revision=1)
    refused = client.post(address, data=opened | {"body": "In this one."})
    assert refused.status_code == 409
    assert "edited meanwhile" in errors_beside(refused, f"edit-{comment.id}")
    other = page(refused).find(id=f"edit-{comment.id}-other")
    assert other
    assert (other.text.strip(), other.has_attr("readonly")) == ("In another tab.", True)
    again = values_of(form_on(refused, address))
    assert again["body"].strip() == "In this one."
    looked = client.post(address, data=again | {"preview": "yes"})
    for answer in (refused, looked):
        assert [other.text.strip() for other in page(answer).select(".typed textarea")] == ["In another tab."]
        assert page(answer).find("button", string="Replace what it says")
    assert client.post(address, data=again | {"preview": ""}).status_code == 303
    assert text_of(comment) == '<p dir="auto">In this one.</p>'
    later = now() + LATER
    with set_clock(lambda: later):
        late = client.post(address, data=again | {"body": "Late.", "preview": ""})
        assert late.status_code == 409
        assert "15 minutes" in errors_beside(late, f"edit-{comment.id}")
        assert client.get(address).status_code == 409


def test_only_its_author_is_shown_the_text_that_theirs_would_replace(app: Flask, comment: Comment) -> None:
    client = app.test_client()
    log_in(client, a_moderator())
    address = f"{comment.path}/edit"
    form = {"csrf_token": values_of(form_on(client.get("/account/"), "/logout"))["csrf_token"]}
    for preview in ("yes", ""):
        sent = {**form, "body": "Mine.", "revision": "1", "replaces": "yes", "preview": preview}
        assert "Frist!" not in client.post(address, data=sent).text.partition('<form class="composer"')[2]


def test_what_it_said_before_is_for_its_author_and_moderators(
    app: Flask, author: User, comment: Comment, article: Article
) -> None:
    edit_comment(comment.id, by=author, body="First!", revision=1)
    address = f"{comment.path}/revisions"
    for person, status in ((author, 200), (a_moderator(), 200), (a_person(), 403)):
        client = app.test_client()
        log_in(client, person)
        assert client.get(address).status_code == status
        link = page(client.get(f"{comment.path}/actions")).find("a", href=address)
        assert bool(link) is (status == 200)
    assert app.test_client().get(address).status_code == 303
    assert "Frist!" not in app.test_client().get(article.path).text
    delete_comment(comment.id, by=author)
    client = app.test_client()
    log_in(client, a_moderator())
    assert client.get(address).status_code == 403
