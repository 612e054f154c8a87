"""What must fit between an article file, the other files published with it, and the database."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from reader.publishing import queries
from reader.publishing.document import ClaimEntry, Document
from reader.publishing.faults import Report
from reader.publishing.loading import Stored, stored
from reader.publishing.queries import Known
from reader.publishing.reading import ArticleFile

EXPORT = "see how it stands with: reader export"


@dataclass(frozen=True)
class Comparison:
    """Files beside the database, both by slug; ``needs`` are the articles to be stored before each."""

    files: Mapping[str, ArticleFile]
    stored: Mapping[str, Stored]
    needs: dict[str, set[str]] = field(default_factory=dict)

    def groups(self) -> Iterator[list[ArticleFile]]:
        """The files in an order in which they can be stored, those that need each other together."""
        waiting = {slug: needs & self.files.keys() for slug, needs in self.needs.items()}
        while waiting:
            ready = [slug for slug, needs in waiting.items() if not needs & waiting.keys()]
            yield from ([self.files[slug]] for slug in ready)
            if not ready:
                yield [self.files[slug] for slug in waiting]
                return
            for slug in ready:
                del waiting[slug]


def compare(files: Sequence[ArticleFile]) -> Comparison:
    """Compare the files with each other and with the database; what doesn't fit is noted in their reports."""
    by_slug = _by_slug(files)
    documents = [file.document for file in by_slug.values()]
    owners = _owners(by_slug.values())
    known = queries.known_claims([claim.id for document in documents for claim in document.claims])
    comparison = Comparison(by_slug, stored([document.slug for document in documents]))
    dropped = {slug: _dropped(before, by_slug[slug].document) for slug, before in comparison.stored.items()}
    citing = queries.citing([claim_id for ids in dropped.values() for claim_id in ids.values()])
    for slug, file in by_slug.items():
        needs = comparison.needs[slug] = set()
        _check_owned(file.document, file.report, known)
        needs |= _check_used(file.document, file.report, known, owners, by_slug)
        if slug in comparison.stored:
            before = comparison.stored[slug]
            _check_changes(file.document, file.report, before)
            _check_lasting(file.document, file.report, before)
            _check_sources(file.document, file.report, before)
            for claim, claim_id in dropped[slug].items():
                others = citing.get(claim_id, set()) - {slug}
                _check_dropped(claim, others, file.report, by_slug)
                needs |= others
    return comparison


def _by_slug(files: Sequence[ArticleFile]) -> dict[str, ArticleFile]:
    found: dict[str, ArticleFile] = {}
    for file in files:
        slug = file.document.slug
        first = found.setdefault(slug, file)
        if slug and first is not file:
            file.report.fault("slug", f"“{slug}” is also the slug of {first.report.file}; change one of them")
    found.pop("", None)
    return found


def _owners(files: Iterable[ArticleFile]) -> dict[str, str]:
    """The slug of the file that owns each claim."""
    found: dict[str, ArticleFile] = {}
    for file in files:
        for number, claim in _own(file.document):
            if not claim.id:
                continue
            first = found.setdefault(claim.id, file)
            if first is not file:
                file.report.fault(
                    f"claims[{number}].id",
                    f"“{claim.id}” is also a claim of {first.report.file}; to cite that one, write “use: {claim.id}”",
                )
    return {id_: file.document.slug for id_, file in found.items()}


def _own(document: Document) -> Iterator[tuple[int, ClaimEntry]]:
    """The claims that an article owns, each with its number in the file."""
    for number, claim in enumerate(document.claims, start=1):
        if isinstance(claim, ClaimEntry):
            yield number, claim


def _check_owned(document: Document, report: Report, known: Mapping[str, Known]) -> None:
    for number, claim in _own(document):
        owner = known[claim.id].owner if claim.id in known else document.slug
        if owner != document.slug:
            report.fault(
                f"claims[{number}].id",
                f"“{claim.id}” is a claim of the article “{owner}”: to cite it, write “use: {claim.id}”; for a claim of"
                f" this article, choose another id; if this is that article, write “slug: {owner}”",
            )


def _check_used(
    document: Document,
    report: Report,
    known: Mapping[str, Known],
    owners: Mapping[str, str],
    files: Mapping[str, ArticleFile],
) -> set[str]:
    """The articles whose claims ``document`` cites."""
    found: set[str] = set()
    for number, claim in enumerate(document.claims, start=1):
        if isinstance(claim, ClaimEntry) or not claim.use:
            continue
        place = f"claims[{number}].use"
        on_site = known.get(claim.use)
        listed = on_site is not None and on_site.listed and on_site.owner not in files
        owner = owners.get(claim.use) or (on_site.owner if on_site else "")
        if owner == document.slug:
            report.fault(
                place, f"“{claim.use}” is this article’s own claim; list it with “id”, “text” and “verdict”"
            )
        elif claim.use not in owners and not listed:
            report.fault(
                place, f"there is no claim “{claim.use}”, neither on the site nor in the files given"
            )
        else:
            found.add(owner)
    return found


def _check_changes(document: Document, report: Report, before: Stored) -> None:
    owned = before.owned()
    for number, claim in _own(document):
        old = owned.get(claim.id)
        if old is None:
            continue
        place = f"claims[{number}]"
        if claim.verdict != old.verdict:
            report.fault(
                f"{place}.verdict",
                f"is “{claim.verdict}” here, but “{old.verdict}” on the site ({_because(old.why)}). A file sets the"
                f" first verdict only; later ones are decided at /fact-checks/{claim.id}. Write “{old.verdict}” and"
                f" its reason; {EXPORT}",
            )
        elif is_step(claim, old):
            _check_step(claim, old, place, report, queries.reasons(before.claim_ids[claim.id]))


def is_step(claim: ClaimEntry, old: ClaimEntry) -> bool:
    """Whether the claim's verdict has another reason or other sources than before."""
    return (claim.why, claim.sources) != (old.why, old.sources)


def _check_step(
    claim: ClaimEntry, old: ClaimEntry, place: str, report: Report, reasons: Sequence[str | None]
) -> None:
    """``reasons`` are those that the claim had so far, the present one last."""
    if claim.why != old.why and claim.why in reasons[:-1]:
        report.fault(
            f"{place}.why",
            f"is an earlier reason; on the site it has changed since ({_because(old.why)}). Write the present one;"
            f" {EXPORT}",
        )
    elif claim.why is None:
        report.fault(
            f"{place}.why", "is missing; where a claim’s reason or sources change, say why in a sentence"
        )
    elif claim.why == old.why and len(reasons) > 1:
        report.fault(
            f"{place}.sources",
            f"are not those on the site ({', '.join(old.sources) or 'none'}), where the claim was decided again."
            f" List those, or give a new reason in “why”; {EXPORT}",
        )


def _because(why: str | None) -> str:
    return f"reason: {why}" if why else "no reason given"


def _dropped(before: Stored, document: Document) -> dict[str, int]:
    """The claims that the article owns and the file doesn't list any more, with their ids."""
    kept = {claim.id for claim in document.claims}
    return {
        claim.id: before.claim_ids[claim.id] for claim in before.document.own_claims() if claim.id not in kept
    }


def _check_dropped(claim: str, others: set[str], report: Report, files: Mapping[str, ArticleFile]) -> None:
    still = sorted(
        slug
        for slug in others
        if slug not in files or claim in {entry.id for entry in files[slug].document.claims}
    )
    if still:
        report.fault(
            "claims",
            f"the claim “{claim}” is missing, but the article “{still[0]}” cites it; keep it, or take it out there"
            " first",
        )


def _check_lasting(document: Document, report: Report, before: Stored) -> None:
    kept = {claim.id for claim in document.claims}
    for correction in before.lasting:
        if correction.claim not in kept:
            report.fault(
                "claims",
                f"the claim “{correction.claim}” is missing, but a correction of this article is about it; keep it",
            )


def _check_sources(document: Document, report: Report, before: Stored) -> None:
    kept = {source.id for source in document.sources}
    if all(source.id in kept for source in before.document.sources):
        return
    for key, claim in queries.resting_elsewhere(before.id).items():
        if key not in kept:
            report.fault(
                "sources",
                f"the source “{key}” is missing, but the claim “{claim}” of another article rests on it",
            )
