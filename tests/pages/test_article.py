"""The reading page: what it shows, what it leaves out, and what it costs."""

import json
from datetime import UTC, datetime, timedelta
from math import inf

import pytest
from bs4 import BeautifulSoup
from flask.testing import FlaskClient

from reader import clock
from reader.articles.models import Author, Byline, Tagging, Topic
from reader.db.base import db
from reader.text.markdown import render_article
from reader.web import page_cache
from tests.support.factories import a_claim, a_person, an_article, an_editor, saved
from tests.support.people import log_in
from tests.support.queries import counted
from tests.support.threads import a_comment, comments

DAY = datetime(2026, 5, 4, 9, 30, tzinfo=UTC)


def page(client: FlaskClient, address: str, *, status: int = 200) -> BeautifulSoup:
    answer = client.get(address)
    assert answer.status_code == status
    return BeautifulSoup(answer.data, "html.parser")


def words(soup: BeautifulSoup, selector: str) -> str:
    found = soup.select_one(selector)
    assert found is not None, f"nothing on the page is {selector}"
    return " ".join(found.get_text(" ", strip=True).split())


def linked_data(soup: BeautifulSoup) -> dict[str, object]:
    found = soup.select_one('script[type="application/ld+json"]')
    assert found is not None
    data: dict[str, object] = json.loads(found.get_text())
    return data


def test_an_article_shows_fact_check_sources_and_discussion_in_that_order(
    client: FlaskClient,
) -> None:
    article = an_article(title="A title", standfirst="A standfirst.", words=460)
    a_claim(article, verdict="verified")
    a_claim(article, verdict="verified")
    a_claim(article, verdict="reported")
    soup = page(client, article.path)
    assert words(soup, "h1") == "A title"
    assert words(soup, ".standfirst") == "A standfirst."
    assert "2 min read" in words(soup, ".article-meta")
    assert words(soup, "#strength") == "3 claims checked: 2 verified · 1 reported"
    headings = [heading.get_text(strip=True) for heading in soup.select("main h2")]
    assert headings == ["Fact check", "Source reporting (3)", "Join the conversation"]


def test_what_is_unknown_of_an_article_is_left_out_of_page_and_metadata(client: FlaskClient) -> None:
    soup = page(client, an_article().path)
    assert words(soup, ".article-meta") == "1 min read"
    data = linked_data(soup)
    assert not {"author", "datePublished", "dateModified", "image"} & set(data)
    assert soup.find("meta", property="article:published_time") is None


def test_authors_dates_and_topics_stand_on_the_page_and_in_its_metadata(client: FlaskClient) -> None:
    article = an_article(published_at=DAY, updated_at=DAY + timedelta(days=2))
    topic, author = Topic(slug="open-data"), Author(slug="ann-example", name="Ann Example")
    saved(topic, author)
    saved(
        Tagging(article_id=article.id, topic_id=topic.id, position=0),
        Byline(article_id=article.id, author_id=author.id, position=0),
    )
    soup = page(client, article.path)
    assert words(soup, ".kicker") == "open data"
    assert words(soup, ".byline") == "By Ann Example"
    assert "4 May 2026" in words(soup, ".article-meta")
    assert "Updated 6 May 2026" in words(soup, ".article-meta")
    assert linked_data(soup)["datePublished"] == "2026-05-04T09:30:00Z"


def test_a_marked_sentence_has_its_card_beside_it_once(client: FlaskClient) -> None:
    body = "First [it is so](claim:it-is), and again [so it is](claim:it-is)."
    article = an_article(body=body, html=render_article(body))
    a_claim(article, slug="it-is", verdict="false", why="The data say otherwise.")
    soup = page(client, article.path)
    assert [mark.get_text() for mark in soup.select("#mark-it-is .claim-words")] == ["it is so"]
    assert "The data say otherwise." in words(soup, "#mark-it-is details")
    assert "False" in words(soup, "#mark-it-is summary")
    assert [again["href"] for again in soup.select("a.claim-again")] == ["#claim-it-is"]
    assert not soup.select("p details"), "a card inside a <p> would end the paragraph"


def test_an_article_without_claims_promises_no_fact_check(client: FlaskClient) -> None:
    soup = page(client, an_article().path)
    assert soup.select_one("#fact-check") is None
    assert soup.select_one("#strength[hidden]") is not None


def test_a_visitor_is_told_how_to_join_and_comes_back_to_the_thread(client: FlaskClient) -> None:
    article = an_article()
    soup = page(client, article.path)
    note = "You need to be registered and logged in to comment on articles."
    assert words(soup, ".thread-note") == note
    back = f"{article.path.replace('/', '%2F')}%23comments"
    targets = {str(link["href"]).replace("%2F", "/") for link in soup.select(".thread-note a")}
    assert targets == {f"/{way}?next={back.replace('%2F', '/')}" for way in ("register", "login")}
    assert soup.select_one("form[data-composer]") is None


def test_somebody_who_is_logged_in_finds_the_form(client: FlaskClient) -> None:
    article = an_article()
    log_in(client, a_person())
    soup = page(client, article.path)
    form = soup.select_one("form[data-composer]")
    assert form is not None
    assert form["action"] == f"{article.path}/comments"
    assert {"csrf_token", "submission_id", "body"} <= {
        str(field.get("name")) for field in form.select("input, textarea")
    }


def test_an_empty_thread_invites_and_a_thread_with_comments_counts(client: FlaskClient) -> None:
    article = an_article()
    soup = page(client, article.path)
    assert words(soup, "#thread-head") == (
        "0 Comments No comments yet Be the first to share your thoughts on this article."
    )
    a_comment(article, body="The first one.")
    soup = page(client, article.path)
    assert words(soup, "#thread-head") == "1 Comment"
    assert "The first one." in words(soup, "#thread")


def test_the_thread_says_what_number_of_its_stream_it_shows(client: FlaskClient) -> None:
    article = an_article()
    comments(article, 3)
    section = page(client, article.path).select_one("#comments")
    assert section is not None
    assert section["data-live-stream"] == f"article:{article.id}"
    assert section["data-live-seq"] == "3"


def test_a_draft_is_seen_by_editors_only(client: FlaskClient) -> None:
    article = an_article(status="draft")
    page(client, article.path, status=404)
    log_in(client, a_person())
    page(client, article.path, status=404)
    log_in(client, an_editor())
    soup = page(client, article.path)
    assert "Only editors see this page" in words(soup, ".notice")
    assert soup.find("meta", attrs={"name": "robots", "content": "noindex"}) is not None


def test_a_scheduled_article_appears_when_its_time_has_come(client: FlaskClient) -> None:
    article = an_article(status="scheduled", publish_at=DAY)
    with clock.set_clock(lambda: DAY - timedelta(seconds=1)):
        page(client, article.path, status=404)
    with clock.set_clock(lambda: DAY):
        page(client, article.path)


def test_a_retracted_article_stays_readable_and_says_so(client: FlaskClient) -> None:
    soup = page(client, an_article(status="retracted").path)
    assert "This article has been retracted." in words(soup, ".notice-retracted")


def test_articles_that_share_a_claim_or_a_topic_are_related(client: FlaskClient) -> None:
    article, close, far = an_article(), an_article(title="Close"), an_article(title="Far")
    topic = Topic(slug="shared")
    saved(topic)
    for each in (article, close):
        saved(Tagging(article_id=each.id, topic_id=topic.id, position=0))
    related = words(page(client, article.path), ".related")
    assert close.title in related
    assert far.title not in related


def test_text_of_an_article_cannot_end_its_metadata_and_become_a_script(client: FlaskClient) -> None:
    article = an_article(
        title="</script><script>alert(1)</script>", standfirst='"><img src=x onerror=alert(1)>'
    )
    answer = client.get(article.path)
    assert b"<script>alert" not in answer.data
    assert b"<img src=x" not in answer.data


@pytest.mark.parametrize(
    "query", ["after=x", "after=-1", "after=99999999999999999999", "branch=x", "through=0x1"]
)
def test_a_window_that_makes_no_sense_shows_the_newest_comments(client: FlaskClient, query: str) -> None:
    article = an_article()
    a_comment(article, body="Still here.")
    assert "Still here." in words(page(client, f"{article.path}?{query}"), "#thread")


def test_a_page_takes_few_queries_at_any_size_of_article_and_thread(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(page_cache, "LOOK_SECONDS", inf)
    small, large = an_article(), an_article()
    a_claim(small)
    a_comment(small)
    for _ in range(8):
        a_claim(large)
    for comment in comments(large, 40):
        a_comment(large, under=comment)
    for article in (small, large):
        path = article.path
        sent = []
        # Made anew; of the same article, with what is kept of it; after a comment.
        for step in range(3):
            if step == 2:
                a_comment(article)
            db.session.rollback()
            with counted() as statements:
                page(client, f"{path}?anew={step}")
            sent.append(len(statements))
        assert sent == [16, 0, 7]


def test_an_anonymous_page_sets_no_cookie_and_is_the_same_for_everyone(client: FlaskClient) -> None:
    article = an_article()
    a_claim(article)
    a_comment(article)
    first = client.get(article.path)
    second = client.get(article.path, headers={"User-Agent": "another", "Accept-Language": "de"})
    assert "Set-Cookie" not in first.headers
    assert b"csrf_token" not in first.data
    assert first.data == second.data


def test_a_kept_page_follows_a_comment_at_once(client: FlaskClient) -> None:
    article = an_article()
    assert b"No comments yet" in client.get(article.path).data
    a_comment(article, body="Just now.")
    assert b"Just now." in client.get(article.path).data
