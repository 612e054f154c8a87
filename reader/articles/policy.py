"""Who may do what with an article. No reading, no writing."""

from reader.accounts.models import User
from reader.policy import On, may


def may_preview(person: User | None) -> bool:
    """Whether the person may read articles that the public may not see yet."""
    return may("preview", person, On.HIDDEN)
