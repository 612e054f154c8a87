"""Permission to report, and trust in reporters. No reading, no writing."""

from typing import NamedTuple

from reader.accounts.models import User
from reader.comments.models import State
from reader.comments.policy import Judged
from reader.policy import may, whose

# A newcomer starts as if two reports had been upheld and one not, so a first mistake costs no trust.
GOOD, ALL = 2, 3
TRUSTED_FROM = 0.5


class Record(NamedTuple):
    """Numbers of one person's reports, by outcome."""

    upheld: int = 0
    kept: int = 0

    @property
    def ended(self) -> int:
        """Number of reports that were decided."""
        return self.upheld + self.kept

    @property
    def trust(self) -> float:
        """Share of reports that were upheld, between 0 and 1, counting the newcomer's credit."""
        return (self.upheld + GOOD) / (self.ended + ALL)

    @property
    def is_trusted(self) -> bool:
        """True if the person's next report counts as trusted."""
        return self.trust >= TRUSTED_FROM


def may_report(person: User | None, comment: Judged) -> bool:
    """Return True if the person may report the comment, which must be published."""
    may_at_all = may("report_comment", person, whose(person, comment.author_id))
    return may_at_all and comment.state == State.PUBLISHED
