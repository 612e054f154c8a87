"""Comments outside their threads: what a search finds, what a person said, what is said about a claim."""

from __future__ import annotations

from typing import Any

import pytest
from flask.testing import FlaskClient

from reader.accounts.models import User
from reader.articles.models import Article
from reader.comments import lists
from reader.comments.actions import delete_comment
from reader.comments.windows import PAGE, Spot, Window
from reader.config import Settings
from reader.db.base import db
from reader.errors import Invalid
from reader.factchecks.models import Citation
from tests.support.factories import a_claim, a_moderator, a_person, altered, an_article, saved
from tests.support.forms import page
from tests.support.queries import counted, explained
from tests.support.threads import a_comment, comments


@pytest.fixture
def settings(each_engine: Settings) -> Settings:
    return each_engine


def found(article: Article, text: str, *, after: int | None = None) -> list[int]:
    return lists.search(article, lists.words_of(text), after=after).ids


def test_a_search_finds_all_words_in_capitals_or_not_newest_first(article: Article) -> None:
    first = a_comment(article, body="The Harbour has *lights*.")
    reply = a_comment(article, under=first, body="LIGHTS of the harbour, 100% of them.")
    a_comment(article, body="A lighthouse only.")
    a_comment(an_article(), body="Harbour lights elsewhere.")
    umlaut = a_comment(article, body="Schöne GRÜSSE aus Köln.")
    assert found(article, "harbour lights") == [reply.id, first.id]
    assert found(article, "100%") == [reply.id]
    assert found(article, "köln") == [umlaut.id]
    assert found(article, "1_0") == []


@pytest.mark.parametrize(
    ("body", "query"),
    [
        ("Bei Zoë.", "Zoe\u0308"),
        ("Bei Zoe\u0308.", "ZOË"),
        ("Die Straße.", "strasse"),
        ("DIE STRASSE.", "straße"),
        ("蜜蜂看见蓝色", "蓝"),
        ("ハチ", "ﾊﾁ"),
        ("한글", "\u1112\u1161\u11ab"),
        ("ὈΔΥΣΣΕΎΣ", "Ὀδυσσεύς"),
        ("İstanbul", "istanbul"),
        ("Ｆｕｌｌ width", "full"),
        ("soft\u00adhyphen", "softhyphen"),
        ("Grand 🎉 day", "🎉"),
    ],
)
def test_a_search_finds_words_however_they_are_written(article: Article, body: str, query: str) -> None:
    a_comment(article, body="Something else, with か and Tag in it.")
    comment = a_comment(article, body=body)
    assert found(article, query) == [comment.id]


def test_a_search_takes_no_letter_for_another_one(article: Article) -> None:
    a_comment(article, body="が")
    assert found(article, "か") == []


def test_what_cannot_be_read_is_not_found(article: Article, author: User) -> None:
    comment = a_comment(article, by=author, body="canary")
    assert found(article, "canary") == [comment.id]
    delete_comment(comment.id, by=author)
    assert found(article, "canary") == []


def test_a_search_goes_on_below_the_last_one_found(article: Article, monkeypatch: pytest.MonkeyPatch) -> None:
    made = [comment.id for comment in comments(article, PAGE + 3)][::-1]
    first = lists.search(article, ["comment"], after=None)
    assert (first.ids, first.after) == (made[:PAGE], made[PAGE - 1])
    rest = lists.search(article, ["comment"], after=first.after)
    assert (rest.ids, rest.after) == (made[PAGE:], None)
    # A page looks so far back at most, and the next one from there.
    monkeypatch.setattr(lists, "SEARCHED", 10)
    near = lists.search(article, ["0."], after=None)
    assert (near.ids, near.after) == ([made[7]], made[9])
    assert lists.search(article, ["nothing"], after=made[-2]).after is None


@pytest.mark.parametrize(
    "text",
    [
        "",
        "  ",
        "a",
        "a b c",
        "\u200b\u200b",
        "e\u0301",
        "я",
        "x" * 101,
        "one two three four five six seven eight nine",
    ],
)
def test_a_search_for_nothing_or_too_much_says_what_to_do(
    text: str, article: Article, client: FlaskClient
) -> None:
    with pytest.raises(Invalid):
        lists.words_of(text)
    answer = client.get(f"{article.path}/comments", query_string={"q": text})
    assert answer.status_code == 422
    assert page(answer).select_one("#q-error").text.strip()  # type: ignore[union-attr]


def test_the_words_found_are_marked_where_they_are_text(article: Article, client: FlaskClient) -> None:
    comment = a_comment(article, by=a_moderator(), body="See https://reader.org/amp & the AMP `a<b`.")
    answer = page(client.get(f"{article.path}/comments?q=amp"))
    item = answer.select_one(f"#{comment.element}")
    assert item
    assert [mark.text for mark in item.select("mark")] == ["amp", "AMP"]
    assert item.select_one(f'a[href="{comment.path}"]')


def test_a_search_that_finds_nothing_says_so(article: Article, client: FlaskClient) -> None:
    assert "No comment says “&lt;b&gt;x”" in client.get(f"{article.path}/comments?q=<b>x").text
    assert client.get(f"{article.path}/comments").status_code == 302


def test_a_persons_page_lists_what_they_said_and_can_still_be_read(client: FlaskClient) -> None:
    ada, article, draft = a_person("ada"), an_article(title="On rain"), an_article()
    comment = a_comment(article, by=ada, body="It rains.")
    gone = a_comment(article, by=ada, body="Not here any more.")
    a_comment(draft, by=ada, body="Nobody sees this yet.")
    a_comment(article, body="Somebody else.")
    delete_comment(gone.id, by=ada)
    altered(draft, status="draft")
    shown = page(client.get("/people/ada"))
    assert [str(item["id"]) for item in shown.select("li.comment")] == [comment.element]
    assert "1 comment" in shown.select_one(".person-facts").text  # type: ignore[union-attr]
    assert shown.select_one('meta[name="robots"][content="noindex"]')
    assert client.get("/people/ADA").location == "/people/ada"
    assert client.get("/people/nobody").status_code == 404
    thread = page(client.get(article.path))
    assert thread.select_one(f'#{comment.element} a.comment-author[href="/people/ada"]')


def test_a_persons_page_goes_on_and_costs_the_same(client: FlaskClient) -> None:
    ada, article = a_person("ada"), an_article()
    made = [comment.id for comment in comments(article, PAGE + 2, by=ada)][::-1]
    first = lists.by_author(ada.id, after=None)
    assert (first.ids, first.after) == (made[:PAGE], made[PAGE - 1])
    assert lists.by_author(ada.id, after=first.after).ids == made[PAGE:]
    assert lists.number_by(ada.id) == PAGE + 2
    bob = a_person("bob")
    a_comment(article, by=bob)
    sent = []
    for person_id in (bob.id, ada.id):
        with counted() as statements:
            lists.by_author(person_id, after=None)
        sent.append(len(statements))
    assert sent[0] == sent[1] <= 3


def test_a_claims_page_shows_what_is_said_about_it_on_all_articles(client: FlaskClient) -> None:
    article, other = an_article(title="On rain"), an_article(title="On snow")
    claim = a_claim(article)
    saved_citation(other, claim.id)
    here = a_comment(article, claim_id=claim.id, body="Here.")
    there = a_comment(other, claim_id=claim.id, body="There.")
    a_comment(article, body="About something else.")
    shown = page(client.get(claim.path))
    items = shown.select("#thread > li")
    assert [str(item["id"]) for item in items] == [there.element, here.element]
    assert [item.select_one(".comment-on a").text for item in items] == ["On snow", "On rain"]  # type: ignore[union-attr]
    assert lists.about(claim.id, Window(after=Spot(there.id))).ids == [here.id]
    only = page(client.get(f"{article.path}?claim={claim.slug}"))
    assert [str(item["id"]) for item in only.select("#thread > li")] == [here.element]
    assert only.select(f'.thread-only a[href="{claim.path}"]')


def saved_citation(article: Article, claim_id: int) -> None:
    saved(Citation(article_id=article.id, claim_id=claim_id, position=1))


@pytest.mark.usefixtures("app")
@pytest.mark.parametrize("column", ["claim_id", "article_id"])
def test_a_list_that_goes_on_is_sought_by_both_columns_of_an_index(column: str) -> None:
    query: Any = lists._about(1, 200) if column == "claim_id" else lists._bodies(1, 200)
    plan = explained(query.limit(PAGE + 1))
    assert f"ix_comments_{column}_id" in plan
    sought = {"sqlite": f"({column}=? AND id<?)", "postgresql": f"(ROW({column}, id) < ROW(1, 200))"}
    assert sought[db.engine.dialect.name] in plan
