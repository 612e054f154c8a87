"""Summary of the verdicts on an article's claims, in one line: ``5 claims checked: 3 verified · 2 reported``."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from reader.factchecks.models import Claim
from reader.factchecks.verdicts import Verdict
from reader.text.english import plural

# A check that is open, or was withdrawn, is none that a reader could count on.
_APART = {Verdict.CHECKING: "still being checked", Verdict.VOID: "withdrawn"}


@dataclass(frozen=True)
class Strength:
    """``lead`` says how many claims were checked (empty for none), ``parts`` what they came to; ``verdicts`` has
    one for each claim, in the same order.
    """

    lead: str
    parts: Sequence[tuple[Verdict, str]]
    verdicts: Sequence[Verdict] = ()

    def __str__(self) -> str:
        words = " · ".join(words for _, words in self.parts)
        return f"{self.lead}: {words}" if self.lead else words


def strength(claims: Iterable[Claim]) -> Strength:
    """The summary of ``claims``: verdicts in their fixed order, those that don't occur left out."""
    counts = Counter(claim.ruling for claim in claims)
    checked = sum(count for verdict, count in counts.items() if verdict not in _APART)
    return Strength(
        lead=f"{plural(checked, 'claim')} checked" if checked else "",
        parts=[
            (verdict, f"{counts[verdict]:,} {_APART.get(verdict, verdict.label.lower())}")
            for verdict in Verdict
            if verdict in counts
        ],
        verdicts=[verdict for verdict in Verdict for _ in range(counts[verdict])],
    )
