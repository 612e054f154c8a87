"""An article file from its bytes to a :class:`Document`, with every fault on the way noted.

Where something can't be read the document has a stand-in, so that all the other checks can still be made; a
document is only to be used when its report has no faults.
"""

from __future__ import annotations

import re
import sys
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from reader.articles.models import Article, Author, FormerSlug, Status, Topic
from reader.clock import now
from reader.factchecks.kinds import CorrectionKind, SourceKind
from reader.factchecks.models import Claim, Publisher, Source
from reader.publishing import nodes, toml
from reader.publishing.document import FORMAT, CorrectionEntry, Document, Image, SourceEntry
from reader.publishing.entries import Entry
from reader.publishing.faults import FileReport, Syntax
from reader.publishing.ids import Ids, Unnamed
from reader.publishing.nodes import Pairs
from reader.publishing.reading_claims import claims_of, keys, most
from reader.text.characters import first_refused
from reader.text.slugs import slug_of

MAX_BYTES = 1_000_000
FENCE = "---"
_COMPOSERS = {FENCE: (Syntax.YAML, nodes.compose), "+++": (Syntax.TOML, toml.compose)}
BLANK = " \t\ufeff"
BODY = "body"
LANGUAGE = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{1,8})*")


ARTICLE_KEYS = ["format", *(key for key in keys(Document) if key != BODY)]
IMAGE_KEYS = keys(Image)
SOURCE_KEYS = keys(SourceEntry)
CORRECTION_KEYS = keys(CorrectionEntry)
STDIN = Path("-")


@dataclass(frozen=True)
class ArticleFile:
    """A file that was read: its text, what it says, and what is wrong with it.

    ``unnamed`` are the entries without an id; in the document they have ids made from their words. ``has_slug`` tells
    whether the file gives the article's address, and doesn't leave it to the title.
    """

    path: Path
    content: bytes
    text: str
    document: Document
    report: FileReport
    unnamed: tuple[Unnamed, ...] = ()
    has_slug: bool = True


def read(path: Path) -> ArticleFile:
    """Read the file at ``path``; ``-`` is standard input."""
    report = FileReport(str(path))
    try:
        content = sys.stdin.buffer.read() if path == STDIN else path.read_bytes()
    except OSError as error:
        report.fault("", f"can’t be opened: {error.strerror}")
        return ArticleFile(path, b"", "", _NOTHING, report)
    return parse(content, report, path)


_NOTHING = Document(title="", slug="")


def parse(content: bytes, report: FileReport, path: Path = STDIN) -> ArticleFile:
    """Read a file's bytes."""
    text = decode(content, report)
    if text is None:
        return ArticleFile(path, content, "", _NOTHING, report)
    unnamed: list[Unnamed] = []
    document, has_slug = _document(text, report, unnamed)
    return ArticleFile(path, content, text, document, report, tuple(unnamed), has_slug)


def decode(content: bytes, report: FileReport) -> str | None:
    """A file's text, its lines ended by newlines; None, with the fault noted, where it isn't UTF-8 or too large."""
    if len(content) > MAX_BYTES:
        report.fault("", f"has {len(content):,} bytes; {MAX_BYTES:,} are the most")
        return None
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        report.fault("", f"isn’t UTF-8 (byte {content[error.start]:#04x}); save it in that encoding", line)
        return None
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _document(text: str, report: FileReport, unnamed: list[Unnamed]) -> tuple[Document, bool]:
    """Return the document in a file, and whether it gives the article's address.

    Entries without an id are added to ``unnamed``.
    """
    lines = text.split("\n")
    start, end = _fences(lines)
    fence = lines[start].strip(BLANK)
    if fence not in _COMPOSERS:
        report.fault(
            "", f"must begin with a line {FENCE}, the front matter, and another line {FENCE}", start + 1
        )
        return _NOTHING, True
    if end is None:
        report.fault("", f"the front matter has no end: put a line {fence} after it", start + 1)
        return _NOTHING, True
    body = _body(lines[end + 1 :], end + 2, report)
    report.syntax, compose = _COMPOSERS[fence]
    tree = compose("\n".join(lines[start + 1 : end]) + "\n", report, first_line=start + 2)
    if isinstance(tree, Pairs):
        entry = Entry(tree, "", report, ARTICLE_KEYS)
        offset = sum(len(line) + 1 for line in lines[: start + 1])
        document = _article(entry, body, Ids(unnamed, offset, report.syntax))
        return document, entry.has("slug")
    del report.lines[BODY]
    if not report.faults:
        report.fault("", "the front matter must be keys with values, such as “title: …”", start + 2)
    return _NOTHING, True


def _fences(lines: list[str]) -> tuple[int, int | None]:
    """The first line that holds something, counted from 0, and the next one that is the same, if there is one."""
    # Some editors leave an empty line above, or a second byte order mark.
    start = next((number for number, line in enumerate(lines) if line.strip(BLANK)), 0)
    fence = lines[start].strip(BLANK)
    below = (number for number, line in enumerate(lines) if number > start and line.rstrip() == fence)
    return start, next(below, None)


def front_matter_line(text: str) -> int | None:
    """Return the line on which front matter begins; None where the text doesn't begin with any."""
    lines = text.split("\n")
    start, end = _fences(lines)
    return start + 1 if lines[start].strip(BLANK) in _COMPOSERS and end is not None else None


def _body(lines: list[str], first_line: int, report: FileReport) -> str:
    while lines and not lines[0].strip():
        lines = lines[1:]
        first_line += 1
    report.lines[BODY] = first_line
    for number, line in enumerate(lines, start=first_line):
        odd = first_refused(line)
        if odd is not None:
            report.fault(BODY, f"holds a character that can’t be shown (U+{ord(odd):04X}); remove it", number)
    return "\n".join(lines).rstrip()


def _article(entry: Entry, body: str, ids: Ids) -> Document:
    number = entry.number("format")
    if number not in (None, FORMAT):
        entry.fault("format", f"must be {FORMAT}; this version of Reader knows no other")
    title = entry.text("title", limit=most(Article.title), required=True) or ""
    slug = entry.slug("slug", limit=most(Article.slug)) or slug_of(title)
    if title and not slug:
        entry.fault("slug", "is missing, and the title gives none; add “slug: …”")
    was = tuple(sorted(set(entry.slugs("was", limit=most(FormerSlug.slug))) - {slug}))
    id_ = ids.of_article(entry, slug)
    sources = _sources(entry, ids)
    claims = claims_of(entry, ids)
    published = entry.past(
        "published",
        entry.moment("published"),
        "; for an article that is to appear then, write “publish_at” instead",
    )
    updated = entry.past("updated", entry.moment("updated"))
    if published and updated and updated < published:
        entry.fault("updated", "is before “published”")
    status, publish_at = _status(entry)
    return Document(
        title=title,
        id=id_,
        slug=slug,
        was=was,
        standfirst=entry.text("standfirst", lines=True),
        status=status,
        published=published,
        updated=updated,
        publish_at=publish_at,
        authors=entry.texts("authors", limit=most(Author.name)),
        topics=entry.slugs("topics", limit=most(Topic.slug)),
        lang=entry.matching(
            "lang", LANGUAGE, "must be a language tag such as en or pt-BR", limit=most(Article.lang)
        )
        or "en",
        image=_image(entry),
        sources=sources,
        claims=claims,
        corrections=_corrections(entry),
        removed=entry.slugs("removed", limit=most(Claim.slug)),
        body=body,
    )


def _status(entry: Entry) -> tuple[str, datetime | None]:
    """Return the article's status, and when it is to appear.

    Without a status, a time to appear makes it scheduled.
    """
    status, publish_at = entry.choice("status", Status), entry.moment("publish_at")
    if status == Status.SCHEDULED and not entry.has("publish_at"):
        entry.fault("publish_at", "is missing; an article that is scheduled needs it")
    if status == Status.PUBLISHED and publish_at and publish_at > now():
        entry.fault(
            "status",
            "is “published”, but “publish_at” lies in the future; write “scheduled”, or take one of them out",
        )
    if status is None and not entry.has("status") and publish_at:
        status = Status.SCHEDULED.value
    return status or Status.PUBLISHED.value, publish_at


def _image(entry: Entry) -> Image | None:
    image = entry.entry("image", IMAGE_KEYS)
    if image is None:
        return None
    return Image(
        src=image.address("src", limit=most(Article.image_src), required=True, own=True) or "",
        alt=image.text("alt", limit=most(Article.image_alt)),
        credit=image.text("credit", limit=most(Article.image_credit)),
    )


def _sources(entry: Entry, ids: Ids) -> tuple[SourceEntry, ...]:
    entries = entry.entries("sources", SOURCE_KEYS)
    made = ids.of([(source, source.text("publisher") or "") for source in entries], most(Source.key))
    return tuple(
        SourceEntry(
            id=id_,
            publisher=source.text("publisher", limit=most(Publisher.name), required=True) or "",
            title=source.text("title", limit=most(Source.title), required=True) or "",
            url=source.address("url", limit=most(Source.url)),
            kind=source.choice("kind", SourceKind),
            date=source.day("date"),
            quote=source.text("quote", lines=True),
            archived=source.address("archived", limit=most(Source.archived)),
        )
        for source, id_ in zip(entries, made, strict=True)
    )


def _corrections(entry: Entry) -> tuple[CorrectionEntry, ...]:
    return tuple(
        CorrectionEntry(
            at=correction.past("at", correction.moment("at")),
            kind=correction.choice("kind", CorrectionKind) or CorrectionKind.CORRECTION.value,
            text=correction.text("text", required=True, lines=True) or "",
            claim=correction.slug("claim", limit=most(Claim.slug)),
        )
        for correction in entry.entries("corrections", CORRECTION_KEYS)
    )
