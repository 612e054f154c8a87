"""Content of a claim apart from its verdict, and the differences between two versions of it.

The content is the claim's words, who made it and where.

A verdict is about these words, so each change of them is a step of the claim's history.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from reader.factchecks.appearances import Appearance

if TYPE_CHECKING:
    from reader.factchecks.models import Claim

# The parts of a wording in the order in which they are shown, each with its label.
PARTS = {
    "text": "Text",
    "short": "Short form",
    "about": "What was checked",
    "claimant": "Who made it",
    "said": "Where it was made",
}


@dataclass(frozen=True, kw_only=True)
class Wording:
    """Content of a claim, apart from its verdict."""

    text: str
    short: str | None = None
    about: str | None = None
    claimant_name: str | None = None
    claimant_url: str | None = None
    said: tuple[Appearance, ...] = ()

    def columns(self) -> dict[str, Any]:
        """The values of a claim's columns."""
        return {
            "text": self.text,
            "short": self.short,
            "about": self.about,
            "claimant_name": self.claimant_name,
            "claimant_url": self.claimant_url,
            "said": [appearance.entry() for appearance in self.said],
        }

    def parts(self) -> dict[str, Any]:
        """Its parts as a history keeps them; None for what is not known."""
        claimant = {"name": self.claimant_name, "url": self.claimant_url}
        return {
            "text": self.text,
            "short": self.short,
            "about": self.about,
            "claimant": {key: value for key, value in claimant.items() if value} or None,
            "said": [appearance.entry() for appearance in self.said] or None,
        }


@dataclass(frozen=True)
class NewWording:
    """Other words for a claim, with the reason for them, written by an editor who saw this ``version``."""

    wording: Wording
    why: str
    version: int
    typo: bool = False


def wording_of(claim: Claim) -> Wording:
    """Return the content of a stored claim."""
    return Wording(
        text=claim.text,
        short=claim.short,
        about=claim.about,
        claimant_name=claim.claimant_name,
        claimant_url=claim.claimant_url,
        said=tuple(claim.appearances),
    )


def differences(before: Wording, after: Wording) -> dict[str, list[Any]]:
    """The parts that differ, by name, each as it was and as it became."""
    old, new = before.parts(), after.parts()
    return {name: [old[name], new[name]] for name in PARTS if old[name] != new[name]}


@dataclass(frozen=True)
class Revised:
    """A part of a wording that changed, as a page shows it; empty where it is not known."""

    name: str
    label: str
    before: str
    after: str


def revised(changed: Mapping[str, list[Any]] | None) -> list[Revised]:
    """The parts that a step of a history changed."""
    return [
        Revised(name, label, *map(_in_words, changed[name]))
        for name, label in PARTS.items()
        if changed and name in changed
    ]


def parts_of(claim: Claim) -> list[Revised]:
    """The parts of a claim's wording that are known, each as it is now."""
    return revised(differences(Wording(text=""), wording_of(claim)))


def _in_words(part: Any) -> str:
    if isinstance(part, Mapping):
        return ", ".join(map(str, part.values()))
    if isinstance(part, list):
        return "; ".join(map(_in_words, part))
    return part or ""
