"""The body of an article: where its marks go, and what it may not hold."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from urllib.parse import unquote

from markdown_it import MarkdownIt
from markdown_it.token import Token

from reader.publishing.unsupported import unsupported
from reader.text.letters import is_visible
from reader.text.markdown import may_link, plain_text, render_article
from reader.text.slugs import SLUG

# Like the article's own dialect, but it sees what that one refuses.
_INSPECTOR = MarkdownIt("commonmark")
_INSPECTOR.validateLink = lambda url: True  # type: ignore[method-assign]
PLACE = "place"
_MARK = re.compile(r'<reader-claim data-id="([^"]*)">')
_MARKED_HEADING = re.compile(r"<h[2-6][^>]*>(?:(?!</h).)*<reader-claim", re.DOTALL)
# Space between words of the body: it may hold a line break, and the sign of a quotation after that.
_SPACE = r"(?:[^\S\n]+|[^\S\n]*\n(?:[^\S\n]|>)*)"


@dataclass(frozen=True)
class Reference:
    """A link to a claim, a source or a place of the page, on a line of the body that counts from 0."""

    line: int
    kind: str
    id: str


@dataclass
class Inspection:
    """References of a body, its faults, and warnings of what is shown as it was typed, with their lines."""

    references: list[Reference] = field(default_factory=list)
    faults: list[tuple[int, str]] = field(default_factory=list)
    warnings: list[tuple[int, str]] = field(default_factory=list)


def is_empty(body: str) -> bool:
    """Return True if nothing of a body can be seen."""
    return not is_visible(plain_text(render_article(body)))


def inspect(body: str) -> Inspection:
    """Look through a body."""
    found = Inspection()
    tokens = _INSPECTOR.parse(body)
    for before, token in zip([None, *tokens], tokens, strict=False):
        line = token.map[0] if token.map else 0
        if token.type == "html_block":
            found.faults.append((line, "holds raw HTML, which isn’t taken; write it in Markdown"))
        if token.type == "inline":
            in_heading = before is not None and before.type == "heading_open"
            for number, child in _with_lines(line, token.children or []):
                _inspect(child, number, in_heading, found)
    faulty = {line for line, _ in found.faults}
    found.warnings = [(line, what) for line, what in unsupported(body, tokens) if line not in faulty]
    return found


def _with_lines(line: int, children: list[Token]) -> Iterator[tuple[int, Token]]:
    for child in children:
        yield line, child
        if child.type in ("softbreak", "hardbreak"):
            line += 1


def _inspect(token: Token, line: int, in_heading: bool, found: Inspection) -> None:
    if token.type == "html_inline":
        found.faults.append(
            (line, f"holds raw HTML ({token.content}), which isn’t taken; write it in Markdown")
        )
    elif token.type == "image":
        found.faults.append((line, "holds a picture, which isn’t taken; an article has one, the key “image”"))
    elif token.type == "link_open":
        url = str(token.attrs["href"])
        kind, _, id_ = url.partition(":")
        if kind in ("claim", "source"):
            if not SLUG.fullmatch(id_):
                found.faults.append((line, f"links to “{url}”, which is no id"))
            elif kind == "claim" and in_heading:
                found.faults.append((line, f"marks “{id_}” in a heading; mark a sentence of the text"))
            else:
                found.references.append(Reference(line, kind, id_))
        elif url.startswith("#"):
            found.references.append(Reference(line, PLACE, unquote(url[1:])))
        elif not may_link(url):
            found.faults.append(
                (line, f"links to “{url}”; a link begins with https://, http://, mailto:, / or #")
            )


def mark(body: str, words: Mapping[str, str]) -> str:
    """``body`` with the words of each claim (by its id) made a link to the claim.

    They must have no :func:`misplaced`.
    """
    spans = sorted((_find(body, text)[0], id_) for id_, text in words.items())
    pieces, done = [], 0
    for (start, end), id_ in spans:
        pieces += [body[done:start], f"[{body[start:end]}](claim:{id_})"]
        done = end
    return "".join([*pieces, body[done:]])


def misplaced(body: str, words: Mapping[str, str]) -> dict[str, str]:
    """Return why the words of a claim can't be marked, by the claim's id; empty if all can."""
    faults: dict[str, str] = {}
    spans: list[tuple[tuple[int, int], str]] = []
    for id_, text in words.items():
        found = _find(body, text)
        if len(found) == 1:
            spans.append((found[0], id_))
        elif found:
            faults[id_] = f"these words stand in the body {len(found)} times; take more of the sentence"
        else:
            faults[id_] = "these words aren’t in the body; copy them from it exactly"
    spans.sort()
    for ((_, end), first), ((start, _), second) in pairwise(spans):
        if start < end:
            faults[second] = f"these words overlap with those of “{first}”; one sentence carries one mark"
    if not faults and not _marks_only(body, words):
        for id_, text in words.items():
            if not _marks_only(body, {id_: text}):
                faults[id_] = (
                    "these words can’t be marked: they cut through emphasis, or lie in a heading, a link or code;"
                    " take whole words of a sentence"
                )
    return faults


def _find(body: str, words: str) -> list[tuple[int, int]]:
    pattern = _SPACE.join(re.escape(word) for word in words.split())
    return [found.span() for found in re.finditer(pattern, body)]


def _marks_only(body: str, words: Mapping[str, str]) -> bool:
    """Return True if marking these words adds one mark each, none in a heading, and changes nothing else."""
    before, after = render_article(body), render_article(mark(body, words))
    added = Counter(_MARK.findall(after))
    added.subtract(_MARK.findall(before))
    return (
        added == Counter(words.keys())
        and _MARKED_HEADING.search(after) is None
        and plain_text(before) == plain_text(after)
    )
