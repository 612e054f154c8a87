"""Checks of what a newer file changes of the site's claims: verdicts, words, and dates of checking."""

from __future__ import annotations

from collections.abc import Mapping

from reader.factchecks.wording import revised
from reader.publishing.faults import FileReport
from reader.publishing.plan import ArticlePlan, KnownClaim
from reader.publishing.queries import Facts

EXPORT = "see how it stands with: reader export"


def check(article: ArticlePlan, facts: Mapping[int, Facts], citing: Mapping[int, set[str]]) -> None:
    """Note what a file may not change of the claims that its article owns."""
    report = article.file.report
    for known in article.known_claims:
        others = citing.get(known.row, set()) - {article.document.id}
        _check_verdict(known, report, facts[known.row])
        _check_words(known, report, facts[known.row], others)
        _check_checked(known, report, facts[known.row])


def _check_verdict(known: KnownClaim, report: FileReport, facts: Facts) -> None:
    claim, old, place = known.claim, known.before, known.place
    if claim.verdict != old.verdict:
        report.fault(
            f"{place}.verdict",
            f"is “{claim.verdict}” here, but “{old.verdict}” on the site ({_because(old.why)}). A file sets the"
            f" first verdict only; later ones are decided at /fact-checks/{claim.id}. Write “{old.verdict}” and"
            f" its reason; {EXPORT}",
        )
    elif not known.is_step:
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


def _check_words(known: KnownClaim, report: FileReport, facts: Facts, others: set[str]) -> None:
    if not known.words:
        return
    claim, change, place = known.claim, known.change, known.place
    if facts.decided or others:
        because = "it was decided on its page" if facts.decided else f"the article “{min(others)}” cites it"
        advice = (
            f"What it says can’t be changed by a file, since {because}: an editor changes it at"
            f" /fact-checks/{claim.id}#revise, or write what stands there; {EXPORT}"
        )
    elif change is None:
        advice = (
            "What was checked is part of the verdict: say why it changed with “change: {why: …}”, or"
            " “change: {typo: true}” where only a typo was mended"
        )
    elif change.why and change.why in facts.rewordings:
        report.fault(
            f"{place}.change",
            f"has the reason of an earlier change (“{change.why}”); give the reason of this one",
        )
        return
    else:
        return
    for part in revised(known.words):
        report.fault(
            f"{place}.{part.name}",
            f"is {or_not_given(part.after)} here, but {or_not_given(part.before)} on the site. {advice}",
        )


def _check_checked(known: KnownClaim, report: FileReport, facts: Facts) -> None:
    if known.claim.checked != known.before.checked and facts.decided:
        report.fault(
            f"{known.place}.checked",
            f"is not what the site says, where the claim was decided since; leave it out, or {EXPORT}",
        )


def or_not_given(words: str) -> str:
    """Return words of a claim in quotation marks, or that there are none."""
    return f"“{words}”" if words else "not given"


def _because(why: str | None) -> str:
    return f"reason: {why}" if why else "no reason given"
