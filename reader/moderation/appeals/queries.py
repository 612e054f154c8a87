"""Every read of appeals, and of what authors are told."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload, raiseload

from reader.comments.models import Comment, State
from reader.extensions import db
from reader.moderation.models import Action, Appeal, Decision, Reason

PAGE = 25


@dataclass(frozen=True)
class Statement:
    """What the author of a comment is told of its removal: what, why, by whom, and what can be done.

    The text itself is not repeated, not even to its author: it is nowhere but with the moderators.
    """

    decision: Decision
    appeal: Appeal | None
    stands: bool

    @property
    def path(self) -> str:
        """Its own address."""
        return f"/account/decisions/{self.decision.id}"

    @property
    def rule(self) -> str | None:
        """What the rule says that was broken."""
        return Reason(self.decision.reason).means if self.decision.reason else None

    @property
    def how(self) -> str:
        """Whether a person decided, in a sentence."""
        if self.decision.is_automatic:
            return "A rule decided, automatically; no person has looked yet."
        return f"A {self.decision.actor_role} decided, not a program."

    @property
    def may_appeal(self) -> bool:
        """Whether there is still something to say against it."""
        return self.stands and self.appeal is None


def statement(decision_id: int, *, person_id: int) -> Statement | None:
    """What the person is told of a decision, if it removed a comment of theirs."""
    decision = db.session.scalar(
        select(Decision)
        .join(Comment, Comment.id == Decision.comment_id)
        .where(
            Decision.id == decision_id,
            Decision.action == Action.REMOVE.value,
            Comment.author_id == person_id,
        )
        .options(
            joinedload(Decision.actor),
            joinedload(Decision.article),
            joinedload(Decision.comment),
            raiseload("*"),
        )
    )
    return _stated(decision) if decision else None


def leads_to(decision_id: int, *, person_id: int) -> str | None:
    """Where another decision about the person's comment is explained: with the removal that came before it."""
    comment_id = db.session.scalar(
        select(Decision.comment_id)
        .join(Comment, Comment.id == Decision.comment_id)
        .where(Decision.id == decision_id, Comment.author_id == person_id)
    )
    if comment_id is None:
        return None
    removal = db.session.scalar(
        select(func.max(Decision.id)).where(
            Decision.comment_id == comment_id,
            Decision.action == Action.REMOVE.value,
            Decision.id < decision_id,
        )
    )
    return f"/account/decisions/{removal}" if removal else f"/comments/{comment_id}"


def statement_on(comment_id: int, *, person_id: int) -> int | None:
    """The decision that removed the person's own comment, if it still stands."""
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


def statements(person_id: int) -> Sequence[Statement]:
    """What the person was told last, latest first."""
    found = db.session.scalars(
        select(Decision)
        .join(Comment, Comment.id == Decision.comment_id)
        .where(Decision.action == Action.REMOVE.value, Comment.author_id == person_id)
        .options(
            joinedload(Decision.actor),
            joinedload(Decision.article),
            joinedload(Decision.comment),
            raiseload("*"),
        )
        .order_by(Decision.id.desc())
        .limit(PAGE)
    )
    return [_stated(decision) for decision in found]


def appeal_by_id(appeal_id: int) -> Appeal | None:
    """An appeal with the decision that it is against."""
    return db.session.scalar(
        select(Appeal)
        .where(Appeal.id == appeal_id)
        .options(
            joinedload(Appeal.decision, innerjoin=True).joinedload(Decision.actor), joinedload(Appeal.author)
        )
    )


def _stated(decision: Decision) -> Statement:
    appeal = db.session.scalar(select(Appeal).where(Appeal.decision_id == decision.id))
    later = db.session.scalar(
        select(Decision.id).where(
            Decision.comment_id == decision.comment_id,
            Decision.action == Action.REMOVE.value,
            Decision.id > decision.id,
        )
    )
    stands = decision.comment is not None and decision.comment.state == State.REMOVED and later is None
    return Statement(decision, appeal, stands)
