"""Rules for a comment's text, and its rendering before anything is stored."""

import re
from collections.abc import Collection
from typing import NamedTuple

from reader.accounts.models import User
from reader.comments import references
from reader.comments.screening.rules import MAX_LENGTH
from reader.errors import Invalid
from reader.text.characters import plain
from reader.text.english import plural
from reader.text.letters import is_visible, trimmed
from reader.text.markdown import CommentText, Link, plain_text
from reader.web import rate_limits
from reader.web.rate_limits import RequestOrigin

_SURROGATE = re.compile("[\ud800-\udfff]")
# Whoever calls more people than this together is heard by the first ones.
MAX_MENTIONED = 10
NOTHING = "There is nothing to read in it yet. Please write something."


class Written(NamedTuple):
    """A text as it is stored: the typed text, trimmed, its HTML, and the first few people whom it mentions.

    ``seen`` are the words that the HTML shows.
    """

    body: str
    html: str
    seen: str
    mentioned: tuple[int, ...] = ()


def written(text: str) -> Written:
    """Check, trim and render ``text``; raise :class:`Invalid` where nobody could read or store it.

    This is the slow part of posting, so it is done before any lock is held.
    """
    body = checked(text)
    html, people = rendered(body)
    seen = plain_text(html)
    if not is_visible(seen):
        raise _unfit(NOTHING)
    mentioned = dict.fromkeys(user.id for user in people)
    return Written(body, html, seen, tuple(mentioned)[:MAX_MENTIONED])


def rendered(body: str) -> tuple[str, Collection[User]]:
    """The HTML of a text as it is stored, and the people it names."""
    parsed = CommentText(body)
    people = references.people(parsed.names)
    links = {name: Link(user.path, user.username) for name, user in people.items()}
    return parsed.html(links, references.pages(parsed.addresses)), people.values()


def checked(text: str) -> str:
    """The text as it is stored; :class:`Invalid` where it is too long, or nothing at all."""
    body = trimmed(plain(text))
    if "\0" in body or _SURROGATE.search(text):
        raise _unfit("There is a broken character in it that can't be stored. Please type the text again.")
    if len(body) > MAX_LENGTH:
        over = len(body) - MAX_LENGTH
        raise _unfit(f"It is {plural(over, 'character')} too long. A comment has {MAX_LENGTH:,} at most.")
    if not body:
        raise _unfit(NOTHING)
    return body


def _unfit(reason: str) -> Invalid:
    return Invalid(reason, field="body")


def previewed(text: str, *, by: User, origin: RequestOrigin | None = None) -> str:
    """The HTML that ``text`` would have as a comment. TooMany for somebody who asks without end."""
    rate_limits.charge("clicks", f"preview:{by.id}", origin=origin)
    return written(text).html
