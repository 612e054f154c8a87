"""Who may act on whom. No reading, no writing."""

from reader.accounts.models import User
from reader.policy import MeasureKind, may, rank


def may_measure(person: User, other: User) -> bool:
    """Whether the person may do anything to the other."""
    return any(may(kind.value, person, rank(person, other)) for kind in MeasureKind)
