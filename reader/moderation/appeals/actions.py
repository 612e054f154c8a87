"""Every write of appeals."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from reader import eventlog
from reader.accounts import rights
from reader.accounts.models import Measure, User
from reader.clock import now
from reader.comments.actions import change_state, locked
from reader.comments.models import State
from reader.db.transactions import transaction
from reader.errors import Conflict, Invalid, Missing, Refused
from reader.eventlog import Kind, streams
from reader.moderation import actions as moderation
from reader.moderation import decisions
from reader.moderation.actions import NO_DECISION, NOT_MODERATOR, tidy
from reader.moderation.appeals import queries
from reader.moderation.decisions import Judgement
from reader.moderation.models import APPEALABLE, Action, Appeal, AppealOutcome, Decision, Reason
from reader.moderation.people import actions as people
from reader.policy import On, may, whose

NOT_YOURS = "Only whom a decision is about, or whose comment, can appeal against it."
NEEDS_TEXT = "Say why you think that the decision was wrong."
ONCE = "You have appealed against this decision already. Its outcome will stand here."
OVER = "The decision does not stand any more, so there is nothing to appeal against."
NO_APPEAL = "There is no such appeal."
NEEDS_ANSWER = "Give a reason, whichever way you decide."
SAME = "You made the decision yourself, so somebody else has to answer the appeal."
ANSWERED = "Someone else changed this first: this appeal is answered already."


@dataclass(frozen=True)
class AppealAnswer:
    """A moderator's answer to an appeal, which grants it or not, with the reason."""

    appeal_id: int
    by: User
    grants: bool
    text: str

    @property
    def action(self) -> Action:
        """The action to record."""
        return Action.OVERTURN if self.grants else Action.UPHOLD


def appeal(decision_id: int, *, by: User, text: str) -> Appeal:
    """File an appeal against a measure on oneself, or the removal of one's own comment: once, while it stands."""
    text = tidy(text)
    if not text:
        raise Invalid(NEEDS_TEXT, field="text")
    with transaction() as session:
        decision = session.get(Decision, decision_id)
        if decision is None or decision.action not in APPEALABLE:
            raise Missing(NO_DECISION)
        whom = _locked_subject(decision)
        rights.require("appeal", by, whose(by, whom), refusal=NOT_YOURS)
        told = queries.statement(decision.id, person_id=whom)
        if told is None or not told.stands:
            raise Conflict(OVER)
        if told.appeal is not None:
            raise Conflict(ONCE)
        eventlog.lock(streams.MODERATION)
        made = Appeal(decision_id=decision.id, author_id=by.id, text=text, at=now())
        session.add(made)
        eventlog.append(Kind.APPEAL_FILED, streams.MODERATION, decision.case, actor_id=by.id)
    return made


def _locked_subject(decision: Decision) -> int:
    """Lock the comment or the person that a decision is about; return the id of the person or the author."""
    if decision.comment_id is not None:
        return locked(decision.comment_id).author_id
    assert decision.person_id is not None
    eventlog.lock(streams.person(decision.person_id), streams.MODERATION)
    return decision.person_id


def answer_appeal(appeal_id: int, *, by: User, grant: bool, answer: str) -> Decision:
    """Decide an appeal, with a reason: the decision is reversed if the appeal is granted, else it stands.

    Raises :class:`Refused` if ``by`` made the decision or could not have made it, :class:`Conflict` if another
    moderator was first.
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
        if decision is None:
            raise Missing(NO_APPEAL)
        if decision.actor_id is not None:
            rights.require("answer_appeal", by, whose(by, decision.actor_id), refusal=SAME)
        decide = _about_measure if decision.comment_id is None else _about_comment
        return decide(session, decision, AppealAnswer(appeal_id, by, grant, answer))


def _about_comment(session: Session, decision: Decision, answer: AppealAnswer) -> Decision:
    assert decision.comment_id is not None
    assert decision.revision is not None
    locked(decision.comment_id)
    _close(session, answer)  # that it is over comes before that the comment was edited
    comment = moderation.judged(
        "answer_appeal", decision.comment_id, *State, by=answer.by, revision=decision.revision
    )
    if comment.state != State.REMOVED:
        raise Conflict(OVER)
    if answer.grants:
        change_state(comment, State.PUBLISHED, Kind.COMMENT_RESTORED, by=answer.by)
    reason = Reason(decision.reason) if decision.reason else None
    judgement = Judgement(answer.action, State.REMOVED, reason, answer.text)
    return decisions.about_comment(comment, judgement, by=answer.by)


def _about_measure(session: Session, decision: Decision, answer: AppealAnswer) -> Decision:
    measure = session.get_one(Measure, decision.measure_id)
    people.judged("answer_appeal", measure.person_id, by=answer.by)
    session.refresh(measure)
    _close(session, answer)
    if answer.grants:
        people.end(measure, by=answer.by, with_comments=True)
    made = decisions.about_measure(measure, answer.action, by=answer.by, note=answer.text)
    eventlog.append(Kind.CASE_DECIDED, streams.MODERATION, decision.case, actor_id=answer.by.id)
    return made


def _close(session: Session, answer: AppealAnswer) -> None:
    """Answer an appeal, whose case is locked. Raises :class:`Conflict` if it is closed already."""
    made = session.get_one(Appeal, answer.appeal_id, populate_existing=True)
    if made.outcome is not None:
        raise Conflict(OVER if made.outcome == AppealOutcome.MOOT else ANSWERED)
    made.outcome = (AppealOutcome.OVERTURNED if answer.grants else AppealOutcome.UPHELD).value
    made.answer, made.decided_at, made.decided_by_id = answer.text, now(), answer.by.id
