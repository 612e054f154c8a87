"""Whether a verdict may be set, and why not: pure functions, for publishing and the editor's form alike."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import takewhile

from reader.factchecks.verdicts import Verdict

MIDDLE = 3
PUBLISHERS_FOR_VERIFIED = 2


@dataclass(frozen=True)
class Ground:
    """What the guards look at in a source: the publisher's name, and whether it is primary."""

    publisher: str
    primary: bool = False


def verdict_faults(verdict: Verdict, grounds: Sequence[Ground]) -> list[str]:
    """Why ``verdict`` may not rest on these sources: sentences for the editor, none if it may.

    For an ``unsourced`` claim, which comes from a text that links no claim to a source, they are warnings.
    """
    if verdict is Verdict.VERIFIED and not _confirmed(grounds):
        return ["“Verified” needs a primary source or sources from two publishers."]
    if verdict.rating is not None and not grounds:
        return [f"“{verdict.label}” needs a source."]
    return []


def change_faults(why: str) -> list[str]:
    """Why a verdict may not be changed with the reason ``why``."""
    return [] if why.strip() else ["Say why: every change of a verdict needs a reason."]


def needs_correction(history: Iterable[Verdict], after: Verdict) -> bool:
    """Whether going to ``after`` owes a correction; ``history`` has the verdicts so far, oldest first.

    It does when a check is withdrawn, and when a numeric verdict is turned round across the middle. A verdict
    without a number in between hides nothing: what counts is the last number that readers were given and that
    was not withdrawn since.
    """
    past = list(history)
    if after is Verdict.VOID:
        return bool(past) and past[-1] is not Verdict.VOID
    standing = takewhile(lambda verdict: verdict is not Verdict.VOID, reversed(past))
    last = next((verdict.rating for verdict in standing if verdict.rating is not None), None)
    return last is not None and after.rating is not None and _reversed(last, after.rating)


def _reversed(before: int, after: int) -> bool:
    return (before - MIDDLE) * (after - MIDDLE) < 0


def _confirmed(grounds: Sequence[Ground]) -> bool:
    publishers = {ground.publisher.casefold() for ground in grounds}
    return any(ground.primary for ground in grounds) or len(publishers) >= PUBLISHERS_FOR_VERIFIED
