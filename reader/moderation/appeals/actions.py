"""Every write of appeals."""

from __future__ import annotations

from sqlalchemy import select

from reader import eventlog
from reader.accounts import rights
from reader.accounts.models import User
from reader.clock import now
from reader.comments.actions import change_state, locked
from reader.comments.models import State
from reader.errors import Conflict, Invalid, Missing, Refused
from reader.eventlog import Kind
from reader.extensions import db
from reader.moderation import queries
from reader.moderation.actions import NO_DECISION, NOT_MODERATOR, STREAM, judged, record, tidy
from reader.moderation.models import Action, Appeal, AppealOutcome, Decision, Reason
from reader.policy import On, may, whose
from reader.transactions import transaction

NOT_YOURS = "Only the author of the comment can appeal against its removal."
NEEDS_TEXT = "Say why you think that the decision was wrong."
ONCE = "You have appealed against this decision already. Its outcome will stand here."
OVER = "The decision does not stand any more, so there is nothing to appeal against."
NO_APPEAL = "There is no such appeal."
NEEDS_ANSWER = "Give the author a reason, whichever way you decide."
SAME = "You made the decision yourself, so somebody else has to answer the appeal."
ANSWERED = "Somebody was first: this appeal is answered already."


def appeal(decision_id: int, *, by: User, text: str) -> Appeal:
    """Appeal against the removal of one's own comment: once, while it stands."""
    text = tidy(text)
    if not text:
        raise Invalid(NEEDS_TEXT, field="text")
    with transaction() as session:
        decision = session.get(Decision, decision_id)
        if decision is None or decision.comment_id is None or decision.action != Action.REMOVE:
            raise Missing(NO_DECISION)
        comment = locked(decision.comment_id)
        rights.require("appeal", by, whose(by, comment.author_id), refusal=NOT_YOURS)
        if session.scalar(select(Appeal.id).where(Appeal.decision_id == decision.id)) is not None:
            raise Conflict(ONCE)
        removal = queries.removal(comment.id)
        if comment.state != State.REMOVED or removal is None or removal.id != decision.id:
            raise Conflict(OVER)
        made = Appeal(decision_id=decision.id, author_id=by.id, text=text, at=now())
        session.add(made)
        eventlog.lock(STREAM)
        eventlog.append(Kind.APPEAL_FILED, STREAM, comment.element, actor_id=by.id)
    return made


def answer_appeal(appeal_id: int, *, by: User, grant: bool, answer: str) -> Decision:
    """Decide an appeal, with a reason: the comment comes back, or the removal stands.

    :class:`Refused` for whoever made the decision, :class:`Conflict` where somebody was first.
    """
    answer = tidy(answer)
    if not may("answer_appeal", by, On.OTHERS):
        raise Refused(NOT_MODERATOR)
    if not answer:
        raise Invalid(NEEDS_ANSWER, field="answer")
    with transaction() as session:
        decision = session.scalar(
            select(Decision).join(Appeal, Appeal.decision_id == Decision.id).where(Appeal.id == appeal_id)
        )
        if decision is None or decision.comment_id is None or decision.revision is None:
            raise Missing(NO_APPEAL)
        if decision.actor_id is not None:
            rights.require("answer_appeal", by, whose(by, decision.actor_id), refusal=SAME)
        comment = judged("answer_appeal", decision.comment_id, *State, by=by, revision=decision.revision)
        made = db.session.get_one(Appeal, appeal_id, populate_existing=True)
        if made.outcome is not None:
            raise Conflict(ANSWERED)
        if comment.state != State.REMOVED:
            raise Conflict(OVER)
        if grant:
            change_state(comment, State.PUBLISHED, Kind.COMMENT_RESTORED, by=by)
        made.outcome = (AppealOutcome.OVERTURNED if grant else AppealOutcome.UPHELD).value
        made.answer, made.decided_at, made.decided_by_id = answer, now(), by.id
        return record(
            comment,
            Action.OVERTURN if grant else Action.UPHOLD,
            by=by,
            reason=Reason(decision.reason) if decision.reason else None,
            note=answer,
            before=State.REMOVED,
        )
