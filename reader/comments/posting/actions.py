"""Posting a comment, in phases: charge, read, render and screen it; then, under locks, admit, store and announce it.

What is looked at under the locks is as of then, and takes no longer than that.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, NamedTuple
from uuid import uuid4

from sqlalchemy import Connection
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from reader import eventlog
from reader.accounts.models import User
from reader.accounts.rights import NOT_YOURS
from reader.clock import now
from reader.comments import policy, statements
from reader.comments.actions import (
    announce,
    count_beside,
    note_finding,
    note_mentions,
    private_streams,
    public_streams,
)
from reader.comments.drafts import Written, checked, written
from reader.comments.models import SHOWN, Comment, State
from reader.comments.queries import Discussed
from reader.comments.screening import gathering, measures
from reader.comments.screening.phases import Consequence, Ruling
from reader.db.transactions import transaction
from reader.errors import Conflict, Invalid, Missing, Refused, TooMany
from reader.eventlog import Kind, streams
from reader.policy import On, may
from reader.web import rate_limits
from reader.web.rate_limits import RequestOrigin

NO_ARTICLE = "There is no such article any more."
NO_PARENT = "The comment you answer is not in this discussion."
GONE_PARENT = "The comment you answer is deleted, removed or hidden, so it can't be answered any more."
NO_CLAIM = "This article doesn't cite the claim that the comment is about."
OTHER_CONTENT = "This form was sent before with another text. Send it once more to post this one, too."
DELETED = (
    "You posted this before and have deleted it since. Your text is kept: send it once more to post it anew."
)
REMOVED = "You posted this before and a moderator has removed it since. Your text is kept here, to be copied."


class Draft(NamedTuple):
    """A comment as its author sent it: as an answer to ``parent_id`` and about ``claim_id``, if given."""

    body: str
    submission_id: str
    parent_id: int | None = None
    claim_id: int | None = None


class Posted(NamedTuple):
    """A comment as it is stored; ``created`` is false where the same submission came before."""

    comment: Comment
    created: bool


def post_comment(
    article: Discussed, *, by: User, draft: Draft, origin: RequestOrigin | None = None
) -> Posted:
    """Publish a comment on ``article``.

    Where the rules say so it is held instead and waits for a moderator; its ``state`` tells. The same submission
    again, with the same content, is the same comment; with other content a :class:`Conflict`. Raises :class:`Invalid`,
    :class:`Refused` or :class:`Missing` where it can't be posted. The origin's address is for the limit and the
    classifier alone, and stored nowhere.
    """
    # Asked here, because the transaction would have to read the person again.
    if not may("post_comment", by):
        raise Refused(NOT_YOURS)
    answers = {on for on in (On.OWN, On.OTHERS) if may("reply", by, on)}
    _charge(article, draft, by=by, origin=origin)
    text = written(draft.body)
    ruling = gathering.ruling(text, by=by, address=origin.address if origin else None)
    comment = _comment(article, draft, text, by=by)
    with transaction() as session:
        eventlog.lock(*public_streams(comment.article_id, comment.claim_id))
        connection = session.connection()
        thread = _thread(connection, comment)
        if thread.submitted is not None:
            return Posted(_first_answer(session, thread.submitted, comment), created=False)
        ruling = _admit(connection, comment, thread, by, ruling)
        if comment.parent_id is not None:
            _place(connection, comment, answers)
        if comment.claim_id is not None:
            _tie(connection, comment)
        _store(connection, comment, ruling)
        note_mentions(connection, comment, text.mentioned)
    return Posted(comment, created=True)


def _charge(article: Discussed, draft: Draft, *, by: User, origin: RequestOrigin | None) -> None:
    """Count the comment in its author's rate. Raise TooMany beyond it, or what forbids the comment anyway."""
    try:
        rate_limits.charge("comments", str(by.id), origin=origin)
    except TooMany as error:
        checked(draft.body)
        raise measures.before_the_rate(article.id, by) or error from None


def _comment(article: Discussed, draft: Draft, text: Written, *, by: User) -> Comment:
    """Return the comment that is to be stored."""
    return Comment(
        article_id=article.id,
        author_id=by.id,
        submission_id=draft.submission_id,
        parent_id=draft.parent_id,
        claim_id=draft.claim_id,
        body=text.body,
        html=text.html,
        state=State.PUBLISHED.value,
        depth=0,
        nth=0,
        folded=False,
        replies=0,
        recommendations=0,
        revision=1,
        reviewed=0,
    )


def _admit(
    connection: Connection, comment: Comment, thread: Any, by: User, ruling: Ruling | None
) -> Ruling | None:
    """Return the ruling that holds for the comment in its thread. Raise where it may not be posted there."""
    if not thread.visible:
        raise Missing(NO_ARTICLE)
    measure = measures.ruled(connection, comment, thread, by)
    if ruling is not None and ruling.outcome is Consequence.REFUSE:
        raise Invalid(ruling.reason, field="body")
    return Ruling(measure, Consequence.HOLD) if measure is not None else ruling


def _store(connection: Connection, comment: Comment, ruling: Ruling | None) -> None:
    """Store the comment and announce it to whoever may read it."""
    comment.created_at = now()
    if ruling is not None and ruling.outcome is Consequence.HOLD:
        _hold_new(connection, comment, ruling)
        return
    comment.changed_seq = eventlog.upcoming(streams.article(comment.article_id))
    _insert(connection, comment, counted=True)
    count_beside(connection, comment)
    announce(Kind.COMMENT_POSTED, comment, by=comment.author_id)
    if ruling is not None:
        note_finding(connection, comment, ruling)


def _thread(connection: Connection, comment: Comment) -> Any:
    """Return the row that decides if the comment may be posted, and if it was posted before."""
    asked = {
        "now": now(),
        "author_id": comment.author_id,
        "submission_id": comment.submission_id,
        "article_id": comment.article_id,
    }
    return statements.THREAD.row(connection, asked)


def _first_answer(session: Session, comment_id: int, comment: Comment) -> Comment:
    """Return the comment that the submission made when it first came.

    One that is held counts, as its author sees it. Raise :class:`Conflict` if its content is another one, or if it was
    deleted or removed since.
    """
    first = session.get_one(Comment, comment_id)
    content = ("article_id", "parent_id", "claim_id", "body")
    if any(getattr(first, name) != getattr(comment, name) for name in content):
        raise _anew(OTHER_CONTENT)
    if first.state == State.DELETED:
        raise _anew(DELETED)
    if first.state == State.REMOVED:
        # Pressing the button twice must not post again what a moderator removed.
        raise Conflict(REMOVED, field="body")
    return first


def _anew(reason: str) -> Conflict:
    """Return a refusal that offers to send the form as another submission."""
    return Conflict(reason, field="body", resend={"submission_id": str(uuid4())})


def _place(connection: Connection, comment: Comment, answers: Collection[On]) -> None:
    """Find the place of an answer, where its author answers what is their own or others'."""
    found = statements.PLACE.row(connection, {"parent_id": comment.parent_id})
    if found is None or found.article_id != comment.article_id:
        raise Invalid(NO_PARENT, field="parent_id")
    if (On.OWN if found.author_id == comment.author_id else On.OTHERS) not in answers:
        raise Refused(NOT_YOURS)
    if not policy.is_answerable(found.state):
        raise Refused(GONE_PARENT)
    comment.under_id = found.id
    comment.root_id = found.root_id or found.id
    comment.depth = found.depth + 1
    comment.nth = found.replies + 1
    comment.folded = found.folded or comment.nth > SHOWN


def _tie(connection: Connection, comment: Comment) -> None:
    """Note the verdict of the claim that the comment is about."""
    tie = {"claim_id": comment.claim_id, "article_id": comment.article_id, "now": now()}
    comment.verdict = statements.VERDICT.scalar(connection, tie)
    if comment.verdict is None:
        raise Invalid(NO_CLAIM, field="claim_id")


def _hold_new(connection: Connection, comment: Comment, ruling: Ruling) -> None:
    """Store the comment without a place, to be seen by its author and by moderators."""
    private = private_streams(comment.author_id)
    eventlog.lock(*private)
    comment.state, comment.nth, comment.folded, comment.changed_seq = State.HELD.value, 0, True, 0
    _insert(connection, comment, counted=False)
    note_finding(connection, comment, ruling)
    for stream in private:
        eventlog.append(Kind.COMMENT_HELD, stream, comment.element, actor_id=comment.author_id)


def _insert(connection: Connection, comment: Comment, *, counted: bool) -> None:
    """Store the comment, and count it in its thread if it is to be."""
    try:
        comment.id = statements.store(connection, comment, counted=counted)
    except IntegrityError as error:
        # Its author is sending the same submission to another article at this moment.
        raise _anew(OTHER_CONTENT) from error
