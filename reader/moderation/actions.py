"""Every decision about a comment: the change, its row in the log, and the event, all or nothing."""

from __future__ import annotations

from reader.accounts.models import User
from reader.comments.actions import change_state, locked
from reader.comments.models import Comment, State
from reader.errors import Conflict, Invalid, Refused
from reader.eventlog import Kind
from reader.extensions import db
from reader.moderation import policy
from reader.moderation.models import LONGEST_NOTE, Action, Decision, Reason
from reader.transactions import transaction

NOT_MODERATOR = "Only moderators decide about comments. Nothing was changed."
OWN = "Nobody decides about their own comment. You can delete it, or leave it to another moderator."
NEEDS_NOTE = "Say in your own words why: “Other” alone explains nothing."
LONG_NOTE = f"Say it in {LONGEST_NOTE:,} characters."
EDITED = "Its author has changed this comment meanwhile. Read it again, then decide."
FIRST = {
    State.PUBLISHED: "Somebody was first: this comment is published already.",
    State.REMOVED: "Somebody was first: this comment is removed already.",
    State.DELETED: "Its author has deleted this comment. There is nothing left to decide.",
    State.ERASED: "This comment went with its author's account. There is nothing left to decide.",
    State.HELD: "This comment is held, waiting for a decision of another kind.",
}


def remove_comment(comment_id: int, *, by: User, reason: Reason, note: str, revision: int) -> Comment:
    """Take a comment out of sight, judging what ``revision`` of it said.

    :class:`Conflict` where its author or another moderator was first, :class:`Invalid` where the reason needs a
    note, :class:`Refused` where ``by`` may not decide.
    """
    note = _tidy(note)
    if reason is Reason.OTHER and not note:
        raise Invalid(NEEDS_NOTE, field="note")
    with transaction():
        comment = _judged(comment_id, State.PUBLISHED, by=by, revision=revision)
        change_state(comment, State.REMOVED, Kind.COMMENT_REMOVED, by=by)
        _record(comment, Action.REMOVE, by=by, reason=reason, note=note)
    return comment


def restore_comment(comment_id: int, *, by: User, note: str, revision: int) -> Comment:
    """Bring a removed comment back to its place. Raises what :func:`remove_comment` raises."""
    note = _tidy(note)
    with transaction():
        comment = _judged(comment_id, State.REMOVED, by=by, revision=revision)
        change_state(comment, State.PUBLISHED, Kind.COMMENT_RESTORED, by=by)
        _record(comment, Action.RESTORE, by=by, reason=None, note=note)
    return comment


def _tidy(note: str) -> str:
    tidy = note.replace("\r\n", "\n").replace("\0", "").strip()
    if len(tidy) > LONGEST_NOTE:
        raise Invalid(LONG_NOTE, field="note")
    return tidy


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


def _record(comment: Comment, action: Action, *, by: User, reason: Reason | None, note: str) -> None:
    db.session.add(
        Decision(
            actor_id=by.id,
            actor_role=by.role,
            action=action.value,
            reason=reason.value if reason else None,
            note=note or None,
            article_id=comment.article_id,
            comment_id=comment.id,
            revision=comment.revision,
        )
    )
