"""Checks of what leaves an article with a newer file.

Nothing that was decided or discussed may leave, unless the file says so.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

from reader.publishing import queries
from reader.publishing.document import Document
from reader.publishing.faults import FileReport
from reader.publishing.loading import Stored
from reader.publishing.plan import ArticlePlan
from reader.publishing.queries import Facts
from reader.publishing.reading import ArticleFile
from reader.text.english import plural


def check(
    article: ArticlePlan,
    facts: Mapping[int, Facts],
    citing: Mapping[int, set[str]],
    files: Mapping[str, ArticleFile],
) -> set[str]:
    """Note what may not leave, and return the other articles that cite claims which leave."""
    before, document, report = article.before, article.file.document, article.file.report
    needs: set[str] = set()
    if before is None:
        return needs
    for claim in article.leaving_claims:
        row = before.claim_ids[claim]
        others = citing.get(row, set()) - {document.id}
        needs |= others
        _check_cited(claim, others, report, files)
        if facts[row].decided:
            _check_said(claim, "was decided on its page", document, report)
        elif facts[row].comments:
            _check_said(claim, f"has {plural(facts[row].comments, 'comment')}", document, report)
    if article.leaving_uses:
        for claim in sorted(queries.discussed(before.id, article.leaving_uses)):
            _check_said(claim, "was discussed here", document, report)
    _check_lasting(document, report, before)
    if article.leaving_sources:
        _check_resting(article.leaving_sources, queries.resting_elsewhere(before.id), report)
    return needs


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


def _check_resting(leaving: Collection[str], resting: Mapping[str, str], report: FileReport) -> None:
    for key, claim in resting.items():
        if key in leaving:
            report.fault(
                "sources",
                f"the source “{key}” is missing, but the claim “{claim}” of another article rests on it",
            )
