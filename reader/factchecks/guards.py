"""Rules for setting verdicts: pure functions, for publishing and the editor's form alike."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import takewhile

from reader.factchecks.kinds import SourceKind
from reader.factchecks.models import Source
from reader.factchecks.verdicts import Verdict
from reader.text.letters import is_visible, key

MIDDLE = 3
PUBLISHERS_FOR_VERIFIED = 2


@dataclass(frozen=True)
class Ground:
    """The parts of a source that the rules need: its publisher's name, and whether it is primary."""

    publisher: str
    primary: bool = False


def grounds(sources: Iterable[Source]) -> list[Ground]:
    """Return the parts of stored sources that the rules need."""
    return [Ground(source.publisher.name, source.kind == SourceKind.PRIMARY) for source in sources]


def verdict_faults(verdict: Verdict, on: Sequence[Ground]) -> list[str]:
    """Return reasons why ``verdict`` may not rest ``on`` these, as sentences for the editor; empty if it may.

    They are only warnings for an ``unsourced`` claim, which comes from a text that links no claim to a source.
    """
    if verdict is Verdict.VERIFIED and not _confirmed(on):
        return ["“Verified” needs a primary source or sources from two publishers."]
    if verdict.rating is not None and not on:
        return [f"“{verdict.label}” needs a source."]
    return []


def change_faults(why: str) -> list[str]:
    """Return faults of ``why`` as the reason for a change of verdict; empty if it has none."""
    return [] if is_visible(why) else ["Say why: every change of a verdict needs a reason."]


def taken_back(history: Iterable[Verdict], after: Verdict) -> Verdict | None:
    """The verdict that going to ``after`` takes back, so that readers are owed a correction; else None.

    ``history`` has the verdicts so far, oldest first. A correction is owed when a check is withdrawn, and
    when a numeric verdict is turned round across the middle. A verdict without a number in between hides
    nothing: what counts is the last number that readers were given and that was not withdrawn since.
    """
    standing = list(takewhile(lambda verdict: verdict is not Verdict.VOID, reversed(list(history))))
    last = next((verdict for verdict in standing if verdict.rating is not None), None)
    if after is Verdict.VOID:
        return last or next(iter(standing), None)
    return last if last and _reversed(last.rating, after.rating) else None


def taken_back_by(history: Iterable[Verdict]) -> dict[Verdict, Verdict]:
    """Return the verdicts that would write a correction, each with the one that it takes back."""
    so_far = list(history)
    found = {after: taken_back(so_far, after) for after in Verdict}
    return {after: before for after, before in found.items() if before}


def _reversed(before: int | None, after: int | None) -> bool:
    return before is not None and after is not None and (before - MIDDLE) * (after - MIDDLE) < 0


def _confirmed(on: Sequence[Ground]) -> bool:
    publishers = {key(ground.publisher) for ground in on}
    return any(ground.primary for ground in on) or len(publishers) >= PUBLISHERS_FOR_VERIFIED
