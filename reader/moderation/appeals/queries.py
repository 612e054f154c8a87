"""Every read of appeals and of statements of reasons."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Select, and_, case, exists, func, or_, select
from sqlalchemy.orm import aliased, joinedload, raiseload

from reader.accounts.models import Measure
from reader.comments.models import Comment, State
from reader.db import keyset
from reader.db.base import db
from reader.moderation.models import APPEALABLE, Action, Appeal, Decision, Reason
from reader.policy import MeasureKind

PAGE = 25


@dataclass(frozen=True)
class Statement:
    """Statement of reasons for a decision about a person or their comment: what, why, by whom, and how to appeal.

    It never repeats the text of a removed comment, not even to its author: only moderators can read that.
    """

    decision: Decision
    appeal: Appeal | None
    stands: bool

    @property
    def rule(self) -> str | None:
        """Text of the rule that was broken."""
        return Reason(self.decision.reason).means if self.decision.reason else None

    @property
    def follows(self) -> str | None:
        """Consequences of the measure."""
        return MeasureKind(self.decision.measure.kind).means if self.decision.measure else None

    @property
    def how(self) -> str:
        """Sentence that says if a person or a rule decided."""
        if self.decision.is_automatic:
            return "A rule decided, automatically; no person has looked yet."
        return f"A {self.decision.actor_role} decided, not a program."

    @property
    def may_appeal(self) -> bool:
        """True if the decision stands and has no appeal yet."""
        return self.stands and self.appeal is None


@dataclass(frozen=True)
class StatementPage:
    """A page of a person's statements, latest first, and the id of the decision that the next page follows."""

    statements: Sequence[Statement]
    after: int | None


def statement(decision_id: int, *, person_id: int) -> Statement | None:
    """Return the statement of a decision, if it can be appealed and is about the person or their comment."""
    row = db.session.execute(_told(person_id).where(Decision.id == decision_id)).one_or_none()
    return Statement(*row) if row else None


def statements(person_id: int, *, after: int | None = None) -> StatementPage:
    """Return a page of the person's statements; removals that came with a ban appear in the ban's."""
    alone = or_(Decision.comment_id.is_(None), Decision.measure_id.is_(None))
    query = _told(person_id).where(alone).order_by(Decision.id.desc()).limit(PAGE + 1)
    rows = db.session.execute(query if after is None else query.where(Decision.id < after)).all()
    found, last = keyset.page([Statement(*row) for row in rows], PAGE)
    return StatementPage(found, last.decision.id if last else None)


def leads_to(decision_id: int, *, person_id: int, at: str) -> str | None:
    """Return the path that explains a decision without a statement of its own; None if it is not about the person.

    That is the statement, under ``at``, of the latest earlier decision on the same comment or measure; if there is
    none, the comment itself, or ``at``.
    """
    later = db.session.scalar(select(Decision).where(Decision.id == decision_id, _concerns(person_id)))
    if later is None:
        return None
    same = and_(Decision.measure_id == later.measure_id, Decision.comment_id.is_(None))
    if later.comment_id is not None:
        same = Decision.comment_id == later.comment_id
    first = db.session.scalar(
        select(func.max(Decision.id)).where(same, Decision.action.in_(APPEALABLE), Decision.id < decision_id)
    )
    if first is not None:
        return f"{at}/{first}"
    return f"/comments/{later.comment_id}" if later.comment_id is not None else at


def statement_on(comment_id: int, *, person_id: int) -> int | None:
    """Return the id of the decision that removed the person's own comment, if it still stands."""
    return db.session.scalar(
        select(Decision.id)
        .join(Comment, Comment.id == Decision.comment_id)
        .where(
            Comment.id == comment_id,
            Comment.author_id == person_id,
            Comment.state == State.REMOVED.value,
            Decision.action == Action.REMOVE.value,
        )
        .order_by(Decision.id.desc())
        .limit(1)
    )


def statement_of(measure_id: int, *, person_id: int) -> int | None:
    """Return the id of the decision that took a measure against the person."""
    return db.session.scalar(
        select(Decision.id).where(
            Decision.measure_id == measure_id,
            Decision.person_id == person_id,
            Decision.action.in_(APPEALABLE),
        )
    )


def appeal_by_id(appeal_id: int) -> Appeal | None:
    """Return an appeal with the decision that it is against."""
    return db.session.scalar(
        select(Appeal)
        .where(Appeal.id == appeal_id)
        .options(
            joinedload(Appeal.decision, innerjoin=True).joinedload(Decision.actor), joinedload(Appeal.author)
        )
    )


def _told(person_id: int) -> Select[Decision, Appeal | None, bool]:
    """Select each appealable decision about the person, the appeal against it, and if it stands."""
    return (
        select(Decision, Appeal, _stands())
        .outerjoin(Comment, Comment.id == Decision.comment_id)
        .outerjoin(Measure, Measure.id == Decision.measure_id)
        .outerjoin(Appeal, Appeal.decision_id == Decision.id)
        .where(Decision.action.in_(APPEALABLE), _concerns(person_id))
        .options(
            joinedload(Decision.actor),
            joinedload(Decision.article),
            joinedload(Decision.comment),
            joinedload(Decision.measure),
            raiseload("*"),
        )
    )


def _concerns(person_id: int) -> ColumnElement[bool]:
    """Return the SQL condition that a decision is about the person, or a comment of theirs."""
    return Decision.subject_id == person_id


def _stands() -> ColumnElement[bool]:
    """Return the SQL condition that a decision was neither reversed nor superseded by a later removal."""
    later = aliased(Decision)
    is_last = ~exists().where(
        later.comment_id == Decision.comment_id,
        later.action == Action.REMOVE.value,
        later.id > Decision.id,
    )
    removal = and_(Comment.state == State.REMOVED.value, is_last)
    return case((Decision.comment_id.is_(None), Measure.ended_at.is_(None)), else_=removal)
