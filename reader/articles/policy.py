"""Permissions on articles: pure functions that read and write nothing."""

from reader.accounts.models import User
from reader.policy import On, may


def may_preview(person: User | None) -> bool:
    """Return True if the person may read articles that the public may not see yet."""
    return may("preview", person, On.HIDDEN)
