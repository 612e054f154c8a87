"""Addresses for crawlers, and for who finds a fault: what is where, what to leave alone, whom to write to."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from xml.etree import ElementTree as ET

from flask import Blueprint, Response

from reader import config
from reader.articles import queries as articles
from reader.clock import now
from reader.db.keyset import MAX_ID
from reader.errors import Missing
from reader.factchecks import lists
from reader.pages.feeds import answer, base
from reader.pages.syndication import document, writable
from reader.text.dates import stamp

SITEMAP = "http://www.sitemaps.org/schemas/sitemap/0.9"
NEWS = "http://www.google.com/schemas/sitemap-news/0.9"
XML = "application/xml; charset=utf-8"
TEXT = "text/plain; charset=utf-8"
# Ids in a sitemap. The protocol allows 50,000 addresses, but writing those would block a worker for too long.
PART = 1_000
# The protocol's bounds on news: articles in a sitemap, and how old they may be.
MAX_NEWS = 1_000
NEWS_AGE = timedelta(days=2)
# For how long security.txt says that it holds; it says so anew every day.
CONTACT_HOLDS = timedelta(days=90)
STANDING = (
    "/",
    "/archive",
    "/fact-checks",
    "/sources",
    "/corrections",
    "/about",
    "/about/method",
    "/about/moderation",
)
# Everything behind these is a form, a redirection or for machines.
LEFT_ALONE = ("/account", "/comments/", "/desk/", "/live/", "/login", "/moderation/", "/register")

PAGES = "pages"


@dataclass(frozen=True)
class SitemapPart:
    """A kind of pages: its newest id, and the addresses of those with some ids, each with the time of its change."""

    newest: Callable[[], int]
    addresses: Callable[[range], Iterable[tuple[str, datetime | None]]]


PARTS = {
    "articles": SitemapPart(articles.newest_id, articles.addresses),
    "claims": SitemapPart(lists.newest_claim, lists.addresses),
    "sources": SitemapPart(lists.newest_publisher, lists.publisher_addresses),
}

blueprint = Blueprint("crawling", __name__)


@blueprint.get("/sitemap.xml")
def sitemap() -> Response:
    """List the sitemaps, each of them with a thousand ids at most."""
    root = ET.Element(f"{{{SITEMAP}}}sitemapindex")
    for kind, newest in ((PAGES, 1), *((kind, part.newest()) for kind, part in PARTS.items())):
        for number in range(1, -(-newest // PART) + 1):
            place = ET.SubElement(root, f"{{{SITEMAP}}}sitemap")
            ET.SubElement(place, f"{{{SITEMAP}}}loc").text = f"{base()}/sitemap-{kind}-{number}.xml"
    return answer(document(root, {"": SITEMAP}), XML)


@blueprint.get(
    f"/sitemap-<any({PAGES}, {', '.join(PARTS)}):kind>-<int(min=1, max={MAX_ID // PART}):number>.xml"
)
def sitemap_part(kind: str, number: int) -> Response:
    """The pages of one kind worth finding, with the time of the last change where that is known."""
    root = ET.Element(f"{{{SITEMAP}}}urlset")
    ids = range((number - 1) * PART + 1, number * PART + 1)
    pages = PARTS[kind].addresses(ids) if kind != PAGES else [(path, None) for path in STANDING]
    for path, changed in pages:
        url = _url(root, path)
        if changed:
            ET.SubElement(url, f"{{{SITEMAP}}}lastmod").text = stamp(changed)
    return answer(document(root, {"": SITEMAP}), XML)


@blueprint.get("/news-sitemap.xml")
def news_sitemap() -> Response:
    """The articles of the last two days that stand, as news. An undated one is none."""
    settings = config.current()
    root = ET.Element(f"{{{SITEMAP}}}urlset")
    for article in articles.headlines(MAX_NEWS, since=now() - NEWS_AGE):
        if article.dated is None or article.is_retracted:
            continue
        news = ET.SubElement(_url(root, article.path), f"{{{NEWS}}}news")
        publication = ET.SubElement(news, f"{{{NEWS}}}publication")
        ET.SubElement(publication, f"{{{NEWS}}}name").text = writable(settings.site_name)
        ET.SubElement(publication, f"{{{NEWS}}}language").text = article.lang.partition("-")[0].lower()
        ET.SubElement(news, f"{{{NEWS}}}publication_date").text = stamp(article.dated)
        ET.SubElement(news, f"{{{NEWS}}}title").text = writable(article.title)
    return answer(document(root, {"": SITEMAP, "news": NEWS}), XML)


@blueprint.get("/robots.txt")
def robots() -> Response:
    """Tell crawlers which paths to leave alone and where the sitemaps are."""
    lines = [
        "User-agent: *",
        "Allow: /moderation/log",
        *(f"Disallow: {path}" for path in LEFT_ALONE),
        "",
        f"Sitemap: {base()}/sitemap.xml",
        f"Sitemap: {base()}/news-sitemap.xml",
    ]
    return answer(_text(lines), TEXT)


@blueprint.get("/.well-known/security.txt")
def security_txt() -> Response:
    """Name the contact for security reports (RFC 9116); raise :class:`Missing` if none is set."""
    contact = config.current().security_contact
    if contact is None:
        raise Missing("No contact for security reports is set up on this site.")
    day = now().replace(hour=0, minute=0, second=0, microsecond=0)
    lines = [
        f"Contact: {contact}",
        f"Expires: {stamp(day + CONTACT_HOLDS)}",
        "Preferred-Languages: en",
        f"Canonical: {base()}/.well-known/security.txt",
    ]
    return answer(_text(lines), TEXT)


def _url(root: ET.Element, path: str) -> ET.Element:
    url = ET.SubElement(root, f"{{{SITEMAP}}}url")
    ET.SubElement(url, f"{{{SITEMAP}}}loc").text = base() + path
    return url


def _text(lines: list[str]) -> bytes:
    return "".join(f"{line}\n" for line in lines).encode()
