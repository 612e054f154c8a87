"""Finding listed words in a text, however they are dressed up. No reading, no writing.

A word is compared by its folded form: without case, accents and invisible signs, with full-width and other styled
letters made plain, and with letters of other alphabets that look like Latin ones taken for those. Each word of a text
is looked up in a set, and so are stretches of words for entries of several words; so the cost doesn't grow with the
list.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import NamedTuple

from reader.text.letters import IGNORED, INVISIBLE, MARKS

# Cyrillic and Greek letters that look like Latin ones, and a few Latin ones that look like others.
_LOOKALIKES = str.maketrans(
    "авеёіјкмнорстухѕԁһԛԝьɡասցօոհαβεζηικμνορτυχωγı",
    "abeeijkmhopctyxsdhqwbgwugonhabeznikmvoptuxwyi",
)

# Invisible signs and combining marks may stand in a word, and don't count.
_WORD = re.compile(f"[^\\W_](?:[^\\W_]|[{MARKS}{INVISIBLE}])*")
_PLAIN = {**dict.fromkeys(map(ord, IGNORED)), **_LOOKALIKES}


class Hit(NamedTuple):
    """A listed word in a text: from where to where, and as it is written there."""

    start: int
    end: int
    written: str


@lru_cache(maxsize=20_000)
def comparable(word: str) -> str:
    """The form by which words are compared."""
    if word.isascii():
        return word.lower()
    # Without its marks first: one of them is a letter in the other case.
    return unicodedata.normalize("NFKD", word).translate(_PLAIN).casefold().translate(_PLAIN)


class WordList:
    """Words and phrases to look for."""

    def __init__(self, entries: Iterable[str]) -> None:
        folded = (tuple(comparable(match[0]) for match in _WORD.finditer(entry)) for entry in entries)
        self._phrases = {entry for entry in folded if entry}
        lengths: dict[str, set[int]] = {}
        for entry in self._phrases:
            lengths.setdefault(entry[0], set()).add(len(entry))
        # By the first word of a phrase: how long those are that begin with it.
        self._lengths = {first: sorted(each, reverse=True) for first, each in lengths.items()}

    def __len__(self) -> int:
        return len(self._phrases)

    def find(self, text: str) -> Iterator[Hit]:
        """Yield the places of listed words in the text, the longest match at each place."""
        if not self._phrases:
            return
        places = list(_WORD.finditer(text))
        words = [comparable(place[0]) for place in places]
        for number, word in enumerate(words):
            for length in self._lengths.get(word, ()):
                phrase = tuple(words[number : number + length])
                if len(phrase) == length and phrase in self._phrases:
                    start, end = places[number].start(), places[number + length - 1].end()
                    yield Hit(start, end, text[start:end])
                    break


def entries_of(text: str) -> list[str]:
    """The entries of a list as it is typed: one a line; what stands after a # is a remark."""
    lines = (line.partition("#")[0].strip() for line in text.splitlines())
    return [line for line in lines if line]
