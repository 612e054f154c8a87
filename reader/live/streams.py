"""The names of streams, and which of them may be followed."""

from __future__ import annotations

import re
from dataclasses import dataclass

from reader import eventlog
from reader.accounts.models import User
from reader.articles import queries as articles
from reader.factchecks import queries as factchecks
from reader.moderation import policy as moderation

# A room without numbers: it gets counts, not events.
FRONT = "front"
# Tells every worker whose sockets to cut. Internal: it has a name, and cannot be parsed or joined.
ACCESS = "access"

# Nine digits: as many as an id column holds on every engine.
_NAME = re.compile(r"(article|claim|person):([1-9][0-9]{0,8})", re.ASCII)
# What moderators decide about; one for all of them.
MODERATION = "moderation"


@dataclass(frozen=True)
class Name:
    """A stream that pages follow: what it is about, and the id of that."""

    feature: str
    id: int = 0

    def __str__(self) -> str:
        return f"{self.feature}:{self.id}" if self.id else self.feature

    @property
    def is_private(self) -> bool:
        """Whether it matters who asks for it."""
        return self.feature in ("person", MODERATION)


def parse(text: object) -> Name | None:
    """The stream called ``text``, written in the one way it can be; None for anything else."""
    if text == MODERATION:
        return Name(MODERATION)
    found = _NAME.fullmatch(text) if isinstance(text, str) else None
    return Name(found[1], int(found[2])) if found else None


def may_follow(name: Name, viewer: User | None) -> bool:
    """Whether the person (None: a visitor) may follow the stream.

    Each alone may follow their own, moderators what moderators see; any other is followed by whoever may see what
    it is about, which is the public's to see, whoever asks.
    """
    if name.feature == "person":
        return viewer is not None and viewer.id == name.id
    if name.feature == MODERATION:
        return moderation.may_moderate(viewer)
    if name.feature == "article":
        return articles.is_visible(name.id)
    return factchecks.is_public(name.id)


def head(name: Name) -> int:
    """The number of the stream's last event."""
    return eventlog.head(str(name))
