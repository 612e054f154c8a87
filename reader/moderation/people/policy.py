"""Who may act on whom. No reading, no writing."""

from reader.accounts.models import User
from reader.accounts.policy import outranks
from reader.moderation.policy import may_moderate


def may_measure(person: User | None, other: User) -> bool:
    """Whether the person may do something to the other: a moderator, to those trusted with less."""
    return person is not None and may_moderate(person) and outranks(person, other)
