"""Moderators' measures that apply to a comment: those on its discussion, and those on its author."""

from __future__ import annotations

import math
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row

from reader.accounts import queries as accounts
from reader.accounts.measures import InForce
from reader.accounts.models import User
from reader.clock import now
from reader.comments import policy, queries, statements
from reader.comments.models import Comment, Thread
from reader.comments.screening.rules import Rule
from reader.db.base import db
from reader.errors import Refused, TooMany
from reader.text.english import spell

_STATE = ("closed_at", "closes_at", "opened_at", "placed_at", "slow_seconds", "premoderated", "until", "why")
CLOSED = "This discussion is closed. You can read it, but nothing can be added."


def ruled(connection: Connection, comment: Comment, row: Row[*tuple[Any, ...]], by: User) -> Rule | None:
    """The measure by which the comment is held, if any does. Raises where one forbids it."""
    thread = Thread(**{name: getattr(row, name) for name in _STATE})
    measures = accounts.in_force(comment.author_id) if row.measured else InForce()
    refusal = _refusal(thread, measures)
    if refusal is not None:
        raise refusal
    if (thread.slowness or thread.is_read_first) and policy.is_exempt(by):
        return None
    if thread.slowness:
        _wait(connection, comment, thread.slowness)
    if thread.is_read_first:
        return Rule.THREAD
    return Rule.PERSON if measures.premoderation else None


def before_the_rate(article_id: int, by: User) -> Refused | None:
    """Return the refusal by a measure, which takes precedence over that by the rate limit; None if there is none.

    It is for somebody over the limit, and takes no lock, so that repeated tries are in nobody's way.
    """
    return _refusal(queries.thread_of(article_id), accounts.in_force(by.id))


def closed(thread: Thread) -> str:
    """Message for a closed discussion, with the reason if one is given."""
    return f"{CLOSED} {thread.reason}" if thread.reason else CLOSED


def _refusal(thread: Thread, measures: InForce) -> Refused | None:
    if thread.is_closed:
        return Refused(closed(thread))
    return Refused(measures.refusal) if measures.refusal is not None else None


def held_by(comment: Comment, by: User) -> Rule | None:
    """The measure by which another text of a :func:`locked` comment waits for a moderator, if any does."""
    if policy.is_exempt(by):
        return None
    thread = db.session.get(Thread, comment.article_id)
    if thread is not None and thread.is_read_first:
        return Rule.THREAD
    return Rule.PERSON if accounts.in_force(by.id).premoderation else None


def _wait(connection: Connection, comment: Comment, seconds: int) -> None:
    """Raise where the person's last comment here is not long enough ago."""
    asked = {"author_id": comment.author_id, "article_id": comment.article_id}
    last: datetime | None = statements.LAST_OF.scalar(connection, asked)
    left = seconds - (now() - last).total_seconds() if last else 0
    if left > 0:
        wait = math.ceil(left)
        raise TooMany(
            f"This discussion is in slow mode: one comment every {spell(seconds)}."
            f" You can send this in {spell(wait)}.",
            retry_after=wait,
        )
