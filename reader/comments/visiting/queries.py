"""New comments in a thread for somebody who was there before."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import func, select

from reader.accounts.models import Mute, User
from reader.clock import now
from reader.comments.models import Comment, State, Visit
from reader.comments.visiting.actions import PAUSE
from reader.db.base import db

# Beyond this many new comments nobody counts.
MAX_COUNTED = 100


@dataclass(frozen=True)
class NewComments:
    """Since a person's last visit: the comment up to which they had read, how many came, and the first of them."""

    seen: int
    number: int
    first: int | None

    @property
    def words(self) -> str:
        """The number as a sentence begins with it."""
        return f"More than {MAX_COUNTED}" if self.number > MAX_COUNTED else str(self.number)


def news(article_id: int, person: User) -> NewComments | None:
    """The comments by others since the person's last visit, muted people left out; None for a first visit."""
    visit = db.session.get(Visit, (person.id, article_id))
    if visit is None:
        return None
    seen = visit.latest_id if now() - visit.at > PAUSE else visit.seen_id
    muted = select(Mute.muted_id).where(Mute.person_id == person.id)
    came = (
        select(Comment.id)
        .where(
            Comment.article_id == article_id,
            Comment.id > seen,
            Comment.state == State.PUBLISHED.value,
            Comment.author_id != person.id,
            Comment.author_id.not_in(muted),
        )
        .order_by(Comment.id)
        .limit(MAX_COUNTED + 1)
        .subquery()
    )
    number, first = db.session.execute(select(func.count(), func.min(came.c.id))).one()
    return NewComments(seen, number, first)
