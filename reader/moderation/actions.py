"""Every decision about a comment: the change, its row in the log, and the events, all or nothing."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import ColumnElement, select, update

from reader import eventlog
from reader.accounts import rights
from reader.accounts.models import User
from reader.clock import now
from reader.comments.actions import change_state, locked, note_review, pin, publish_held
from reader.comments.models import Comment, State
from reader.db.base import db
from reader.db.transactions import transaction
from reader.errors import Conflict, Invalid, Missing, Refused
from reader.eventlog import Kind, streams
from reader.moderation import queries
from reader.moderation.models import (
    MAX_NOTE_LENGTH,
    Action,
    Appeal,
    AppealOutcome,
    Decision,
    Reason,
    Report,
    ReportOutcome,
)
from reader.policy import On, may, whose
from reader.text import letters

RULE = "rule"

NOT_MODERATOR = "Only moderators decide about comments. Nothing was changed."
OWN = "Nobody decides about their own comment. You can delete it, or leave it to another moderator."
NEEDS_NOTE = "Say in your own words why: “Other” alone explains nothing."
LONG_NOTE = f"Say it in {MAX_NOTE_LENGTH:,} characters."
SEEN = "Someone else changed this first: this revision was approved already."
EDITED = "Its author has changed this comment meanwhile. Read it again, then decide."
PINNED = "Someone else changed this first: this comment is pinned already."
NOT_PINNED = "Someone else changed this first: this comment is not pinned any more."
NO_DECISION = "There is no such decision."
NOT_LAST = (
    "Something else was decided about this comment since, so this can’t be undone. See how it stands now."
)
NOT_UNDOABLE = "This decision can’t be undone. Make another one."
FIRST = {
    State.PUBLISHED: "Someone else changed this first: this comment is published already.",
    State.REMOVED: "Someone else changed this first: this comment is removed already.",
    State.DELETED: "Its author has deleted this comment. There is nothing left to decide.",
    State.ERASED: "This comment went with its author's account. There is nothing left to decide.",
    State.HELD: "This comment is held, waiting for a decision of another kind.",
}
# What is told to the comment's author, who may want to know why.
_TOLD = frozenset({Action.REMOVE, Action.RESTORE, Action.HOLD, Action.UPHOLD, Action.OVERTURN})


def approve_comment(comment_id: int, *, by: User, note: str = "", revision: int) -> Decision:
    """Approve this revision, which ends the reports on it; a held comment is published.

    Raises :class:`Conflict` if the author or another moderator was first, :class:`Refused` if ``by`` may not decide.
    """
    note = tidy(note)
    with transaction():
        comment = judged("approve_comment", comment_id, State.PUBLISHED, State.HELD, by=by, revision=revision)
        before = State(comment.state)
        if before == State.HELD:
            publish_held(comment, by=by)
        elif queries.approval(comment.id, comment.revision) and not queries.open_reports(comment.id):
            raise Conflict(SEEN)
        return record(comment, Action.APPROVE, by=by, note=note, before=before, ends=ReportOutcome.KEPT)


def remove_comment(comment_id: int, *, by: User, reason: Reason, note: str, revision: int) -> Decision:
    """Remove a comment, judged by ``revision`` of its text, and uphold the reports on it.

    Raises :class:`Invalid` if the reason needs a note, and what :func:`approve_comment` raises.
    """
    note = tidy(note)
    if reason is Reason.OTHER and not note:
        raise Invalid(NEEDS_NOTE, field="note")
    with transaction():
        comment = judged("remove_comment", comment_id, State.PUBLISHED, State.HELD, by=by, revision=revision)
        before = State(comment.state)
        change_state(comment, State.REMOVED, Kind.COMMENT_REMOVED, by=by)
        return record(
            comment, Action.REMOVE, by=by, reason=reason, note=note, before=before, ends=ReportOutcome.UPHELD
        )


def restore_comment(comment_id: int, *, by: User, note: str, revision: int) -> Decision:
    """Restore a removed comment to its place. Raises what :func:`approve_comment` raises."""
    note = tidy(note)
    with transaction():
        comment = judged("restore_comment", comment_id, State.REMOVED, by=by, revision=revision)
        change_state(comment, State.PUBLISHED, Kind.COMMENT_RESTORED, by=by)
        return record(comment, Action.RESTORE, by=by, note=note, before=State.REMOVED)


def pin_comment(comment_id: int, *, by: User, revision: int) -> Decision:
    """Pin a comment to the top of its thread, replacing any other pin. Raises what :func:`approve_comment` raises."""
    with transaction():
        comment = judged("pin_comment", comment_id, State.PUBLISHED, by=by, revision=revision)
        if not pin(comment, by=by):
            raise Conflict(PINNED)
        return record(comment, Action.PIN, by=by, before=State.PUBLISHED)


def unpin_comment(comment_id: int, *, by: User, revision: int) -> Decision:
    """Unpin a comment, which returns to the place it had before."""
    with transaction():
        comment = judged("unpin_comment", comment_id, *State, by=by, revision=revision)
        if not pin(comment, by=by, off=True):
            raise Conflict(NOT_PINNED)
        return record(comment, Action.UNPIN, by=by, before=State(comment.state))


def undo_decision(decision_id: int, *, by: User) -> Decision:
    """Undo a decision by a new one that reverses it, and reopen the reports that it had ended.

    Raises :class:`Conflict` if the comment was decided about again, or edited by its author, since.
    """
    with transaction() as session:
        undone = session.get(Decision, decision_id)
        if undone is None or undone.comment_id is None or undone.revision is None:
            raise Missing(NO_DECISION)
        comment = judged("undo_decision", undone.comment_id, *State, by=by, revision=undone.revision)
        last = session.scalars(
            select(Decision.id).where(Decision.comment_id == comment.id).order_by(Decision.id.desc()).limit(1)
        ).one()
        if last != undone.id:
            raise Conflict(NOT_LAST)
        before = State(comment.state)
        action, reason = _reverse(comment, undone, by)
        return record(comment, action, by=by, reason=reason, before=before, undoes=undone)


def _reverse(comment: Comment, undone: Decision, by: User) -> tuple[Action, Reason | None]:
    """Return the comment to the state it had before the decision; return the action and reason to record."""
    before = State(undone.before) if undone.before else State.PUBLISHED
    match Action(undone.action):
        case Action.PIN | Action.UNPIN as action if comment.state == State.PUBLISHED:
            if not pin(comment, by=by, off=action is Action.PIN):
                raise Conflict(NOT_LAST)
            return (Action.UNPIN if action is Action.PIN else Action.PIN), None
        case Action.APPROVE if comment.state == State.PUBLISHED:
            if before == State.HELD:
                change_state(comment, State.HELD, Kind.COMMENT_HELD, by=by)
            return Action.REOPEN, None
        case Action.REMOVE if comment.state == State.REMOVED:
            if before == State.HELD:
                change_state(comment, State.HELD, Kind.COMMENT_HELD, by=by)
                return Action.REOPEN, None
            change_state(comment, State.PUBLISHED, Kind.COMMENT_RESTORED, by=by)
            return Action.RESTORE, None
        case Action.RESTORE if comment.state == State.PUBLISHED:
            change_state(comment, State.REMOVED, Kind.COMMENT_REMOVED, by=by)
            removal = queries.removal(comment.id)
            return Action.REMOVE, Reason(removal.reason) if removal and removal.reason else None
    raise Conflict(NOT_UNDOABLE)


def tidy(note: str) -> str:
    """Normalize a note for storage; :class:`Invalid` if it is too long, empty if nothing in it is visible."""
    text = letters.bounded(note.replace("\r\n", "\n").replace("\0", "")).strip()
    if len(text) > MAX_NOTE_LENGTH:
        raise Invalid(LONG_NOTE, field="note")
    return text if letters.is_visible(text) else ""


def judged(act: str, comment_id: int, *states: State, by: User, revision: int) -> Comment:
    """Lock and return the comment, if ``by`` may do this and its state and revision are still those judged.

    Raises :class:`Refused` if ``by`` may not, :class:`Conflict` if the state or the revision has changed.
    """
    comment = locked(comment_id)
    if not may(act, by, On.OTHERS):
        raise Refused(NOT_MODERATOR)
    rights.require(act, by, whose(by, comment.author_id), refusal=OWN)
    if comment.state not in states:
        raise Conflict(FIRST[State(comment.state)])
    if comment.revision != revision:
        raise Conflict(EDITED)
    return comment


def record(  # noqa: PLR0913
    comment: Comment,
    action: Action,
    *,
    by: User | None,
    before: State,
    reason: Reason | None = None,
    note: str = "",
    ends: ReportOutcome | None = None,
    undoes: Decision | None = None,
    part_of: Decision | None = None,
) -> Decision:
    """Record a decision about a :func:`locked` comment, and announce it.

    Moderators are notified, the author if the decision affects their comment, and those whose reports it ``ends``. The
    reports ended by the decision that it ``undoes`` are reopened. A decision that is ``part_of`` a ban, or of the end
    of one, is recorded in the same role, and its author is notified of the ban alone.
    """
    session = db.session()
    reports = queries.open_reports(comment.id) if ends else []
    is_told = action in _TOLD or (action is Action.APPROVE and before == State.HELD)
    told = {streams.person(comment.author_id)} if is_told and part_of is None else set()
    eventlog.lock(*told, *{streams.person(report.reporter_id) for report in reports}, streams.MODERATION)
    decision = Decision(
        at=now(),
        actor_id=by.id if by else None,
        actor_role=part_of.actor_role if part_of else by.role if by else RULE,
        action=action.value,
        reason=reason.value if reason else None,
        note=note or None,
        measure_id=part_of.measure_id if part_of else None,
        article_id=comment.article_id,
        comment_id=comment.id,
        subject_id=comment.author_id,
        revision=comment.revision,
        before=before.value,
        undoes_id=undoes.id if undoes else None,
    )
    session.add(decision)
    session.flush()
    if by is not None:
        note_review(comment, again=action is Action.REOPEN)
    if ends:
        _end(reports, decision, ends)
    if undoes:
        for report in session.scalars(select(Report).where(Report.decision_id == undoes.id)):
            report.outcome = report.decision_id = report.decided_at = None
    if before == State.REMOVED and comment.state != State.REMOVED:
        moot(Decision.comment_id == comment.id)
    for stream in told:
        eventlog.append(Kind.DECISION_TOLD, stream, decision.element, actor_id=decision.actor_id)
    eventlog.append(Kind.CASE_DECIDED, streams.MODERATION, comment.element, actor_id=decision.actor_id)
    return decision


def moot(*against: ColumnElement[bool]) -> Sequence[int]:
    """Close the open appeals against the decisions that match ``against``, now reversed; return the decisions' ids."""
    decisions = select(Decision.id).where(*against)
    return db.session.scalars(
        update(Appeal)
        .where(Appeal.decision_id.in_(decisions), Appeal.outcome.is_(None))
        .values(outcome=AppealOutcome.MOOT.value, decided_at=now())
        .returning(Appeal.decision_id)
    ).all()


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
