"""The append-only log of moderators' decisions: about comments, people and discussions."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from reader.accounts.models import Measure, User
from reader.articles.models import Article
from reader.clock import now
from reader.comments.models import Comment
from reader.db.base import Instant, Model
from reader.enums import DescribedEnum

MAX_NOTE_LENGTH = 1000


class Action(DescribedEnum):
    """Kind of decision. ``done`` is its wording in the log."""

    done: str

    APPROVE = "approve", "Seen and kept"
    HOLD = "hold", "Hidden until a moderator looks"
    PIN = "pin", "Pinned"
    UNPIN = "unpin", "Unpinned"
    REOPEN = "reopen", "Decision undone"
    UPHOLD = "uphold", "Appeal turned down"
    OVERTURN = "overturn", "Appeal granted"
    REMOVE = "remove", "Removed"
    RESTORE = "restore", "Restored"
    NOTE = "note", "Noted"
    WARNING = "warning", "Warned"
    PREMODERATION = "premoderation", "Pre-moderated"
    SUSPENSION = "suspension", "Suspended"
    BAN = "ban", "Banned"
    END_NOTE = "end-note", "Note taken back"
    END_WARNING = "end-warning", "Warning taken back"
    END_PREMODERATION = "end-premoderation", "Pre-moderation ended"
    END_SUSPENSION = "end-suspension", "Suspension ended"
    END_BAN = "end-ban", "Ban ended"
    CLOSE = "close", "Closed the discussion"
    OPEN = "open", "Opened the discussion"
    SLOW = "slow", "Slow mode"
    END_SLOW = "end-slow", "Slow mode ended"
    READ_FIRST = "read-first", "Discussion pre-moderated"
    END_READ_FIRST = "end-read-first", "Pre-moderation of the discussion ended"
    CLOSE_LATER = "close-later", "The discussion will close"


# Left out of the public log: notes are for moderators.
PRIVATE = (Action.NOTE, Action.END_NOTE)
PINS = (Action.PIN, Action.UNPIN)
# Decisions that come with a statement of reasons, and may be appealed.
APPEALABLE = (Action.REMOVE, Action.WARNING, Action.PREMODERATION, Action.SUSPENSION, Action.BAN)


class Reason(DescribedEnum):
    """Reason for a removal. ``label`` is its name on pages, ``means`` the text of the rule."""

    label: str
    means: str

    OFFENSIVE = "offensive", "Offensive", "words meant to hurt or disgust, whoever they are about."
    ABUSIVE = "abusive", "Abusive", "an attack on a person instead of on what they said."
    HARASSMENT = (
        "harassment",
        "Harassment",
        "going after somebody again and again, or calling on others to.",
    )
    HATE = (
        "hate",
        "Hate",
        "contempt for people because of what they are: origin, faith, sex, disability and the like.",
    )
    SPAM = "spam", "Spam", "the same again and again, or what has nothing to do with any discussion."
    ADVERTISING = (
        "advertising",
        "Advertising",
        "praise of something that is for sale, by whoever gains from it.",
    )
    ILLEGAL = "illegal", "Illegal", "what the law forbids to publish."
    MISINFORMATION = (
        "misinformation",
        "Misinformation",
        "what is known to be false, told as if it were so, against sources named to its author.",
    )
    OFF_TOPIC = (
        "off-topic",
        "Off topic",
        "what has nothing to do with the article or the comment that it answers.",
    )
    PERSONAL_DATA = (
        "personal-data",
        "Personal data",
        "addresses, numbers or other private matters of somebody.",
    )
    OTHER = "other", "Other", "something that is not on this list, told in words."


# Conditions that stand in a query word for word, as those of comments do: the indexes of such rows are used there, and
# nowhere else. An index of all rows by such a column would be taken in place of a better one as long as nobody knows
# how many rows have the same value.
REMOVALS = f"decisions.action = '{Action.REMOVE}'"
TRUSTED = "coalesce(reports.outcome, '') = '' AND reports.trusted"
DOUBTFUL = "coalesce(reports.outcome, '') = '' AND NOT reports.trusted"


def _index_of(name: str, condition: str) -> Index:
    """Return a partial index, by id, of the rows that meet the condition."""
    only = text(condition.replace("reports.", "").replace("decisions.", ""))
    return Index(name, "id", sqlite_where=only, postgresql_where=only)


class Decision(Model):
    """One decision: who, in which role, what, why. Never changed, never deleted.

    It is about a ``revision`` of a comment, about a person against whom a ``measure`` is taken or ended, or about an
    article's discussion. A decision without an actor was made by a rule. The ``note`` is for moderators and the person
    concerned; the public log does not show it.
    """

    __tablename__ = "decisions"
    __table_args__ = (
        _index_of("ix_decisions_removals", REMOVALS),
        # With all that the transparency report counts.
        Index("ix_decisions_at", "at", "action", "reason", "actor_id"),
        Index("ix_decisions_actor_id_id", "actor_id", "id"),
        Index("ix_decisions_subject_id_id", "subject_id", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(Instant, default=now)
    actor_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    actor_role: Mapped[str] = mapped_column(String(20))
    action: Mapped[str] = mapped_column(String(20))
    reason: Mapped[str | None] = mapped_column(String(20))
    note: Mapped[str | None] = mapped_column(Text)
    article_id: Mapped[int | None] = mapped_column(ForeignKey("articles.id"), index=True)
    comment_id: Mapped[int | None] = mapped_column(ForeignKey("comments.id"), index=True)
    revision: Mapped[int | None] = mapped_column()
    person_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"), index=True)
    # The person whom it concerns: the subject of the measure, or the author of the comment.
    subject_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    measure_id: Mapped[int | None] = mapped_column(ForeignKey("measures.id"), index=True)
    until: Mapped[datetime | None] = mapped_column(Instant)

    # The state of the comment before, and the decision that this one undoes.
    before: Mapped[str | None] = mapped_column(String(20))
    undoes_id: Mapped[int | None] = mapped_column(ForeignKey("decisions.id"), unique=True)

    actor: Mapped[User | None] = relationship(lazy="raise", foreign_keys=[actor_id])
    person: Mapped[User | None] = relationship(lazy="raise", foreign_keys=[person_id])
    measure: Mapped[Measure | None] = relationship(lazy="raise")
    article: Mapped[Article | None] = relationship(lazy="raise")
    comment: Mapped[Comment | None] = relationship(lazy="raise")

    @property
    def element(self) -> str:
        """Id of the decision in events and pages."""
        return f"decision-{self.id}"

    @property
    def case(self) -> str:
        """Id of its case in the moderators' stream: the comment, or for a decision about a person the decision."""
        return f"comment-{self.comment_id}" if self.comment_id is not None else self.element

    @property
    def is_automatic(self) -> bool:
        """True if a rule decided, not a person."""
        return self.actor_id is None

    @property
    def by(self) -> str:
        """Public name of the decider: a username with its role, or a rule."""
        return f"{self.actor.username} ({self.actor_role})" if self.actor else "a rule, automatically"

    @property
    def done(self) -> str:
        """Short description of what was done."""
        return Action(self.action).done

    @property
    def why(self) -> str | None:
        """Label of the reason, if the decision has one."""
        return Reason(self.reason).label if self.reason else None


class ReportOutcome(DescribedEnum):
    """Outcome of a report. ``says`` is its wording for the reporter."""

    says: str

    UPHELD = "upheld", "A moderator looked at the comment and removed it."
    KEPT = "kept", "A moderator looked at the comment and kept it."
    MOOT = "moot", "Its author changed the comment before anybody had looked."
    DELETED = "deleted", "Its author deleted the comment before anybody had looked."


class Report(Model):
    """A reader's report on a ``revision`` of a comment, open until a decision or the comment's author ends it.

    ``trusted`` says if the reporter was trusted when filing it, going by the outcomes of their earlier reports.
    """

    __tablename__ = "reports"
    __table_args__ = (
        UniqueConstraint("comment_id", "revision", "reporter_id"),
        Index("ix_reports_outcome_comment_id", "outcome", "comment_id"),
        _index_of("ix_reports_trusted", TRUSTED),
        _index_of("ix_reports_doubtful", DOUBTFUL),
        Index("ix_reports_decided_at", "decided_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(Instant, default=now)
    comment_id: Mapped[int] = mapped_column(ForeignKey("comments.id"))
    revision: Mapped[int] = mapped_column()
    reporter_id: Mapped[int] = mapped_column(ForeignKey("users.id"), index=True)
    reason: Mapped[str] = mapped_column(String(20))
    note: Mapped[str | None] = mapped_column(Text)
    trusted: Mapped[bool] = mapped_column(default=True)
    outcome: Mapped[str | None] = mapped_column(String(20))
    decision_id: Mapped[int | None] = mapped_column(ForeignKey("decisions.id"), index=True)
    decided_at: Mapped[datetime | None] = mapped_column(Instant)

    reporter: Mapped[User] = relationship(lazy="raise")
    comment: Mapped[Comment] = relationship(lazy="raise")

    @property
    def element(self) -> str:
        """Id of the report in events."""
        return f"report-{self.id}"

    @property
    def why(self) -> str:
        """Label of the reason."""
        return Reason(self.reason).label

    @property
    def says(self) -> str:
        """Outcome in words for the reporter."""
        return ReportOutcome(self.outcome).says if self.outcome else "Nobody has looked yet."


class AppealOutcome(StrEnum):
    """Outcome of an appeal: the decision stands, is reversed, or was reversed before anyone answered."""

    UPHELD = "upheld"
    OVERTURNED = "overturned"
    MOOT = "moot"


class Appeal(Model):
    """A person's objection to a decision about them or their comment: one for each decision.

    Somebody other than the decision's maker answers it.
    """

    __tablename__ = "appeals"
    __table_args__ = (Index("ix_appeals_at", "at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(Instant, default=now)
    decision_id: Mapped[int] = mapped_column(ForeignKey("decisions.id"), unique=True)
    author_id: Mapped[int] = mapped_column(ForeignKey("users.id"), index=True)
    text: Mapped[str] = mapped_column(Text)
    outcome: Mapped[str | None] = mapped_column(String(20), index=True)
    answer: Mapped[str | None] = mapped_column(Text)
    decided_at: Mapped[datetime | None] = mapped_column(Instant)
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))

    decision: Mapped[Decision] = relationship(lazy="raise")
    author: Mapped[User] = relationship(lazy="raise", foreign_keys=[author_id])
    decided_by: Mapped[User | None] = relationship(lazy="raise", foreign_keys=[decided_by_id])
