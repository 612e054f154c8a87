"""Revisions of comments: the present text and those before it."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from sqlalchemy import select

from reader.comments.models import Comment, CommentRevision
from reader.db.base import db


class Revision(NamedTuple):
    """A text of a comment, by its number, and since when it said that."""

    number: int
    body: str
    at: datetime


def revisions_of(comment_id: int) -> list[Revision]:
    """All that a comment ever said, latest first. For the eyes of its author and of moderators."""
    comment = db.session.get_one(Comment, comment_id)
    before = db.session.scalars(
        select(CommentRevision)
        .where(CommentRevision.comment_id == comment_id)
        .order_by(CommentRevision.number.desc())
    )
    return [
        Revision(comment.revision, comment.body, comment.text_changed_at),
        *(Revision(each.number, each.body, each.at) for each in before),
    ]
