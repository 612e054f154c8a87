"""Who may do what with claims. No reading, no writing."""

from reader.accounts.models import Role, User
from reader.accounts.policy import at_least


def may_decide(person: User | None) -> bool:
    """Whether the person may set the verdict of a claim."""
    return at_least(person, Role.EDITOR)
