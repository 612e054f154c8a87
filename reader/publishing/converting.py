"""The plain text of an article's page, as it comes from copying, turned into an article file.

Nothing is added. The text has no authors, dates or addresses, so the file has none; it links no claim to a source, so
each claim says ``unsourced: true``. What the editor should look at is noted with the line of the text.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path

from reader.factchecks.guards import verdict_faults
from reader.factchecks.verdicts import Verdict
from reader.markdown import render_article
from reader.publishing import bodies
from reader.publishing.checking import check_document
from reader.publishing.document import ClaimEntry, Document, SourceEntry
from reader.publishing.faults import Fault, Report
from reader.publishing.hints import nearest
from reader.publishing.reading import decode, parse
from reader.publishing.writing import write
from reader.slugs import slug_of, unused

DOT = "·"
LONGEST_STANDFIRST = 500
LONGEST_HEADING = 100
LONGEST_STATUS = 60
LONGEST_ID = 60
_CONVERSATION = re.compile(r"join the conversation", re.IGNORECASE)
_FACT_CHECK = re.compile(r"fact[ -]?checks?(?:\s*\((\d+)\))?:?", re.IGNORECASE)
_SOURCES = re.compile(r"source reporting(?:\s*\((\d+)\))?:?", re.IGNORECASE)
_BULLET = re.compile(r"[-*•–—](?:\s+|$)")
_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u2060\ufeff]")
_SIGNS = re.compile(r"([\\`*_\[\]<>#&!~|+=-])")
_NUMBER = re.compile(r"^(\d+)([.)])")


@dataclass(frozen=True)
class Line:
    """A line of the text that isn't empty, without its bullet."""

    number: int
    words: str
    bullet: bool


@dataclass(frozen=True)
class Converted:
    """An article file, what its editor should look at, and what stands in the way (then there is no file)."""

    text: str
    warnings: list[Fault]
    faults: list[Fault]


class _Part(Enum):
    BODY = "body"
    CLAIMS = "claims"
    SOURCES = "sources"


@dataclass
class _Page:
    """The lines of each part, and the numbers that the headlines of the lists give."""

    parts: dict[_Part, list[Line]] = field(default_factory=lambda: {part: [] for part in _Part})
    counts: dict[_Part, tuple[int, int]] = field(default_factory=dict)
    found: set[_Part] = field(default_factory=set)


def convert(path: Path) -> Converted:
    """Convert the file at ``path``."""
    report = Report(str(path))
    try:
        content = path.read_bytes()
    except OSError as fault:
        report.fault("", f"can’t be opened: {fault.strerror}")
        content = b""
    text = None if report.faults else decode(content, report)
    document = _document(_page(text), report) if text is not None else None
    if document is None or report.faults:
        return Converted("", report.warnings, report.faults)
    file = write(document)
    again = Report(f"{path} (converted)")
    check_document(parse(file.encode(), again).document, again)
    return Converted("" if again.faults else file, report.warnings, again.faults)


def _page(text: str) -> _Page:
    page, part = _Page(), _Part.BODY
    for line in _lines(text):
        if _CONVERSATION.fullmatch(line.words):
            break
        for kind, headline in ((_Part.CLAIMS, _FACT_CHECK), (_Part.SOURCES, _SOURCES)):
            if found := headline.fullmatch(line.words):
                part = kind
                page.found.add(kind)
                if found[1]:
                    page.counts[kind] = (line.number, int(found[1]))
                break
        else:
            page.parts[part].append(line)
    return page


def _lines(text: str) -> Iterator[Line]:
    """The lines that hold something. A bullet that stands alone belongs to the line after it."""
    bullet = False
    for number, line in enumerate(text.split("\n"), start=1):
        words = " ".join(_INVISIBLE.sub("", line).split())
        marker = _BULLET.match(words)
        if marker:
            bullet = True
            words = words[marker.end() :]
        if words:
            yield Line(number, words, bullet)
            bullet = False


def _document(page: _Page, report: Report) -> Document | None:
    body = page.parts[_Part.BODY]
    if not body:
        report.fault("", "has no text: the first line must be the title", 1)
        return None
    title, *rest = body
    standfirst = None
    if len(rest) > 1 and not rest[0].bullet and len(rest[0].words) <= LONGEST_STANDFIRST:
        standfirst, *rest = rest
    else:
        report.warn("", "no standfirst was recognised in the line after the title", title.number)
    markdown = _body(rest)
    return Document(
        title=title.words,
        slug=slug_of(title.words) or "article",
        standfirst=standfirst.words if standfirst else None,
        sources=_sources(page, report),
        claims=_claims(page, markdown, report),
        body=markdown,
    )


def _body(lines: list[Line]) -> str:
    blocks: list[str] = []
    for place, line in enumerate(lines):
        words = _escaped(line.words)
        if line.bullet:
            joined = place > 0 and lines[place - 1].bullet
            blocks.append(("\n- " if joined else "\n\n- ") + words)
        else:
            heading = place + 1 < len(lines) and _is_heading(line.words)
            blocks.append("\n\n" + ("## " if heading else "") + words)
    return "".join(blocks).strip()


def _is_heading(words: str) -> bool:
    return len(words) <= LONGEST_HEADING and words[-1] not in ".,;:!…\"”'’)"


def _escaped(words: str) -> str:
    """``words`` as Markdown that shows them just so."""
    if render_article(words) == f'<p dir="auto">{html.escape(words, quote=False)}</p>':
        return words
    return _NUMBER.sub(r"\1\\\2", _SIGNS.sub(r"\\\1", words))


def _claims(page: _Page, body: str, report: Report) -> tuple[ClaimEntry, ...]:
    if _Part.CLAIMS not in page.found:
        report.warn("", "no list “Fact check” was found, so the article has no claims", 1)
    found: list[ClaimEntry] = []
    marked: dict[str, str] = {}
    for line, words, status in _statements(page.parts[_Part.CLAIMS], report):
        verdict = _verdict(status, report)
        if verdict is None:
            continue
        id_ = unused(slug_of(words, LONGEST_ID) or "claim", {claim.id for claim in found})
        at = _at(words, id_, body, marked)
        report.warn("", f"the text links no source to the claim “{id_}”; the page will say so", line)
        for what in verdict_faults(verdict, []):
            report.warn("", f"the claim “{id_}”: {what}", line)
        found.append(ClaimEntry(id=id_, text=words, verdict=verdict.value, unsourced=True, at=at))
    _compare_count(page, _Part.CLAIMS, len(found), report)
    return tuple(found)


def _statements(lines: list[Line], report: Report) -> Iterator[tuple[int, str, Line]]:
    """The claims: the line each begins on, its words, and the line that gives its verdict."""
    pending: list[Line] = []
    for line in lines:
        if pending and _is_status(line.words):
            yield pending[0].number, " ".join(part.words for part in pending), line
            pending = []
        elif pending and line.bullet:
            report.fault(
                "",
                "this claim has no verdict: write it in the line after, as “verified · source”",
                pending[0].number,
            )
            pending = [line]
        else:
            pending.append(line)
    if pending:
        report.fault(
            "",
            "this claim has no verdict: write it in the line after, as “verified · source”",
            pending[0].number,
        )


def _is_status(words: str) -> bool:
    return len(words) <= LONGEST_STATUS and (DOT in words or _word(words) in _VERDICTS)


def _word(words: str) -> str:
    return words.partition(DOT)[0].strip().casefold().replace(" ", "-")


_VERDICTS = {key: verdict for verdict in Verdict for key in (verdict.value, _word(verdict.label))}


def _verdict(status: Line, report: Report) -> Verdict | None:
    verdict = _VERDICTS.get(_word(status.words))
    if verdict is None:
        word = status.words.partition(DOT)[0].strip()
        report.fault(
            "", f"“{word}” is no verdict; {nearest(word, [one.value for one in Verdict])}", status.number
        )
    source = status.words.partition(DOT)[2].strip()
    if source and source.casefold() != "source":
        report.warn(
            "", f"“{source}” isn’t linked to the claim; list it in the claim’s “sources”", status.number
        )
    return verdict


def _at(words: str, id_: str, body: str, marked: dict[str, str]) -> str | None:
    """The claim's words where the body has exactly those, once, and no other claim marks them."""
    for at in (words, words.rstrip(".")):
        if not bodies.misplaced(body, {**marked, id_: at}):
            marked[id_] = at
            return at
    return None


def _sources(page: _Page, report: Report) -> tuple[SourceEntry, ...]:
    if _Part.SOURCES not in page.found:
        report.warn("", "no list “Source reporting” was found, so the article has no sources", 1)
    found: list[SourceEntry] = []
    for line in page.parts[_Part.SOURCES]:
        publisher, dot, title = (part.strip() for part in line.words.partition(DOT))
        if not (publisher and dot and title):
            report.fault("", f"this source is no “publisher {DOT} title”; write it like that", line.number)
            continue
        id_ = unused(slug_of(publisher, LONGEST_ID) or "source", {source.id for source in found})
        found.append(SourceEntry(id=id_, publisher=publisher, title=title))
    _compare_count(page, _Part.SOURCES, len(found), report)
    return tuple(found)


def _compare_count(page: _Page, part: _Part, number: int, report: Report) -> None:
    if part in page.counts and page.counts[part][1] != number:
        line, said = page.counts[part]
        report.warn("", f"the headline says {said} {part.value}, but {number} were recognised", line)
