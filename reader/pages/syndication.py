"""Feeds as values, and what they are written as: Atom (RFC 4287) and JSON Feed 1.1. No reading, no request."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from xml.etree import ElementTree as ET

from reader.text.dates import stamp

ATOM = "http://www.w3.org/2005/Atom"
THREAD = "http://purl.org/syndication/thread/1.0"
JSON_FEED = "https://jsonfeed.org/version/1.1"
# When a feed with nothing in it was last changed: Atom wants a time, and any other would be made up.
NEVER = datetime(1970, 1, 1, tzinfo=UTC)

_UNWRITABLE = re.compile(r"[^\t\n\r\x20-\uD7FF\uE000-\uFFFD\U00010000-\U0010FFFF]")
_OWN_ADDRESS = re.compile(r'(<a href=")([#/])')


@dataclass(frozen=True)
class FeedEntry:
    """Entry of a feed: ``path`` is its address on the site, ``lasting`` the permanent one that identifies it.

    ``updated`` always has a value; ``published`` and ``modified`` only where such a date is known. ``html`` is from our
    own cleaner, ``text`` is plain; one of them is the content. ``answers`` is the path of the comment it replies to.
    """

    path: str
    title: str
    updated: datetime
    published: datetime | None = None
    modified: datetime | None = None
    summary: str | None = None
    html: str | None = None
    text: str | None = None
    authors: Sequence[str] = ()
    topics: Sequence[str] = ()
    lang: str | None = None
    answers: str | None = None
    lasting: str | None = None


@dataclass(frozen=True)
class Feed:
    """A feed of the site at ``base``: its own ``path``, and that of the ``page`` it follows."""

    base: str
    site_name: str
    title: str
    path: str
    page: str
    entries: Sequence[FeedEntry]

    @property
    def updated(self) -> datetime:
        """The time of the latest change of an entry."""
        return max((entry.updated for entry in self.entries), default=NEVER)


def atom(feed: Feed) -> bytes:
    """The feed as Atom. Its author is the site, which stands for all entries whose authors are not known."""
    root = ET.Element(f"{{{ATOM}}}feed")
    _text(root, "id", feed.base + feed.path)
    _text(root, "title", feed.title)
    _text(root, "updated", stamp(feed.updated))
    _link(root, "self", feed.base + feed.path, "application/atom+xml")
    _link(root, "alternate", feed.base + feed.page, "text/html")
    _author(root, feed.site_name)
    for entry in feed.entries:
        _atom_entry(root, feed, entry)
    ET.indent(root)
    return document(root, {"": ATOM, "thr": THREAD})


def _atom_entry(root: ET.Element, feed: Feed, entry: FeedEntry) -> None:
    element = ET.SubElement(root, f"{{{ATOM}}}entry")
    if entry.lang:
        element.set("{http://www.w3.org/XML/1998/namespace}lang", entry.lang)
    address = feed.base + entry.path
    _text(element, "id", feed.base + (entry.lasting or entry.path))
    _text(element, "title", entry.title)
    _link(element, "alternate", address, "text/html")
    if entry.published:
        _text(element, "published", stamp(entry.published))
    _text(element, "updated", stamp(entry.updated))
    for name in entry.authors:
        _author(element, name)
    for topic in entry.topics:
        ET.SubElement(element, f"{{{ATOM}}}category", {"term": writable(topic)})
    if entry.answers:
        answered = feed.base + entry.answers
        ET.SubElement(element, f"{{{THREAD}}}in-reply-to", {"ref": answered, "href": answered})
    if entry.summary:
        _text(element, "summary", entry.summary)
    if entry.html is not None:
        _text(element, "content", _absolute(entry.html, feed.base, address), type="html")
    elif entry.text is not None:
        _text(element, "content", entry.text)


def json_feed(feed: Feed) -> dict[str, Any]:
    """The feed as JSON Feed 1.1. ``date_modified`` is only given where there is a date at all."""
    return {
        "version": JSON_FEED,
        "title": feed.title,
        "home_page_url": feed.base + feed.page,
        "feed_url": feed.base + feed.path,
        "authors": [{"name": feed.site_name, "url": feed.base + "/"}],
        "items": [_json_item(feed, entry) for entry in feed.entries],
    }


def _json_item(feed: Feed, entry: FeedEntry) -> dict[str, Any]:
    address = feed.base + entry.path
    fields = {
        "title": entry.title,
        "summary": entry.summary,
        "content_html": entry.html and _absolute(entry.html, feed.base, address),
        "content_text": entry.text,
        "date_published": entry.published and stamp(entry.published),
        "date_modified": (entry.published or entry.modified) and stamp(entry.updated),
        "authors": [{"name": name} for name in entry.authors],
        "tags": list(entry.topics),
        "language": entry.lang,
    }
    id_ = feed.base + (entry.lasting or entry.path)
    return {"id": id_, "url": address, **{name: value for name, value in fields.items() if value}}


def document(root: ET.Element, namespaces: Mapping[str, str]) -> bytes:
    """The XML of ``root``, with its namespaces called as given."""
    for prefix, uri in namespaces.items():
        ET.register_namespace(prefix, uri)
    written: bytes = ET.tostring(root, encoding="utf-8", xml_declaration=True)
    return written


def writable(text: str) -> str:
    """``text`` without the characters that XML can't hold in any form."""
    return _UNWRITABLE.sub("", text)


def _absolute(html: str, base: str, page: str) -> str:
    """Our own HTML with its links made whole, since it will be read elsewhere."""
    return _OWN_ADDRESS.sub(lambda found: f"{found[1]}{page if found[2] == '#' else base}{found[2]}", html)


def _text(parent: ET.Element, name: str, text: str, **attributes: str) -> None:
    ET.SubElement(parent, f"{{{ATOM}}}{name}", attributes).text = writable(text)


def _link(parent: ET.Element, rel: str, href: str, kind: str) -> None:
    ET.SubElement(parent, f"{{{ATOM}}}link", {"rel": rel, "href": href, "type": kind})


def _author(parent: ET.Element, name: str) -> None:
    _text(ET.SubElement(parent, f"{{{ATOM}}}author"), "name", name)
