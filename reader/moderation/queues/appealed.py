"""Cards of appealed measures against people, the same for every moderator."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import ClassVar

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload, raiseload

from reader.accounts.models import Measure, User
from reader.db.base import db
from reader.moderation.models import Appeal, Decision
from reader.moderation.queues.cards import History, histories, measures_on
from reader.moderation.queues.lists import key_of_appeal


@dataclass(frozen=True)
class MeasureCard:
    """An appealed decision about a person, as of now. ``MACRO`` names the template macro that renders it.

    ``decision`` is the last one about the same measure: the appealed one, or a later one.
    """

    MACRO: ClassVar[str] = "measure_case"

    appeal: Appeal
    decision: Decision
    history: History
    measures: Sequence[Measure] = field(default=())

    @property
    def taken(self) -> Decision:
        """Decision that the appeal is against."""
        return self.appeal.decision

    @property
    def person(self) -> User:
        """Person whom the measure is against."""
        return self.appeal.author

    @property
    def target(self) -> str:
        """Id of the case in the moderators' stream."""
        return self.taken.element

    @property
    def element(self) -> str:
        """Id of its element on a page."""
        return f"case-{self.target}"

    @property
    def where(self) -> str:
        """Queues that it is in, each with its key, for the page."""
        return " ".join(f"{queue}:{key}" for queue, key in key_of_appeal(self.appeal).items())


def measure_cards(decision_ids: Collection[int]) -> dict[int, MeasureCard]:
    """Return the cards of those of the decisions that were appealed."""
    if not decision_ids:
        return {}
    appeals = db.session.scalars(
        select(Appeal)
        .where(Appeal.decision_id.in_(decision_ids))
        .options(
            joinedload(Appeal.author, innerjoin=True),
            joinedload(Appeal.decision, innerjoin=True).joinedload(Decision.actor),
            raiseload("*"),
        )
    ).all()
    people = {appeal.author_id for appeal in appeals}
    written, measures = histories(people), measures_on(people)
    last = _last({appeal.decision.measure_id for appeal in appeals if appeal.decision.measure_id})
    return {
        appeal.decision_id: MeasureCard(
            appeal=appeal,
            decision=last[appeal.decision.measure_id],
            history=written.get(appeal.author_id, History()),
            measures=measures[appeal.author_id],
        )
        for appeal in appeals
        if appeal.decision.measure_id in last
    }


def _last(measure_ids: Collection[int]) -> Mapping[int | None, Decision]:
    """Return the last decision about each measure."""
    last = (
        select(func.max(Decision.id))
        .where(Decision.measure_id.in_(measure_ids), Decision.comment_id.is_(None))
        .group_by(Decision.measure_id)
    )
    found = db.session.scalars(
        select(Decision).where(Decision.id.in_(last)).options(joinedload(Decision.actor), raiseload("*"))
    )
    return {decision.measure_id: decision for decision in found}
