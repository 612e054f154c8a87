"""The words of HTML made here, as they are seen."""

from __future__ import annotations

import re
from html import unescape
from typing import NamedTuple

from reader.text.markdown.addresses import readable

# What comes out of the cleaners has double quotes around all attributes.
_TAG = re.compile(r'<[^">]*(?:"[^"]*"[^">]*)*>')
_BLOCK = re.compile(r"</?(?:p|div|li|blockquote|pre|h[2-6]|br|hr)(?= |>)")
_QUOTE_TAG = re.compile(r"(</?blockquote\b[^>]*>)")
# An address written out, which is shown cut off and without its scheme.
_ADDRESS = re.compile(r'<a href="([^"]*)" (?:dir="ltr" )?title="\1"[^>]*>[^<]*</a>')


# Chinese and Japanese put no space between words.
_CHARACTER = re.compile(
    "[々〇\u3040-\u30ff\u31f0-\u31ff\u3400-\u9fff\uf900-\ufaff\uff66-\uff9d\U00020000-\U0003ffff]"
)


class Length(NamedTuple):
    """Length of a text in words, and how many of them are Chinese or Japanese characters.

    Each such character counts as a word.
    """

    words: int
    characters: int


def length_of(text: str) -> Length:
    """Count the words of a text."""
    others, characters = _CHARACTER.subn(" ", text)
    # What is left between characters may be nothing but punctuation.
    words = [word for word in others.split() if not characters or any(map(str.isalnum, word))]
    return Length(len(words) + characters, characters)


def plain_text(html: str) -> str:
    """The words of HTML made here, one line a block, addresses in full."""
    lines = run_together(_BLOCK.sub("\n<", html.replace("\n", " "))).split("\n")
    return "\n".join(words for line in lines if (words := " ".join(line.split())))


def own_words(html: str) -> str:
    """Return the words of a comment's HTML without what it quotes, one line a block."""
    pieces, depth = [], 0
    for piece in _QUOTE_TAG.split(html):
        if _QUOTE_TAG.fullmatch(piece):
            depth += -1 if piece.startswith("</") else 1
        elif depth == 0:
            pieces.append(piece)
    return plain_text("\n".join(pieces))


def run_together(html: str) -> str:
    """The words of HTML made here with nothing but its line ends between blocks: quicker, where only letters count."""
    if 'title="' in html:
        html = _ADDRESS.sub(lambda link: readable(link[1]), html)
    text = _TAG.sub("", html)
    return unescape(text) if "&" in text else text
