"""The only writer of decisions: the row in the log, and whatever follows from it.

An action locks the comment, person or discussion, changes it, and records the decision in the same transaction.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, select, update

from reader import eventlog
from reader.accounts.models import Measure, User
from reader.articles.models import Article
from reader.clock import now
from reader.comments.actions import note_review
from reader.comments.models import Comment, State
from reader.db.base import db
from reader.eventlog import Kind, streams
from reader.moderation import queries
from reader.moderation.models import (
    Action,
    Appeal,
    AppealOutcome,
    Decision,
    Reason,
    Report,
    ReportOutcome,
)
from reader.policy import MeasureKind

RULE = "rule"
# Decisions whose reasons the comment's author may want to know.
_TOLD = frozenset({Action.REMOVE, Action.RESTORE, Action.HOLD, Action.UPHOLD, Action.OVERTURN})
# What becomes of the open reports on the comment.
_ENDS = {Action.APPROVE: ReportOutcome.KEPT, Action.REMOVE: ReportOutcome.UPHELD}


@dataclass(frozen=True)
class Judgement:
    """A moderator's or a rule's judgement of a comment that was in the state ``before``, with its reason.

    If it ``undoes`` another decision, the reports that had ended by that one are open again. If it is ``part_of`` a
    ban, or of the end of one, it is recorded in the same role, and the author is told of the ban alone.
    """

    action: Action
    before: State
    reason: Reason | None = None
    note: str = ""
    undoes: Decision | None = None
    part_of: Decision | None = None

    @property
    def ends(self) -> ReportOutcome | None:
        """Outcome of the open reports on the comment; None if they stay open."""
        return None if self.undoes else _ENDS.get(self.action)

    @property
    def is_told(self) -> bool:
        """True if the comment's author is notified."""
        publishes_held = self.action is Action.APPROVE and self.before == State.HELD
        return self.part_of is None and (self.action in _TOLD or publishes_held)


def about_comment(comment: Comment, judgement: Judgement, *, by: User | None) -> Decision:
    """Record a decision about a locked comment, end or reopen the reports on it, and announce all that.

    Without ``by`` a rule decided. Moderators are notified, the author if the decision affects their comment, and those
    whose reports end.
    """
    reports = queries.open_reports(comment.id) if judgement.ends else []
    told = {streams.person(comment.author_id)} if judgement.is_told else set()
    eventlog.lock(*told, *{streams.person(report.reporter_id) for report in reports}, streams.MODERATION)
    part_of, undoes = judgement.part_of, judgement.undoes
    decision = _stored(
        judgement.action,
        by=by,
        note=judgement.note,
        role=part_of.actor_role if part_of else None,
        reason=judgement.reason.value if judgement.reason else None,
        measure_id=part_of.measure_id if part_of else None,
        article_id=comment.article_id,
        comment_id=comment.id,
        subject_id=comment.author_id,
        revision=comment.revision,
        before=judgement.before.value,
        undoes_id=undoes.id if undoes else None,
    )
    if by is not None:
        note_review(comment, again=judgement.action is Action.REOPEN)
    if judgement.ends:
        _end(reports, decision, judgement.ends)
    if undoes:
        _reopen_reports(undoes)
    if judgement.before == State.REMOVED and comment.state != State.REMOVED:
        moot(Decision.comment_id == comment.id)
    _tell(told, decision)
    eventlog.append(Kind.CASE_DECIDED, streams.MODERATION, comment.element, actor_id=decision.actor_id)
    return decision


def about_measure(measure: Measure, action: Action, *, by: User, note: str) -> Decision:
    """Record a decision about a measure against a locked person, and announce it.

    Moderators are notified, and so is the person, unless the measure is a note.
    """
    decision = _stored(
        action,
        by=by,
        note=note,
        reason=measure.reason,
        person_id=measure.person_id,
        subject_id=measure.person_id,
        measure_id=measure.id,
        until=measure.until,
    )
    stream, target = streams.person(measure.person_id), f"person-{measure.person_id}"
    if measure.kind != MeasureKind.NOTE:
        eventlog.append(Kind.MEASURE_TAKEN, stream, target, actor_id=by.id)
        _tell({stream}, decision)
    eventlog.append(Kind.MEASURE_TAKEN, streams.MODERATION, target, actor_id=by.id)
    return decision


def about_thread(
    article: Article, action: Action, *, by: User, note: str, until: datetime | None
) -> Decision:
    """Record a decision about a locked discussion. Several together are announced as one change of it."""
    return _stored(action, by=by, note=note, article_id=article.id, until=until)


def moot(*against: ColumnElement[bool]) -> Sequence[int]:
    """Close the open appeals against the decisions that match ``against``, now reversed; return the decisions' ids."""
    decisions = select(Decision.id).where(*against)
    return db.session.scalars(
        update(Appeal)
        .where(Appeal.decision_id.in_(decisions), Appeal.outcome.is_(None))
        .values(outcome=AppealOutcome.MOOT.value, decided_at=now())
        .returning(Appeal.decision_id)
    ).all()


def _stored(
    action: Action, *, by: User | None, note: str, role: str | None = None, **about: object
) -> Decision:
    """Store a decision, which gives it the id that its events name. ``about`` has the columns of what it is about."""
    decision = Decision(
        at=now(),
        actor_id=by.id if by else None,
        actor_role=role or (by.role if by else RULE),
        action=action.value,
        note=note or None,
        **about,
    )
    session = db.session()
    session.add(decision)
    session.flush()
    return decision


def _tell(people: Collection[str], decision: Decision) -> None:
    """Announce the decision in the streams of the ``people`` it concerns."""
    for stream in people:
        eventlog.append(Kind.DECISION_TOLD, stream, decision.element, actor_id=decision.actor_id)


def _end(reports: Sequence[Report], decision: Decision, outcome: ReportOutcome) -> None:
    """End reports by a decision; those on a revision that the author has since replaced are moot."""
    for report in reports:
        was_judged = report.revision == decision.revision
        report.outcome = (outcome if was_judged else ReportOutcome.MOOT).value
        report.decision_id, report.decided_at = decision.id, decision.at
        eventlog.append(
            Kind.REPORT_DECIDED,
            streams.person(report.reporter_id),
            report.element,
            actor_id=decision.actor_id,
        )


def _reopen_reports(undone: Decision) -> None:
    """Reopen the reports that the decision had ended."""
    for report in db.session.scalars(select(Report).where(Report.decision_id == undone.id)):
        report.outcome = report.decision_id = report.decided_at = None
