"""An article file, read: plain values, in the file's order, with every default filled in.

Two documents are equal when they say the same, however they were written; that is what "left as it was" means.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from reader.articles.models import Status
from reader.factchecks.models import CorrectionKind

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
    """Who made a claim."""

    name: str
    url: str | None = None


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
    unsourced: bool = False
    claimant: Claimant | None = None
    appearance: str | None = None
    at: str | None = None


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
    """A whole article file. ``body`` is its Markdown, without empty lines around it."""

    title: str
    slug: str
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
    body: str = ""

    def own_claims(self) -> Iterator[ClaimEntry]:
        """The claims that this article owns."""
        return (claim for claim in self.claims if isinstance(claim, ClaimEntry))

    def used_claims(self) -> Iterator[UseEntry]:
        """The claims that it cites from other articles."""
        return (claim for claim in self.claims if isinstance(claim, UseEntry))
