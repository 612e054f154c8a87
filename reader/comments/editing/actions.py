"""Giving one's own comment another text."""

from __future__ import annotations

from sqlalchemy import delete
from sqlalchemy.orm import Session

from reader import eventlog
from reader.accounts import rights
from reader.accounts.models import User
from reader.clock import now
from reader.comments import policy
from reader.comments.actions import (
    announce,
    change_state,
    known,
    note_finding,
    note_mentions,
    private_streams,
    settle_findings,
)
from reader.comments.drafts import written
from reader.comments.models import Comment, CommentRevision, Mention, State
from reader.comments.screening import gathering, measures
from reader.comments.screening.phases import Consequence, Ruling
from reader.db.transactions import transaction
from reader.errors import Conflict, Invalid
from reader.eventlog import Kind, streams
from reader.policy import whose
from reader.text.english import spell
from reader.web import rate_limits
from reader.web.rate_limits import RequestOrigin

NOT_YOURS = "Only its author can edit a comment."
GONE = "This comment was deleted or removed, so it can't be edited any more. Copy your text if you need it."
TOO_LATE = (
    f"A comment can be edited for {spell(int(policy.EDITABLE.total_seconds()))}, and they are over."
    " Copy your text: you can post it as a reply."
)
CHANGED = (
    "This comment was edited meanwhile, perhaps by you in another tab. Below is what it says now. Your text is still"
    " here: send it once more to replace the other one."
)


def edit_comment(
    comment_id: int, *, by: User, body: str, revision: int, origin: RequestOrigin | None = None
) -> Comment:
    """Give one's own comment another text, written over what ``revision`` said.

    What waits for a moderator goes on waiting, and where the rules want that of the new text, a published comment is
    held: its ``state`` tells. To send the same text again is no fault. :class:`Conflict` where the time is over, or
    somebody was first; :class:`Invalid` where a rule refuses the text.
    """
    rate_limits.charge("comments", f"edit:{by.id}", origin=origin)
    text = written(body)
    address = origin.address if origin else None
    ruling = gathering.ruling(text, by=by, edits=comment_id, address=address)
    with transaction() as session:
        comment = known(comment_id, to=by)
        rights.require("edit_comment", by, whose(by, comment.author_id), refusal=NOT_YOURS)
        if not policy.is_alive(comment):
            raise Conflict(GONE, field="body")
        if comment.body == text.body:
            return comment
        if not policy.may_edit(by, comment, at=now()):
            raise Conflict(TOO_LATE, field="body")
        if comment.revision != revision:
            raise Conflict(
                CHANGED,
                field="body",
                resend={"revision": comment.revision, "replaces": "yes"},
                other=comment.body,
            )
        if ruling is not None and ruling.outcome is Consequence.REFUSE:
            raise Invalid(ruling.reason, field="body")
        measure = measures.held_by(comment, by)
        if measure is not None:
            ruling = Ruling(measure, Consequence.HOLD)
        _keep(session, comment)
        comment.body, comment.html = text.body, text.html
        comment.revision += 1
        comment.edited_at = now()
        session.execute(delete(Mention).where(Mention.comment_id == comment.id))
        note_mentions(session.connection(), comment, text.mentioned)
        _tell(comment, by=by, waits=ruling is not None and ruling.outcome is Consequence.HOLD)
        settle_findings(comment)
        if ruling is not None:
            note_finding(session.connection(), comment, ruling)
    return comment


def _keep(session: Session, comment: Comment) -> None:
    """Keep what the comment says, before it says something else."""
    session.add(
        CommentRevision(
            comment_id=comment.id, number=comment.revision, body=comment.body, at=comment.text_changed_at
        )
    )


def _tell(comment: Comment, *, by: User, waits: bool) -> None:
    """Tell of the new text whoever may read it; where it ``waits``, those are its author and moderators."""
    if comment.state == State.PUBLISHED and not waits:
        comment.changed_seq = eventlog.upcoming(streams.article(comment.article_id))
        announce(Kind.COMMENT_EDITED, comment, by=by.id)
        return
    private = private_streams(comment.author_id)
    eventlog.lock(*private)
    kind = Kind.COMMENT_EDITED
    if comment.state == State.PUBLISHED:
        kind = Kind.COMMENT_HELD
        change_state(comment, State.HELD, kind, by=by)
    for stream in private:
        eventlog.append(kind, stream, comment.element, actor_id=by.id)
