"""Who may do what with claims. No reading, no writing."""

from reader.accounts.models import User
from reader.policy import may


def may_decide(person: User | None) -> bool:
    """Whether the person may set the verdict of a claim."""
    return may("set_verdict", person)
