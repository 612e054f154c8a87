"""Checks within one article file: ids and references to them, marks, and verdicts with sources."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

from reader.factchecks.guards import Ground, verdict_faults
from reader.factchecks.kinds import SourceKind
from reader.factchecks.verdicts import Verdict
from reader.publishing import bodies, history
from reader.publishing.document import ClaimEntry, Document, SourceEntry, UseEntry
from reader.publishing.faults import FileReport
from reader.publishing.ids import doubtful
from reader.publishing.reading import BODY, STDIN, ArticleFile
from reader.publishing.suggestions import nearest
from reader.text.english import listing, plural

ENDINGS = frozenset({".md", ".markdown"})
NO_ARTICLE = "readme"
NO_PLACE = (
    "which the page doesn’t have (headings have no addresses); link to claim:id, source:id, #fact-check, #sources,"
    " #corrections or #comments"
)
_MADE_ON_THE_SITE = re.compile(r"(?:comment|correction)-[0-9]+")


def find(paths: list[Path]) -> list[Path]:
    """The article files that ``paths`` name: files as they are, and Markdown files in folders, but no README."""
    found: dict[Path, Path] = {}
    for path in paths:
        for file in _in_folder(path) if path.is_dir() else [path]:
            found.setdefault(file if file == STDIN else file.resolve(), file)
    return list(found.values())


def _in_folder(folder: Path) -> list[Path]:
    return sorted(
        path
        for path in folder.rglob("*")
        if path.suffix.lower() in ENDINGS
        and path.stem.lower() != NO_ARTICLE
        and path.is_file()
        and not any(part.startswith(".") for part in path.relative_to(folder).parts)
    )


def check(file: ArticleFile) -> None:
    """Note all that can be told from a file alone."""
    check_document(file.document, file.report)
    _check_doubtful(file)


def missing(file: ArticleFile) -> None:
    """Warn of what the file had better have."""
    if "lang" not in file.report.lines and file.document.title:
        file.report.warn(
            "lang",
            "there is none, so the article counts as English; add “lang: en”, or its language",
            common=True,
        )
    _missing_ids(file)


def _missing_ids(file: ArticleFile) -> None:
    """Warn of the ids that the file lacks."""
    kinds = [entry.place.partition("[")[0] or "article" for entry in file.unnamed]
    if kinds:
        those = [
            "the article" if kind == "article" else plural(kinds.count(kind), kind.removesuffix("s"))
            for kind in dict.fromkeys(kinds)
        ]
        file.report.warn(
            "id", f"there is none for {listing(those)}; publish writes what is missing into the file"
        )


def _check_doubtful(file: ArticleFile) -> None:
    """Note a fault where a reference may mean any of several like entries without an id.

    Its meaning would depend on which of them stands first.
    """
    document = file.document
    sources = {id_ for claim in document.own_claims() for id_ in claim.sources}
    body = bodies.inspect(document.body).references
    referred: dict[str, set[str | None]] = {
        "sources": {*sources, *(ref.id for ref in body if ref.kind == "source")},
        "claims": {
            *(correction.claim for correction in document.corrections),
            *(ref.id for ref in body if ref.kind == "claim"),
        },
    }
    for kind, ids in referred.items():
        for id_, alike in doubtful(file.unnamed, kind).items():
            if id_ in ids:
                lines = ", ".join(str(file.report.line(entry.place)) for entry in alike)
                file.report.fault(
                    f"{alike[0].place}.id",
                    f"is missing, and something refers to “{id_}”, which may be any of the entries on lines {lines};"
                    " give each of them an id",
                )


def check_document(document: Document, report: FileReport) -> None:
    """Note what in ``document`` doesn't fit together."""
    sources = {
        source.id: (f"sources[{number}]", source)
        for number, source in enumerate(document.sources, start=1)
        if source.id
    }
    claims = _claims(document, report)
    for place, claim in claims.values():
        if isinstance(claim, ClaimEntry):
            _check_claim(claim, place, sources, report)
            history.check(claim, place, report)
    for number, id_ in enumerate(document.removed, start=1):
        if id_ in claims:
            report.fault(
                f"removed[{number}]", f"“{id_}” stands in “claims” as well; take it out of one of them"
            )
    _check_corrections(document, claims, report)
    _check_body(document, {"claim": claims, "source": sources}, report)
    _check_marks(document, claims, report)
    if document.image and not document.image.alt:
        report.warn("image", "the picture has no “alt”, so people who can’t see it learn nothing of it")


def marks(document: Document) -> dict[str, str]:
    """The words to mark in the body, by the id of their claim."""
    return {claim.id: claim.at for claim in document.claims if claim.id and claim.at}


_Claims = Mapping[str, tuple[str, ClaimEntry | UseEntry]]
_Sources = Mapping[str, tuple[str, SourceEntry]]


def _claims(document: Document, report: FileReport) -> dict[str, tuple[str, ClaimEntry | UseEntry]]:
    """The claims by id, each with its place in the file."""
    found: dict[str, tuple[str, ClaimEntry | UseEntry]] = {}
    for number, claim in enumerate(document.claims, start=1):
        place = f"claims[{number}]"
        if claim.id in found and isinstance(claim, UseEntry):
            report.fault(f"{place}.use", f"“{claim.id}” is listed above; list it once")
        elif claim.id:
            found.setdefault(claim.id, (place, claim))
    return found


def _check_claim(claim: ClaimEntry, place: str, sources: _Sources, report: FileReport) -> None:
    for number, id_ in enumerate(claim.sources, start=1):
        if id_ not in sources:
            report.fault(
                f"{place}.sources[{number}]", f"no source has the id “{id_}”; {nearest(id_, sources)}"
            )
    if claim.unsourced and claim.sources:
        report.fault(
            f"{place}.unsourced", "can’t stand beside “sources”; remove it, now that the claim has some"
        )
    resting = [sources[id_] for id_ in claim.sources if id_ in sources]
    if (
        not claim.verdict
        or report.faulty(f"{place}.sources")
        or any(report.faulty(where) for where, _ in resting)
    ):
        return
    if claim.unsourced:
        report.warn(
            f"{place}.unsourced", "the claim is linked to no source; the page says “source not linked”"
        )
    grounds = [Ground(source.publisher, source.kind == SourceKind.PRIMARY) for _, source in resting]
    for what in verdict_faults(Verdict(claim.verdict), grounds):
        if claim.unsourced:
            report.warn(f"{place}.verdict", what)
        else:
            report.fault(f"{place}.verdict", what)


def _check_corrections(document: Document, claims: _Claims, report: FileReport) -> None:
    for number, correction in enumerate(document.corrections, start=1):
        if correction.claim and correction.claim not in claims:
            report.fault(
                f"corrections[{number}].claim",
                f"no claim here has the id “{correction.claim}”; {nearest(correction.claim, claims)}",
            )


def _check_body(document: Document, listed: Mapping[str, Mapping[str, object]], report: FileReport) -> None:
    if BODY not in report.lines:
        return
    first = report.line(BODY)
    if bodies.is_empty(document.body):
        report.fault(BODY, "is empty; write the article’s text below the front matter")
    found = bodies.inspect(document.body)
    for line, what in found.faults:
        report.fault(BODY, what, first + line)
    for line, what in found.warnings:
        report.warn(BODY, what, first + line)
    for reference in found.references:
        if reference.kind == bodies.PLACE:
            if not _is_on_page(reference.id, document):
                report.fault(BODY, f"links to “#{reference.id}”, {NO_PLACE}", first + reference.line)
            continue
        ids = listed[reference.kind]
        if reference.id not in ids:
            report.fault(
                BODY,
                f"refers to {reference.kind}:{reference.id}, which isn’t listed above;"
                f" {nearest(reference.id, ids)}",
                first + reference.line,
            )


def _is_on_page(place: str, document: Document) -> bool:
    """Return True if the article's page has an element with this id."""
    places = {"", "top", "main", "article", "comments"}
    if document.claims:
        places |= {"strength", "fact-check", *(f"claim-{claim.id}" for claim in document.claims)}
    if document.sources:
        places |= {"sources", *(f"source-{source.id}" for source in document.sources)}
    if document.corrections:
        places.add("corrections")
    return place in places or _MADE_ON_THE_SITE.fullmatch(place) is not None


def _check_marks(document: Document, claims: _Claims, report: FileReport) -> None:
    for id_, what in bodies.misplaced(document.body, marks(document)).items():
        report.fault(f"{claims[id_][0]}.at", what)
