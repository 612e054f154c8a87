"""Recommending a comment, and taking that back."""

from __future__ import annotations

from typing import NamedTuple

from reader import eventlog
from reader.accounts import rights
from reader.accounts.models import User
from reader.comments import policy
from reader.comments.actions import known, public_streams
from reader.comments.models import Comment, Recommendation
from reader.db.transactions import transaction
from reader.errors import Conflict
from reader.eventlog import Kind, streams
from reader.policy import whose
from reader.web import rate_limits
from reader.web.rate_limits import RequestOrigin

OWN = "This is your own comment: others may recommend it."
NOT_READABLE = "This comment is deleted, removed or hidden, so it can't be recommended any more."


class Recommended(NamedTuple):
    """A comment as somebody recommends it or not; ``seq`` is the article's number that shows it."""

    comment: Comment
    seq: int


def recommend(comment_id: int, *, by: User, origin: RequestOrigin | None = None) -> Recommended:
    """Count the person among those who recommend the comment. To have done so before is no fault."""
    _charge(by, origin)
    with transaction() as session:
        comment = known(comment_id, to=by)
        rights.require("recommend", by, whose(by, comment.author_id), refusal=OWN)
        if not policy.may_recommend(by, comment):
            raise Conflict(NOT_READABLE)
        if session.get(Recommendation, (comment_id, by.id)) is None:
            session.add(Recommendation(comment_id=comment_id, user_id=by.id))
            _recommended(comment, 1, by=by)
        return Recommended(comment, _head(comment))


def take_back(comment_id: int, *, by: User, origin: RequestOrigin | None = None) -> Recommended:
    """Undo :func:`recommend`, whatever became of the comment since. Never to have done it is no fault."""
    _charge(by, origin)
    with transaction() as session:
        comment = known(comment_id, to=by)
        rights.require("take_back", by, whose(by, comment.author_id), refusal=OWN)
        given = session.get(Recommendation, (comment_id, by.id))
        if given is not None:
            session.delete(given)
            _recommended(comment, -1, by=by)
        return Recommended(comment, _head(comment))


def _charge(by: User, origin: RequestOrigin | None) -> None:
    rate_limits.charge("clicks", f"recommend:{by.id}", origin=origin)


def _recommended(comment: Comment, step: int, *, by: User) -> None:
    """Count, and tell. The comment itself is not changed: only its button is."""
    comment.recommendations += step
    for stream in public_streams(comment.article_id, comment.claim_id):
        eventlog.append(Kind.COMMENT_RECOMMENDED, stream, f"recommend-{comment.id}", actor_id=by.id)


def _head(comment: Comment) -> int:
    return eventlog.upcoming(streams.article(comment.article_id)) - 1
