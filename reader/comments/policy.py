"""Who may do what with a thread and its comments. No reading, no writing."""

from datetime import datetime, timedelta
from typing import Protocol

from reader.accounts.models import User
from reader.comments.models import State, Thread
from reader.policy import may, whose

# How long a comment can be edited: long enough for what one sees on rereading, too short to change what was answered.
EDITABLE = timedelta(minutes=15)


class Judged(Protocol):
    """What is judged of a comment: whose it is, and where it stands."""

    @property
    def author_id(self) -> int:
        """Whose it is."""

    @property
    def state(self) -> str:
        """Where it stands."""


class Dated(Judged, Protocol):
    """What is judged of a comment that is to be changed."""

    @property
    def created_at(self) -> datetime:
        """When it was posted."""


def may_post(person: User | None, thread: Thread) -> bool:
    """Whether the person may write in the thread, while it is open."""
    return may("post_comment", person) and not thread.is_closed


def may_reply(person: User | None, comment: Judged, thread: Thread) -> bool:
    """Whether the person may answer the comment, while it is there to be read."""
    return _may("reply", person, comment) and not thread.is_closed and is_answerable(comment.state)


def may_edit(person: User | None, comment: Dated, *, at: datetime) -> bool:
    """Whether the person may change the comment: for a while after posting it, unless it is gone."""
    return _may("edit_comment", person, comment) and is_alive(comment) and is_fresh(comment, at=at)


def is_fresh(comment: Dated, *, at: datetime) -> bool:
    """Whether the time in which a comment can be edited isn't over yet."""
    return at - comment.created_at < EDITABLE


def may_delete(person: User | None, comment: Judged) -> bool:
    """Whether the person may delete the comment: at any time, while it isn't a tombstone."""
    return _may("delete_comment", person, comment) and is_alive(comment)


def may_recommend(person: User | None, comment: Judged) -> bool:
    """Whether the person may recommend the comment, while it is there to be read."""
    return _may("recommend", person, comment) and comment.state == State.PUBLISHED


def is_exempt(person: User) -> bool:
    """Whether nobody reads the person's comments first: who decides about others' need not wait for that."""
    return may("post_unscreened", person)


def _may(act: str, person: User | None, comment: Judged) -> bool:
    return may(act, person, whose(person, comment.author_id))


def is_alive(comment: Judged) -> bool:
    """Whether the comment is there to be read, or may be yet."""
    return comment.state in (State.PUBLISHED, State.HELD)


def is_answerable(state: str) -> bool:
    """Whether a comment in this state can be answered: nobody answers what nobody can read."""
    return state == State.PUBLISHED
