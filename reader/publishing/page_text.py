"""The plain text of an article's page, taken apart: its lines, the parts they stand in, and what kind each is."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import Enum

from reader.factchecks.verdicts import Verdict
from reader.publishing.faults import FileReport
from reader.text.characters import plain
from reader.text.letters import is_visible

MAX_HEADING = 100
MAX_STATUS = 60
MAX_BYLINE = 100
_CONVERSATION = re.compile(r"join the conversation", re.IGNORECASE)
_CLAIMS = re.compile(r"fact[ -]?checks?(?:\s*\((\d+)\))?:?", re.IGNORECASE)
_SOURCES = re.compile(r"source reporting(?:\s*\((\d+)\))?:?", re.IGNORECASE)
_BULLET = re.compile(r"[-*•◦‣▪●○■–—·](?:\s+|$)")
NUMBER = re.compile(r"\(?(\d{1,3})[.)](?:\s+|$)")
# Hyphens that are not shown, and spaces without a width; what joins letters or tells their direction stays.
_INVISIBLE = re.compile("[\u00ad\u200b\u2060\ufeff]")
_DIRECTION = " \u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
ADDRESS = re.compile(r"\b(?:https?://|www\.)[^\s<>\"“”„]+", re.IGNORECASE)


@dataclass(frozen=True)
class Line:
    """A line of the text that isn't empty, without its bullet."""

    number: int
    words: str
    bullet: bool


class Part(Enum):
    """The parts of a page. The text goes on until a list begins."""

    BODY = "body"
    CLAIMS = "claims"
    SOURCES = "sources"


@dataclass
class Page:
    """The lines of each part, and the numbers that the headlines of the lists give."""

    parts: dict[Part, list[Line]] = field(default_factory=lambda: {part: [] for part in Part})
    counts: dict[Part, tuple[int, int]] = field(default_factory=dict)
    found: set[Part] = field(default_factory=set)


def page_of(text: str, report: FileReport) -> Page:
    """Sort the lines of a text into the parts of its page."""
    page, part = Page(), Part.BODY
    for line in _lines(text, report):
        if _CONVERSATION.fullmatch(line.words):
            break
        for kind, headline in ((Part.CLAIMS, _CLAIMS), (Part.SOURCES, _SOURCES)):
            if found := headline.fullmatch(line.words):
                part = kind
                page.found.add(kind)
                if found[1]:
                    page.counts[kind] = (line.number, int(found[1]))
                break
        else:
            page.parts[part].append(line)
    return page


def _lines(text: str, report: FileReport) -> Iterator[Line]:
    """The lines that hold something. A bullet that stands alone belongs to the line after it."""
    bullet = False
    for number, line in enumerate(text.split("\n"), start=1):
        words = " ".join(_INVISIBLE.sub("", line).split())
        shown = plain(words).replace("\0", "")
        if shown != words:
            report.warn("", "holds characters that can’t be shown; they were left out", number)
        words = shown.strip(_DIRECTION)
        marker = _BULLET.match(words)
        if marker:
            bullet = True
            words = words[marker.end() :].strip(_DIRECTION)
        if is_visible(words):
            yield Line(number, words, bullet)
            bullet = False


# What a sentence ends with is punctuation, in every script; these end questions, amounts and notes as well.
_ENDS_HEADINGS = frozenset("?？؟՞፧⁇%‰&*")
_OPEN = frozenset({"Pc", "Pd", "Pe", "Pf", "Pi", "Po", "Ps"})


def is_heading(words: str) -> bool:
    """Return True if a line that text follows looks like a heading: short, and no sentence."""
    last = words[-1]
    is_sentence = unicodedata.category(last) in _OPEN and last not in _ENDS_HEADINGS
    return (
        len(words) <= MAX_HEADING and not is_sentence and not ADDRESS.search(words) and not is_credit(words)
    )


_NAME = r"[^\W\d_a-z][\w.’'-]*"
_PARTICLE = r"(?:(?:de|da|di|del|van|von|der|den|la|le|al|bin|ben|ter|zu|dos|du)\s+)*"
_NAMES = rf"{_NAME}(?:\s+{_PARTICLE}{_NAME}){{0,4}}"
_AND = r"(?:\s*(?:,|&|\band\b|\bund\b|\bet\b|\by\b|\be\b|/)\s*)"
# “By the time …” begins a sentence; names are written with capitals.
_BYLINE = re.compile(
    r"(?i:by|written by|words by|text by|story by|author|authors|von|par|por|di|door|av|af|text)\b:?\s+"
    rf"{_NAMES}(?:{_AND}{_NAMES})*(?:\s*(?:[|·•–—,-]|\bin\b|\bfor\b).*)?"
)
_OTHER_BYLINE = re.compile(r"(?:автор|作者|文|記者|记者|بقلم|מאת)(?:\s*[:：]\s*|\s+)\S.*", re.IGNORECASE)
_MONTH = (
    r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec|mär|mai|okt|dez|janv|févr|mars|avr|juin|juil|août|déc|ene|abr"
    r"|ago|dic)[^\W\d]*\.?"
)
_DAY = (
    rf"(?:\d{{1,2}}\.?\s+{_MONTH},?\s+\d{{4}}|{_MONTH}\s+\d{{1,2}},?\s+\d{{4}}|\d{{4}}-\d\d-\d\d"
    r"|\d{1,2}[./]\d{1,2}[./]\d{2,4}|\d{4}年\d{1,2}月\d{1,2}日)"
)
_DATED = re.compile(
    r"(?:(?:first\s+)?(?:published|updated|last updated|posted|modified)\b.*\d.*"
    rf"|(?:\w+day,?\s+)?{_DAY}(?:\W.{{0,30}})?|\d+\s*min(?:ute)?s?(?:\s+read)?)",
    re.IGNORECASE,
)


def is_credit(words: str) -> bool:
    """Return True if a line says who wrote the text, or when."""
    if len(words) > MAX_BYLINE:
        return False
    return any(form.fullmatch(words) is not None for form in (_BYLINE, _OTHER_BYLINE, _DATED))


@dataclass(frozen=True)
class StatusLine:
    """The line below a claim: its verdict, None where there is no such, its word, and the source that it names."""

    verdict: Verdict | None
    word: str
    source: str


_LABEL = re.compile(
    r"(?:our\s+)?(?:verdict|rating|ruling|status|conclusion|finding|result)\s*(?::|：|=|\s[-–—]\s)\s*",
    re.IGNORECASE,
)
_SEPARATOR = r"\s*[·•|:：｜・→]\s*|\s*[–—]\s*|\s+-+\s+|\s+(?=\()"
_STATUS = re.compile(rf"(?P<word>.+?)(?:(?P<separator>{_SEPARATOR})(?P<source>.*))?", re.DOTALL)
_LINK = re.compile(r"\(?(?:sources?|links?)\)?", re.IGNORECASE)


def _squeezed(words: str) -> str:
    return re.sub(r"[\s_-]+", "-", words.strip().strip("“”\"'.!*_").strip().casefold())


_VERDICTS = {_squeezed(key): verdict for verdict in Verdict for key in (verdict.value, verdict.label)}


def status_of(words: str) -> StatusLine | None:
    """Read a line as the verdict of the claim above it; None where it is none, but more of the claim."""
    if len(words) > MAX_STATUS:
        return None
    label = _LABEL.match(words)
    rest = words[label.end() :] if label else words
    found = _STATUS.fullmatch(rest)
    if not found:
        return None
    word, source = found["word"].strip(), (found["source"] or "").strip()
    verdict = _VERDICTS.get(_squeezed(word))
    is_link = _LINK.fullmatch(source) is not None
    if verdict is None and not label and not is_link and "·" not in (found["separator"] or ""):
        return None
    return StatusLine(verdict, word, "" if is_link else source.strip("()"))


# The surest first; of dashes and colons, which titles have as well, the first one.
_BETWEEN = [re.compile(sign) for sign in (r"\s*·\s*", r"\s*•\s*|\s*[|｜]\s*", r"\s+[-–—]\s+|:\s+|：")]


def publisher_and_title(words: str) -> tuple[str, str, bool] | None:
    """Read a line as a source; the last value tells whether the sign between is the layout's own."""
    found = next(filter(None, (sign.search(words) for sign in _BETWEEN)), None)
    if found is None:
        return None
    return words[: found.start()].strip(), words[found.end() :].strip(), "·" in found[0]
