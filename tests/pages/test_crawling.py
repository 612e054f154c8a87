"""Every address that the site names to programs exists: in robots.txt, sitemaps, security.txt, feeds and headers."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from urllib.parse import urlsplit
from xml.etree import ElementTree as ET

import pytest
from flask import Flask
from flask.testing import FlaskClient

from reader.config import Settings
from tests.support.factories import a_claim, an_article
from tests.support.threads import a_comment

SITE = "https://news.example"
XML = ("/sitemap.xml", "/news-sitemap.xml", "/feed.xml", "/fact-checks/feed.xml", "/corrections/feed.xml")
PAGES = ("/", "/archive", "/about", "/fact-checks", "/sources", "/corrections")


@pytest.fixture
def settings(sqlite_settings: Settings) -> Settings:
    return replace(sqlite_settings, base_url=SITE, security_contact="mailto:security@news.example")


@pytest.fixture
def path(app: Flask) -> str:
    """The address of an article with a claim and a comment."""
    article = an_article()
    a_claim(article)
    a_comment(article)
    return article.path


def named_in_text(text: str) -> list[str]:
    """The addresses of this site in a text of any kind."""
    return [found.rstrip(".,;") for found in re.findall(rf"{re.escape(SITE)}[^\s\"'<>]*", text)]


def linked_from(page: str) -> Iterator[str]:
    """The addresses that a page's head names."""
    head = page.partition("</head>")[0]
    for address in re.findall(r'<link[^>]+href="([^"]+)"', head):
        yield address if address.startswith("http") else SITE + address


def assert_exists(client: FlaskClient, address: str) -> None:
    parts = urlsplit(address)
    assert f"{parts.scheme}://{parts.netloc}" == SITE, address
    query = f"?{parts.query}" if parts.query else ""
    # A comment's own address leads to its place in the thread.
    answer = client.get(f"{parts.path or '/'}{query}", base_url=SITE, follow_redirects=True)
    assert answer.status_code == 200, f"{address} answers {answer.status}"


def test_every_address_in_robots_txt_is_one_of_the_site(app: Flask, client: FlaskClient, path: str) -> None:
    lines = client.get("/robots.txt", base_url=SITE).text.splitlines()
    rules = [rule.rule for rule in app.url_map.iter_rules()]
    named = [line.partition(": ")[2] for line in lines if line.startswith(("Allow", "Disallow"))]
    assert len(named) >= 5
    for prefix in named:
        assert any(rule.startswith(prefix) for rule in rules), f"nothing is at {prefix}"
    sitemaps = [line.partition(": ")[2] for line in lines if line.startswith("Sitemap")]
    assert len(sitemaps) == 2
    for address in sitemaps:
        assert_exists(client, address)


@pytest.mark.parametrize("source", [*XML, "/.well-known/security.txt", "/feed.json", "thread"])
def test_every_address_that_a_document_names_exists(source: str, client: FlaskClient, path: str) -> None:
    answer = client.get(f"{path}/feed.xml" if source == "thread" else source, base_url=SITE)
    assert answer.status_code == 200
    if "xml" in (answer.mimetype or ""):
        ET.fromstring(answer.data)
    named = named_in_text(answer.text)
    assert named or source == "/news-sitemap.xml"
    for address in set(named):
        assert_exists(client, address)


@pytest.mark.parametrize("source", [*PAGES, "article"])
def test_every_address_in_a_pages_head_and_headers_exists(
    source: str, client: FlaskClient, path: str
) -> None:
    answer = client.get(path if source == "article" else source, base_url=SITE)
    named = set(linked_from(answer.text)) | set(named_in_text(answer.text.partition("</head>")[0]))
    assert len(named) >= 2
    for address in named | {found for value in answer.headers.values() for found in named_in_text(value)}:
        assert_exists(client, address)
