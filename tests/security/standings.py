"""Everybody who can come: what they are trusted with, and what was decided about them."""

from __future__ import annotations

from datetime import timedelta
from typing import NamedTuple

from reader.accounts import actions as accounts
from reader.accounts.models import User
from reader.clock import now
from reader.moderation.models import Reason
from reader.moderation.people.actions import NewMeasure, take_measure
from reader.policy import MeasureKind, Role, Who
from tests.support.factories import a_person

RANKS = list(Role)


class Actor(NamedTuple):
    """A role, None being a visitor's, and a measure in force; ``is_muted`` by somebody, which takes nothing away."""

    role: Role | None
    measure: MeasureKind | None = None
    is_muted: bool = False

    def is_among(self, who: Who | None) -> bool:
        """Return True if the table's cell includes them; while banned, they count as a visitor."""
        if who is None or who.role is None:
            return who is not None
        if self.role is None or self.is_outside:
            return False
        return RANKS.index(self.role) >= RANKS.index(who.role) and self.measure not in who.but_not

    @property
    def is_outside(self) -> bool:
        """True if the site treats them as a visitor."""
        return self.role is None or self.measure is MeasureKind.BAN

    def arrive(self) -> User | None:
        """Somebody of this role, about whom nothing is decided yet."""
        return a_person(role=self.role) if self.role else None

    def suffer(self, person: User | None) -> None:
        """Let what is decided about them happen to the person."""
        if person is not None and self.measure is not None:
            by = a_person(role=Role.ADMIN)
            until = now() + timedelta(days=1) if self.measure is MeasureKind.SUSPENSION else None
            take_measure(
                person.id, NewMeasure(self.measure, words="So.", reason=Reason.SPAM, until=until), by=by
            )
        if person is not None and self.is_muted:
            accounts.mute(person, by=a_person())


STANDINGS = {
    "visitor": Actor(None),
    "reader": Actor(Role.READER),
    "muted": Actor(Role.READER, is_muted=True),
    "warned": Actor(Role.READER, MeasureKind.WARNING),
    "held": Actor(Role.READER, MeasureKind.PREMODERATION),
    "suspended": Actor(Role.READER, MeasureKind.SUSPENSION),
    "banned": Actor(Role.READER, MeasureKind.BAN),
    "moderator": Actor(Role.MODERATOR),
    "suspended moderator": Actor(Role.MODERATOR, MeasureKind.SUSPENSION),
    "editor": Actor(Role.EDITOR),
    "admin": Actor(Role.ADMIN),
}
