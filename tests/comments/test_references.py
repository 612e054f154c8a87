"""Targets of a text on this site: people it mentions, and pages whose titles it shows."""

from __future__ import annotations

from dataclasses import replace

import pytest
from bs4 import BeautifulSoup
from flask.testing import FlaskClient

from reader.accounts.actions import mute
from reader.accounts.models import User
from reader.articles.models import Article
from reader.comments import references
from reader.comments.actions import delete_comment
from reader.comments.drafts import MAX_MENTIONED, written
from reader.comments.editing.actions import edit_comment
from reader.config import Settings
from tests.support.factories import a_claim, a_person, an_article
from tests.support.people import log_in
from tests.support.threads import a_comment

SITE = "https://news.example"


@pytest.fixture
def settings(each_engine: Settings) -> Settings:
    return replace(each_engine, base_url=SITE)


def links(body: str) -> list[tuple[str, str]]:
    found = BeautifulSoup(written(body).html, "html.parser").find_all("a")
    return [(str(each["href"]), each.text) for each in found]


def test_who_exists_is_mentioned_however_the_name_is_written(article: Article, author: User) -> None:
    bob = a_person("Bob.Brown")
    body = "@BOB.BROWN and @ada. Not @nobody, not `@ada`, not me@ada.example."
    assert links(body) == [("/people/Bob.Brown", "@Bob.Brown"), ("/people/ada", "@ada")]
    comment = a_comment(article, by=author, body=body)
    assert references.mentioned_in([comment.id]) == {comment.id: [bob.id]}


def test_a_name_is_found_composed_or_decomposed_and_no_part_of_it(article: Article, author: User) -> None:
    zoe, umlaut = a_person("Zoe"), a_person("Zoë")
    assert links("@Zoe\u0308, @ZOË and @zoe") == [
        (umlaut.path, "@Zoë"),
        (umlaut.path, "@Zoë"),
        (zoe.path, "@Zoe"),
    ]
    comment = a_comment(article, by=author, body="@Zoe\u0308, look.")
    assert references.mentioned_in([comment.id]) == {comment.id: [umlaut.id]}


@pytest.mark.parametrize(
    "body",
    [
        "@bob@mastodon.example",
        "@bob/core",
        "\\@bob",
        "&#64;bob",
        "bob@bob.example",
        "`@bob`",
        "<bob@bob.example>",
    ],
)
def test_nobody_is_told_of_a_name_that_is_somebody_elses(body: str, article: Article, author: User) -> None:
    a_person("bob")
    comment = a_comment(article, by=author, body=f"Ask {body} there.")
    assert references.mentioned_in([comment.id]) == {}
    assert "/people/" not in written(body).html


def test_an_edit_mentions_whom_it_names_then(article: Article, author: User) -> None:
    bob, cleo = a_person("bob"), a_person("cleo")
    comment = a_comment(article, by=author, body="@bob, look.")
    assert references.mentioned_in([comment.id]) == {comment.id: [bob.id]}
    edit_comment(comment.id, by=author, body="@cleo, look.", revision=1)
    assert references.mentioned_in([comment.id]) == {comment.id: [cleo.id]}


def test_whoever_calls_everybody_is_heard_by_a_few(article: Article, author: User) -> None:
    people = [a_person() for _ in range(MAX_MENTIONED + 2)]
    comment = a_comment(article, by=author, body=" ".join(f"@{each.username}" for each in people))
    assert references.mentioned_in([comment.id]) == {comment.id: [each.id for each in people[:MAX_MENTIONED]]}


def test_links_to_this_site_say_what_is_there(article: Article, author: User) -> None:
    claim = a_claim(article, short="Bees see blue.")
    comment = a_comment(article, by=author)
    assert links(f"{SITE}{article.path}?sort=oldest#comments") == [
        (f"{article.path}?sort=oldest#comments", article.title)
    ]
    assert links(f"See {SITE}{claim.path}.") == [(claim.path, "Fact check: Bees see blue.")]
    assert links(f"<{SITE}{comment.path}>") == [(comment.path, f"ada on “{article.title}”")]


def test_nothing_is_said_of_what_not_everybody_may_see(article: Article, author: User) -> None:
    draft, gone = an_article(status="draft"), a_comment(article, by=author)
    delete_comment(gone.id, by=author)
    for path in (draft.path, gone.path, "/articles/none", "/comments/0", "/login"):
        assert links(f"{SITE}{path}") == [(f"{SITE}{path}", f"news.example{path}")]
    elsewhere = f"https://evil.example{article.path}"
    assert links(elsewhere) == [(elsewhere, f"evil.example{article.path}")]


def test_names_are_offered_to_members_those_in_the_thread_first(
    client: FlaskClient, article: Article, author: User
) -> None:
    here, there, muted = a_person("anna"), a_person("abel"), a_person("abby")
    a_comment(article, by=here)
    mute(muted, by=author)
    address = f"/comments/names?q=A&article={article.id}"
    assert client.get(address, headers={"Accept": "application/json"}).status_code == 401
    log_in(client, author)
    answer = client.get(address)
    assert answer.json == {"names": [here.username, there.username]}
    assert client.get("/comments/names?q=%").json == {"names": []}
