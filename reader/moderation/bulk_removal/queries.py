"""Every read of the bulk removal or restoration of a banned person's comments, and of its progress."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ScalarSelect, Select, exists, func, or_, select
from sqlalchemy.orm import aliased, joinedload

from reader.accounts.models import Clearing, Measure, User
from reader.comments.models import Comment, State
from reader.db.base import db
from reader.moderation.models import PINS, Action, Decision

STANDING = (State.PUBLISHED, State.HELD)
_MADE = {
    Clearing.REMOVE: (Action.BAN,),
    Clearing.RESTORE: (Action.END_BAN, Action.OVERTURN),
}
_DONE = {
    Clearing.REMOVE: (Action.REMOVE,),
    Clearing.RESTORE: (Action.RESTORE, Action.REOPEN),
}


@dataclass(frozen=True)
class Progress:
    """Progress of a bulk operation: its kind, the number of comments done, and the number left."""

    wanted: Clearing | None
    done: int
    left: int

    @property
    def all(self) -> int:
        """Total number of comments."""
        return self.done + self.left


def wanted(measure_id: int) -> Clearing | None:
    """Return the bulk operation that a measure has pending, if any."""
    found = db.session.scalar(select(Measure.clearing).where(Measure.id == measure_id))
    return Clearing(found) if found else None


def unfinished() -> Sequence[int]:
    """Return the ids of the measures with a pending bulk operation."""
    return db.session.scalars(
        select(Measure.id).where(Measure.clearing.is_not(None)).order_by(Measure.id)
    ).all()


def whom(measure_id: int) -> User | None:
    """Return the person whom a measure is against."""
    return db.session.scalar(
        select(User).join(Measure, Measure.person_id == User.id).where(Measure.id == measure_id)
    )


def decision(measure_id: int, wanted: Clearing) -> Decision:
    """Return the decision that ordered the operation: the ban, or its end."""
    return db.session.scalars(
        select(Decision)
        .where(Decision.id == _last_made(measure_id, wanted))
        .options(joinedload(Decision.actor, innerjoin=True))
    ).one()


def left(measure_id: int, wanted: Clearing, *, limit: int) -> Sequence[int]:
    """Return the ids of the next ``limit`` comments to process."""
    return db.session.scalars(_left(measure_id, wanted).limit(limit)).all()


def progress(measure_id: int) -> Progress:
    """Return the progress of a measure's pending bulk operation."""
    now = wanted(measure_id)
    if now is None:
        return Progress(None, 0, 0)
    done = db.session.scalar(
        select(func.count()).where(
            Decision.measure_id == measure_id,
            Decision.comment_id.is_not(None),
            Decision.action.in_(_DONE[now]),
        )
    )
    return Progress(now, done or 0, _count(_left(measure_id, now)))


def number_removed(measure_id: int) -> int:
    """Return the number of comments that a ban removed, and that would be restored if it were undone."""
    return _count(_left(measure_id, Clearing.RESTORE))


def is_decided_since(comment_id: int, ban: Decision) -> bool:
    """Return True if there is a decision about the comment later than the ban."""
    later = select(exists().where(Decision.comment_id == comment_id, Decision.id > ban.id))
    return bool(db.session.scalar(later))


def removal_by(measure_id: int, comment_id: int) -> Decision | None:
    """Return the removal of a comment by this ban or one it replaces, if it is the last decision about the comment.

    Pins do not count.
    """
    last = db.session.scalar(
        select(Decision)
        .where(Decision.comment_id == comment_id, Decision.action.not_in(PINS))
        .order_by(Decision.id.desc())
        .limit(1)
    )
    by_it = last is not None and last.action == Action.REMOVE and last.measure_id in _chain(measure_id)
    return last if by_it else None


def _left(measure_id: int, wanted: Clearing) -> Select[int]:
    return _to_remove(measure_id) if wanted is Clearing.REMOVE else _to_bring_back(measure_id)


def _to_remove(measure_id: int) -> Select[int]:
    """Select the comments that the person wrote before the ban, without those decided about since."""
    since = exists().where(
        Decision.comment_id == Comment.id, Decision.id > _last_made(measure_id, Clearing.REMOVE)
    )
    return (
        select(Comment.id)
        .join(Measure, Measure.person_id == Comment.author_id)
        .where(
            Measure.id == measure_id,
            Comment.state.in_(STANDING),
            # A banned person cannot write: later comments were written after the ban's end.
            or_(Measure.until.is_(None), Comment.created_at < Measure.until),
            ~since,
        )
        .order_by(Comment.id)
    )


def _to_bring_back(measure_id: int) -> Select[int]:
    """Select the comments removed with the ban, or one it replaces, without those decided about since."""
    later = aliased(Decision)
    since = exists().where(
        later.comment_id == Decision.comment_id, later.id > Decision.id, later.action.not_in(PINS)
    )
    return (
        select(Comment.id)
        .join(Decision, Decision.comment_id == Comment.id)
        .where(
            Decision.measure_id.in_(_chain(measure_id)),
            Decision.action == Action.REMOVE.value,
            Comment.state == State.REMOVED.value,
            ~since,
        )
        .order_by(Comment.id)
    )


def _last_made(measure_id: int, wanted: Clearing) -> ScalarSelect[int]:
    made = aliased(Decision)
    return (
        select(func.max(made.id))
        .where(made.measure_id == measure_id, made.comment_id.is_(None), made.action.in_(_MADE[wanted]))
        .scalar_subquery()
    )


def _chain(measure_id: int) -> list[int]:
    """Return the ids of the measure and of those it replaces, latest first."""
    chain: list[int] = []
    following: int | None = measure_id
    while following is not None:
        chain.append(following)
        following = db.session.scalar(select(Measure.replaces_id).where(Measure.id == following))
    return chain


def _count(query: Select[int]) -> int:
    return db.session.scalar(select(func.count()).select_from(query.order_by(None).subquery())) or 0
