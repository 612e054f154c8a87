"""The rows of the claims that an article owns, and of their histories; part of :mod:`reader.publishing.storing`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, exists, insert, select, update
from sqlalchemy.orm import Session

from reader.clock import now
from reader.factchecks.kinds import Origin
from reader.factchecks.models import Claim, Source, Support, VerdictChange
from reader.publishing import history, queries
from reader.publishing.document import Checked, ClaimEntry, HistoryEntry
from reader.publishing.plan import ArticlePlan, KnownClaim


@dataclass(frozen=True)
class ClaimStoring:
    """The claims of one article on their way into the database."""

    session: Session
    article_id: int
    plan: ArticlePlan
    by_id: int | None

    def store(self, source_ids: Mapping[str, int]) -> None:
        """Write the claims, resting on the sources of these ids."""
        for claim in self.plan.new_claims:
            self._rest(self._new(claim), [source_ids[key] for key in claim.sources])
        for known in self.plan.known_claims:
            if not known.is_same:
                self._change(known)
                self._rest(known.row, [source_ids[key] for key in known.claim.sources])

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
        document = self.plan.document
        return document.published or document.publish_at or now()

    def _change(self, known: KnownClaim) -> None:
        claim = known.claim
        values = _columns(claim)
        if claim.checked is not None and claim.checked != known.before.checked:
            values |= _checked(claim.checked, queries.editors({claim.checked.by or ""}))
            values |= {"listed_at": claim.checked.at} if claim.checked.at else {}
        if known.words:
            assert known.change is not None
            values["version"] = self._step(
                known, known.change.why, changed=known.words, typo=known.change.typo
            )
        if known.is_step:
            values["version"] = self._step(known, claim.why)
        self.session.execute(update(Claim).where(Claim.id == known.row).values(values))

    def _step(self, known: KnownClaim, why: str | None, **words: Any) -> int:
        """Write a step that leaves the verdict; the claim's new version."""
        last = select(VerdictChange.version).where(VerdictChange.claim_id == known.row)
        version = max(self.session.scalars(last)) + 1
        moment = now()
        step = {
            "claim_id": known.row,
            "version": version,
            "before": known.before.verdict,
            "after": known.before.verdict,
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
