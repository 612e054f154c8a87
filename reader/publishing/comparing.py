"""Checks of an article file against the other files published with it and the database."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from reader.clock import now
from reader.publishing import leaving, queries, rewording
from reader.publishing.document import ClaimEntry, Document
from reader.publishing.faults import FileReport
from reader.publishing.loading import Stored, stored_by_key
from reader.publishing.queries import Addresses, Known
from reader.publishing.reading import ArticleFile


@dataclass(frozen=True)
class Comparison:
    """Files beside the database, both by the article's id; ``needs`` are the articles to be stored before each."""

    files: Mapping[str, ArticleFile]
    stored: Mapping[str, Stored]
    needs: dict[str, set[str]] = field(default_factory=dict)

    def groups(self) -> Iterator[list[ArticleFile]]:
        """The files in an order in which they can be stored, those that need each other together."""
        waiting = {key: needs & self.files.keys() for key, needs in self.needs.items()}
        while waiting:
            ready = [key for key, needs in waiting.items() if not needs & waiting.keys()]
            yield from ([self.files[key]] for key in ready)
            if not ready:
                yield [self.files[key] for key in waiting]
                return
            for key in ready:
                del waiting[key]


def compare(files: Sequence[ArticleFile]) -> Comparison:
    """Compare the files with each other and with the database; what doesn't fit is noted in their reports."""
    by_key = _by_key(files)
    documents = [file.document for file in by_key.values()]
    addresses = queries.addresses([slug for each in documents for slug in (each.slug, *each.was)])
    owners = _owners(by_key.values())
    known = queries.known_claims([claim.id for document in documents for claim in document.claims])
    comparison = Comparison(by_key, stored_by_key(by_key.keys()))
    stored = comparison.stored
    owned = {id_ for before in stored.values() for id_ in before.claim_ids.values()}
    facts, citing = queries.facts(owned), queries.citing(owned)
    for key, file in by_key.items():
        needs = comparison.needs[key] = set()
        _check_addresses(file, addresses)
        _check_owned(file.document, file.report, known)
        needs |= _check_used(file.document, file.report, known, owners, by_key)
        if key in stored:
            rewording.check(file, stored[key], facts, citing)
            needs |= leaving.check(file, stored[key], facts, citing, by_key)
    return comparison


def _by_key(files: Sequence[ArticleFile]) -> dict[str, ArticleFile]:
    found: dict[str, ArticleFile] = {}
    slugs: dict[str, ArticleFile] = {}
    for file in files:
        key, slug = file.document.id, file.document.slug
        first = slugs.setdefault(slug, file)
        if slug and first is not file:
            file.report.fault("slug", f"“{slug}” is also the slug of {first.report.file}; change one of them")
        elif key and found.setdefault(key, file) is not file:
            file.report.fault("id", f"“{key}” is also the id of {found[key].report.file}; change one of them")
        found.setdefault(key, file)
    found.pop("", None)
    return found


def _check_addresses(file: ArticleFile, addresses: Addresses) -> None:
    """Note a fault where the file takes an address that another article has, or had."""
    document, report = file.document, file.report
    for place, slug in [
        ("slug", document.slug),
        *((f"was[{n}]", slug) for n, slug in enumerate(document.was, 1)),
    ]:
        other = addresses.other(slug, document.id)
        if other is None:
            continue
        if slug in addresses.present:
            what = f"“{slug}” is the address of the article “{other}”"
        else:
            what = f"“{slug}” was the address of the article “{other}” and leads to it"
        report.fault(place, f"{what}; if this is that article, write “id: {other}”, else choose another slug")


def _owners(files: Iterable[ArticleFile]) -> dict[str, str]:
    """Return the article that owns each claim of the files; note a fault where two list the same claim."""
    found: dict[str, ArticleFile] = {}
    for file in files:
        for number, claim in own(file.document):
            if not claim.id:
                continue
            first = found.setdefault(claim.id, file)
            if first is not file:
                file.report.fault(
                    f"claims[{number}].id",
                    f"“{claim.id}” is also a claim of {first.report.file}; to cite that one, write “use: {claim.id}”",
                )
    return {id_: file.document.id for id_, file in found.items()}


def own(document: Document) -> Iterator[tuple[int, ClaimEntry]]:
    """The claims that an article owns, each with its number in the file."""
    for number, claim in enumerate(document.claims, start=1):
        if isinstance(claim, ClaimEntry):
            yield number, claim


def _check_owned(document: Document, report: FileReport, known: Mapping[str, Known]) -> None:
    for number, claim in own(document):
        on_site = known.get(claim.id)
        if on_site and on_site.owner != document.id:
            report.fault(
                f"claims[{number}].id",
                f"“{claim.id}” is a claim of the article “{on_site.slug}”: to cite it, write “use: {claim.id}”; for a"
                f" claim of this article, choose another id; if this is that article, give it “id: {on_site.owner}”",
            )


def _check_used(
    document: Document,
    report: FileReport,
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
        if owner == document.id:
            report.fault(
                place, f"“{claim.use}” is this article’s own claim; list it with “id”, “text” and “verdict”"
            )
        elif claim.use not in owners and not listed:
            report.fault(
                place, f"there is no claim “{claim.use}”, neither on the site nor in the files given"
            )
        else:
            found.add(owner)
            is_public = owner in files and files[owner].document.is_public(now())
            if not is_public and not (on_site and on_site.is_public):
                report.warn(
                    place,
                    f"the claim “{claim.use}” waits: its article isn’t public yet; it is shown as soon as that is",
                )
    return found
