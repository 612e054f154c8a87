"""A retracted article says so wherever its title stands; and a change of an article updates all its dates."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from bs4 import BeautifulSoup
from flask import Flask
from flask.testing import FlaskClient

from reader.articles import queries as articles
from reader.articles.models import Article, Tagging, Topic
from reader.clock import set_clock
from reader.eventlog import Kind, since, streams
from reader.factchecks.actions import set_verdict
from reader.factchecks.models import Correction
from reader.factchecks.queries import claim_by_slug
from reader.factchecks.verdicts import NewVerdict, Verdict
from reader.publishing.actions import examine, publish
from reader.text.dates import stamp
from reader.web import cookies
from tests.support.factories import a_claim, an_article, an_editor, saved
from tests.support.threads import a_comment

ATOM = "{http://www.w3.org/2005/Atom}"
SITEMAP = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
DAY = datetime(2026, 3, 1, 9, 30, tzinfo=UTC)
TITLE = "Retracted: The bridge fell"
FILE = """\
---
format: 1
title: The bridge fell
slug: bridge
published: 2026-03-01T09:30:00Z
sources:
  - {id: record, publisher: County records, title: The bridge book, kind: primary}
claims:
  - {id: fell, text: The bridge fell., verdict: verified, why: It did., sources: [record]}
---

[It fell](claim:fell) on Monday.
"""


class Clock:
    """A clock that stands until it is moved."""

    time = DAY

    def move(self, days: int) -> datetime:
        """Let it be so many days after the first one."""
        self.time = DAY + timedelta(days=days)
        return self.time


@pytest.fixture
def clock() -> Iterator[Clock]:
    clock = Clock()
    with set_clock(lambda: clock.time):
        yield clock


@pytest.fixture
def uncached(client: FlaskClient, app: Flask) -> FlaskClient:
    """Somebody whose pages are not kept."""
    client.set_cookie(cookies.login_cookie(app.config["READER"]), "nobody")
    return client


def page(client: FlaskClient, address: str) -> BeautifulSoup:
    answer = client.get(address)
    assert answer.status_code == 200, address
    return BeautifulSoup(answer.data, "html.parser")


def words(client: FlaskClient, address: str, selector: str) -> str:
    return " ".join(found.get_text(" ", strip=True) for found in page(client, address).select(selector))


def linked_data(client: FlaskClient, address: str) -> dict[str, Any]:
    found = page(client, address).select_one('script[type="application/ld+json"]')
    assert found
    data: dict[str, Any] = json.loads(found.get_text())
    return data


@pytest.fixture
def retracted(client: FlaskClient) -> Article:
    """A retracted article with a claim, a correction, a comment, and another one about the same topic."""
    article = an_article(title="The bridge fell", status="retracted", published_at=DAY)
    standing = an_article(title="The bridge stands", published_at=DAY)
    topic = Topic(slug="bridges")
    saved(topic)
    saved(*(Tagging(article_id=each.id, topic_id=topic.id, position=0) for each in (article, standing)))
    claim = a_claim(article, slug="fell")
    saved(Correction(article_id=article.id, position=0, kind="retraction", text="It stands.", at=DAY))
    a_comment(article, body="It does.", claim_id=claim.id)
    return article


def test_the_page_of_a_retracted_article_says_so_to_programs(client: FlaskClient, retracted: Article) -> None:
    soup = page(client, retracted.path)
    assert soup.title
    assert soup.title.get_text() == f"{TITLE} · Reader"
    (shared,) = soup.select('meta[property="og:title"]')
    assert shared["content"] == TITLE
    data = linked_data(client, retracted.path)
    assert (data["headline"], data["creativeWorkStatus"]) == (TITLE, "Retracted")
    assert "creativeWorkStatus" not in linked_data(client, "/articles/" + articles.front(1)[0].slug)


@pytest.mark.parametrize(
    "address", ["/feed.xml", "/corrections/feed.xml", "/articles/{slug}/feed.xml", "/fact-checks/feed.xml"]
)
def test_feeds_say_that_an_article_was_retracted(
    client: FlaskClient, retracted: Article, address: str
) -> None:
    feed = ET.fromstring(client.get(address.format(slug=retracted.slug)).data)
    entry = next(
        each for each in feed.findall(f"{ATOM}entry") if "stands" not in (each.findtext(f"{ATOM}title") or "")
    )
    said = ET.tostring(entry, encoding="unicode")
    assert TITLE in said or "The article that this claim comes from has been retracted." in said


def test_the_json_feed_says_that_an_article_was_retracted(client: FlaskClient, retracted: Article) -> None:
    titles = [item["title"] for item in client.get("/feed.json").get_json(force=True)["items"]]
    assert sorted(titles) == [TITLE, "The bridge stands"]
    assert retracted.is_retracted


@pytest.mark.parametrize(
    ("address", "selector"),
    [
        ("/archive", ".kicker-retracted"),
        ("/topics/bridges", ".kicker-retracted"),
        ("/corrections", ".correction-article"),
        ("/fact-checks", ".fact-check-item .claim-origin"),
        ("/fact-checks/fell", ".claim-panel .claim-origin"),
        ("/fact-checks/fell", ".citing-list .kicker-retracted"),
        ("/fact-checks/fell", ".comment-on"),
        ("/", "#latest-verdicts .claim-origin"),
        ("{publisher}", ".source-article"),
        ("{article}/comments?q=does", ".page-head .kicker"),
    ],
)
def test_lists_say_that_an_article_was_retracted(
    client: FlaskClient, retracted: Article, address: str, selector: str
) -> None:
    claim = claim_by_slug("fell")
    assert claim
    found = address.format(publisher=claim.sources[0].publisher.path, article=retracted.path)
    assert "retracted" in words(client, found, selector).lower()


def test_claims_of_articles_that_stand_say_nothing_of_a_retraction(client: FlaskClient) -> None:
    claim = a_claim(an_article())
    for address in ("/", "/fact-checks", claim.path):
        assert words(client, address, ".claim-origin") == ""


def test_a_retracted_article_is_related_to_nothing(client: FlaskClient, retracted: Article) -> None:
    (standing,) = articles.front(5)
    assert words(client, standing.path, ".related") == ""
    assert "The bridge stands" in words(client, retracted.path, ".related")


def test_a_retraction_by_a_file_is_told_to_lists_at_once(client: FlaskClient, tmp_path: Path) -> None:
    put(tmp_path, FILE)
    assert "The bridge fell" in words(client, "/", ".teaser-title")
    put(tmp_path, FILE.replace("slug: bridge", "slug: bridge\nstatus: retracted"))
    assert words(client, "/", ".teaser-title") == ""
    assert TITLE in client.get("/feed.xml").text
    (article_id,) = (article.id for article in articles.headlines(5))
    told = [(event.kind, event.target) for event in since(streams.VERDICTS, 0, limit=10)]
    assert told == [
        (Kind.VERDICT_CHANGED, "claim-fell"),
        (Kind.ARTICLE_RETRACTED, f"article-{article_id}"),
    ]


def put(folder: Path, text: str) -> None:
    """Publish the file."""
    (folder / "bridge.md").write_text(text)
    assert list(publish(examine([folder / "bridge.md"])))


def stamps(client: FlaskClient) -> dict[str, str | None]:
    """Return the article's time of change as programs see it, by the place where they find it."""
    entry = ET.fromstring(client.get("/feed.xml").data).find(f"{ATOM}entry")
    assert entry is not None
    (item,) = client.get("/feed.json").get_json(force=True)["items"]
    urls = ET.fromstring(client.get("/sitemap-articles-1.xml").data).findall(f"{SITEMAP}url")
    (url,) = (each for each in urls if (each.findtext(f"{SITEMAP}loc") or "").endswith("/articles/bridge"))
    meta = page(client, "/articles/bridge").select_one('meta[property="article:modified_time"]')
    return {
        "atom": entry.findtext(f"{ATOM}updated"),
        "json": item.get("date_modified"),
        "sitemap": url.findtext(f"{SITEMAP}lastmod"),
        "linked data": linked_data(client, "/articles/bridge").get("dateModified"),
        "meta": str(meta["content"]) if meta else None,
    }


def test_a_changed_body_moves_every_stamp(uncached: FlaskClient, clock: Clock, tmp_path: Path) -> None:
    put(tmp_path, FILE)
    before = stamps(uncached)
    assert before == {
        "atom": stamp(DAY),
        "json": stamp(DAY),
        "sitemap": stamp(DAY),
        "linked data": None,
        "meta": None,
    }
    clock.move(1)
    put(tmp_path, FILE)
    assert stamps(uncached) == before
    changed = clock.move(2)
    put(tmp_path, FILE.replace("Monday", "Tuesday"))
    assert set(stamps(uncached).values()) == {stamp(changed)}


def test_a_correction_by_a_verdict_moves_every_stamp_of_the_article(
    uncached: FlaskClient, clock: Clock, tmp_path: Path
) -> None:
    put(tmp_path, FILE)
    claim, decided = claim_by_slug("fell"), clock.move(3)
    assert claim
    sources = [source.id for source in claim.sources]
    decided_by, why = an_editor(), "It stands."
    set_verdict(claim.id, NewVerdict(Verdict.FALSE, why=why, source_ids=sources, version=1), by=decided_by)
    assert set(stamps(uncached).values()) == {stamp(decided)}


def test_what_was_stored_later_than_published_is_no_change(
    uncached: FlaskClient, clock: Clock, tmp_path: Path
) -> None:
    clock.move(5)
    put(tmp_path, FILE)
    assert stamps(uncached)["sitemap"] == stamps(uncached)["atom"] == stamp(DAY)


def test_an_undated_article_has_a_stamp_once_it_changed(
    uncached: FlaskClient, clock: Clock, tmp_path: Path
) -> None:
    undated = FILE.replace("published: 2026-03-01T09:30:00Z\n", "")
    put(tmp_path, undated)
    assert {**stamps(uncached), "atom": None} == dict.fromkeys(stamps(uncached))
    changed = clock.move(2)
    put(tmp_path, undated.replace("Monday", "Tuesday"))
    assert set(stamps(uncached).values()) == {stamp(changed)}
