"""Who may report what, and whose word counts. No reading, no writing."""

from typing import NamedTuple

from reader.accounts.models import User
from reader.comments.models import State
from reader.comments.policy import Judged
from reader.policy import may, whose

# What a newcomer brings along: as if two reports had been right and one wrong. So one mistake costs nothing yet.
GOOD, ALL = 2, 3
TRUSTED_FROM = 0.5


class Record(NamedTuple):
    """How the reports of one person have ended."""

    upheld: int = 0
    kept: int = 0

    @property
    def ended(self) -> int:
        """How many have ended, one way or the other."""
        return self.upheld + self.kept

    @property
    def trust(self) -> float:
        """The share that was right, between 0 and 1."""
        return (self.upheld + GOOD) / (self.ended + ALL)

    @property
    def is_trusted(self) -> bool:
        """Whether the person's next report counts."""
        return self.trust >= TRUSTED_FROM


def may_report(person: User | None, comment: Judged) -> bool:
    """Whether the person may report the comment, while all can read it."""
    may_at_all = may("report_comment", person, whose(person, comment.author_id))
    return may_at_all and comment.state == State.PUBLISHED
