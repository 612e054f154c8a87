"""An article file from its bytes to a :class:`Document`, with every fault on the way noted.

Where something can't be read the document has a stand-in, so that all the other checks can still be made; a
document is only to be used when its report has no faults.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from sqlalchemy import String
from sqlalchemy.orm import InstrumentedAttribute

from reader.articles.models import Article, Author, Status, Topic
from reader.characters import first_refused
from reader.factchecks.models import About, Claim, CorrectionKind, Publisher, Source, SourceKind
from reader.factchecks.verdicts import Verdict
from reader.publishing.document import (
    FORMAT,
    Claimant,
    ClaimEntry,
    CorrectionEntry,
    Document,
    Image,
    SourceEntry,
    UseEntry,
)
from reader.publishing.entries import Entry
from reader.publishing.faults import Report
from reader.publishing.nodes import Pairs, compose
from reader.slugs import slug_of, unused

LARGEST = 1_000_000
FENCE = "---"
BODY = "body"
_ID_LENGTH = 60
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{1,8})*")


def _keys(kind: type) -> list[str]:
    return [field.name for field in fields(kind)]


ARTICLE_KEYS = ["format", *(key for key in _keys(Document) if key != BODY)]
IMAGE_KEYS = _keys(Image)
SOURCE_KEYS = _keys(SourceEntry)
CLAIM_KEYS = _keys(ClaimEntry)
USE_KEYS = _keys(UseEntry)
CLAIMANT_KEYS = _keys(Claimant)
CORRECTION_KEYS = _keys(CorrectionEntry)


@dataclass(frozen=True)
class ArticleFile:
    """A file that was read: its text, what it says, and what is wrong with it."""

    text: str
    document: Document
    report: Report


def read(path: Path) -> ArticleFile:
    """Read the file at ``path``."""
    report = Report(str(path))
    try:
        content = path.read_bytes()
    except OSError as fault:
        report.fault("", f"can’t be opened: {fault.strerror}")
        return ArticleFile("", _NOTHING, report)
    return parse(content, report)


_NOTHING = Document(title="", slug="")


def parse(content: bytes, report: Report) -> ArticleFile:
    """Read a file's bytes."""
    text = decode(content, report)
    if text is None:
        return ArticleFile("", _NOTHING, report)
    return ArticleFile(text, _document(text, report), report)


def decode(content: bytes, report: Report) -> str | None:
    """A file's text, its lines ended by newlines; None, with the fault noted, where it isn't UTF-8 or too large."""
    if len(content) > LARGEST:
        report.fault("", f"has {len(content):,} bytes; {LARGEST:,} are the most")
        return None
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as fault:
        line = content[: fault.start].count(b"\n") + 1
        report.fault("", f"isn’t UTF-8 (byte {content[fault.start]:#04x}); save it in that encoding", line)
        return None
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _document(text: str, report: Report) -> Document:
    lines = text.split("\n")
    if lines[0].rstrip() != FENCE:
        report.fault("", f"must begin with a line {FENCE}, the front matter, and another line {FENCE}", 1)
        return _NOTHING
    end = next((number for number, line in enumerate(lines[1:], start=1) if line.rstrip() == FENCE), None)
    if end is None:
        report.fault("", f"the front matter has no end: put a line {FENCE} after it", 1)
        return _NOTHING
    body = _body(lines[end + 1 :], end + 2, report)
    tree = compose("\n".join(lines[1:end]) + "\n", report, first_line=2)
    if isinstance(tree, Pairs):
        return _article(Entry(tree, "", report, ARTICLE_KEYS), body)
    if not report.faults:
        report.fault("", "the front matter must be keys with values, such as “title: …”", 2)
    return _NOTHING


def _body(lines: list[str], first_line: int, report: Report) -> str:
    while lines and not lines[0].strip():
        lines = lines[1:]
        first_line += 1
    report.lines[BODY] = first_line
    for number, line in enumerate(lines, start=first_line):
        odd = first_refused(line)
        if odd is not None:
            report.fault(BODY, f"holds a character that can’t be shown (U+{ord(odd):04X}); remove it", number)
    return "\n".join(lines).rstrip()


def _most(column: InstrumentedAttribute[Any]) -> int:
    """How many characters a column takes."""
    kind = column.type
    assert isinstance(kind, String)
    assert kind.length is not None
    return kind.length


def _article(entry: Entry, body: str) -> Document:
    number = entry.number("format")
    if number not in (None, FORMAT):
        entry.fault("format", f"must be {FORMAT}; this version of Reader knows no other")
    title = entry.text("title", limit=_most(Article.title), required=True) or ""
    slug = entry.slug("slug", limit=_most(Article.slug)) or slug_of(title)
    if title and not slug:
        entry.fault("slug", "is missing, and the title gives none; add “slug: …”")
    sources = _sources(entry)
    published, updated = entry.moment("published"), entry.moment("updated")
    if published and updated and updated < published:
        entry.fault("updated", "is before “published”")
    status = entry.choice("status", Status) or Status.PUBLISHED.value
    publish_at = entry.moment("publish_at")
    if status == Status.SCHEDULED and not entry.has("publish_at"):
        entry.fault("publish_at", "is missing; an article that is scheduled needs it")
    return Document(
        title=title,
        slug=slug,
        standfirst=entry.text("standfirst", lines=True),
        status=status,
        published=published,
        updated=updated,
        publish_at=publish_at,
        authors=entry.texts("authors", limit=_most(Author.name)),
        topics=entry.slugs("topics", limit=_most(Topic.slug)),
        lang=entry.matching(
            "lang", _LANGUAGE, "must be a language tag such as en or pt-BR", limit=_most(Article.lang)
        )
        or "en",
        image=_image(entry),
        sources=sources,
        claims=_claims(entry),
        corrections=_corrections(entry),
        body=body,
    )


def _image(entry: Entry) -> Image | None:
    image = entry.entry("image", IMAGE_KEYS)
    if image is None:
        return None
    return Image(
        src=image.address("src", limit=_most(Article.image_src), required=True, own=True) or "",
        alt=image.text("alt", limit=_most(Article.image_alt)),
        credit=image.text("credit", limit=_most(Article.image_credit)),
    )


def _sources(entry: Entry) -> tuple[SourceEntry, ...]:
    entries = entry.entries("sources", SOURCE_KEYS)
    ids = _ids([(source, source.text("publisher") or "") for source in entries], _most(Source.key))
    return tuple(
        SourceEntry(
            id=id_,
            publisher=source.text("publisher", limit=_most(Publisher.name), required=True) or "",
            title=source.text("title", limit=_most(Source.title), required=True) or "",
            url=source.address("url", limit=_most(Source.url)),
            kind=source.choice("kind", SourceKind),
            date=source.day("date"),
            quote=source.text("quote", lines=True),
            archived=source.address("archived", limit=_most(Source.archived)),
        )
        for source, id_ in zip(entries, ids, strict=True)
    )


def _ids(entries: list[tuple[Entry, str]], limit: int) -> list[str]:
    """The id of each entry: its own, or one made from its words that no other has; empty where neither can be."""
    given = [entry.slug("id", limit=limit) for entry, _ in entries]
    taken: set[str] = set()
    for (entry, _), id_ in zip(entries, given, strict=True):
        if id_ in taken:
            entry.fault("id", f"“{id_}” is the id of an entry above; choose another")
        if id_:
            taken.add(id_)
    made: list[str] = []
    for (entry, words), id_ in zip(entries, given, strict=True):
        if id_ is None:
            id_ = slug_of(words, _ID_LENGTH)
            if id_:
                id_ = unused(id_, taken)
                taken.add(id_)
            elif words and not entry.has("id"):
                entry.fault("id", "is missing, and the words give none; add “id: …”")
        made.append(id_)
    return made


def _claims(entry: Entry) -> tuple[ClaimEntry | UseEntry, ...]:
    entries = entry.entries("claims", [*CLAIM_KEYS, "use"])
    own = [(claim, claim.text("text") or "") for claim in entries if not claim.has("use")]
    ids = iter(_ids(own, _most(Claim.slug)))
    return tuple(_use(claim) if claim.has("use") else _claim(claim, next(ids)) for claim in entries)


def _use(entry: Entry) -> UseEntry:
    for key in CLAIM_KEYS:
        if key not in USE_KEYS and entry.has(key):
            entry.fault(key, "stands in the article that owns the claim, not beside “use”; remove it here")
    return UseEntry(use=entry.slug("use", limit=_most(Claim.slug)) or "", at=entry.text("at", lines=True))


def _claim(entry: Entry, id_: str) -> ClaimEntry:
    claimant = entry.entry("claimant", CLAIMANT_KEYS)
    return ClaimEntry(
        id=id_,
        text=entry.text("text", required=True) or "",
        short=entry.text("short", limit=_most(Claim.short)),
        verdict=entry.choice("verdict", Verdict, required=True) or "",
        about=entry.choice("about", About),
        why=entry.text("why", lines=True),
        sources=entry.slugs("sources", limit=_most(Source.key)),
        unsourced=bool(entry.flag("unsourced")),
        claimant=_claimant(claimant) if claimant else None,
        appearance=entry.address("appearance", limit=_most(Claim.appearance)),
        at=entry.text("at", lines=True),
    )


def _claimant(entry: Entry) -> Claimant:
    return Claimant(
        name=entry.text("name", limit=_most(Claim.claimant_name), required=True) or "",
        url=entry.address("url", limit=_most(Claim.claimant_url)),
    )


def _corrections(entry: Entry) -> tuple[CorrectionEntry, ...]:
    return tuple(
        CorrectionEntry(
            at=correction.moment("at"),
            kind=correction.choice("kind", CorrectionKind) or CorrectionKind.CORRECTION.value,
            text=correction.text("text", required=True, lines=True) or "",
            claim=correction.slug("claim", limit=_most(Claim.slug)),
        )
        for correction in entry.entries("corrections", CORRECTION_KEYS)
    )
