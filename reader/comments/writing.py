"""What may be written: the rules for a comment's text, and what becomes of it before anything is stored."""

import unicodedata
from typing import NamedTuple

from reader import limits
from reader.accounts.models import User
from reader.errors import Invalid
from reader.markdown import plain_text, render_comment
from reader.wording import plural

LONGEST = 5000


class Written(NamedTuple):
    """A text as it is stored: what was typed, trimmed, and its HTML."""

    body: str
    html: str


def written(text: str) -> Written:
    """Check, trim and render ``text``; raise :class:`Invalid` where nobody could read or store it.

    This is the slow part of posting, so it is done before any lock is held.
    """
    body = text.replace("\r\n", "\n").replace("\r", "\n").strip()
    if any(letter == "\0" or unicodedata.category(letter) == "Cs" for letter in body):
        raise _unfit("There is a broken character in it that can't be stored. Please type the text again.")
    if len(body) > LONGEST:
        over = len(body) - LONGEST
        raise _unfit(f"It is {plural(over, 'character')} too long. A comment has {LONGEST:,} at most.")
    html = render_comment(body)
    if all(unicodedata.category(letter)[0] in "ZC" for letter in plain_text(html)):
        raise _unfit("There is nothing to read in it yet. Please write something.")
    return Written(body, html)


def _unfit(reason: str) -> Invalid:
    return Invalid(reason, field="body")


def previewed(text: str, *, by: User) -> str:
    """The HTML that ``text`` would have as a comment. TooMany for somebody who asks without end."""
    limits.hit("clicks", f"preview:{by.id}")
    return written(text).html
