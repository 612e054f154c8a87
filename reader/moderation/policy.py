"""Permissions to decide about comments. No reading, no writing."""

from reader.accounts.models import User
from reader.comments.models import State
from reader.comments.policy import Judged
from reader.policy import On, may, whose


def may_moderate(person: User | None) -> bool:
    """Return True if the person may decide about others' comments at all."""
    return may("approve_comment", person, On.OTHERS)


def may_approve(person: User | None, comment: Judged) -> bool:
    """Return True if the person may approve the comment, which publishes a held one."""
    return _may("approve_comment", person, comment) and comment.state in (State.PUBLISHED, State.HELD)


def may_pin(person: User | None, comment: Judged) -> bool:
    """Return True if the person may pin the comment."""
    return _may("pin_comment", person, comment) and comment.state == State.PUBLISHED


def may_unpin(person: User | None, comment: Judged) -> bool:
    """Return True if the person may unpin the comment, whatever its state."""
    return _may("unpin_comment", person, comment)


def may_remove(person: User | None, comment: Judged) -> bool:
    """Return True if the person may remove the comment."""
    return _may("remove_comment", person, comment) and comment.state in (State.PUBLISHED, State.HELD)


def may_restore(person: User | None, comment: Judged) -> bool:
    """Return True if the person may restore the comment. A comment deleted by its author stays deleted."""
    return _may("restore_comment", person, comment) and comment.state == State.REMOVED


def _may(act: str, person: User | None, comment: Judged) -> bool:
    return may(act, person, whose(person, comment.author_id))
