"""Every decision about a comment: the change, its row in the log, and the event, all or nothing."""

from __future__ import annotations

from collections.abc import Sequence

from reader import eventlog
from reader.accounts.models import User
from reader.clock import now
from reader.comments.actions import change_state, locked
from reader.comments.models import Comment, State
from reader.errors import Conflict, Invalid, Refused
from reader.eventlog import Kind
from reader.extensions import db
from reader.moderation import policy, queries
from reader.moderation.models import LONGEST_NOTE, Action, Decision, Outcome, Reason, Report
from reader.transactions import transaction

# Moderators' own stream, and its lock: always the last one taken.
STREAM = "moderation"

NOT_MODERATOR = "Only moderators decide about comments. Nothing was changed."
OWN = "Nobody decides about their own comment. You can delete it, or leave it to another moderator."
NEEDS_NOTE = "Say in your own words why: “Other” alone explains nothing."
LONG_NOTE = f"Say it in {LONGEST_NOTE:,} characters."
SEEN = "Somebody was first: this revision was approved already."
EDITED = "Its author has changed this comment meanwhile. Read it again, then decide."
FIRST = {
    State.PUBLISHED: "Somebody was first: this comment is published already.",
    State.REMOVED: "Somebody was first: this comment is removed already.",
    State.DELETED: "Its author has deleted this comment. There is nothing left to decide.",
    State.ERASED: "This comment went with its author's account. There is nothing left to decide.",
    State.HELD: "This comment is held, waiting for a decision of another kind.",
}


def approve_comment(comment_id: int, *, by: User, note: str = "", revision: int) -> Decision:
    """Note that this revision was seen and is kept, which ends the reports on it.

    :class:`Conflict` where its author or another moderator was first, :class:`Refused` where ``by`` may not decide.
    """
    note = tidy(note)
    with transaction():
        comment = _judged(comment_id, State.PUBLISHED, by=by, revision=revision)
        if queries.approval(comment.id, comment.revision) is not None:
            reports = queries.open_reports(comment.id)
            if not reports:
                raise Conflict(SEEN)
        return _record(comment, Action.APPROVE, by=by, note=note, ends=Outcome.KEPT)


def remove_comment(comment_id: int, *, by: User, reason: Reason, note: str, revision: int) -> Decision:
    """Take a comment out of sight, judging what ``revision`` of it said. Reports on it were right.

    :class:`Invalid` where the reason needs a note; else raises what :func:`approve_comment` raises.
    """
    note = tidy(note)
    if reason is Reason.OTHER and not note:
        raise Invalid(NEEDS_NOTE, field="note")
    with transaction():
        comment = _judged(comment_id, State.PUBLISHED, by=by, revision=revision)
        change_state(comment, State.REMOVED, Kind.COMMENT_REMOVED, by=by)
        return _record(comment, Action.REMOVE, by=by, reason=reason, note=note, ends=Outcome.UPHELD)


def restore_comment(comment_id: int, *, by: User, note: str, revision: int) -> Decision:
    """Bring a removed comment back to its place. Raises what :func:`approve_comment` raises."""
    note = tidy(note)
    with transaction():
        comment = _judged(comment_id, State.REMOVED, by=by, revision=revision)
        change_state(comment, State.PUBLISHED, Kind.COMMENT_RESTORED, by=by)
        return _record(comment, Action.RESTORE, by=by, note=note)


def tidy(note: str) -> str:
    """What somebody says in their own words, as it is stored. :class:`Invalid` where it is too long."""
    trimmed = note.replace("\r\n", "\n").replace("\0", "").strip()
    if len(trimmed) > LONGEST_NOTE:
        raise Invalid(LONG_NOTE, field="note")
    return trimmed


def _judged(comment_id: int, state: State, *, by: User, revision: int) -> Comment:
    """The locked comment, if it still is what was judged and ``by`` may decide about it."""
    comment = locked(comment_id)
    if not policy.may_moderate(by):
        raise Refused(NOT_MODERATOR)
    if not policy.may_judge(by, comment):
        raise Refused(OWN)
    if comment.state != state:
        raise Conflict(FIRST[State(comment.state)])
    if comment.revision != revision:
        raise Conflict(EDITED)
    return comment


def _record(
    comment: Comment,
    action: Action,
    *,
    by: User,
    reason: Reason | None = None,
    note: str = "",
    ends: Outcome | None = None,
) -> Decision:
    """Write the decision down and tell it: to the moderators, and to those whose reports it ``ends``."""
    session = db.session()
    reports = queries.open_reports(comment.id) if ends else []
    eventlog.lock(*{f"person:{report.reporter_id}" for report in reports}, STREAM)
    decision = Decision(
        at=now(),
        actor_id=by.id,
        actor_role=by.role,
        action=action.value,
        reason=reason.value if reason else None,
        note=note or None,
        article_id=comment.article_id,
        comment_id=comment.id,
        revision=comment.revision,
    )
    session.add(decision)
    session.flush()
    if ends:
        _end(reports, decision, ends)
    eventlog.append(Kind.CASE_DECIDED, STREAM, comment.element, actor_id=by.id)
    return decision


def _end(reports: Sequence[Report], decision: Decision, outcome: Outcome) -> None:
    """End reports by a decision. Those on a revision that its author has replaced were never judged."""
    for report in reports:
        judged = report.revision == decision.revision
        report.outcome = (outcome if judged else Outcome.MOOT).value
        report.decision_id, report.decided_at = decision.id, decision.at
        eventlog.append(
            Kind.REPORT_DECIDED, f"person:{report.reporter_id}", report.element, actor_id=decision.actor_id
        )
