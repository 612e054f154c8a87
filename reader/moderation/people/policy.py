"""Permissions to act on other people. No reading, no writing."""

from reader.accounts.models import User
from reader.policy import MeasureKind, may, rank


def may_measure(person: User, other: User) -> bool:
    """Return True if the person may take any measure against the other."""
    return any(may(kind.value, person, rank(person, other)) for kind in MeasureKind)
