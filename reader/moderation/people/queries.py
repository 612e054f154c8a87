"""Every read of a person's record for moderators."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from reader.accounts import queries as accounts
from reader.accounts.models import Measure, User
from reader.comments.models import Comment
from reader.db import keyset
from reader.db.base import db
from reader.moderation.bulk_removal import queries as clearing
from reader.moderation.bulk_removal.queries import Progress
from reader.moderation.models import Appeal, Decision
from reader.moderation.queries import PAGE
from reader.policy import MeasureKind


@dataclass(frozen=True)
class PersonPage:
    """A person with the measures against them, the decisions behind these, and their comments.

    Older comments follow the id ``after``, older decisions the id ``decided_after``. ``clearing`` maps each measure
    with a pending bulk operation to its progress, ``removed`` each ban in force to the number of comments that it
    removed, and ``appeals`` the ids of decisions to those of the appeals against them.
    """

    person: User
    measures: Sequence[Measure]
    decisions: Sequence[Decision]
    comments: Sequence[Comment]
    counts: dict[str, int]
    clearing: dict[int, Progress]
    removed: dict[int, int]
    appeals: dict[int, int]
    after: int | None
    decided_after: int | None


def page_of(
    username: str, *, after: int | None = None, decided_after: int | None = None
) -> PersonPage | None:
    """Return the page of the person with this name; None if there is nobody."""
    person = accounts.user_by_name(username)
    if person is None:
        return None
    counts = db.session.execute(
        select(Comment.state, func.count()).where(Comment.author_id == person.id).group_by(Comment.state)
    )
    query = (
        keyset.newest(select(Comment), (Comment.author_id, person.id), Comment.id, after)
        .options(joinedload(Comment.article, innerjoin=True))
        .limit(PAGE + 1)
    )
    comments, last_comment = keyset.page(db.session.scalars(query).all(), PAGE)
    about = (
        select(Decision)
        .where(Decision.person_id == person.id)
        .options(joinedload(Decision.actor, innerjoin=True))
        .order_by(Decision.id.desc())
        .limit(PAGE + 1)
    )
    told = db.session.scalars(
        about if decided_after is None else about.where(Decision.id < decided_after)
    ).all()
    decisions, last_decision = keyset.page(told, PAGE)
    measures = accounts.measures_of(person.id)
    return PersonPage(
        person=person,
        measures=measures,
        decisions=decisions,
        comments=comments,
        counts={state: number for state, number in counts},
        clearing={each.id: clearing.progress(each.id) for each in measures if each.clearing},
        removed={
            each.id: clearing.number_removed(each.id)
            for each in measures
            if each.kind == MeasureKind.BAN and each.in_force
        },
        appeals=_appeals([decision.id for decision in decisions]),
        after=last_comment.id if last_comment else None,
        decided_after=last_decision.id if last_decision else None,
    )


def _appeals(decision_ids: Collection[int]) -> dict[int, int]:
    rows = db.session.execute(
        select(Appeal.decision_id, Appeal.id).where(Appeal.decision_id.in_(decision_ids))
    )
    return {row.decision_id: row.id for row in rows}
