"""Permissions on threads and comments. Nothing here reads or writes the database."""

from datetime import datetime, timedelta
from typing import Protocol

from reader.accounts.models import User
from reader.comments.models import State, Thread
from reader.policy import may, whose

# How long a comment can be edited: long enough for what one sees on rereading, too short to change what was answered.
EDITABLE = timedelta(minutes=15)


class Judged(Protocol):
    """The parts of a comment that permissions depend on: its author and its state."""

    @property
    def author_id(self) -> int:
        """Id of its author."""

    @property
    def state(self) -> str:
        """Its state."""


class Dated(Judged, Protocol):
    """The parts of a comment that the permission to edit it depends on."""

    @property
    def created_at(self) -> datetime:
        """Time of posting."""


def may_post(person: User | None, thread: Thread) -> bool:
    """Return True if the person may comment in the thread: only while it is open."""
    return may("post_comment", person) and not thread.is_closed


def may_reply(person: User | None, comment: Judged, thread: Thread) -> bool:
    """Return True if the person may answer the comment: only while it can be read and the thread is open."""
    return _may("reply", person, comment) and not thread.is_closed and is_answerable(comment.state)


def may_edit(person: User | None, comment: Dated, *, at: datetime) -> bool:
    """Return True if the person may edit the comment: for a while after posting it, unless it is gone."""
    return _may("edit_comment", person, comment) and is_alive(comment) and is_fresh(comment, at=at)


def is_fresh(comment: Dated, *, at: datetime) -> bool:
    """Return True if the comment is still recent enough to be edited."""
    return at - comment.created_at < EDITABLE


def may_delete(person: User | None, comment: Judged) -> bool:
    """Return True if the person may delete the comment: at any time, unless it is a tombstone."""
    return _may("delete_comment", person, comment) and is_alive(comment)


def may_recommend(person: User | None, comment: Judged) -> bool:
    """Return True if the person may recommend the comment: only while it can be read."""
    return _may("recommend", person, comment) and comment.state == State.PUBLISHED


def is_exempt(person: User) -> bool:
    """Return True if the person bypasses screening and pre-moderation, as those do who moderate others' comments."""
    return may("post_unscreened", person)


def _may(act: str, person: User | None, comment: Judged) -> bool:
    return may(act, person, whose(person, comment.author_id))


def is_alive(comment: Judged) -> bool:
    """Return True if the comment can be read, or may be yet."""
    return comment.state in (State.PUBLISHED, State.HELD)


def is_answerable(state: str) -> bool:
    """Return True if a comment in this state can be answered: nobody answers what nobody can read."""
    return state == State.PUBLISHED
