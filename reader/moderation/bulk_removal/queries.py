"""Every read of what is to become of the comments of somebody who is banned, and of how far that is."""

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
    """How far it is: what is being done, with how many comments it is done, and how many are left."""

    wanted: Clearing | None
    done: int
    left: int

    @property
    def all(self) -> int:
        """How many there are."""
        return self.done + self.left


def wanted(measure_id: int) -> Clearing | None:
    """What a measure has left to do, as of now."""
    found = db.session.scalar(select(Measure.clearing).where(Measure.id == measure_id))
    return Clearing(found) if found else None


def unfinished() -> Sequence[int]:
    """The measures that have something left to do."""
    return db.session.scalars(
        select(Measure.id).where(Measure.clearing.is_not(None)).order_by(Measure.id)
    ).all()


def whom(measure_id: int) -> User | None:
    """Whom a measure is on."""
    return db.session.scalar(
        select(User).join(Measure, Measure.person_id == User.id).where(Measure.id == measure_id)
    )


def decision(measure_id: int, wanted: Clearing) -> Decision:
    """The decision that wanted this: the ban, or its end."""
    return db.session.scalars(
        select(Decision)
        .where(Decision.id == _last_made(measure_id, wanted))
        .options(joinedload(Decision.actor, innerjoin=True))
    ).one()


def left(measure_id: int, wanted: Clearing, *, limit: int) -> Sequence[int]:
    """The first comments that are still to be decided about."""
    return db.session.scalars(_left(measure_id, wanted).limit(limit)).all()


def progress(measure_id: int) -> Progress:
    """How far a measure is with what it has to do."""
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
    """How many comments are removed by a ban, and would be back if it were undone."""
    return _count(_left(measure_id, Clearing.RESTORE))


def is_decided_since(comment_id: int, ban: Decision) -> bool:
    """Whether somebody has decided about a comment after the ban."""
    later = select(exists().where(Decision.comment_id == comment_id, Decision.id > ban.id))
    return bool(db.session.scalar(later))


def removal_by(measure_id: int, comment_id: int) -> Decision | None:
    """The removal of a comment by a ban, or by one whose place this one took, if it was the last word about it."""
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
    """What the person wrote before the ban, unless somebody has decided about it since."""
    since = exists().where(
        Decision.comment_id == Comment.id, Decision.id > _last_made(measure_id, Clearing.REMOVE)
    )
    return (
        select(Comment.id)
        .join(Measure, Measure.person_id == Comment.author_id)
        .where(
            Measure.id == measure_id,
            Comment.state.in_(STANDING),
            # Banned, they write nothing: what is later comes after its end.
            or_(Measure.until.is_(None), Comment.created_at < Measure.until),
            ~since,
        )
        .order_by(Comment.id)
    )


def _to_bring_back(measure_id: int) -> Select[int]:
    """What was removed with the ban, or with one whose place it took, unless somebody has decided about it since."""
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
    """The measure, and those whose place it took."""
    chain: list[int] = []
    following: int | None = measure_id
    while following is not None:
        chain.append(following)
        following = db.session.scalar(select(Measure.replaces_id).where(Measure.id == following))
    return chain


def _count(query: Select[int]) -> int:
    return db.session.scalar(select(func.count()).select_from(query.order_by(None).subquery())) or 0
