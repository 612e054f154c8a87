"""Who may do what, by role. No reading, no writing."""

from reader.accounts.models import Role, User

RANKS = {role.value: rank for rank, role in enumerate(Role)}


def at_least(person: User | None, role: Role) -> bool:
    """Whether the person has this role or one that is trusted with more; a visitor has none."""
    return person is not None and person.is_authenticated and RANKS[person.role] >= RANKS[role.value]


def outranks(person: User, other: User) -> bool:
    """Whether the person is trusted with more than the other one."""
    return RANKS[person.role] > RANKS[other.role]


def is_demotion(before: Role, after: Role) -> bool:
    """Whether the change takes something away."""
    return RANKS[after.value] < RANKS[before.value]
