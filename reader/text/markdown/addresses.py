"""Web addresses: where one ends in a sentence, which ones can be opened, and how they are shown.

linkify-it (linkify-it-py 2.2) was tried: of the 105 addresses in sentences that our tests have it ends 56 elsewhere.
It takes ``。``, ``…`` and ``“`` for parts of a path, as most text isn't written in Latin letters alone, and it neither
checks hosts nor shows paths in letters; so nearly all of this would be needed beside it.
"""

from __future__ import annotations

import re
import unicodedata
from urllib.parse import quote, urlsplit

import nh3
from markdown_it.rules_inline import StateInline
from markupsafe import escape

from reader.text.letters import MARKS, is_visible

SCHEMES = frozenset({"http", "https", "mailto"})
# A longer address is shown cut off.
MAX_WORDS = 48

_SCHEME = re.compile(r"(?:^|[^a-z0-9])(https?)$", re.IGNORECASE)
_LABEL = rf"[^\W_](?:[\w{MARKS}-]*(?:[^\W_]|[{MARKS}]))?"
# Of ASCII what addresses are made of, of all other letters, digits and marks: other punctuation is the sentence's.
# A joiner between two letters belongs to a word of Persian or Hindi.
_BARE = re.compile(
    rf"://(?:[\w.~!$&'*+,;=:%-]{{1,200}}@)?"
    rf"(?P<host>\[[0-9a-f:.]+\]|{_LABEL}(?:\.{_LABEL})*)(?::\d{{1,5}})?"
    rf"(?P<rest>[/?#](?:[\w{MARKS}.~:/?#\[\]@!$&'()*+,;=%-]|(?<=[^\W_])[\u200c\u200d](?=[^\W_]))*)?",
    re.IGNORECASE,
)
# Text in another alphabet that follows "org" or "com" without a space.
_GLUED = re.compile(rf"\.[a-z][a-z0-9-]+(?=[^\x00-\u024f{MARKS}][^.]*$)", re.IGNORECASE)
# Where Markdown, or somebody's possessive, goes on.
_ENDS = re.compile(r"\*\*|\]\(|'s\Z|&[a-z]+;\Z")
# Two points in a row: a host that lacks a part.
_HALF = re.compile(r"\.\.\w")
_CLOSING = {")": "(", "]": "["}

# All others are shown to the cleaner, which would leave a link without an address where it can’t read one.
_ORDINARY_HOST = re.compile(
    r"(?!.*xn--)(?:[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?\.)*[a-z](?:[a-z0-9-]{0,61}[a-z0-9])?"
)
_ANY_LINK = nh3.Cleaner(tags={"a"}, attributes={"a": {"href"}}, url_schemes=set(SCHEMES), link_rel=None)
_ENCODED = re.compile(r"(?:%[0-9a-f]{2})+", re.IGNORECASE)
_UNRESERVED = frozenset("-._~")
# A sign that looks like one of these, such as the slash of a fraction, would suggest another path.
_STRUCTURE = frozenset("/?#@:\\%⁄∕∖∶⧵⧸╱╲꞉")


def bare_link(state: StateInline, silent: bool) -> bool:
    """Make a link of an address written out, such as https://example.org/page, at its colon."""
    if state.src[state.pos] != ":" or silent or state.linkLevel > 0:
        return False
    scheme = _SCHEME.search(state.pending[-6:])
    found = _BARE.match(state.src, state.pos, state.posMax)
    if scheme is None or found is None or _HALF.match(state.src, found.end()):
        return False
    words = _ended(found)
    url = state.md.normalizeLink(scheme[1] + words)
    if not state.md.validateLink(url):
        return False
    state.pending = state.pending[: -len(scheme[1])]
    link = state.push("link_open", "a", 1)
    link.attrs, link.info = {"href": url}, "auto"
    state.push("text", "", 0).content = scheme[1] + words
    state.push("link_close", "a", -1)
    state.pos += len(words)
    return True


def _ended(found: re.Match[str]) -> str:
    """The address, without what belongs to the sentence around it."""
    if glued := _GLUED.search(found["host"]):
        return found[0][: found.start("host") - found.start() + glued.end()]
    rest = found["rest"] or ""
    before, rest = found[0].removesuffix(rest) if rest else found[0], _ENDS.split(rest, maxsplit=1)[0]
    return before + _closed(rest).rstrip("?!.,:;*_~'")


def _closed(rest: str) -> str:
    """Return the part before a closing bracket that was opened in front of the address."""
    opened: list[str] = []
    for place, letter in enumerate(rest):
        if letter in "([":
            opened.append(letter)
        elif letter in _CLOSING:
            if not opened or opened[-1] != _CLOSING[letter]:
                return rest[:place]
            opened.pop()
    return rest


def leads_outside(url: str) -> bool:
    """Return True if ``url`` is an absolute address that a browser could open."""
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname or "", parts.port
    except ValueError:
        return False
    if parts.scheme == "mailto":
        return True
    if parts.scheme not in SCHEMES or not host.strip(".-") or ".." in host:
        return False
    return _ORDINARY_HOST.fullmatch(host) is not None or "href=" in _ANY_LINK.clean(
        f'<a href="{escape(url)}">.</a>'
    )


def shown(url: str) -> str:
    """Return the name of the site that an address leads to, and as much of the rest as helps to recognise it.

    A host of other letters than ASCII's stays in its encoded form: letters of two alphabets look alike.
    """
    parts = urlsplit(url)
    place = (parts.hostname or "").removeprefix("www.")
    rest = parts._replace(scheme="", netloc="").geturl().removeprefix("/")
    words = f"{place}/{readable(rest)}".rstrip("/")
    return words if len(words) <= MAX_WORDS else f"{words[: MAX_WORDS - 1]}…"


def readable(address: str) -> str:
    """Return the address with percent-encoded letters decoded.

    Whatever could deceive stays encoded: spaces, invisible signs, signs that change the direction, and what looks like
    a part of an address.
    """
    return _ENCODED.sub(_decoded, address) if "%" in address else address


def _decoded(found: re.Match[str]) -> str:
    try:
        text = bytes.fromhex(found[0].replace("%", "")).decode()
    except UnicodeDecodeError:
        return found[0]
    letters: list[str] = []
    for number, letter in enumerate(text):
        is_mark = number > 0 and letters[-1] == text[number - 1] and unicodedata.category(letter)[0] == "M"
        letters.append(letter if is_mark or _is_honest(letter) else quote(letter, safe=""))
    return "".join(letters)


def _is_honest(letter: str) -> bool:
    if letter.isascii():
        return letter.isalnum() or letter in _UNRESERVED
    return is_visible(letter) and not _STRUCTURE & set(unicodedata.normalize("NFKC", letter))
