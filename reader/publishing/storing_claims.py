"""The rows of the claims that an article owns, and of their histories; part of :mod:`reader.publishing.storing`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from sqlalchemy import delete, exists, insert, select, update
from sqlalchemy.orm import Session

from reader.clock import now
from reader.factchecks.kinds import Origin
from reader.factchecks.models import Claim, Source, Support, VerdictChange
from reader.factchecks.wording import differences
from reader.publishing import history, queries
from reader.publishing.document import Change, Checked, ClaimEntry, Document, HistoryEntry
from reader.publishing.loading import Stored
from reader.publishing.rewording import is_step


@dataclass
class ClaimStoring:
    """The claims of one article on their way into the database.

    ``changes`` are the file's reasons for other words. ``reworded`` are the claims that were there before and have
    other words now, ``changed`` those that have another reason, other sources or another check; both by id.
    """

    session: Session
    article_id: int
    document: Document
    before: Stored | None
    by_id: int | None
    changes: Mapping[str, Change]
    reworded: dict[str, int] = field(default_factory=dict)
    changed: dict[str, int] = field(default_factory=dict)

    def store(self, source_ids: Mapping[str, int]) -> None:
        """Write the claims, resting on the sources of these ids."""
        owned = self.before.owned() if self.before else {}
        for claim in self.document.own_claims():
            old = owned.get(claim.id)
            if old is None or self.before is None:
                claim_id = self._new(claim)
            elif self._is_same(claim, old, self.before):
                continue
            else:
                claim_id = self.before.claim_ids[claim.id]
                self._change(claim_id, claim, old)
            self._rest(claim_id, [source_ids[key] for key in claim.sources])

    def _is_same(self, claim: ClaimEntry, old: ClaimEntry, before: Stored) -> bool:
        """Return True if the claim, and each source that it rests on, says what it said before."""
        sources = {source.id: source for source in self.document.sources}
        old_sources = {source.id: source for source in before.document.sources}
        return replace(claim, at=None) == replace(old, at=None) and all(
            sources[key] == old_sources.get(key) for key in claim.sources
        )

    def _rest(self, claim_id: int, source_ids: Iterable[int]) -> None:
        rested = set(self.session.scalars(select(Support.source_id).where(Support.claim_id == claim_id)))
        self.session.execute(delete(Support).where(Support.claim_id == claim_id))
        rows = [
            {"claim_id": claim_id, "source_id": source_id, "position": position}
            for position, source_id in enumerate(source_ids)
        ]
        if rows:
            self.session.execute(insert(Support), rows)
        supported = exists(select(Support.claim_id).where(Support.source_id == Source.id))
        self.session.execute(
            delete(Source).where(Source.id.in_(rested), Source.article_id.is_(None), ~supported)
        )

    def _new(self, claim: ClaimEntry) -> int:
        """A claim that the site hasn't had, with its history where the file has one."""
        checked = claim.checked or Checked()
        entries = claim.history or (
            HistoryEntry(at=checked.at, to=claim.verdict, by=checked.by, why=claim.why),
        )
        editors = queries.editors({entry.by for entry in entries if entry.by} | {checked.by or ""})
        fallback = min((entry.at for entry in entries if entry.at), default=None) or self._dated
        claim_id = self.session.execute(
            insert(Claim)
            .values(
                slug=claim.id,
                article_id=self.article_id,
                verdict=claim.verdict,
                version=len(entries),
                listed_at=checked.at or entries[-1].at or fallback,
                **_columns(claim),
                **_checked(checked, editors),
            )
            .returning(Claim.id)
        ).scalar_one()
        origin = Origin.IMPORT if claim.history else Origin.FILE
        steps = [
            {
                "claim_id": claim_id,
                "origin": origin.value,
                "listed_at": entry.at or fallback,
                **_by(entry.by, editors),
                **step,
            }
            for entry, step in zip(entries, history.rows(entries), strict=True)
        ]
        self.session.execute(insert(VerdictChange), steps)
        return claim_id

    @property
    def _dated(self) -> datetime:
        """Time by which a claim is listed if it is not known when it was checked."""
        return self.document.published or self.document.publish_at or now()

    def _change(self, claim_id: int, claim: ClaimEntry, old: ClaimEntry) -> None:
        values = _columns(claim)
        if claim.checked is not None and claim.checked != old.checked:
            values |= _checked(claim.checked, queries.editors({claim.checked.by or ""}))
            values |= {"listed_at": claim.checked.at} if claim.checked.at else {}
        words = differences(old.wording(), claim.wording())
        if words:
            change = self.changes[claim.id]
            values["version"] = self._step(claim_id, old.verdict, change.why, changed=words, typo=change.typo)
            self.reworded[claim.id] = claim_id
        if is_step(claim, old):
            values["version"] = self._step(claim_id, old.verdict, claim.why)
        if not words or is_step(claim, old):
            self.changed[claim.id] = claim_id
        self.session.execute(update(Claim).where(Claim.id == claim_id).values(values))

    def _step(self, claim_id: int, verdict: str, why: str | None, **words: Any) -> int:
        """Write a step that leaves the verdict; the claim's new version."""
        last = select(VerdictChange.version).where(VerdictChange.claim_id == claim_id)
        version = max(self.session.scalars(last)) + 1
        moment = now()
        step = {
            "claim_id": claim_id,
            "version": version,
            "before": verdict,
            "after": verdict,
            "why": why,
            "at": moment,
            "by_id": self.by_id,
            "origin": Origin.FILE.value,
            "listed_at": moment,
        }
        self.session.execute(insert(VerdictChange), [{**step, **words}])
        return version


def _columns(claim: ClaimEntry) -> dict[str, Any]:
    return {**claim.wording().columns(), "unsourced": claim.unsourced, "why": claim.why}


def _checked(checked: Checked, editors: Mapping[str, int]) -> dict[str, Any]:
    by = _by(checked.by, editors)
    return {
        "checked_at": checked.at,
        "checked_by_id": by["by_id"],
        "checked_by_name": by["by_name"],
    }


def _by(name: str | None, editors: Mapping[str, int]) -> dict[str, Any]:
    """Return the columns for who did something: a person of this site, or a name."""
    id_ = editors.get(name or "")
    return {"by_id": id_, "by_name": None if id_ else name}
