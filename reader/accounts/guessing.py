"""Weak passwords, found by zxcvbn, which is told what is known of the person and of the site."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from enum import StrEnum
from math import prod
from typing import Any
from urllib.parse import urlsplit

from anyascii import anyascii

from reader.clock import now
from reader.config import Settings

# zxcvbn's scale goes to 4; from 3 on a stolen hash resists for years.
MIN_SCORE = 3
# zxcvbn's time grows faster than the length, so it is given no more.
SEEN = 72
# It reads the text once for each way in which digits and signs could stand for letters: 576 ways at most, which take
# three seconds at full length. Fewer characters are read of a password with many ways, never fewer than twelve.
MAX_WORK = 40_000
# Shorter pieces of names and addresses say nothing of their own.
MIN_PIECE = 3
# What a password has besides known words, or else it is made of them. Of several words in a row zxcvbn thinks highly,
# whatever they are.
MIN_LEFT = 6

_LETTERS = re.compile(r"[^\W\d_]+")
_LETTERS_AND_DIGITS = re.compile(r"[^\W_]+")
_ROLES = """
    admin administrator editor editorial moderation moderator newsroom reader readers root staff support
"""
_PASSWORDS = "contraseña login motdepasse passwort password"
_SEASONS = """
    spring summer autumn fall winter
    frühling fruehling frühjahr fruehjahr sommer herbst
    printemps été automne hiver
    primavera verano otoño invierno
"""
# The last year that zxcvbn knows as such.
_KNOWN_YEAR = 2019
_YEARS_AHEAD = 5


class Weakness(StrEnum):
    """Weakness of a password, in the words that people are told."""

    COMMON = "This is one of the passwords that are tried first."
    PERSON = "Your name or address is the first thing that somebody would try, and this is made of it."
    SITE = "This is made of the name of this site, or of what people do here, which would be tried soon."
    SEASON = "A season and a year are tried early."
    LIKE_COMMON = "This is close to a password that many people use."
    WORDS = "This is made of too few words or names."
    KEYS = "This follows a row of keys."
    REPEAT = "This says the same again and again."
    SEQUENCE = "This only counts, or goes through the alphabet."
    DATE = "This is little more than a date or a year."
    EASY = "This is easy to guess."


_BY_PATTERN = {
    "spatial": Weakness.KEYS,
    "repeat": Weakness.REPEAT,
    "sequence": Weakness.SEQUENCE,
    "date": Weakness.DATE,
    "regex": Weakness.DATE,
}
_OWN = "own"

Known = Mapping[str, Weakness]


def known_words(username: str, email: str, settings: Settings) -> Known:
    """Words that would be tried early for this person on this site, the most obvious first, with the reason."""
    found: dict[str, Weakness] = {}
    host = (urlsplit(settings.base_url).hostname or "") if settings.base_url else ""
    for reason, words in (
        (Weakness.PERSON, [*_pieces(username), email, *_pieces(_without_ending(email))]),
        (
            Weakness.SITE,
            [*_pieces(settings.site_name), host, *_pieces(_without_ending(host)), *_ROLES.split()],
        ),
        (Weakness.LIKE_COMMON, _PASSWORDS.split()),
        (Weakness.SEASON, [*_SEASONS.split(), *map(str, range(_KNOWN_YEAR + 1, now().year + _YEARS_AHEAD))]),
    ):
        for word in words:
            plain = unicodedata.normalize("NFKC", word).lower()
            for form in filter(None, (plain, anyascii(plain).lower())):
                found.setdefault(form, reason)
    return found


def _without_ending(host: str) -> str:
    """Return a host, or an address there, without the ``.org`` that it shares with everybody."""
    return host.rpartition(".")[0]


def _pieces(text: str) -> Iterator[str]:
    """Return a name or address as it is, without its signs, and in its pieces."""
    if not text:
        return
    yield text
    runs = _LETTERS_AND_DIGITS.findall(text)
    yield "".join(runs)
    yield from (piece for piece in (*runs, *_LETTERS.findall(text)) if len(piece) >= MIN_PIECE)


def weakness(password: str, known: Known) -> Weakness | None:
    """Return what makes a password easy to guess; None if it isn't.

    Takes up to a tenth of a second, and more at the first call, which loads 13 MB of frequency lists.
    """
    from zxcvbn import matching, scoring, time_estimates

    if made_of := _made_of(password, known):
        return made_of
    lists = matching.RANKED_DICTIONARIES
    if any(password.lower() in ranks for ranks in lists.values()):
        return Weakness.COMMON
    seen = _seen(password)
    # As its zxcvbn() does, but for that keeping the words of whoever comes next in a place that all threads share.
    own = {word: rank for rank, word in enumerate(known, 1)}
    matches = matching.omnimatch(seen, {**lists, _OWN: own})
    found = scoring.most_guessable_match_sequence(seen, matches)
    if time_estimates.guesses_to_score(found["guesses"]) >= MIN_SCORE:
        return None
    return _reason(found["sequence"], known)


def _made_of(password: str, known: Known) -> Weakness | None:
    """Return the reason of the most obvious of the known words that a password is made of; None if of others."""
    left = password.lower()
    taken = set()
    for word in sorted(known, key=len, reverse=True):
        if word in left:
            taken.add(word)
            left = left.replace(word, "")
    if len(left) >= MIN_LEFT:
        return None
    return next((reason for word, reason in known.items() if word in taken), None)


def _seen(password: str) -> str:
    """Return the characters that are judged: the first, and fewer of them the more ways there are to read them."""
    seen = password[:SEEN]
    while _ways(seen) * len(seen) ** 2 > MAX_WORK:
        seen = seen[:-1]
    return seen


def _ways(text: str) -> int:
    from zxcvbn import matching

    signs = matching.relevant_l33t_subtable(text, matching.L33T_TABLE)
    return prod(len(stands_for) for stands_for in signs.values())


def _reason(sequence: list[dict[str, Any]], known: Known) -> Weakness:
    """Return the reason of the longest part that was recognized."""
    parts = [part for part in sequence if part["pattern"] != "bruteforce"]
    if not parts:
        return Weakness.EASY
    longest = max(parts, key=lambda part: (len(part["token"]), part.get("dictionary_name") == _OWN))
    if longest["pattern"] != "dictionary":
        return _BY_PATTERN[longest["pattern"]]
    if longest["dictionary_name"] == _OWN:
        return known[longest["matched_word"]]
    return Weakness.LIKE_COMMON if longest["dictionary_name"] == "passwords" else Weakness.WORDS
