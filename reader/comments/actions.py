"""Changes to a stored comment: its state, place, pin, findings and reviews.

:mod:`reader.comments.posting` stores it, and :mod:`reader.comments.editing` changes its text. Each write locks the
streams it appends to before it reads anything.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from flask import Flask, current_app
from sqlalchemy import Connection, insert, select, update

from reader import eventlog
from reader.accounts import rights
from reader.accounts.models import User
from reader.articles import queries as articles
from reader.comments import policy, statements
from reader.comments.drafts import rendered
from reader.comments.models import SHOWN, Comment, Finding, Mention, State, Thread
from reader.comments.screening.phases import Consequence, Ruling
from reader.db.base import db
from reader.db.transactions import transaction
from reader.errors import Conflict, Missing
from reader.eventlog import Kind, streams
from reader.factchecks.models import Claim
from reader.policy import On, whose

_DELETED = "reader-comments-deleted"

# Comments rendered in one transaction: between two of them others can post.
BATCH = 100

NO_COMMENT = "There is no such comment."
NOT_YOURS = "Only its author can delete a comment."
REMOVED = "A moderator removed this comment before you could delete it. Nobody can read it any more."


def render_all() -> int:
    """Render all comments anew from the typed text, and return how many changed.

    No event is appended, as nobody said anything new: pages cached by workers change after a restart.
    """
    changed, last = 0, 0
    while True:
        with transaction() as session:
            rows = session.execute(
                select(Comment.id, Comment.body, Comment.html)
                .where(Comment.id > last, Comment.body != "")
                .order_by(Comment.id)
                .limit(BATCH)
                .with_for_update()
            ).all()
            for last, body, html in rows:
                fresh, _ = rendered(body)
                if fresh != html:
                    session.execute(update(Comment).where(Comment.id == last).values(html=fresh))
                    changed += 1
        if len(rows) < BATCH:
            return changed


def delete_comment(comment_id: int, *, by: User) -> Comment:
    """Make one's own comment a tombstone, at any time. To have deleted it before is no fault."""
    with transaction():
        comment = known(comment_id, to=by)
        rights.require("delete_comment", by, whose(by, comment.author_id), refusal=NOT_YOURS)
        if comment.state == State.DELETED:
            return comment
        if not policy.may_delete(by, comment):
            raise Conflict(REMOVED)
        change_state(comment, State.DELETED, Kind.COMMENT_DELETED, by=by)
        settle_findings(comment)
        for fn in current_app.extensions.get(_DELETED, ()):
            fn(comment, by=by)
    return comment


def on_delete(app: Flask, fn: Callable[..., None]) -> None:
    """Have ``fn(comment, by=person)`` called in each transaction in which somebody deletes what they wrote."""
    app.extensions.setdefault(_DELETED, []).append(fn)


def publish_held(comment: Comment, *, by: User) -> None:
    """Publish a :func:`locked` comment that is held. One that nobody has seen yet takes its place now, and is
    announced like one that is posted at this moment.
    """
    change_state(comment, State.PUBLISHED, Kind.COMMENT_RESTORED, by=by)


def known(comment_id: int, *, to: User) -> Comment:
    """The :func:`locked` comment; :class:`Missing` where ``to`` may not know of it, in the words of where there is
    none: what others wrote and never was published, or stands on no public article.
    """
    comment = locked(comment_id)
    is_own = whose(to, comment.author_id) is On.OWN
    if not is_own and not (comment.is_placed and articles.is_public(comment.article_id)):
        raise Missing(NO_COMMENT)
    return comment


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
    private = () if home.changed_seq else private_streams(home.author_id)
    eventlog.lock(*public_streams(home.article_id, home.claim_id), *private)
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
            announce(Kind.COMMENT_POSTED, comment, by=actor_id)
        for stream in private_streams(comment.author_id):
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
    comment.changed_seq = eventlog.upcoming(streams.article(comment.article_id))
    announce(kind, comment, by=actor_id)


def pin(comment: Comment, *, by: User, off: bool = False) -> bool:
    """Let a :func:`locked` comment stand first in its thread, in the place of any other, or, with ``off``, no
    longer; whether that changed anything.
    """
    thread = db.session.get_one(Thread, comment.article_id, populate_existing=True)
    if (thread.pinned_id == comment.id) is not off:
        return False
    thread.pinned_id = None if off else comment.id
    eventlog.append(Kind.COMMENT_PINNED, streams.article(comment.article_id), "pinned", actor_id=by.id)
    return True


def public_streams(article_id: int, claim_id: int | None) -> list[str]:
    """The streams that a comment's changes are told in, its article's first."""
    return [streams.article(article_id)] + ([streams.claim(claim_id)] if claim_id is not None else [])


def private_streams(author_id: int) -> list[str]:
    """The streams that announce changes of a comment without a place: its author's and the moderators'."""
    return [streams.person(author_id), streams.MODERATION]


def announce(kind: Kind, comment: Comment, *, by: int | None) -> None:
    """Tell everybody of a change to a comment that has a place. Nobody did it where a rule did."""
    for stream in public_streams(comment.article_id, comment.claim_id):
        eventlog.append(kind, stream, comment.element, actor_id=by)


def count_beside(connection: Connection, comment: Comment) -> None:
    """Count a comment that is published where it isn't only in its thread: under another one, about a claim."""
    if comment.under_id is not None:
        statements.TAKE_PLACE.run(connection, {"under": comment.under_id, "taken": comment.nth})
    if comment.claim_id is not None:
        statements.COUNT_ON_CLAIM.run(connection, {"claim": comment.claim_id})


def note_finding(connection: Connection, comment: Comment, ruling: Ruling) -> None:
    """Write down for moderators what a rule found."""
    connection.execute(
        insert(Finding),
        {
            "comment_id": comment.id,
            "revision": comment.revision,
            "rule": ruling.rule.value,
            "outcome": ruling.outcome.value,
            "words": "\n".join(ruling.words),
            "waits": ruling.outcome is Consequence.REPORT,
        },
    )


def settle_findings(comment: Comment) -> None:
    """Mark all findings of rules in a :func:`locked` comment as no longer waiting for review."""
    query = update(Finding).where(Finding.comment_id == comment.id, Finding.waits.is_(True))
    db.session.execute(query.values(waits=False))


def note_review(comment: Comment, *, again: bool = False) -> None:
    """Note that somebody has decided about what a :func:`locked` comment says now; or that it is to be looked at
    ``again``.
    """
    comment.reviewed = 0 if again else comment.revision
    settle_findings(comment)
    if again:
        found = update(Finding).where(
            Finding.comment_id == comment.id,
            Finding.revision == comment.revision,
            Finding.outcome == Consequence.REPORT.value,
        )
        db.session.execute(found.values(waits=True))


def note_mentions(connection: Connection, comment: Comment, user_ids: Iterable[int]) -> None:
    """Note who is to be told that the comment names them: anybody but its author."""
    told = [{"comment_id": comment.id, "user_id": each} for each in user_ids if each != comment.author_id]
    if told:
        connection.execute(insert(Mention), told)


def _take_place(connection: Connection, comment: Comment) -> None:
    """Give a stored comment the place that it didn't get when it was posted."""
    comment.folded = False
    if comment.under_id is not None:
        under = statements.UNDER.row(connection, {"under": comment.under_id})
        comment.nth = under.replies + 1
        comment.folded = under.folded or comment.nth > SHOWN
    comment.changed_seq = eventlog.upcoming(streams.article(comment.article_id))
    count_beside(connection, comment)
    statements.COUNT[connection.dialect.name].run(connection, {"article_id": comment.article_id})
