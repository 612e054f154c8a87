"""Who may do what with an article. No reading, no writing."""

from reader.accounts.models import Role, User
from reader.accounts.policy import at_least


def may_preview(person: User | None) -> bool:
    """Whether the person may read articles that the public may not see yet."""
    return at_least(person, Role.EDITOR)
