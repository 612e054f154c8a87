"""Every write to a thread. Each locks the streams it appends to before it looks at anything."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple

from sqlalchemy import Connection, Row, delete, insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from reader import eventlog
from reader.accounts.models import User
from reader.articles.models import Article, stream_of
from reader.clock import now
from reader.comments import policy, statements
from reader.comments.models import SHOWN, Comment, CommentRevision, Finding, Mention, State, Thread
from reader.comments.screening import gathering, measures
from reader.comments.screening.phases import Outcome, Ruling
from reader.comments.writing import written
from reader.errors import Conflict, Invalid, Missing, Refused
from reader.eventlog import Kind
from reader.extensions import db
from reader.factchecks.models import Claim
from reader.transactions import transaction

NO_ARTICLE = "There is no such article any more."
NO_PARENT = "The comment you answer is not in this discussion."
GONE_PARENT = "The comment you answer was deleted or removed, so it can't be answered any more."
NO_CLAIM = "This article doesn't cite the claim that the comment is about."
OTHER_CONTENT = "This form was sent before with another text. Send it once more to post this one, too."
NO_COMMENT = "There is no such comment."
NOT_YOURS = "Only its author can delete a comment."
REMOVED = "A moderator removed this comment before you could delete it. Nobody can read it any more."
NOT_YOURS_TO_EDIT = "Only its author can edit a comment."
GONE = "This comment was deleted or removed, so it can't be edited any more. Copy your text if you need it."
NOT_BY_EDIT = "A moderator has to read this first. Post it as a comment of its own, then it waits for one."
TOO_LATE = (
    "A comment can be edited for 15 minutes, and they are over. Copy your text: you can post it as a reply."
)
CHANGED = (
    "This comment was edited meanwhile, perhaps by you in another tab. Your text is still here:"
    " send it once more to replace the other one."
)


class Posted(NamedTuple):
    """A comment as it is stored; ``created`` is false where the same submission came before."""

    comment: Comment
    created: bool


def post_comment(
    article: Article,
    *,
    by: User,
    body: str,
    submission_id: str,
    parent_id: int | None = None,
    claim_id: int | None = None,
) -> Posted:
    """Publish a comment on ``article``, as an answer to ``parent_id`` and about ``claim_id``, if given.

    Where the rules say so it is held instead and waits for a moderator; its ``state`` tells. The same
    ``submission_id`` again, with the same content, is the same comment; with other content a :class:`Conflict`.
    Raises :class:`Invalid`, :class:`Refused` or :class:`Missing` where it can't be posted.
    """
    text = written(body)
    ruling = gathering.ruling(text, by=by)
    comment = Comment(
        article_id=article.id,
        author_id=by.id,
        submission_id=submission_id,
        parent_id=parent_id,
        claim_id=claim_id,
        body=text.body,
        html=text.html,
        state=State.PUBLISHED.value,
        depth=0,
        nth=0,
        folded=False,
        replies=0,
        recommendations=0,
        revision=1,
    )
    with transaction() as session:
        eventlog.lock(*streams(comment.article_id, claim_id))
        connection = session.connection()
        thread = _thread(connection, comment)
        if thread.submitted is not None:
            return Posted(_first_answer(session, thread.submitted, comment), created=False)
        if not thread.visible:
            raise Missing(NO_ARTICLE)
        measure = measures.ruled(connection, comment, thread, by)
        if ruling is not None and ruling.outcome is Outcome.REFUSE:
            raise Invalid(ruling.reason, field="body")
        if measure is not None:
            ruling = Ruling(measure, Outcome.HOLD)
        if parent_id is not None:
            _place(connection, comment)
        if claim_id is not None:
            _tie(connection, comment)
        comment.created_at = now()
        if ruling is not None and ruling.outcome is Outcome.HOLD:
            _hold_new(connection, comment, ruling)
        else:
            comment.changed_seq = eventlog.upcoming(stream_of(comment.article_id))
            _insert(connection, comment)
            _count(connection, comment)
            _announce(Kind.COMMENT_POSTED, comment, by=comment.author_id)
            if ruling is not None:
                _note(connection, comment, ruling)
        _mention(connection, comment, text.mentioned)
    return Posted(comment, created=True)


def edit_comment(comment_id: int, *, by: User, body: str, revision: int) -> Comment:
    """Give one's own comment another text, written over what ``revision`` said.

    To send the same text again is no fault. :class:`Conflict` where the time is over, or somebody was first.
    """
    text = written(body)
    ruling = gathering.ruling(text, by=by, is_edit=True)
    with transaction() as session:
        comment = locked(comment_id)
        if not policy.is_author(by, comment):
            raise Refused(NOT_YOURS_TO_EDIT)
        measures.refuse_silenced(by)
        if comment.state != State.PUBLISHED:
            raise Conflict(GONE, field="body")
        if comment.body == text.body:
            return comment
        if not policy.may_edit(by, comment, at=now()):
            raise Conflict(TOO_LATE, field="body")
        if comment.revision != revision:
            raise Conflict(CHANGED, field="body")
        if ruling is not None and ruling.outcome is not Outcome.REPORT:
            raise Invalid(ruling.reason or NOT_BY_EDIT, field="body")
        comment.body, comment.html = text.body, text.html
        comment.revision += 1
        comment.edited_at = now()
        session.add(
            CommentRevision(
                comment_id=comment.id, number=comment.revision, body=text.body, at=comment.edited_at
            )
        )
        session.execute(delete(Mention).where(Mention.comment_id == comment.id))
        _mention(session.connection(), comment, text.mentioned)
        comment.changed_seq = eventlog.upcoming(stream_of(comment.article_id))
        _announce(Kind.COMMENT_EDITED, comment, by=by.id)
        if ruling is not None:
            session.flush()
            _note(session.connection(), comment, ruling)
    return comment


def delete_comment(comment_id: int, *, by: User) -> Comment:
    """Make one's own comment a tombstone, at any time. To have deleted it before is no fault."""
    with transaction():
        comment = locked(comment_id)
        if not policy.is_author(by, comment):
            raise Refused(NOT_YOURS)
        if comment.state == State.DELETED:
            return comment
        if not policy.may_delete(by, comment):
            raise Conflict(REMOVED)
        change_state(comment, State.DELETED, Kind.COMMENT_DELETED, by=by)
    return comment


def publish_held(comment: Comment, *, by: User) -> None:
    """Publish a :func:`locked` comment that is held. One that nobody has seen yet takes its place now, and is
    announced like one that is posted at this moment.
    """
    change_state(comment, State.PUBLISHED, Kind.COMMENT_RESTORED, by=by)


def locked(comment_id: int) -> Comment:
    """The comment as it is now, in the open transaction, with its streams locked; :class:`Missing` if
    none.
    """
    session = db.session()
    # A comment never moves, so this may be read before the lock; and what has a place keeps it.
    home = session.execute(
        select(Comment.article_id, Comment.claim_id, Comment.author_id, Comment.changed_seq).where(
            Comment.id == comment_id
        )
    ).one_or_none()
    if home is None:
        raise Missing(NO_COMMENT)
    private = () if home.changed_seq else _private_streams(home.author_id)
    eventlog.lock(*streams(home.article_id, home.claim_id), *private)
    return session.get_one(Comment, comment_id, populate_existing=True)


def change_state(comment: Comment, to: State, kind: Kind, *, by: User | None) -> None:
    """Set the state of a :func:`locked` comment, with all that follows: counters, events, number of the
    change.

    Without ``by`` a rule did it. What becomes of a comment without a place is told to its author and to moderators
    only; published, it takes its place, and that is told as :attr:`Kind.COMMENT_POSTED`.
    """
    session, actor_id = db.session(), by.id if by else None
    if not comment.is_placed:
        comment.state = to.value
        if to == State.PUBLISHED:
            _take_place(session.connection(), comment)
            _announce(Kind.COMMENT_POSTED, comment, by=actor_id)
        for stream in _private_streams(comment.author_id):
            eventlog.append(kind, stream, comment.element, actor_id=actor_id)
        return
    step = (to == State.PUBLISHED) - (comment.state == State.PUBLISHED)
    comment.state = to.value
    session.execute(
        update(Thread)
        .where(Thread.article_id == comment.article_id)
        .values(published=Thread.published + step)
    )
    if comment.claim_id is not None:
        session.execute(
            update(Claim).where(Claim.id == comment.claim_id).values(comments=Claim.comments + step)
        )
    comment.changed_seq = eventlog.upcoming(stream_of(comment.article_id))
    _announce(kind, comment, by=actor_id)


def pin(comment: Comment, *, by: User, off: bool = False) -> bool:
    """Let a :func:`locked` comment stand first in its thread, in the place of any other, or, with ``off``, no
    longer; whether that changed anything.
    """
    thread = db.session.get_one(Thread, comment.article_id, populate_existing=True)
    if (thread.pinned_id == comment.id) is not off:
        return False
    thread.pinned_id = None if off else comment.id
    eventlog.append(Kind.COMMENT_PINNED, stream_of(comment.article_id), "pinned", actor_id=by.id)
    return True


def streams(article_id: int, claim_id: int | None) -> list[str]:
    """The streams that a comment's changes are told in, its article's first."""
    return [stream_of(article_id)] + ([f"claim:{claim_id}"] if claim_id is not None else [])


def _private_streams(author_id: int) -> list[str]:
    """Where it is told what becomes of a comment that has no place: to its author, and to moderators."""
    return [f"person:{author_id}", "moderation"]


def _announce(kind: Kind, comment: Comment, *, by: int | None) -> None:
    for stream in streams(comment.article_id, comment.claim_id):
        eventlog.append(kind, stream, comment.element, actor_id=by)


def _thread(connection: Connection, comment: Comment) -> Row[*tuple[Any, ...]]:
    """What decides whether the comment may be posted at all, and whether it was."""
    asked = {
        "now": now(),
        "author_id": comment.author_id,
        "submission_id": comment.submission_id,
        "article_id": comment.article_id,
    }
    return connection.execute(statements.THREAD, asked).one()


def _first_answer(session: Session, comment_id: int, comment: Comment) -> Comment:
    """The comment that the submission made when it came first."""
    first = session.get_one(Comment, comment_id)
    content = ("article_id", "parent_id", "claim_id", "body")
    if any(getattr(first, name) != getattr(comment, name) for name in content):
        raise Conflict(OTHER_CONTENT)
    return first


def _place(connection: Connection, comment: Comment) -> None:
    """Find the place of an answer."""
    found = connection.execute(statements.PLACE, {"parent_id": comment.parent_id}).one_or_none()
    if found is None or found.article_id != comment.article_id:
        raise Invalid(NO_PARENT, field="parent_id")
    if not policy.is_answerable(found.state):
        raise Refused(GONE_PARENT)
    comment.under_id = found.id
    comment.root_id = found.root_id or found.id
    comment.depth = found.depth + 1
    comment.nth = found.replies + 1
    comment.folded = found.folded or comment.nth > SHOWN


def _tie(connection: Connection, comment: Comment) -> None:
    """Note the verdict of the claim that the comment is about."""
    tie = {"claim_id": comment.claim_id, "article_id": comment.article_id}
    comment.verdict = connection.execute(statements.VERDICT, tie).scalar()
    if comment.verdict is None:
        raise Invalid(NO_CLAIM, field="claim_id")


def _count(connection: Connection, comment: Comment) -> None:
    """Count a comment where it is published: under another one, about a claim, in its thread."""
    if comment.under_id is not None:
        connection.execute(statements.TAKE_PLACE, {"under": comment.under_id, "taken": comment.nth})
    if comment.claim_id is not None:
        connection.execute(statements.COUNT_ON_CLAIM, {"claim": comment.claim_id})
    connection.execute(statements.COUNT[connection.dialect.name], {"article": comment.article_id})


def _take_place(connection: Connection, comment: Comment) -> None:
    """Give a stored comment the place that it didn't get when it was posted."""
    comment.folded = False
    if comment.under_id is not None:
        under = connection.execute(statements.UNDER, {"under": comment.under_id}).one()
        comment.nth = under.replies + 1
        comment.folded = under.folded or comment.nth > SHOWN
    comment.changed_seq = eventlog.upcoming(stream_of(comment.article_id))
    _count(connection, comment)


def _note(connection: Connection, comment: Comment, ruling: Ruling) -> None:
    """Write down for moderators what a rule found."""
    found = {"comment_id": comment.id, "revision": comment.revision, "rule": ruling.rule}
    connection.execute(
        insert(Finding), {**found, "outcome": ruling.outcome.value, "words": "\n".join(ruling.words)}
    )


def _hold_new(connection: Connection, comment: Comment, ruling: Ruling) -> None:
    """Store the comment without a place, to be seen by its author and by moderators."""
    private = _private_streams(comment.author_id)
    eventlog.lock(*private)
    comment.state, comment.nth, comment.folded, comment.changed_seq = State.HELD.value, 0, True, 0
    _insert(connection, comment)
    _note(connection, comment, ruling)
    for stream in private:
        eventlog.append(Kind.COMMENT_HELD, stream, comment.element, actor_id=comment.author_id)


def _mention(connection: Connection, comment: Comment, user_ids: Iterable[int]) -> None:
    """Note who is to be told that the comment names them: anybody but its author."""
    told = [{"comment_id": comment.id, "user_id": each} for each in user_ids if each != comment.author_id]
    if told:
        connection.execute(insert(Mention), told)


def _insert(connection: Connection, comment: Comment) -> None:
    """Store the comment with its first revision."""
    values = {name: getattr(comment, name) for name in statements.COLUMNS}
    try:
        comment.id = statements.store(connection, values)
    except IntegrityError as fault:
        # Its author is sending the same submission to another article at this moment.
        raise Conflict(OTHER_CONTENT) from fault
