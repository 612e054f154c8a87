"""Streams that pages may follow, and who may follow each."""

from __future__ import annotations

import re
from dataclasses import dataclass

from reader import eventlog
from reader.accounts import rights
from reader.accounts.models import User
from reader.articles import queries as articles
from reader.eventlog import streams
from reader.factchecks import queries as factchecks
from reader.policy import ROOMS, On, who_follows, whose

# A room without numbers: it gets counts, not events.
FRONT = "front"
# Nine digits: as many as an id column holds on every engine.
_NAME = re.compile(r"(article|claim|person):([1-9][0-9]{0,8})", re.ASCII)


@dataclass(frozen=True)
class Name:
    """A stream that pages follow: what it is about, and the id of that."""

    feature: str
    id: int = 0

    def __str__(self) -> str:
        return f"{self.feature}:{self.id}" if self.id else self.feature

    @property
    def is_private(self) -> bool:
        """True if not everybody may follow the stream."""
        return any(who.role is not None for who in ROOMS[self.feature].values())


def parse(text: object) -> Name | None:
    """The stream called ``text``, written in the one way it can be; None for anything else."""
    if text in (streams.MODERATION, streams.VERDICTS):
        return Name(str(text))
    found = _NAME.fullmatch(text) if isinstance(text, str) else None
    return Name(found[1], int(found[2])) if found else None


def may_follow(name: Name, viewer: User | None) -> bool:
    """Return True if the person (None: a visitor) may follow the stream as its subject is now."""
    return rights.fault(who_follows(name.feature, _stands(name, viewer)), viewer) is None


def _stands(name: Name, viewer: User | None) -> On:
    """Return the relation of the stream's subject to the person."""
    match name.feature:
        case "person":
            return whose(viewer, name.id)
        case "article":
            return On.PUBLIC if articles.is_public(name.id) else On.HIDDEN
        case "claim":
            return On.PUBLIC if factchecks.is_public(name.id) else On.HIDDEN
    return On.SITE


def head(name: Name) -> int:
    """The number of the stream's last event."""
    return eventlog.head(str(name))
