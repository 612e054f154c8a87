"""Marks words in HTML made here: those of a search, or those that a rule found."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from html import unescape

from reader.text.letters import clusters, fold

# A tag; else an entity, which is one letter; else text.
_PARTS = re.compile(r'(?P<tag><(?:[^">]|"[^"]*")*>)|&#?\w+;|[^<&]+|&')
_INLINE = re.compile(r"</?(?:em|strong|a|code|reader-claim)\b")


def marked(html: str, words: Collection[str]) -> str:
    """Return the HTML with the words in its text marked by ``<mark>``, however they are written.

    Compared as a search compares (:func:`reader.text.letters.fold`). A word that is emphasised in part is marked
    in parts.
    """
    wanted = sorted(filter(None, map(fold, words)), key=len, reverse=True)
    if not wanted:
        return html
    pieces = list(_pieces(html))
    folded = [_folded(piece) for piece in pieces]
    # For each letter of the folded text, the piece that it comes from.
    origin = [number for number, text in enumerate(folded) for _ in text]
    hits = set[int]()
    for found in re.finditer("|".join(map(re.escape, wanted)), "".join(folded)):
        hits.update(origin[found.start() : found.end()])
    return "".join(_wrapped(pieces, _with_unseen(folded, hits)))


def _pieces(html: str) -> Iterator[str]:
    """The tags and letters of the HTML, in order."""
    for part in _PARTS.finditer(html):
        if part["tag"] or part[0][0] == "&":
            yield part[0]
        else:
            yield from clusters(part[0])


def _folded(piece: str) -> str:
    if piece[0] == "<":
        return "" if _INLINE.match(piece) else "\n"
    return fold(unescape(piece) if piece[0] == "&" else piece)


def _with_unseen(folded: list[str], hits: set[int]) -> set[int]:
    """Return the hits, with the signs that are never seen between two of them."""
    bridged, between = set(hits), list[int]()
    after_hit = False
    for number, text in enumerate(folded):
        if text:
            if number in hits and after_hit:
                bridged.update(between)
            after_hit, between = number in hits, []
        else:
            between.append(number)
    return bridged


def _wrapped(pieces: list[str], hits: set[int]) -> Iterator[str]:
    is_open = False
    for number, piece in enumerate(pieces):
        marks = number in hits and piece[0] != "<"
        if marks != is_open:
            yield "<mark>" if marks else "</mark>"
            is_open = marks
        yield piece
    if is_open:
        yield "</mark>"
