"""Changes that a newer file makes to claims of the site: verdicts, words, and dates of checking."""

from __future__ import annotations

from collections.abc import Mapping

from reader.factchecks.wording import differences, revised
from reader.publishing.document import ClaimEntry, Document
from reader.publishing.faults import FileReport
from reader.publishing.loading import Stored
from reader.publishing.queries import Facts
from reader.publishing.reading import ArticleFile

EXPORT = "see how it stands with: reader export"


def check(
    file: ArticleFile, before: Stored, facts: Mapping[int, Facts], citing: Mapping[int, set[str]]
) -> None:
    """Note what a file may not change of the claims that its article owns."""
    owned = before.owned()
    for number, claim in enumerate(file.document.claims, start=1):
        if not isinstance(claim, ClaimEntry) or claim.id not in owned:
            continue
        old, claim_id, place = owned[claim.id], before.claim_ids[claim.id], f"claims[{number}]"
        others = citing.get(claim_id, set()) - {file.document.id}
        _check_verdict(claim, old, place, file.report, facts[claim_id])
        _check_words(claim, old, place, file.report, facts[claim_id], others)
        _check_checked(claim, old, place, file.report, facts[claim_id])


def is_step(claim: ClaimEntry, old: ClaimEntry) -> bool:
    """Return True if the claim's verdict has another reason or other sources than before."""
    return (claim.why, claim.sources) != (old.why, old.sources)


def _check_verdict(claim: ClaimEntry, old: ClaimEntry, place: str, report: FileReport, facts: Facts) -> None:
    if claim.verdict != old.verdict:
        report.fault(
            f"{place}.verdict",
            f"is “{claim.verdict}” here, but “{old.verdict}” on the site ({_because(old.why)}). A file sets the"
            f" first verdict only; later ones are decided at /fact-checks/{claim.id}. Write “{old.verdict}” and"
            f" its reason; {EXPORT}",
        )
    elif not is_step(claim, old):
        return
    elif claim.why != old.why and claim.why in facts.reasons[:-1]:
        report.fault(
            f"{place}.why",
            f"is an earlier reason; on the site it has changed since ({_because(old.why)}). Write the present one;"
            f" {EXPORT}",
        )
    elif claim.why is None:
        report.fault(
            f"{place}.why", "is missing; where a claim’s reason or sources change, say why in a sentence"
        )
    elif claim.why == old.why and len(facts.reasons) > 1:
        report.fault(
            f"{place}.sources",
            f"are not those on the site ({', '.join(old.sources) or 'none'}), where the claim was decided again."
            f" List those, or give a new reason in “why”; {EXPORT}",
        )


def _check_words(  # noqa: PLR0913
    claim: ClaimEntry, old: ClaimEntry, place: str, report: FileReport, facts: Facts, others: set[str]
) -> None:
    changed = revised(differences(old.wording(), claim.wording()))
    if not changed:
        return
    if facts.decided or others:
        because = "it was decided on its page" if facts.decided else f"the article “{min(others)}” cites it"
        advice = (
            f"What it says can’t be changed by a file, since {because}: an editor changes it at"
            f" /fact-checks/{claim.id}#revise, or write what stands there; {EXPORT}"
        )
    elif claim.change is None:
        advice = (
            "What was checked is part of the verdict: say why it changed with “change: {why: …}”, or"
            " “change: {typo: true}” where only a typo was mended"
        )
    elif claim.change.why and claim.change.why in facts.rewordings:
        report.fault(
            f"{place}.change",
            f"has the reason of an earlier change (“{claim.change.why}”); give the reason of this one",
        )
        return
    else:
        return
    for part in changed:
        report.fault(
            f"{place}.{part.name}",
            f"is {_quoted(part.after)} here, but {_quoted(part.before)} on the site. {advice}",
        )


def _check_checked(claim: ClaimEntry, old: ClaimEntry, place: str, report: FileReport, facts: Facts) -> None:
    if claim.checked is not None and claim.checked != old.checked and facts.decided:
        report.fault(
            f"{place}.checked",
            f"is not what the site says, where the claim was decided since; leave it out, or {EXPORT}",
        )


def _quoted(words: str) -> str:
    return f"“{words}”" if words else "not given"


def _because(why: str | None) -> str:
    return f"reason: {why}" if why else "no reason given"


def notes(document: Document, before: Stored) -> list[str]:
    """Return notes for the publisher on what a file changes of the words of claims."""
    owned = before.owned()
    return [
        f"the {part.label.lower()} of the claim “{claim.id}” {'had a typo' if _is_typo(claim) else 'changed'}:"
        f" {_quoted(part.before)} → {_quoted(part.after)}"
        for claim in document.own_claims()
        if claim.id in owned
        for part in revised(differences(owned[claim.id].wording(), claim.wording()))
    ]


def _is_typo(claim: ClaimEntry) -> bool:
    return claim.change is not None and claim.change.typo
