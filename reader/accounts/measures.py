"""The measures in force on a person, and what they may not do meanwhile, in words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from reader.accounts.models import Measure
from reader.policy import WRITERS, MeasureKind, On, Who, who_may
from reader.text.dates import day


@dataclass(frozen=True)
class InForce:
    """The measures in force on one person; none, for nearly everybody."""

    measures: Sequence[Measure] = ()

    def _last(self, kind: MeasureKind) -> Measure | None:
        return next((each for each in reversed(self.measures) if each.kind == kind), None)

    @property
    def ban(self) -> Measure | None:
        """They can't log in."""
        return self._last(MeasureKind.BAN)

    @property
    def suspension(self) -> Measure | None:
        """They can read, and write nothing."""
        return self._last(MeasureKind.SUSPENSION)

    @property
    def warning(self) -> Measure | None:
        """They have to read it before they write again."""
        return self._last(MeasureKind.WARNING)

    @property
    def premoderation(self) -> Measure | None:
        """Their comments wait for a moderator."""
        return self._last(MeasureKind.PREMODERATION)

    @property
    def silencing(self) -> Measure | None:
        """The measure by which they may write nothing."""
        return self.ban or self.suspension

    @property
    def silence(self) -> str | None:
        """Explain why they may write nothing, and until when; None if no measure forbids it."""
        return self.words_to(WRITERS)

    @property
    def refusal(self) -> str | None:
        """Explain why they can't comment, and what to do; None if no measure forbids it."""
        who = who_may("post_comment", On.SITE)
        return self.words_to(who) if who else None

    def words_to(self, who: Who) -> str | None:
        """Explain why a measure, the strictest one, excludes them from ``who``; None if none does."""
        for kind in reversed(MeasureKind):
            measure = self._last(kind) if kind in who.but_not else None
            if measure is not None:
                return _WORDS[kind].format(until=_until(measure), why=_why(measure))
        return None


_WORDS = {
    MeasureKind.BAN: "You are banned {until}.{why}",
    MeasureKind.SUSPENSION: "You can read, but not write {until}.{why}",
    MeasureKind.WARNING: (
        "A moderator has warned you. Read the warning and confirm that you have, then send this again."
    ),
}


def _until(measure: Measure) -> str:
    if measure.until is None:
        return "for good" if measure.kind == MeasureKind.BAN else "for now"
    return f"until {day(measure.until)}, {measure.until:%H:%M} UTC"


def _why(measure: Measure) -> str:
    reason = f" The reason: {measure.reason.replace('-', ' ')}." if measure.reason else ""
    return f"{reason} A moderator says: “{measure.words}”" if measure.words else reason
