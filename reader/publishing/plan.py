"""The plan of what article files do to the site: made once, reported to the publisher, and carried out.

``planning`` makes it from the files and the database, and notes what stands in its way. ``actions`` has it made anew
under the lock, since the database may have moved; ``storing`` writes what it says and decides nothing itself.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from reader.factchecks.wording import differences
from reader.publishing.document import Change, ClaimEntry, Document
from reader.publishing.faults import Fault
from reader.publishing.loading import Stored
from reader.publishing.reading import ArticleFile


@dataclass(frozen=True)
class KnownClaim:
    """A claim that the site has: as it was, as it will be, and which parts of its words differ.

    ``place`` is its key in the file, ``change`` the file's reason for other words. ``is_same`` tells that the claim and
    each source that it rests on say what they said before.
    """

    place: str
    row: int
    before: ClaimEntry
    claim: ClaimEntry
    change: Change | None
    words: Mapping[str, list[Any]]
    is_same: bool

    @property
    def is_step(self) -> bool:
        """True if the verdict has another reason or other sources: a step of the claim's history."""
        return (self.claim.why, self.claim.sources) != (self.before.why, self.before.sources)


@dataclass(frozen=True)
class ArticlePlan:
    """Effect of a file on its article: what stands there, and what will.

    ``leaving_claims`` and ``leaving_uses`` are the claims, its own and those of others, that the article had and the
    file doesn't list; ``leaving_sources`` such sources, all by id. Ids to be written into the file are in
    ``file.unnamed``.
    """

    file: ArticleFile
    before: Stored | None
    document: Document
    new_claims: tuple[ClaimEntry, ...]
    known_claims: tuple[KnownClaim, ...] = ()
    leaving_claims: tuple[str, ...] = ()
    leaving_uses: tuple[str, ...] = ()
    leaving_sources: tuple[str, ...] = ()

    @property
    def changes_nothing(self) -> bool:
        """True if the site says already what the file says."""
        return self.before is not None and self.before.document == self.document

    def reworded(self) -> list[KnownClaim]:
        """The claims that have other words."""
        return [known for known in self.known_claims if known.words]

    def decided(self) -> list[KnownClaim]:
        """The claims that have another reason, other sources or another check."""
        return [known for known in self.known_claims if known.is_step or not (known.words or known.is_same)]


@dataclass(frozen=True)
class Plan:
    """Effect of files that are published together on the site.

    ``articles`` are by id, ``needs`` the articles to be stored before each. Where a file has faults the plan holds
    stand-ins for what couldn't be read, and is not carried out.
    """

    files: Sequence[ArticleFile]
    articles: Mapping[str, ArticlePlan]
    needs: Mapping[str, set[str]]

    def faults(self) -> list[Fault]:
        """All that keeps the files from being published."""
        return sorted(fault for file in self.files for fault in file.report.faults)

    def warnings(self) -> list[Fault]:
        """All that their editor should know."""
        return sorted(warning for file in self.files for warning in file.report.warnings)

    def groups(self) -> Iterator[list[ArticlePlan]]:
        """The articles in an order in which they can be stored, those that need each other together."""
        waiting = {key: needs & self.articles.keys() for key, needs in self.needs.items()}
        while waiting:
            ready = [key for key, needs in waiting.items() if not needs & waiting.keys()]
            yield from ([self.articles[key]] for key in ready)
            if not ready:
                yield [self.articles[key] for key in waiting]
                return
            for key in ready:
                del waiting[key]


def plan_article(file: ArticleFile, before: Stored | None) -> ArticlePlan:
    """Compare a file with its article as it is stored."""
    document = _resulting(file.document, before)
    if before is None:
        return ArticlePlan(file, None, document, tuple(document.own_claims()))
    owned, old = before.owned(), before.document
    listed = {claim.id for claim in document.claims}
    listed_sources = {source.id for source in document.sources}
    return ArticlePlan(
        file,
        before,
        document,
        new_claims=tuple(claim for claim in document.own_claims() if claim.id not in owned),
        known_claims=tuple(_known_claims(file.document, document, before)),
        leaving_claims=tuple(claim.id for claim in old.own_claims() if claim.id not in listed),
        leaving_uses=tuple(claim.id for claim in old.used_claims() if claim.id not in listed),
        leaving_sources=tuple(source.id for source in old.sources if source.id not in listed_sources),
    )


def _known_claims(said: Document, document: Document, before: Stored) -> Iterator[KnownClaim]:
    owned, old_sources = before.owned(), {source.id: source for source in before.document.sources}
    other_sources = {source.id for source in document.sources if source != old_sources.get(source.id)}
    for number, (entry, claim) in enumerate(zip(said.claims, document.claims, strict=True), start=1):
        if not (isinstance(entry, ClaimEntry) and isinstance(claim, ClaimEntry) and claim.id in owned):
            continue
        old = owned[claim.id]
        yield KnownClaim(
            place=f"claims[{number}]",
            row=before.claim_ids[claim.id],
            before=old,
            claim=claim,
            change=entry.change,
            words=differences(old.wording(), claim.wording()),
            is_same=replace(claim, at=None) == replace(old, at=None)
            and other_sources.isdisjoint(claim.sources),
        )


def _resulting(document: Document, before: Stored | None) -> Document:
    """Return ``document`` as the site will have it: with what always stays, and without one-time instructions."""
    lasting = before.lasting if before else ()
    missing = tuple(correction for correction in lasting if correction not in document.corrections)
    owned = before.owned() if before else {}
    return replace(
        document,
        was=_former(document, before),
        claims=tuple(
            _resulting_claim(claim, owned.get(claim.id)) if isinstance(claim, ClaimEntry) else claim
            for claim in document.claims
        ),
        corrections=document.corrections + missing,
        removed=(),
    )


def _former(document: Document, before: Stored | None) -> tuple[str, ...]:
    """The addresses that lead to the article from now on."""
    known = {before.document.slug, *before.document.was} if before else set()
    return tuple(sorted({*document.was, *known} - {document.slug}))


def _resulting_claim(claim: ClaimEntry, old: ClaimEntry | None) -> ClaimEntry:
    """A claim with the history that it has here, and with what is known of its check."""
    if old is None:
        return replace(claim, change=None)
    return replace(claim, change=None, history=old.history, checked=claim.checked or old.checked)
