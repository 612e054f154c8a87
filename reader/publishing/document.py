"""An article file, read: plain values, in the file's order, with every default filled in.

Two documents are equal when they say the same, however they were written; that is what "left as it was" means.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from reader.articles.models import Status
from reader.factchecks.appearances import Appearance
from reader.factchecks.kinds import CorrectionKind
from reader.factchecks.wording import Wording

FORMAT = 1


@dataclass(frozen=True, kw_only=True)
class Image:
    """The picture of an article."""

    src: str
    alt: str | None = None
    credit: str | None = None


@dataclass(frozen=True, kw_only=True)
class SourceEntry:
    """A source that the article lists."""

    id: str
    publisher: str
    title: str
    url: str | None = None
    kind: str | None = None
    date: dt.date | None = None
    quote: str | None = None
    archived: str | None = None


@dataclass(frozen=True, kw_only=True)
class Claimant:
    """The person or body that made a claim."""

    name: str
    url: str | None = None


@dataclass(frozen=True, kw_only=True)
class Checked:
    """Time and author of a check. A date without a time is midnight UTC."""

    at: datetime | None = None
    by: str | None = None


@dataclass(frozen=True, kw_only=True)
class Change:
    """Reason why a claim's words differ from the stored ones, or a note that only a typo was fixed."""

    why: str | None = None
    typo: bool = False


@dataclass(frozen=True, kw_only=True)
class FromTo:
    """A part of a claim's words as it was and as it became."""

    from_: Any = None
    to: Any = None


@dataclass(frozen=True, kw_only=True)
class HistoryEntry:
    """A step of a claim's history: to a verdict (the first comes from none), or to other words."""

    at: datetime | None = None
    from_: str | None = None
    to: str | None = None
    by: str | None = None
    why: str | None = None
    typo: bool = False
    text: FromTo | None = None
    short: FromTo | None = None
    about: FromTo | None = None
    claimant: FromTo | None = None
    said: FromTo | None = None

    def changed(self) -> dict[str, FromTo]:
        """The parts of the claim's words that it changed."""
        parts = {name: getattr(self, name) for name in WORDING}
        return {name: part for name, part in parts.items() if part is not None}


WORDING = ("text", "short", "about", "claimant", "said")


@dataclass(frozen=True, kw_only=True)
class ClaimEntry:
    """A claim that this article owns."""

    id: str
    text: str
    short: str | None = None
    verdict: str
    about: str | None = None
    why: str | None = None
    sources: tuple[str, ...] = ()
    checked: Checked | None = None
    said: tuple[Appearance, ...] = ()
    history: tuple[HistoryEntry, ...] = ()
    change: Change | None = None
    unsourced: bool = False
    claimant: Claimant | None = None
    at: str | None = None

    def wording(self) -> Wording:
        """Return the claim's content, apart from its verdict."""
        return Wording(
            text=self.text,
            short=self.short,
            about=self.about,
            claimant_name=self.claimant.name if self.claimant else None,
            claimant_url=self.claimant.url if self.claimant else None,
            said=self.said,
        )


@dataclass(frozen=True, kw_only=True)
class UseEntry:
    """A claim that another article owns, cited here."""

    use: str
    at: str | None = None

    @property
    def id(self) -> str:
        """The claim's id, as a claim of one's own has it."""
        return self.use


@dataclass(frozen=True, kw_only=True)
class CorrectionEntry:
    """A correction to the article."""

    at: datetime | None = None
    kind: str = CorrectionKind.CORRECTION.value
    text: str
    claim: str | None = None


@dataclass(frozen=True, kw_only=True)
class Document:
    """A whole article file. ``body`` is its Markdown, without empty lines around it.

    ``id`` is empty until it is known which article it is. ``removed`` are the ids of claims that the file says have
    left the article.
    """

    title: str
    id: str = ""
    slug: str
    was: tuple[str, ...] = ()
    standfirst: str | None = None
    status: str = Status.PUBLISHED.value
    published: datetime | None = None
    updated: datetime | None = None
    publish_at: datetime | None = None
    authors: tuple[str, ...] = ()
    topics: tuple[str, ...] = ()
    lang: str = "en"
    image: Image | None = None
    sources: tuple[SourceEntry, ...] = ()
    claims: tuple[ClaimEntry | UseEntry, ...] = ()
    corrections: tuple[CorrectionEntry, ...] = ()
    removed: tuple[str, ...] = ()
    body: str = ""

    def own_claims(self) -> Iterator[ClaimEntry]:
        """The claims that this article owns."""
        return (claim for claim in self.claims if isinstance(claim, ClaimEntry))

    def used_claims(self) -> Iterator[UseEntry]:
        """The claims that it cites from other articles."""
        return (claim for claim in self.claims if isinstance(claim, UseEntry))

    def is_public(self, at: datetime) -> bool:
        """Return True if the public may see the article at that time."""
        if self.status == Status.SCHEDULED:
            return self.publish_at is not None and self.publish_at <= at
        return self.status in (Status.PUBLISHED, Status.RETRACTED)
