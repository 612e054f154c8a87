"""Feeds, sitemaps and the like: whole, valid, and silent about what the public may not see."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4
from xml.etree import ElementTree as ET

import pytest
from flask import Flask
from flask.testing import FlaskClient

from reader.app import create_app
from reader.articles.models import Article, Author, Byline, Tagging, Topic
from reader.clock import now, set_clock
from reader.comments.actions import delete_comment
from reader.comments.models import Comment
from reader.comments.posting.actions import Draft, post_comment
from reader.config import Settings
from reader.factchecks import actions
from reader.factchecks.models import Claim, Correction
from reader.factchecks.verdicts import NewVerdict, Verdict
from reader.pages import crawling
from reader.pages.syndication import Feed, FeedEntry, atom, json_feed
from tests.support.factories import a_claim, a_person, an_article, an_editor, saved

ATOM = "{http://www.w3.org/2005/Atom}"
THREAD = "{http://purl.org/syndication/thread/1.0}"
SITEMAP = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
NEWS = "{http://www.google.com/schemas/sitemap-news/0.9}"
DAY = datetime(2026, 3, 1, 9, 30, tzinfo=UTC)
NASTY = 'A </title><script>alert("1")</script> & \x0b "quoted" title'
FEEDS = ["/feed.xml", "/fact-checks/feed.xml", "/corrections/feed.xml"]


def parsed(client: FlaskClient, path: str) -> ET.Element:
    """The document at ``path``; what isn't well-formed fails here."""
    answer = client.get(path)
    assert answer.status_code == 200
    return ET.fromstring(answer.data)


def entries(client: FlaskClient, path: str) -> list[ET.Element]:
    """The entries of an Atom feed that has all that RFC 4287 requires."""
    feed = parsed(client, path)
    assert feed.tag == f"{ATOM}feed"
    found = feed.findall(f"{ATOM}entry")
    for element in [feed, *found]:
        for name in ("id", "title", "updated"):
            (only,) = element.findall(f"{ATOM}{name}")
            assert only.text
        assert text(element, "id").startswith("http://")
        assert datetime.fromisoformat(text(element, "updated")).tzinfo
        assert link(element, "alternate").startswith("http://")
    assert text(feed, "author/{http://www.w3.org/2005/Atom}name")
    assert link(feed, "self") == text(feed, "id") == f"http://localhost{path}"
    ids = [text(entry, "id") for entry in found]
    assert len(ids) == len(set(ids))
    return found


def text(element: ET.Element, name: str) -> str:
    return element.findtext(f"{ATOM}{name}") or ""


def link(element: ET.Element, rel: str) -> str:
    (only,) = element.findall(f"{ATOM}link[@rel='{rel}']")
    return only.attrib["href"]


def items(client: FlaskClient) -> list[dict[str, Any]]:
    """Return the items of the JSON feed."""
    found: list[dict[str, Any]] = json.loads(client.get("/feed.json").data)["items"]
    return found


def a_comment(article: Article, body: str, **more: Any) -> Comment:
    posted = post_comment(article, by=a_person(), draft=Draft(body=body, submission_id=str(uuid4()), **more))
    return posted.comment


def a_correction(article: Article, **columns: Any) -> Correction:
    row = Correction(
        **{"article_id": article.id, "position": 0, "kind": "correction", "text": "It was 4.", **columns}
    )
    saved(row)
    return row


@pytest.mark.parametrize("path", FEEDS)
def test_an_empty_feed_is_valid(client: FlaskClient, path: str) -> None:
    assert entries(client, path) == []


@pytest.mark.parametrize("path", [*FEEDS, "/feed.json", "/sitemap.xml", "/news-sitemap.xml", "/robots.txt"])
def test_what_programs_fetch_is_public_and_sets_no_cookie(client: FlaskClient, path: str) -> None:
    answer = client.get(path)
    assert answer.headers["Cache-Control"].startswith("public")
    assert "Set-Cookie" not in answer.headers
    assert "ETag" in answer.headers


def test_an_article_is_in_the_feed_with_all_that_is_known(client: FlaskClient) -> None:
    article = an_article(
        title="Rain", standfirst="It fell.", published_at=DAY, updated_at=DAY + timedelta(hours=1)
    )
    author, topic = Author(slug="ida", name="Ida"), Topic(slug="the-weather")
    saved(author, topic)
    saved(Byline(article_id=article.id, author_id=author.id, position=0))
    saved(Tagging(article_id=article.id, topic_id=topic.id, position=0))
    (entry,) = entries(client, "/feed.xml")
    assert text(entry, "id") == link(entry, "alternate") == f"http://localhost{article.path}"
    assert (text(entry, "published"), text(entry, "updated")) == (
        "2026-03-01T09:30:00Z",
        "2026-03-01T10:30:00Z",
    )
    assert text(entry, "author/{http://www.w3.org/2005/Atom}name") == "Ida"
    assert entry.find(f"{ATOM}category").attrib == {"term": "the weather"}  # type: ignore[union-attr]
    assert text(entry, "summary") == "It fell."


def test_an_undated_article_has_no_date_of_publication(client: FlaskClient) -> None:
    with set_clock(lambda: DAY):
        an_article()
    (entry,) = entries(client, "/feed.xml")
    assert entry.find(f"{ATOM}published") is None
    assert text(entry, "updated") == "2026-03-01T09:30:00Z"
    (item,) = items(client)
    assert "date_published" not in item
    assert "date_modified" not in item
    assert "authors" not in item


def test_the_text_stands_in_the_feed_without_marks_and_with_whole_links(client: FlaskClient) -> None:
    article = an_article(
        html='<div class="p"><reader-claim data-id="x">It rained</reader-claim>, <a href="#source-a">says A</a>'
        ' and <a href="/about">we</a> and <a href="https://example.org/">they</a>.</div>'
    )
    home = "http://localhost"
    expected = (
        f'<div class="p">It rained, <a href="{home}{article.path}#source-a">says A</a>'
        f' and <a href="{home}/about">we</a> and <a href="https://example.org/">they</a>.</div>'
    )
    (entry,) = entries(client, "/feed.xml")
    content = entry.find(f"{ATOM}content")
    assert content is not None
    assert content.attrib == {"type": "html"}
    assert content.text == expected
    assert items(client)[0]["content_html"] == expected


def test_drafts_and_what_is_scheduled_for_later_are_nowhere(client: FlaskClient) -> None:
    hidden = [an_article(title="Secret", status="draft")]
    hidden.append(an_article(title="Secret", status="scheduled", publish_at=now() + timedelta(days=1)))
    for article in hidden:
        a_claim(article, slug=f"secret-{article.id}")
        a_correction(article, text="Secret")
        assert client.get(f"{article.path}/feed.xml").status_code == 404
    for path in [*FEEDS, "/feed.json", "/sitemap.xml", "/news-sitemap.xml"]:
        assert "secret" not in client.get(path).text.lower()
        assert hidden[0].slug not in client.get(path).text


def test_a_retracted_article_says_so_in_its_title(client: FlaskClient) -> None:
    an_article(title="Rain", status="retracted")
    (entry,) = entries(client, "/feed.xml")
    assert text(entry, "title") == "Retracted: Rain"


def test_markup_and_unwritable_characters_cannot_break_a_feed(client: FlaskClient) -> None:
    article = an_article(title=NASTY, standfirst=NASTY)
    a_claim(article, text=NASTY, why=NASTY)
    a_correction(article, text=NASTY)
    clean = NASTY.replace("\x0b", "")
    (entry,) = entries(client, "/feed.xml")
    assert text(entry, "title") == text(entry, "summary") == clean
    (verdict,) = entries(client, "/fact-checks/feed.xml")
    assert text(verdict, "title") == f"Verified: {clean}"
    (correction,) = entries(client, "/corrections/feed.xml")
    assert text(correction, "content") == clean
    assert items(client)[0]["title"] == NASTY


def test_the_json_feed_has_what_its_version_requires(client: FlaskClient) -> None:
    article = an_article(published_at=DAY)
    answer = client.get("/feed.json")
    assert answer.mimetype == "application/feed+json"
    feed = json.loads(answer.data)
    assert feed["version"] == "https://jsonfeed.org/version/1.1"
    assert feed["title"] == "Reader"
    assert feed["feed_url"] == "http://localhost/feed.json"
    (item,) = feed["items"]
    assert item["id"] == item["url"] == f"http://localhost{article.path}"
    assert item["content_html"]
    assert item["date_published"] == item["date_modified"] == "2026-03-01T09:30:00Z"


def test_comments_are_in_their_articles_feed_latest_first(client: FlaskClient) -> None:
    article, other = an_article(), an_article()
    first = a_comment(article, "I *agree*.")
    reply = a_comment(article, "Why?", parent_id=first.id)
    a_comment(other, "Elsewhere.")
    newest, oldest = entries(client, f"{article.path}/feed.xml")
    assert text(oldest, "id") == f"http://localhost{first.path}"
    assert text(oldest, "content") == '<p dir="auto">I <em>agree</em>.</p>'
    assert text(newest, "id") == f"http://localhost{reply.path}"
    answered = newest.find(f"{THREAD}in-reply-to")
    assert answered is not None
    assert answered.attrib["ref"] == text(oldest, "id")


def test_a_deleted_comment_is_nowhere_in_the_feed(client: FlaskClient) -> None:
    article, person = an_article(), a_person("Hasty")
    posted = post_comment(article, by=person, draft=Draft(body="Regretted", submission_id=str(uuid4())))
    assert "Regretted" in client.get(f"{article.path}/feed.xml").text
    delete_comment(posted.comment.id, by=person)
    after = client.get(f"{article.path}/feed.xml").text
    assert "Regretted" not in after
    assert "Hasty" not in after


def test_each_verdict_of_a_claim_is_an_entry_of_its_own(client: FlaskClient) -> None:
    claim = a_claim(an_article(), short="It rained", verdict="reported", sourced=False)
    actions.set_verdict(
        claim.id,
        NewVerdict(Verdict.DISPUTED, why="The gauges differ.", source_ids=[], version=1),
        by=an_editor("Ida"),
    )
    change, first = entries(client, "/fact-checks/feed.xml")
    assert text(first, "title") == "Reported: It rained"
    assert text(change, "title") == "Disputed (was: Reported): It rained"
    assert text(change, "content") == "The gauges differ."
    assert text(change, "author/{http://www.w3.org/2005/Atom}name") == "Ida"
    assert text(change, "id") == f"http://localhost{claim.path}#version-2"


def test_an_undated_correction_is_ordered_by_the_storing_of_its_article(client: FlaskClient) -> None:
    article = an_article(stored_at=DAY)
    a_correction(article, placed_at=article.stored_at)
    dated = a_correction(article, at=DAY + timedelta(days=1), kind="clarification")
    newest, undated = entries(client, "/corrections/feed.xml")
    assert text(newest, "title") == f"Clarification: {article.title}"
    assert text(newest, "id") == f"http://localhost{article.path}#correction-{dated.id}"
    assert undated.find(f"{ATOM}published") is None


@pytest.mark.parametrize("path", ["/articles/none/feed.xml", "/.well-known/security.txt"])
def test_what_there_is_nothing_of_is_missing(client: FlaskClient, path: str) -> None:
    assert client.get(path).status_code == 404


def test_pages_name_their_feeds(client: FlaskClient) -> None:
    article = an_article()
    page = client.get(article.path).text
    for path in ("/feed.xml", "/feed.json", f"{article.path}/feed.xml"):
        assert f'href="{path}"' in page
    assert 'href="/fact-checks/feed.xml"' in client.get("/fact-checks").text
    assert 'href="/corrections/feed.xml"' in client.get("/corrections").text


def locations(root: ET.Element) -> dict[str, str | None]:
    """The addresses of a sitemap, each with the time of its last change."""
    urls = root.findall(f"{SITEMAP}url")
    return {url.findtext(f"{SITEMAP}loc") or "": url.findtext(f"{SITEMAP}lastmod") for url in urls}


def test_sitemaps_have_every_article_claim_and_publisher(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(crawling, "PART", 2)
    dated, undated = an_article(published_at=DAY), an_article()
    claim = a_claim(dated, checked_at=DAY)
    drafts = [an_article(status="draft") for _ in range(3)]
    hidden = a_claim(drafts[0])
    parts = [place.text or "" for place in parsed(client, "/sitemap.xml").iter(f"{SITEMAP}loc")]
    assert len(parts) == len({"pages 1", "articles 1", "articles 2", "articles 3", "claims 1", "sources 1"})
    found: dict[str, str | None] = {}
    for part in parts:
        found |= locations(parsed(client, part.removeprefix("http://localhost")))
    assert not {path for path in found if path.endswith((*(each.path for each in drafts), hidden.path))}
    assert found[f"http://localhost{dated.path}"] == "2026-03-01T09:30:00Z"
    assert found[f"http://localhost{undated.path}"] is None
    assert found[f"http://localhost{claim.path}"] == "2026-03-01T09:30:00Z"
    assert [path for path in found if path.startswith("http://localhost/sources/")]
    for path in found:
        assert client.get(path.removeprefix("http://localhost")).status_code == 200, path


def test_news_are_the_dated_articles_of_two_days_that_stand(client: FlaskClient) -> None:
    fresh = an_article(title="Rain & more", published_at=now() - timedelta(hours=3), lang="de-AT")
    an_article(published_at=now() - timedelta(days=3))
    an_article()
    an_article(published_at=now(), status="retracted")
    root = parsed(client, "/news-sitemap.xml")
    assert list(locations(root)) == [f"http://localhost{fresh.path}"]
    news = root.find(f"{SITEMAP}url/{NEWS}news")
    assert news is not None
    assert news.findtext(f"{NEWS}title") == "Rain & more"
    assert news.findtext(f"{NEWS}publication/{NEWS}name") == "Reader"
    assert news.findtext(f"{NEWS}publication/{NEWS}language") == "de"
    assert news.findtext(f"{NEWS}publication_date")


def test_robots_are_shown_the_sitemaps_and_kept_from_forms(client: FlaskClient) -> None:
    lines = client.get("/robots.txt").text.splitlines()
    assert lines[0] == "User-agent: *"
    assert "Disallow: /login" in lines
    assert "Sitemap: http://localhost/sitemap.xml" in lines


def configured(settings: Settings, **changes: Any) -> Flask:
    return create_app(Settings(**{**vars(settings), **changes}))


def test_the_security_contact_is_named_and_not_out_of_date(settings: Settings) -> None:
    app = configured(settings, security_contact="mailto:help@news.example", base_url="https://news.example")
    with app.app_context():
        answer = app.test_client().get("/.well-known/security.txt", base_url="https://news.example")
    fields = dict(line.split(": ", 1) for line in answer.text.splitlines())
    assert answer.mimetype == "text/plain"
    assert fields["Contact"] == "mailto:help@news.example"
    assert fields["Canonical"] == "https://news.example/.well-known/security.txt"
    assert now() < datetime.fromisoformat(fields["Expires"]) < now() + timedelta(days=365)


def test_addresses_are_those_of_the_base_url_where_there_is_one(settings: Settings) -> None:
    app = configured(settings, base_url="https://news.example")
    with app.app_context():
        article = an_article()
        feed = app.test_client().get("/feed.json", base_url="https://news.example").json
    assert feed is not None
    assert feed["items"][0]["url"] == f"https://news.example{article.path}"


def test_what_a_feed_is_written_as_needs_no_request() -> None:
    entry = FeedEntry("/a", "A", DAY, text="Words")
    feed = Feed("https://news.example", "News", "News", "/feed.xml", "/", [entry])
    assert ET.fromstring(atom(feed)).findtext(f"{ATOM}entry/{ATOM}content") == "Words"
    assert json_feed(feed)["items"] == [
        {
            "id": "https://news.example/a",
            "url": "https://news.example/a",
            "title": "A",
            "content_text": "Words",
        }
    ]


def test_a_claim_cited_only_by_a_draft_is_not_in_the_sitemap(client: FlaskClient) -> None:
    claim: Claim = a_claim(an_article(status="draft"))
    assert claim.path not in client.get("/sitemap.xml").text
