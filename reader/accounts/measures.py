"""The measures in force on a person, and what they may not do meanwhile, in words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from reader.accounts.models import Measure, MeasureKind
from reader.dates import day


@dataclass(frozen=True)
class InForce:
    """What holds for one person now; nothing, for nearly everybody."""

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
    def is_read_first(self) -> bool:
        """Whether their comments wait for a moderator."""
        return self._last(MeasureKind.PREMODERATION) is not None

    @property
    def silence(self) -> str | None:
        """Why they may write nothing, and until when."""
        if self.ban:
            return f"You are banned {_until(self.ban)}.{_why(self.ban)}"
        if self.suspension:
            return f"You can read, but not write {_until(self.suspension)}.{_why(self.suspension)}"
        return None

    @property
    def refusal(self) -> str | None:
        """Why they can't comment, and what to do."""
        if self.silence is None and self.warning:
            return "A moderator has warned you. Read the warning and confirm that you have, then send this again."
        return self.silence


def _until(measure: Measure) -> str:
    if measure.until is None:
        return "for good" if measure.kind == MeasureKind.BAN else "for now"
    return f"until {day(measure.until)}, {measure.until:%H:%M} UTC"


def _why(measure: Measure) -> str:
    reason = f" The reason: {measure.reason.replace('-', ' ')}." if measure.reason else ""
    return f"{reason} A moderator says: “{measure.words}”" if measure.words else reason
