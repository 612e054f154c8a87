"""Letters as people see them: which are visible, when two texts are the same, and where one letter ends.

Unicode has many ways to write what looks the same, signs that nobody sees, and marks that pile up on a letter. Whatever
compares, requires or shows text that people typed asks here.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from itertools import chain

# Marks that one letter is shown with. Written languages need four (Hebrew with its accents, Tibetan); more of them
# cover the lines around, and one letter of thousands can't be broken at the end of a line.
MAX_MARKS = 4
# Pictures, consonants and such, joined to one; a longer row is one letter that can't be broken either.
MAX_JOINED = 8

# Marks and invisible signs are in the first two planes and at the beginning of the fifteenth; to look through all of
# Unicode takes a tenth of a second, at each start.
_LOOKED_THROUGH = (range(0x80, 0x20000), range(0xE0000, 0xE1000))
# Neither marks nor format characters, but nothing is drawn for them, or an empty space: fillers, the blank pattern of
# Braille, the place of a missing object, an empty note.
_BLANK = frozenset("\u115f\u1160\u2800\u3164\uffa0\ufffc\U0001d159\U00013441\U00013442")
_UNASSIGNED_BLANK = frozenset(
    [*map(chr, range(0xFFF0, 0xFFF9)), "\u2065", *map(chr, range(0xE0000, 0xE1000))]
)


def _ranges(letters: Iterable[str]) -> str:
    """These letters, as they stand inside the brackets of a pattern."""
    found: list[list[int]] = []
    for code in sorted(map(ord, letters)):
        if found and code == found[-1][1] + 1:
            found[-1][1] = code
        else:
            found.append([code, code])
    return "".join(f"\\U{first:08x}-\\U{last:08x}" for first, last in found)


def _by_category() -> Mapping[str, list[str]]:
    found: dict[str, list[str]] = {"Mn": [], "Me": [], "Mc": [], "Cf": []}
    for letter in map(chr, chain.from_iterable(_LOOKED_THROUGH)):
        if (category := unicodedata.category(letter)) in found:
            found[category].append(letter)
    return found


_NONSPACING, _ENCLOSING, _SPACING, _FORMAT = _by_category().values()
# Parts of patterns, to stand inside brackets: marks of all kinds, and signs that are never drawn.
MARKS = _ranges([*_NONSPACING, *_ENCLOSING, *_SPACING])
INVISIBLE = _ranges([*_FORMAT, *_BLANK, *_UNASSIGNED_BLANK])
# What may stand inside a word without changing it, for whoever looks for words that are dressed up.
IGNORED = frozenset([*_NONSPACING, *_ENCLOSING, *_FORMAT, *_BLANK, *_UNASSIGNED_BLANK])

_JOINERS = "\u200c\u200d"
_PILE = re.compile(f"((?:[{MARKS}][{_JOINERS}]*){{{MAX_MARKS}}})[{MARKS}{_JOINERS}]*[{MARKS}]")
# What makes a browser take several signs for one letter: joiners, signs that join consonants (viramas), parts of
# Korean syllables, and signs that stand in front of an Arabic or Indic number.
_VIRAMAS = (
    "\u094d\u09cd\u0a4d\u0acd\u0b4d\u0bcd\u0c4d\u0ccd\u0d4d\u1039\u17d2\u1a60\u1b44\u1bab\ua9c0\uaaf6"
    "\U00010a3f\U00011133\U000113d0\U0001193e\U00011a47\U00011a99\U00011f42"
)
_SYLLABLES = "\u1100-\u11ff\ua960-\ua97f\ud7b0-\ud7ff"
_IN_FRONT = "\u0600-\u0605\u06dd\u070f\u0890\u0891\u08e2\U000110bd\U000110cd"
_CLINGING = re.compile(f"[\u200d{_VIRAMAS}{_SYLLABLES}{_IN_FRONT}]")
_ROW = re.compile(
    f"((?:[^\\s\u200d][{MARKS}]*\u200d+){{{MAX_JOINED}}}"
    f"|(?:[^\\W_][{MARKS}\u200d]*[{_VIRAMAS}][{MARKS}\u200d]*){{{MAX_JOINED}}}"
    f"|[{_SYLLABLES}]{{{2 * MAX_JOINED}}}|[{_IN_FRONT}]{{{MAX_JOINED}}})(?=\\S)"
)
_NEVER_DRAWN = re.compile(f"[{INVISIBLE}\u034f\ufe00-\ufe0f\u180b-\u180f]+")
# Marks that are left out as often as they are written: those over and under Latin, Greek and Cyrillic letters, and the
# vowels of Arabic and Hebrew. Elsewhere a mark makes another letter.
_OPTIONAL = re.compile(f"[\u0300-\u036f\u0591-\u05c7\u064b-\u065f\u0670{INVISIBLE}\ufe00-\ufe0f]+")
_SPELT = str.maketrans({"ı": "i", "ł": "l", "ø": "o", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe"})
_JAMO = "\u1100-\u11ff\u3131-\u318e\ua960-\ua97f\ud7b0-\ud7ff\uffa1-\uffdc"
_CLUSTER = re.compile(f"[{_JAMO}][{_JAMO}{MARKS}]*|[\\s\\S][{MARKS}\uff9e\uff9f]*")
_BLANK_LINES = re.compile(r"\A(?:[^\S\n]*\n)+")


def is_visible(text: str) -> bool:
    """Return True if anything of the text can be seen.

    That is a letter, digit, sign or picture, not only spaces, marks or fillers.
    """
    return any(map(_is_drawn, text))


def _is_drawn(letter: str) -> bool:
    category = unicodedata.category(letter)
    if category == "Cn":  # perhaps a picture that is newer than this Python
        return letter not in _UNASSIGNED_BLANK and ord(letter) & 0xFFFE != 0xFFFE
    return category[0] in "LNPS" and letter not in _BLANK


def key(text: str) -> str:
    """Return the key for comparing names and addresses: the same for all ways of writing one."""
    folded = unicodedata.normalize("NFKC", text.strip()).casefold()
    return unicodedata.normalize("NFKC", _NEVER_DRAWN.sub("", folded)).strip()


def forms(text: str) -> set[str]:
    """Return the forms in which the same name may be stored: as it is, composed and decomposed."""
    return {text, unicodedata.normalize("NFC", text), unicodedata.normalize("NFD", text)}


def one_line(text: str) -> str:
    """Return one line of words, such as a name, as it is stored: composed, with single spaces.

    It is empty if nothing of it can be seen.
    """
    words = " ".join(unicodedata.normalize("NFC", text).split())
    return words if is_visible(words) else ""


def fold(text: str) -> str:
    """Fold a text for searching: without case, accents, ligatures and invisible signs."""
    if text.isascii():
        return text.lower()
    plain = _OPTIONAL.sub("", unicodedata.normalize("NFKD", text)).casefold()
    plain = _OPTIONAL.sub("", unicodedata.normalize("NFKD", plain))
    return unicodedata.normalize("NFC", plain.translate(_SPELT))


def clusters(text: str) -> list[str]:
    """Split the text into letters with their marks, which :func:`fold` folds as it would the whole text."""
    return _CLUSTER.findall(text)


def bounded(text: str) -> str:
    """Return the text with a bounded number of marks on a letter, and with places to break long joined rows."""
    if text.isascii():
        return text
    text = _PILE.sub(r"\1", text)
    return _ROW.sub("\\1\u200b", text) if _CLINGING.search(text) else text


def trimmed(text: str) -> str:
    """Return a text as it is stored: without blank lines around it, but with its first line's indentation."""
    return _BLANK_LINES.sub("", text.replace("\r\n", "\n").replace("\r", "\n")).rstrip()
