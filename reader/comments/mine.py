"""The overlay "mine": what a thread shows one person besides what it shows everybody.

A thread's HTML is the same for all. A logged-in person's page carries this beside it, as one block of data, by which
``static/js/comments/mine.js`` marks the comments, also those that arrive later. Muting has to work without scripts, so
a stylesheet folds the comments of muted people.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from reader.accounts import queries as accounts
from reader.accounts.models import User
from reader.comments import queries


@dataclass(frozen=True)
class Mine:
    """Plain values, which go to the page as JSON: ids of people and of comments."""

    person: int
    name: str
    muted: tuple[int, ...]
    recommended: tuple[int, ...]
    shortcuts: bool
    seen: int | None = None  # the comment up to which they had read this thread at their last visit


def of(person: User | None, ids: Iterable[int], *, seen: int | None = None) -> Mine | None:
    """The overlay for ``person`` on a page with these comments; None for a visitor."""
    if person is None:
        return None
    return Mine(
        person=person.id,
        name=person.username,
        muted=tuple(accounts.muted_by(person)),
        recommended=tuple(queries.recommended_by(person, ids)),
        shortcuts=person.shortcuts,
        seen=seen,
    )
