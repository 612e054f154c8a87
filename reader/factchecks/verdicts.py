"""The verdicts: their words, their ClaimReview ratings, and what an editor decides with one."""

from collections.abc import Sequence
from dataclasses import dataclass

from reader.enums import DescribedEnum
from reader.factchecks.kinds import SourceKind


class Verdict(DescribedEnum):
    """Verdicts on a claim. Truth and certainty are different things: only the first five carry a number.

    ``label`` is the word shown; ``rating`` the ClaimReview number (5 true to 1 false) or None; ``meaning`` a
    sentence for the reader.
    """

    label: str
    rating: int | None
    meaning: str

    VERIFIED = (
        "verified",
        "Verified",
        5,
        "Confirmed against a primary source, or by two independent publishers.",
    )
    MOSTLY_TRUE = "mostly-true", "Mostly true", 4, "The core holds; a detail is off."
    MIXED = "mixed", "Mixed", 3, "Material parts are true and others false."
    MISLEADING = "misleading", "Misleading", 2, "The facts are right, the impression is wrong."
    FALSE = "false", "False", 1, "Contradicted by the evidence."
    REPORTED = "reported", "Reported", None, "A credible outlet says so; not independently confirmed."
    DISPUTED = "disputed", "Disputed", None, "Credible sources conflict."
    UNPROVEN = "unproven", "Unproven", None, "We looked; the evidence is insufficient."
    OUTDATED = "outdated", "Outdated", None, "It was right; events have moved on."
    CHECKING = "checking", "Checking", None, "We are still looking into it."
    VOID = "void", "Check withdrawn", None, "Our check was wrong; its text is kept and a correction says why."


@dataclass(frozen=True)
class NewSource:
    """A source that none of the articles lists yet; the article that owns the claim will."""

    publisher: str
    title: str
    url: str | None = None
    kind: SourceKind | None = None


@dataclass(frozen=True)
class NewVerdict:
    """A verdict with its reason and the sources that it rests on, decided by an editor who saw this ``version``."""

    verdict: Verdict
    why: str
    source_ids: Sequence[int]
    version: int
    new_source: NewSource | None = None
