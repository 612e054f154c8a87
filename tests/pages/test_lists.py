"""The front page and the lists of articles."""

from datetime import UTC, datetime, timedelta

from bs4 import BeautifulSoup
from flask.testing import FlaskClient

from reader.articles import queries as articles
from reader.articles.models import Author, Byline, Tagging, Topic
from tests.support.factories import a_claim, an_article, saved
from tests.support.queries import counted
from tests.support.threads import comments

DAY = datetime(2026, 5, 4, 9, 30, tzinfo=UTC)


def page(client: FlaskClient, address: str) -> BeautifulSoup:
    answer = client.get(address)
    assert answer.status_code == 200
    return BeautifulSoup(answer.data, "html.parser")


def titles(soup: BeautifulSoup) -> list[str]:
    return [title.get_text(strip=True) for title in soup.select(".teaser-title")]


def test_a_site_without_articles_says_what_will_stand_there(client: FlaskClient) -> None:
    assert "Nothing is published yet" in page(client, "/").get_text()
    assert page(client, "/archive").select_one(".empty") is not None


def test_the_front_page_leads_with_the_latest_article_and_its_verdicts(client: FlaskClient) -> None:
    an_article(title="Older")
    newest = an_article(title="Newest", standfirst="What it is about.")
    a_claim(newest, verdict="false")
    comments(newest, 2)
    soup = page(client, "/")
    assert titles(soup) == ["Newest", "Older"]
    lead = soup.select_one(".teaser-lead")
    assert lead is not None
    assert "1 false" in lead.get_text()
    count = lead.select_one("[data-comments-of]")
    assert count is not None
    assert (count["data-comments-of"], count.get_text()) == (str(newest.id), "2 comments")
    assert "False" in soup.select_one(".verdict-ledger").get_text()  # type: ignore[union-attr]


def test_drafts_and_retracted_articles_are_not_on_the_front_page(client: FlaskClient) -> None:
    an_article(title="Draft", status="draft")
    an_article(title="Retracted", status="retracted")
    an_article(title="Standing")
    assert titles(page(client, "/")) == ["Standing"]
    assert titles(page(client, "/archive")) == ["Standing", "Retracted"]


def test_undated_articles_are_sorted_by_storage_time_which_is_not_shown(client: FlaskClient) -> None:
    an_article(title="Undated", stored_at=DAY)
    an_article(title="Later", published_at=DAY + timedelta(days=1))
    an_article(title="Earlier", published_at=DAY - timedelta(days=1))
    soup = page(client, "/archive")
    assert titles(soup) == ["Later", "Undated", "Earlier"]
    assert "4 May 2026" not in soup.get_text()


def test_the_archive_goes_on_page_by_page_and_shows_every_article_once(client: FlaskClient) -> None:
    made = {an_article(title=f"Number {each}").title for each in range(articles.PAGE * 2 + 3)}
    seen: list[str] = []
    address = "/archive"
    while address:
        soup = page(client, address)
        seen += titles(soup)
        onward = soup.select_one('a[rel="next"]')
        address = str(onward["href"]) if onward else ""
    assert len(seen) == len(made)
    assert set(seen) == made


def test_topics_and_authors_list_their_own_articles(client: FlaskClient) -> None:
    mine, _other = an_article(title="Mine"), an_article(title="Other")
    topic, author = Topic(slug="tides"), Author(slug="ann", name="Ann Example")
    saved(topic, author)
    saved(
        Tagging(article_id=mine.id, topic_id=topic.id, position=0),
        Byline(article_id=mine.id, author_id=author.id, position=0),
    )
    assert titles(page(client, "/topics/tides")) == ["Mine"]
    assert titles(page(client, "/authors/ann")) == ["Mine"]


def test_a_topic_that_only_a_draft_has_is_not_there(client: FlaskClient) -> None:
    draft, topic = an_article(status="draft"), Topic(slug="secret")
    saved(topic)
    saved(Tagging(article_id=draft.id, topic_id=topic.id, position=0))
    assert client.get("/topics/secret").status_code == 404
    assert client.get("/authors/nobody").status_code == 404


def test_a_broken_cursor_shows_the_first_page(client: FlaskClient) -> None:
    an_article(title="Here")
    for cursor in ("x", "1", "2026-13-45_x", "9" * 400):
        assert titles(page(client, f"/archive?after={cursor}")) == ["Here"]


def test_the_number_of_queries_does_not_grow_with_the_list(client: FlaskClient) -> None:
    a_claim(an_article())
    an_article()
    with counted() as few:
        client.get("/archive?after=")
    for _ in range(10):
        a_claim(an_article())
    with counted() as many:
        client.get("/archive?after=x")
    assert len(few) == len(many)


def test_the_pages_about_the_site_explain_every_verdict_and_reason(client: FlaskClient) -> None:
    from reader.factchecks.verdicts import Verdict
    from reader.moderation.models import Reason

    method = page(client, "/about/method").get_text()
    assert all(verdict.label in method and verdict.meaning in method for verdict in Verdict)
    rules = page(client, "/about/moderation").get_text().casefold()
    assert all(reason.label.casefold() in rules for reason in Reason if reason != Reason.OTHER)
    assert client.get("/about").status_code == 200
