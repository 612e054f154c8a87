"""No id in a request reveals, or acts on, what its sender may not see.

Everything that a page could name is made once, out of sight: an article that is not published with its claim, source
and topic, comments that are held or were removed unseen, other people's notifications, decisions and sessions. Then
each of these ids is sent at every address, in its path, its query and every field of every form, and no answer may
hold a word of it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from importlib import import_module
from pathlib import Path
from typing import NamedTuple
from uuid import uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient
from flask_wtf import FlaskForm
from werkzeug.routing import Rule
from werkzeug.routing.converters import AnyConverter, NumberConverter

from reader.articles.models import Article
from reader.comments.actions import delete_comment
from reader.comments.models import Comment
from reader.config import Settings
from reader.factchecks.models import Claim
from reader.moderation.actions import remove_comment
from reader.moderation.models import Reason
from reader.moderation.people.actions import NewMeasure, take_measure
from reader.policy import MeasureKind, Role
from tests.architecture.source import modules, name
from tests.architecture.test_routes import rules
from tests.support.factories import a_claim, a_moderator, a_person, altered, an_article
from tests.support.people import log_in
from tests.support.threads import a_comment, a_held_comment

SECRET = f"secret{uuid4().hex}"
# Parts of a query that are looked up, wherever a view reads one.
_ASKED = re.compile(r"request\.(?:args|form)\.(?:get|getlist)\(\s*\"(\w+)\"")


# What ends the session that the walk goes on with.
ENDS = {"accounts.logout", "accounts.end_session", "accounts.end_other_sessions", "accounts.change_password"}


@pytest.fixture
def settings(sqlite_settings: Settings) -> Settings:
    """No limit stops the walk."""
    much = "100000/second"
    return replace(
        sqlite_settings,
        limit_comments=much,
        limit_clicks=much,
        limit_login=much,
        limit_register=much,
        limit_reports=much,
    )


@pytest.fixture(autouse=True)
def forms_need_no_token(app: Flask) -> None:
    app.config["WTF_CSRF_ENABLED"] = False


@pytest.fixture
def article(app: Flask) -> Article:
    return an_article(title="Open to all", slug="open-to-all")


@pytest.fixture
def hidden(app: Flask, article: Article) -> Mapping[str, Sequence[object]]:
    """Create what only staff may see; return the names that lead to it, by kind."""
    draft = an_article(title=f"Draft {SECRET}", slug="a-draft", status="draft", standfirst=SECRET)
    claim: Claim = a_claim(draft, slug="a-hidden-claim", text=f"Claim {SECRET}")
    held = a_held_comment(article, body=f"Held {SECRET}")
    unseen: Comment = a_held_comment(article, body=f"Unseen {SECRET}")
    seen = a_comment(article, body=f"Seen {SECRET}")
    moderator, other = a_moderator(), a_person()
    for each in (unseen, seen):
        remove_comment(each.id, by=moderator, reason=Reason.SPAM, note=SECRET, revision=1)
    take_measure(other.id, NewMeasure(MeasureKind.WARNING, words=SECRET), by=moderator)
    hidden = (draft.id, claim.id, held.id, unseen.id, seen.id, other.id)
    streams = [draft.stream, claim.stream, f"person:{other.id}", "moderation"]
    return {"number": [*range(1, max(hidden) + 1)], "text": [draft.slug, claim.slug, *streams]}


def form_fields() -> set[str]:
    """The names of all fields of all forms."""
    found: set[str] = set()
    for path in modules():
        if path.name == "forms.py":
            module = import_module(name(path).removesuffix(".py").replace("/", "."))
            for each in vars(module).values():
                if isinstance(each, type) and issubclass(each, FlaskForm):
                    found |= {field for field in dir(each) if hasattr(getattr(each, field), "field_class")}
    return found


def asked_for() -> set[str]:
    """The names of all that is read from a query or a form without a form's help."""
    return {found for path in modules() for found in _ASKED.findall(Path(path).read_text("utf-8"))}


def path_of(rule: Rule, value: object) -> str:
    """The address of the rule with ``value`` wherever it names something."""
    values: dict[str, object] = {}
    for each in rule.arguments:
        converter = rule._converters[each]
        if isinstance(converter, AnyConverter):
            values[each] = min(converter.items)
        elif isinstance(converter, NumberConverter):
            values[each] = value if isinstance(value, int) else 1
        else:
            values[each] = value
    built = rule.build(values)
    assert built is not None
    return built[1]


class Sent(NamedTuple):
    """A request that names something hidden."""

    method: str
    path: str
    fields: Mapping[str, str]


def requests(app: Flask, article: Article, hidden: Mapping[str, Sequence[object]]) -> Iterator[Sent]:
    """Every request: about what is hidden, and about what is open with fields that name what is hidden."""
    words = {"body": "Hello.", "note": "Because.", "text": "Because.", "why": "Because.", "reason": "spam"}
    names = form_fields() | asked_for()
    for rule in rules(app):
        if rule.rule.startswith("/static") or rule.endpoint in ENDS:
            continue
        for value in [*hidden["number"], *hidden["text"]]:
            fields = dict.fromkeys(names, str(value)) | words
            sent = {**fields, "preview": "", "submission_id": str(uuid4())}
            for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
                yield Sent(method, path_of(rule, value), sent)
                if method == "POST" or rule.arguments:
                    yield Sent(method, path_of(rule, article.slug), fields)


def leaks(client: FlaskClient, sent: Iterator[Sent]) -> list[tuple[str, str]]:
    """The requests whose answers hold a word of what is hidden."""
    found = []
    for method, path, fields in sent:
        if method == "POST":
            answer = client.post(path, data=fields)
        else:
            answer = client.open(path, method=method, query_string=fields)
        assert answer.status_code < 500, (method, path, fields)
        if SECRET in answer.text:
            found.append((method, path))
    return found


def test_the_walk_sends_every_field_that_carries_an_id() -> None:
    names = form_fields() | asked_for()
    assert {"claim_id", "parent_id", "article", "after", "sources", "next", "pick"} <= names


def test_an_editor_is_shown_what_is_hidden(
    app: Flask, article: Article, hidden: Mapping[str, Sequence[object]]
) -> None:
    """So the walk finds what there is to find."""
    client = app.test_client()
    log_in(client, a_person(role=Role.EDITOR))
    found = leaks(client, (each for each in requests(app, article, hidden) if each.method == "GET"))
    assert {path.partition("/")[2].partition("/")[0] for _, path in found} >= {"articles", "moderation"}


@pytest.mark.parametrize("is_reader", [False, True])
def test_no_request_tells_of_what_its_sender_may_not_see(
    app: Flask, article: Article, hidden: Mapping[str, Sequence[object]], is_reader: bool
) -> None:
    client = app.test_client()
    if is_reader:
        log_in(client, a_person())
    assert leaks(client, requests(app, article, hidden)) == []
    assert (client.get("/account/").status_code == 200) is is_reader


def test_a_preview_shows_the_claim_of_its_own_article_alone(
    client: FlaskClient, article: Article, hidden: Mapping[str, Sequence[object]]
) -> None:
    """A comment here can't be about a claim of another article, public or hidden."""
    cited, elsewhere = a_claim(article, text="Cited here."), a_claim(an_article(), text="Cited elsewhere.")
    log_in(client, a_person())
    pages = {
        claim_id: client.post(
            f"{article.path}/comments",
            data={"body": "So?", "preview": "y", "claim_id": claim_id, "submission_id": str(uuid4())},
        ).text
        for claim_id in (cited.id, elsewhere.id, 1)
    }
    assert ["About:" in text for text in pages.values()] == [True, False, False]
    assert "Cited here." in pages[cited.id]


def test_names_are_offered_by_what_everybody_sees(client: FlaskClient, article: Article) -> None:
    """Authors of comments in the thread come first, unless these are held, removed, deleted or hidden."""
    people = [a_person(f"ann{letter}") for letter in "abcdef"]
    silent, held, removed, deleted, elsewhere, seen = people
    a_held_comment(article, by=held)
    gone = a_comment(article, by=removed)
    remove_comment(gone.id, by=a_moderator(), reason=Reason.SPAM, note="", revision=1)
    delete_comment(a_comment(article, by=deleted).id, by=deleted)
    a_comment(article, by=seen)
    other = an_article()
    a_comment(other, by=elsewhere)
    altered(other, status="draft")
    log_in(client, a_person())
    order = [seen, silent, held, removed, deleted, elsewhere]
    named = client.get(f"/comments/names?q=ann&article={article.id}").json
    assert named == {"names": [each.username for each in order]}
    named = client.get(f"/comments/names?q=ann&article={other.id}").json
    assert named == {"names": [each.username for each in people]}
