"""What a moderator may decide. No reading, no writing."""

from reader.accounts.models import Role, User
from reader.accounts.policy import at_least
from reader.comments.models import State
from reader.comments.policy import Standing, is_author


def may_moderate(person: User | None) -> bool:
    """Whether the person decides about comments at all."""
    return at_least(person, Role.MODERATOR)


def may_judge(person: User | None, comment: Standing) -> bool:
    """Whether the person may decide about this comment: nobody judges their own."""
    return may_moderate(person) and not is_author(person, comment)


def may_approve(person: User | None, comment: Standing) -> bool:
    """Whether the person may keep the comment; a held one is published by that."""
    return may_judge(person, comment) and comment.state in (State.PUBLISHED, State.HELD)


def may_pin(person: User | None, comment: Standing) -> bool:
    """Whether the person may let the comment stand first."""
    return may_judge(person, comment) and comment.state == State.PUBLISHED


def may_remove(person: User | None, comment: Standing) -> bool:
    """Whether the person may remove the comment."""
    return may_judge(person, comment) and comment.state in (State.PUBLISHED, State.HELD)


def may_restore(person: User | None, comment: Standing) -> bool:
    """Whether the person may bring the comment back. What its author deleted stays deleted."""
    return may_judge(person, comment) and comment.state == State.REMOVED
