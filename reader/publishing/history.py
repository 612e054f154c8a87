"""A claim's history between the database and the file: what export writes, and what an empty site takes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from reader.factchecks.appearances import Appearance
from reader.factchecks.models import VerdictChange
from reader.publishing.document import WORDING, Claimant, ClaimEntry, FromTo, HistoryEntry
from reader.publishing.faults import FileReport


def written(steps: Iterable[tuple[VerdictChange, str | None]]) -> tuple[HistoryEntry, ...]:
    """The steps, each with who did it, as a file says them. A first verdict alone is said by the claim itself."""
    entries = [_entry(step, actor) for step, actor in steps]
    return tuple(entries) if len(entries) > 1 else ()


def _entry(step: VerdictChange, actor: str | None) -> HistoryEntry:
    known: dict[str, Any] = {"at": step.at, "by": actor, "why": step.why, "typo": step.typo}
    if step.changed is None:
        return HistoryEntry(from_=step.before, to=step.after, **known)
    parts: dict[str, Any] = {
        name: FromTo(from_=_part(name, old), to=_part(name, new)) for name, (old, new) in step.changed.items()
    }
    return HistoryEntry(**parts, **known)


def _part(name: str, stored: Any) -> Any:
    """A part of a claim's words as a document has it, from what the database has."""
    if stored is None:
        return None
    if name == "claimant":
        return Claimant(name=stored.get("name", ""), url=stored.get("url"))
    return tuple(map(Appearance.of, stored)) if name == "said" else stored


def _stored(part: Any) -> Any:
    """Return a part of a claim's words as the database has it, from what a document has."""
    if isinstance(part, Claimant):
        return {key: value for key, value in (("name", part.name), ("url", part.url)) if value}
    return [appearance.entry() for appearance in part] if isinstance(part, tuple) else part


def rows(entries: Sequence[HistoryEntry]) -> Iterator[dict[str, Any]]:
    """The columns of each step, but for who did it."""
    verdict = None
    for version, entry in enumerate(entries, start=1):
        changed = {name: [_stored(part.from_), _stored(part.to)] for name, part in entry.changed().items()}
        yield {
            "version": version,
            "before": verdict,
            "after": entry.to or verdict,
            "changed": changed or None,
            "typo": entry.typo,
            "why": entry.why,
            "at": entry.at,
        }
        verdict = entry.to or verdict


def check(claim: ClaimEntry, place: str, report: FileReport) -> None:
    """Note where a history doesn't lead, step by step, to what the claim says."""
    if not claim.history:
        return
    verdict: str | None = None
    words: dict[str, Any] = {}
    for number, entry in enumerate(claim.history, start=1):
        where, changed = f"{place}.history[{number}]", entry.changed()
        if report.faulty(where):
            return
        if bool(entry.to) == bool(changed):
            report.fault(where, "must be a step to a verdict (“to”), or to other words: one of the two")
        elif entry.from_ != (verdict if entry.to else None):
            came = f"must be “{verdict}”, to which the step before came"
            report.fault(
                f"{where}.from", came if verdict else "is too much: the first verdict comes from none"
            )
        elif number == 1 and changed:
            report.fault(where, "must be the first verdict")
        for name, part in changed.items():
            if name in words and words[name] != part.from_:
                report.fault(f"{where}.{name}.from", "is not what the step before came to")
            words[name] = part.to
        verdict = entry.to or verdict
    _check_end(claim, place, verdict, words, report)


def _check_end(
    claim: ClaimEntry, place: str, verdict: str | None, words: Mapping[str, Any], report: FileReport
) -> None:
    if verdict != claim.verdict:
        report.fault(
            f"{place}.history", f"comes to “{verdict}”, but the claim’s verdict is “{claim.verdict}”"
        )
    for name in WORDING:
        if name in words and (words[name] or None) != (getattr(claim, name) or None):
            report.fault(f"{place}.history", f"comes to another “{name}” than the claim’s")
