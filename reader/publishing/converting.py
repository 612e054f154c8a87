"""The plain text of an article's page, as it comes from copying, turned into an article file.

Nothing is added. The text has no authors, dates or addresses, so the file has none; it links no claim to a source, so
each claim says ``unsourced: true``. What isn't understood is left in the text, and what the editor should look at is
noted with its line.
"""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

from reader.articles.models import Article
from reader.factchecks.appearances import web_address
from reader.factchecks.guards import verdict_faults
from reader.factchecks.models import Publisher, Source
from reader.factchecks.verdicts import Verdict
from reader.publishing import bodies, page_text
from reader.publishing.checking import check_document
from reader.publishing.document import ClaimEntry, Document, SourceEntry
from reader.publishing.faults import Fault, FileReport
from reader.publishing.page_text import Line, Page, Part, StatusLine
from reader.publishing.reading import decode, front_matter_line, parse
from reader.publishing.reading_claims import MAX_URL, most
from reader.publishing.saving import write
from reader.publishing.suggestions import nearest
from reader.text.letters import is_visible
from reader.text.markdown import plain_text, render_article
from reader.text.slugs import slug_of, unused

MAX_STANDFIRST = 500
MAX_ID = 60
# Number of lines, from the standfirst on, in which names and dates are looked for.
MAX_CREDITS_BELOW = 4
_SIGNS = re.compile(r"([\\`*_\[\]<>#&!~|+=:$^{}-])")
_NUMBER = re.compile(r"^(\d+)([.)])")
_CLAIM = re.compile(r"claim(?:\s*\d+)?\s*[:：]\s*(?=\S)", re.IGNORECASE)
_CREDIT = "says who wrote the text, or when, and was left in it; write “authors” and “published” in its place"
_NO_VERDICT = "this claim has no verdict, so it was left in the text; write it below, as “verified · source”"


@dataclass(frozen=True)
class Converted:
    """An article file, what its editor should look at, and what stands in the way (then there is no file)."""

    text: str
    warnings: list[Fault]
    faults: list[Fault]


@dataclass(frozen=True)
class _Statement:
    """A claim of the list: the line it begins on, its words, and its verdict."""

    line: int
    words: str
    verdict: Verdict


@dataclass
class _Lists:
    """Claims and sources in the lists of a page, and the lines that weren't understood."""

    claims: list[_Statement] = field(default_factory=list)
    sources: list[SourceEntry] = field(default_factory=list)
    rest: list[Line] = field(default_factory=list)

    def leave(self, lines: list[Line]) -> None:
        """Keep lines for the text, where they end it as a list."""
        self.rest += [replace(line, bullet=True) for line in lines]


def convert(path: Path, lang: str | None = None) -> Converted:
    """Convert the file at ``path``, whose language is ``lang``."""
    report = FileReport(str(path))
    text = _text(path, report)
    document = _document(page_text.page_of(text, report), lang, report) if text is not None else None
    if document is None or report.faults:
        return Converted("", report.warnings, report.faults)
    file = write(document)
    again = FileReport(str(path))
    check_document(parse(file.encode(), again).document, again)
    for wrong in again.faults:
        # In the file that was made, whose lines are not those of the text.
        report.fault(wrong.key, wrong.what, 1)
    return Converted("" if report.faults else file, report.warnings, report.faults)


def _text(path: Path, report: FileReport) -> str | None:
    """The text of a page; None, with the fault noted, where the file holds none."""
    try:
        content = path.read_bytes()
    except OSError as error:
        report.fault("", f"can’t be opened: {error.strerror}")
        return None
    text = decode(content, report)
    line = front_matter_line(text) if text is not None else None
    if line is not None:
        report.fault(
            "",
            "front matter begins here, so this is an article file already; see how it stands with"
            f" “reader check {path}”, or remove this line if it is the text of a page",
            line,
        )
        return None
    return text


def _document(page: Page, lang: str | None, report: FileReport) -> Document | None:
    title, above, rest = _title(page.parts[Part.BODY], report)
    if title is None:
        return None
    standfirst, rest = _standfirst(rest, title, report)
    lists = _Lists()
    _read_claims(page, lists, report)
    _read_sources(page, lists, report)
    markdown = _body([*above, *rest], lists.rest)
    if not markdown:
        report.fault("", "has nothing below its title: an article needs a text", title.number)
        return None
    return Document(
        title=title.words,
        slug=slug_of(title.words) or "article",
        standfirst=standfirst.words if standfirst else None,
        lang=lang or "",
        sources=tuple(lists.sources),
        claims=_claims(lists.claims, markdown, report),
        body=markdown,
    )


def _title(lines: list[Line], report: FileReport) -> tuple[Line | None, list[Line], list[Line]]:
    """The title, what of the lines above or in it belongs to the text, and the lines below it."""
    above: list[Line] = []
    limit = most(Article.title)
    for place, line in enumerate(lines):
        words = " ".join(page_text.ADDRESS.sub(" ", line.words).split()).strip(" -–—|·•:()")
        if words != line.words and page_text.ADDRESS.search(line.words):
            report.warn(
                "", "holds an address, which is no part of a title; it was left in the text", line.number
            )
            above += [
                Line(line.number, found[0], bullet=False) for found in page_text.ADDRESS.finditer(line.words)
            ]
            if not is_visible(words):
                continue
            line = Line(line.number, words, line.bullet)
        if len(line.words) > limit:
            report.fault("title", f"has {len(line.words):,} characters; {limit:,} are the most", line.number)
            return None, [], []
        return line, above, lines[place + 1 :]
    report.fault("", "has no text: the first line must be the title", 1)
    return None, [], []


def _standfirst(rest: list[Line], title: Line, report: FileReport) -> tuple[Line | None, list[Line]]:
    """The line after the title that sums the article up; who wrote it, and when, stays in the text."""
    credits = next(
        (place for place, line in enumerate(rest) if not page_text.is_credit(line.words)), len(rest)
    )
    for line in rest[: credits + MAX_CREDITS_BELOW]:
        if page_text.is_credit(line.words):
            report.warn("", _CREDIT, line.number)
    found = rest[credits] if len(rest) > credits + 1 else None
    is_address = found is not None and page_text.ADDRESS.fullmatch(found.words) is not None
    if found is None or found.bullet or is_address or len(found.words) > MAX_STANDFIRST:
        report.warn("", "no standfirst was recognised in the line after the title", title.number)
        return None, rest
    return found, [*rest[:credits], *rest[credits + 1 :]]


def _body(lines: list[Line], rest: list[Line]) -> str:
    """The Markdown of a text, and of the ``rest`` of the lists, which ends it."""
    ends = len(lines)
    lines = [*lines, *rest]
    markdown = _blocks(lines, ends, _escaped)
    shown = plain_text(render_article(markdown)).split("\n")
    # Lines may mean something together: “[a]: b” makes a link of “[a]”.
    if shown != [line.words for line in lines] or not _is_plain(markdown):
        markdown = _blocks(lines, ends, _all_escaped)
    return markdown


def _is_plain(markdown: str) -> bool:
    found = bodies.inspect(markdown)
    return not (found.faults or found.warnings or found.references)


def _blocks(lines: list[Line], ends: int, escaped: Callable[[str], str]) -> str:
    blocks: list[str] = []
    for place, line in enumerate(lines):
        words = escaped(line.words)
        if line.bullet:
            joined = place > 0 and lines[place - 1].bullet
            blocks.append(("\n- " if joined else "\n\n- ") + words)
        else:
            heading = place + 1 < ends and page_text.is_heading(line.words)
            blocks.append("\n\n" + ("## " if heading else "") + words)
    return "".join(blocks).strip()


def _escaped(words: str) -> str:
    """``words`` as Markdown that shows them just so."""
    shown = f'<p dir="auto">{html.escape(words, quote=False)}</p>'
    return words if render_article(words) == shown and _is_plain(words) else _all_escaped(words)


def _all_escaped(words: str) -> str:
    return _NUMBER.sub(r"\1\\\2", _SIGNS.sub(r"\\\1", words))


def _unnumbered(lines: list[Line], report: FileReport) -> Iterator[Line]:
    """The lines of a list without the numbers that count its entries, which are bullets too."""
    expected, bullet = 1, False
    for line in lines:
        found = page_text.NUMBER.match(line.words)
        if found and int(found[1]) == expected:
            expected, bullet = expected + 1, True
            line = replace(line, words=line.words[found.end() :])
        elif found:
            report.warn(
                "",
                f"begins with “{found[0].strip()}”, which doesn’t count the list; it was kept",
                line.number,
            )
        if is_visible(line.words):
            yield replace(line, bullet=line.bullet or bullet)
            bullet = False


def _read_claims(page: Page, lists: _Lists, report: FileReport) -> None:
    if Part.CLAIMS not in page.found:
        report.warn("", "no list “Fact check” was found, so the article has no claims", 1)
    pending: list[Line] = []
    for line in _unnumbered(page.parts[Part.CLAIMS], report):
        status = page_text.status_of(line.words) if pending else None
        if status and status.verdict:
            _add_claim(pending, line, status, lists, report)
            pending = []
        elif status:
            suggestion = nearest(status.word, [one.value for one in Verdict])
            report.warn(
                "",
                f"“{status.word}” is no verdict, so the claim was left in the text; {suggestion}",
                line.number,
            )
            lists.leave([*pending, line])
            pending = []
        elif pending and line.bullet:
            report.warn("", _NO_VERDICT, pending[0].number)
            lists.leave(pending)
            pending = [line]
        else:
            pending.append(line)
    if pending:
        report.warn("", _NO_VERDICT, pending[0].number)
        lists.leave(pending)
    _compare_count(page, Part.CLAIMS, len(lists.claims), report)


def _add_claim(lines: list[Line], below: Line, status: StatusLine, lists: _Lists, report: FileReport) -> None:
    words = " ".join(line.words for line in lines)
    lead = _CLAIM.match(words)
    if lead and is_visible(words[lead.end() :]):
        words = words[lead.end() :]
    if len(lines) > 1:
        report.warn("", f"this claim was put together from {len(lines)} lines", lines[0].number)
    if status.source:
        report.warn(
            "", f"“{status.source}” isn’t linked to the claim; list it in the claim’s “sources”", below.number
        )
    lists.claims.append(_Statement(lines[0].number, words, status.verdict or Verdict.CHECKING))


def _claims(statements: list[_Statement], body: str, report: FileReport) -> tuple[ClaimEntry, ...]:
    found: list[ClaimEntry] = []
    marked: dict[str, str] = {}
    for statement in statements:
        id_ = unused(slug_of(statement.words, MAX_ID) or "claim", {claim.id for claim in found})
        at = _at(statement.words, id_, body, marked)
        report.warn(
            "", f"the text links no source to the claim “{id_}”; the page will say so", statement.line
        )
        for what in verdict_faults(statement.verdict, []):
            report.warn("", f"the claim “{id_}”: {what}", statement.line)
        verdict = statement.verdict.value
        found.append(ClaimEntry(id=id_, text=statement.words, verdict=verdict, unsourced=True, at=at))
    return tuple(found)


def _at(words: str, id_: str, body: str, marked: dict[str, str]) -> str | None:
    """The claim's words where the body has exactly those, once, and no other claim marks them."""
    for at in (words, words.rstrip(".")):
        if at and not bodies.misplaced(body, {**marked, id_: at}):
            marked[id_] = at
            return at
    return None


def _read_sources(page: Page, lists: _Lists, report: FileReport) -> None:
    if Part.SOURCES not in page.found:
        report.warn("", "no list “Source reporting” was found, so the article has no sources", 1)
    for line in _unnumbered(page.parts[Part.SOURCES], report):
        url, words = _address(line.words)
        found = page_text.publisher_and_title(words)
        if found is None or not _fits(*found[:2]):
            report.warn(
                "",
                "this source is no “publisher · title”, so it was left in the text; write it like that",
                line.number,
            )
            lists.leave([line])
            continue
        publisher, title, is_certain = found
        if not is_certain:
            report.warn("", f"was read as the publisher “{publisher}” and the title “{title}”", line.number)
        id_ = unused(slug_of(publisher, MAX_ID) or "source", {source.id for source in lists.sources})
        lists.sources.append(SourceEntry(id=id_, publisher=publisher, title=title, url=url))
    _compare_count(page, Part.SOURCES, len(lists.sources), report)


def _address(words: str) -> tuple[str | None, str]:
    """The address that a source ends with, and its other words; all of them where there is none, or no clear one."""
    found = list(page_text.ADDRESS.finditer(words))
    if len(found) != 1:
        return None, words
    url = found[0][0].rstrip(".,;:!?")
    if "(" not in url:
        url = url.rstrip(")]")
    if len(url) > MAX_URL or not web_address(url):
        return None, words
    rest = words.replace(found[0][0], " ")
    return url, " ".join(rest.split()).strip(" ·•|-–—:,([])")


def _fits(publisher: str, title: str) -> bool:
    return (
        all(is_visible(words) and not page_text.ADDRESS.search(words) for words in (publisher, title))
        and len(publisher) <= most(Publisher.name)
        and len(title) <= most(Source.title)
    )


def _compare_count(page: Page, part: Part, number: int, report: FileReport) -> None:
    if part in page.counts and page.counts[part][1] != number:
        line, said = page.counts[part]
        report.warn("", f"the headline says {said} {part.value}, but {number} were recognised", line)
