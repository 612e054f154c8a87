"""Changes in a stream, by their targets."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from reader.eventlog import Event, Kind

COMMENT_KINDS = frozenset(
    {
        Kind.COMMENT_POSTED,
        Kind.COMMENT_HELD,
        Kind.COMMENT_EDITED,
        Kind.COMMENT_DELETED,
        Kind.COMMENT_REMOVED,
        Kind.COMMENT_RESTORED,
    }
)
RECOMMEND_KINDS = frozenset({Kind.COMMENT_RECOMMENDED})
PIN_KINDS = frozenset({Kind.COMMENT_PINNED})
THREAD_KINDS = frozenset({Kind.THREAD_CHANGED})
MEASURE_KINDS = frozenset({Kind.MEASURE_TAKEN})
CLAIM_KINDS = frozenset({Kind.VERDICT_CHANGED})
CORRECTION_KINDS = frozenset({Kind.CORRECTION_WRITTEN})
RETRACTION_KINDS = frozenset({Kind.ARTICLE_RETRACTED})
PAGE_KINDS = frozenset({Kind.ARTICLE_REVISED, Kind.CLAIM_REVISED}) | RETRACTION_KINDS
BELL_KINDS = frozenset({Kind.BELL_CHANGED})
_KINDS = {kind.value: kind for kind in Kind}


class TargetChange(NamedTuple):
    """Change of a target: the number of its last event, and that event's kind, or the most telling one."""

    seq: int
    kind: Kind


Changes = Mapping[str, TargetChange]


def gathered(events: Sequence[Event]) -> dict[str, TargetChange]:
    """Reduce the events to one change for each target."""
    changes: dict[str, TargetChange] = {}
    for event in events:
        before, kind = changes.get(event.target), _KINDS[event.kind]
        # A claim's words are shown in more places than its verdict: a later verdict must not hide that they changed.
        is_less = before is not None and before.kind is Kind.CLAIM_REVISED and kind in CLAIM_KINDS
        changes[event.target] = TargetChange(event.seq, Kind.CLAIM_REVISED if is_less else kind)
    return changes


def only(changes: Changes, kinds: frozenset[Kind]) -> Changes:
    """The changes of these kinds."""
    return {target: change for target, change in changes.items() if change.kind in kinds}


def last(changes: Changes, kinds: frozenset[Kind]) -> TargetChange | None:
    """The last change of these kinds."""
    return max(only(changes, kinds).values(), default=None)
