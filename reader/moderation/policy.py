"""What a moderator may decide. No reading, no writing."""

from reader.accounts.models import User
from reader.comments.models import State
from reader.comments.policy import Judged
from reader.policy import On, may, whose


def may_moderate(person: User | None) -> bool:
    """Whether the person decides about others' comments at all."""
    return may("approve_comment", person, On.OTHERS)


def may_approve(person: User | None, comment: Judged) -> bool:
    """Whether the person may keep the comment; a held one is published by that."""
    return _may("approve_comment", person, comment) and comment.state in (State.PUBLISHED, State.HELD)


def may_pin(person: User | None, comment: Judged) -> bool:
    """Whether the person may let the comment stand first."""
    return _may("pin_comment", person, comment) and comment.state == State.PUBLISHED


def may_unpin(person: User | None, comment: Judged) -> bool:
    """Whether the person may let the comment stand where it stood before, whatever became of it."""
    return _may("unpin_comment", person, comment)


def may_remove(person: User | None, comment: Judged) -> bool:
    """Whether the person may remove the comment."""
    return _may("remove_comment", person, comment) and comment.state in (State.PUBLISHED, State.HELD)


def may_restore(person: User | None, comment: Judged) -> bool:
    """Whether the person may bring the comment back. What its author deleted stays deleted."""
    return _may("restore_comment", person, comment) and comment.state == State.REMOVED


def _may(act: str, person: User | None, comment: Judged) -> bool:
    return may(act, person, whose(person, comment.author_id))
