"""Checks of what leaves an article with a newer file.

Nothing that was decided or discussed may leave, unless the file says so.
"""

from __future__ import annotations

from collections.abc import Mapping

from reader.publishing import queries
from reader.publishing.document import Document
from reader.publishing.faults import FileReport
from reader.publishing.loading import Stored
from reader.publishing.queries import Facts
from reader.publishing.reading import ArticleFile


def check(
    file: ArticleFile,
    before: Stored,
    facts: Mapping[int, Facts],
    citing: Mapping[int, set[str]],
    files: Mapping[str, ArticleFile],
) -> set[str]:
    """Note what may not leave, and return the other articles that cite claims which leave."""
    document, report = file.document, file.report
    own = dropped(before, document)
    needs: set[str] = set()
    for claim in own:
        claim_id = before.claim_ids[claim]
        others = citing.get(claim_id, set()) - {document.id}
        needs |= others
        _check_cited(claim, others, report, files)
        if facts[claim_id].decided:
            _check_said(claim, "was decided on its page", document, report)
        elif facts[claim_id].comments:
            _check_said(claim, f"has {_comments(facts[claim_id].comments)}", document, report)
    used = dropped_uses(before, document)
    for claim in sorted(queries.discussed(before.id, used)) if used else ():
        _check_said(claim, "was discussed here", document, report)
    _check_lasting(document, report, before)
    _check_sources(document, report, before)
    return needs


def dropped(before: Stored, document: Document) -> list[str]:
    """The claims that the article owns and its file doesn't list any more."""
    kept = {claim.id for claim in document.claims}
    return [claim.id for claim in before.document.own_claims() if claim.id not in kept]


def dropped_uses(before: Stored, document: Document) -> list[str]:
    """The claims of other articles that the file doesn't cite any more."""
    kept = {claim.id for claim in document.claims}
    return [claim.use for claim in before.document.used_claims() if claim.use not in kept]


def _comments(number: int) -> str:
    return "1 comment" if number == 1 else f"{number:,} comments"


def _check_cited(claim: str, others: set[str], report: FileReport, files: Mapping[str, ArticleFile]) -> None:
    still = sorted(
        key
        for key in others
        if key not in files or claim in {entry.id for entry in files[key].document.claims}
    )
    if still:
        report.fault(
            "claims",
            f"the claim “{claim}” is missing, but the article “{still[0]}” cites it; keep it, or take it out there"
            " first",
        )


def _check_said(claim: str, because: str, document: Document, report: FileReport) -> None:
    if claim not in document.removed:
        report.fault(
            "claims",
            f"the claim “{claim}” is missing, and it {because}; keep it under this id, or write"
            f" “removed: [{claim}]” above, which says that it leaves the article",
        )


def _check_lasting(document: Document, report: FileReport, before: Stored) -> None:
    kept = {claim.id for claim in document.claims}
    for correction in before.lasting:
        if correction.claim not in kept:
            report.fault(
                "claims",
                f"the claim “{correction.claim}” is missing, but a correction of this article is about it; keep it",
            )


def _check_sources(document: Document, report: FileReport, before: Stored) -> None:
    kept = {source.id for source in document.sources}
    if all(source.id in kept for source in before.document.sources):
        return
    for key, claim in queries.resting_elsewhere(before.id).items():
        if key not in kept:
            report.fault(
                "sources",
                f"the source “{key}” is missing, but the claim “{claim}” of another article rests on it",
            )


def notes(document: Document, before: Stored) -> list[str]:
    """Return notes for the publisher on what leaves the article with a file."""
    owned, kept = before.owned(), {source.id for source in document.sources}
    sources = [source.id for source in before.document.sources if source.id not in kept]
    return [
        *(
            f"the claim “{id_}” ({owned[id_].verdict}) left the article; its page keeps its history"
            for id_ in dropped(before, document)
        ),
        *(f"the article no longer cites the claim “{id_}”" for id_ in dropped_uses(before, document)),
        *(f"the source “{id_}” left the article" for id_ in sources),
    ]
