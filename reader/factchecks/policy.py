"""Permissions on claims: pure functions that read and write nothing."""

from reader.accounts.models import User
from reader.policy import may


def may_decide(person: User | None) -> bool:
    """Return True if the person may set the verdict of a claim."""
    return may("set_verdict", person)
