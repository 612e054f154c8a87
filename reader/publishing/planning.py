"""The plan of files that are published together, made from what they say and from what the site says.

What in a file doesn't fit the other files or the site is noted in its report.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from reader.clock import now
from reader.publishing import leaving, queries, rewording
from reader.publishing.document import ClaimEntry, Document
from reader.publishing.faults import FileReport
from reader.publishing.loading import Stored
from reader.publishing.plan import Plan, plan_article
from reader.publishing.queries import Addresses, Known
from reader.publishing.reading import ArticleFile


def make_plan(files: Sequence[ArticleFile], stored: Mapping[str, Stored]) -> Plan:
    """Compare the files with each other, with their ``stored`` articles by id, and with all else on the site."""
    by_key = _by_key(files)
    articles = {key: plan_article(file, stored.get(key)) for key, file in by_key.items()}
    documents = [file.document for file in by_key.values()]
    addresses = queries.addresses([slug for each in documents for slug in (each.slug, *each.was)])
    owners = _owners(by_key.values())
    known = queries.known_claims([claim.id for document in documents for claim in document.claims])
    owned = {id_ for before in stored.values() for id_ in before.claim_ids.values()}
    facts, citing = queries.facts(owned), queries.citing(owned)
    needs: dict[str, set[str]] = {}
    for key, article in articles.items():
        document, report = article.file.document, article.file.report
        _check_addresses(document, report, addresses)
        _check_owned(document, report, known)
        needs[key] = _check_used(document, report, known, owners, by_key)
        rewording.check(article, facts, citing)
        needs[key] |= leaving.check(article, facts, citing, by_key)
    return Plan(files, articles, needs)


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


def _check_addresses(document: Document, report: FileReport, addresses: Addresses) -> None:
    """Note a fault where the file takes an address that another article has, or had."""
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
        for number, claim in _own(file.document):
            if not claim.id:
                continue
            first = found.setdefault(claim.id, file)
            if first is not file:
                file.report.fault(
                    f"claims[{number}].id",
                    f"“{claim.id}” is also a claim of {first.report.file}; to cite that one, write “use: {claim.id}”",
                )
    return {id_: file.document.id for id_, file in found.items()}


def _own(document: Document) -> Iterator[tuple[int, ClaimEntry]]:
    """The claims that an article owns, each with its number in the file."""
    for number, claim in enumerate(document.claims, start=1):
        if isinstance(claim, ClaimEntry):
            yield number, claim


def _check_owned(document: Document, report: FileReport, known: Mapping[str, Known]) -> None:
    for number, claim in _own(document):
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
