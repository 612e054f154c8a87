"""The text of a removed comment is nowhere but with the moderators: everybody asks for every address."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.routing import Rule
from werkzeug.routing.converters import AnyConverter, NumberConverter

from reader import eventlog
from reader.accounts.models import User
from reader.articles.models import Article
from reader.comments.models import Comment
from reader.extensions import db
from reader.live import catchup, rendering, streams
from reader.moderation.actions import remove_comment
from reader.moderation.appeals.actions import appeal
from reader.moderation.models import Decision, Reason
from reader.moderation.reports.actions import report_comment
from tests.support.factories import a_moderator, a_person
from tests.support.people import log_in
from tests.support.threads import a_comment

CANARY = f"canary{uuid4().hex}"


@pytest.fixture
def comment(article: Article) -> Comment:
    return a_comment(article, body=f"Buy now: {CANARY}")


@pytest.fixture
def author(comment: Comment) -> User:
    return db.session.get_one(User, comment.author_id)


def addresses(app: Flask, article: Article, comment: Comment, author: User) -> Iterator[str]:
    """Every address that can be asked for, about this comment wherever it names one."""
    known = {
        "comment_id": comment.id,
        "stream": article.stream,
        "username": author.username,
        "name": author.username,
    }
    for rule in app.url_map.iter_rules():
        if "GET" not in (rule.methods or ()) or rule.rule.startswith("/static"):
            continue
        if rule.rule.startswith("/moderation/") and rule.rule != "/moderation/log":
            continue
        built = rule.build({name: known.get(name) or _value(rule, name, article) for name in rule.arguments})
        assert built is not None
        yield built[1]
        yield f"{built[1]}?after=0"
        yield f"{built[1]}?q={CANARY}"


def _value(rule: Rule, name: str, article: Article) -> object:
    converter = rule._converters[name]
    if isinstance(converter, AnyConverter):
        return min(converter.items)
    if isinstance(converter, NumberConverter):
        return 1
    return article.slug


def holders(client: FlaskClient, where: list[str]) -> list[str]:
    """The addresses at which the text can be read, however they answer. What was asked is no find."""
    found = []
    for address in where:
        answer = client.get(address, follow_redirects=True)
        assert answer.status_code < 500, address
        if f"Buy now: {CANARY}" in answer.text:
            found.append(address)
    return found


def test_before_it_is_removed_the_text_is_found(
    app: Flask, client: FlaskClient, article: Article, comment: Comment, author: User
) -> None:
    found = holders(client, list(addresses(app, article, comment, author)))
    for address in (article.path, f"{article.path}/feed.xml", f"/comments/{comment.id}"):
        assert address in found


def test_removed_it_is_found_by_nobody_at_no_address(
    app: Flask, client: FlaskClient, article: Article, comment: Comment, author: User, moderator: User
) -> None:
    reporter = a_person()
    report_comment(comment.id, by=reporter, reason=Reason.SPAM, note="It sells.")
    a_comment(article, under=comment, body="Where?")
    where = list(addresses(app, article, comment, author))
    holders(client, where)  # so that whatever keeps pages has kept them
    removal: Decision = remove_comment(comment.id, by=moderator, reason=Reason.SPAM, note="", revision=1)
    appeal(removal.id, by=author, text="I sell nothing.")
    where.append(f"/account/decisions/{removal.id}")
    assert holders(client, where) == []
    for person in (reporter, author, a_person()):
        reader = app.test_client()
        log_in(reader, person)
        assert holders(reader, where) == []
        assert CANARY not in reader.get(f"/live/person:{person.id}/events?after=0").text
        assert reader.get("/live/moderation/events?after=0").status_code == 404


def test_removed_it_is_in_nothing_that_is_pushed_but_to_moderators(
    article: Article, comment: Comment, author: User, moderator: User
) -> None:
    reporter = a_person()
    report_comment(comment.id, by=reporter, reason=Reason.SPAM, note="It sells.")
    removal = remove_comment(comment.id, by=moderator, reason=Reason.SPAM, note="", revision=1)
    appeal(removal.id, by=author, text="I sell nothing.")
    for name in (article.stream, f"person:{author.id}", f"person:{reporter.id}", "moderation"):
        stream = streams.parse(name)
        assert stream is not None
        events = eventlog.since(name, 0, limit=100)
        told = f"{rendering.push(stream, 0, events)} {catchup.since(stream, 0)}"
        assert (CANARY in told) is (name == "moderation"), name
    assert not streams.may_follow(streams.Name("moderation"), a_person())
    assert streams.may_follow(streams.Name("moderation"), a_moderator())
