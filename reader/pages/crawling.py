"""Addresses for crawlers, and for who finds a fault: what is where, what to leave alone, whom to write to."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import islice
from xml.etree import ElementTree as ET

from flask import Blueprint, Response

from reader import config
from reader.articles import queries as articles
from reader.clock import now
from reader.dates import stamp
from reader.errors import Missing
from reader.factchecks import lists
from reader.pages.feeds import answer, base
from reader.pages.syndication import document, writable

SITEMAP = "http://www.sitemaps.org/schemas/sitemap/0.9"
NEWS = "http://www.google.com/schemas/sitemap-news/0.9"
XML = "application/xml; charset=utf-8"
TEXT = "text/plain; charset=utf-8"
# The protocols' bounds: addresses in a sitemap, articles in one for news, and how old news may be.
MOST_ADDRESSES = 50_000
MOST_NEWS = 1_000
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

blueprint = Blueprint("crawling", __name__)


@blueprint.get("/sitemap.xml")
def sitemap() -> Response:
    """Every page worth finding, with the time of its last change where that is known."""
    root = ET.Element(f"{{{SITEMAP}}}urlset")
    for path, changed in islice(_addresses(), MOST_ADDRESSES):
        url = _url(root, path)
        if changed:
            ET.SubElement(url, f"{{{SITEMAP}}}lastmod").text = stamp(changed)
    return answer(document(root, {"": SITEMAP}), XML)


def _addresses() -> Iterator[tuple[str, datetime | None]]:
    yield from ((path, None) for path in STANDING)
    for article in articles.headlines(MOST_ADDRESSES):
        yield article.path, max(filter(None, (article.dated, article.modified_at)), default=None)
    for claim in lists.addresses(MOST_ADDRESSES):
        yield claim.path, claim.checked_at
    for cited in lists.publishers():
        yield cited.publisher.path, None


@blueprint.get("/news-sitemap.xml")
def news_sitemap() -> Response:
    """The articles of the last two days that stand, as news. An undated one is none."""
    settings = config.current()
    root = ET.Element(f"{{{SITEMAP}}}urlset")
    for article in articles.headlines(MOST_NEWS, since=now() - NEWS_AGE):
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
    """What crawlers should leave alone, and where the sitemaps are."""
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
    """Whom to tell of a hole in this site (RFC 9116); there is none where no contact is set."""
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
