"""Follows, mail choices, notifications, and the mails that carry them."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from reader.accounts.models import User
from reader.articles.models import Article
from reader.clock import now
from reader.comments.models import Comment
from reader.db.base import Instant, Model
from reader.enums import DescribedEnum
from reader.factchecks.models import Claim


class Pace(DescribedEnum):
    """Delivery frequency of mail. ``label`` is its name in forms."""

    label: str

    AT_ONCE = "at-once", "At once"
    HOURLY = "hourly", "Once an hour"
    DAILY = "daily", "Once a day"
    NEVER = "never", "Never"


class Subject(DescribedEnum):
    """Subject of a notification: its name in forms, and its default delivery frequency.

    The order matters: a person who qualifies for several subjects of one event is notified of the first.
    """

    label: str
    pace: Pace

    DECISION = "decision", "Decisions of moderators about you and your comments", Pace.AT_ONCE
    REPORT = "report", "What became of your reports", Pace.AT_ONCE
    REPLY = "reply", "Replies to your comments", Pace.AT_ONCE
    MENTION = "mention", "Comments that mention you", Pace.AT_ONCE
    VERDICT = "verdict", "New verdicts on claims you follow", Pace.DAILY
    COMMENT = "comment", "New comments on articles you follow", Pace.DAILY


class Follow(Model):
    """A person's subscription to the stream of an article or a claim."""

    __tablename__ = "follows"

    person_id: Mapped[int] = mapped_column(ForeignKey("users.id"), primary_key=True)
    stream: Mapped[str] = mapped_column(String(64), primary_key=True, index=True)
    since: Mapped[datetime] = mapped_column(Instant, default=now)


class MailChoice(Model):
    """A person's chosen delivery frequency for a subject; without a row the default holds."""

    __tablename__ = "mail_choices"

    person_id: Mapped[int] = mapped_column(ForeignKey("users.id"), primary_key=True)
    subject: Mapped[str] = mapped_column(String(20), primary_key=True)
    pace: Mapped[str] = mapped_column(String(20))


class Noticed(Model):
    """Number of the last event of a stream that was processed. Later ones are still to do, even after a crash."""

    __tablename__ = "noticed"

    stream: Mapped[str] = mapped_column(String(64), primary_key=True)
    seq: Mapped[int] = mapped_column(BigInteger)


class Mail(Model):
    """One mail to one person; its content is read when it is sent."""

    __tablename__ = "mails"

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    created_at: Mapped[datetime] = mapped_column(Instant, default=now)
    due_at: Mapped[datetime | None] = mapped_column(Instant, index=True)  # None: sent, or given up
    attempts: Mapped[int] = mapped_column(default=0)
    sent_at: Mapped[datetime | None] = mapped_column(Instant)
    fault: Mapped[str | None] = mapped_column(String(200))


class Notification(Model):
    """A notification to one person of one event; unique by stream and number, so none is sent twice.

    New comments on an article are one notification until it is read: ``count`` of them, from ``comment_id`` on,
    and ``seq`` is the last one's. Its content is read when it is shown, so the text of a comment that was removed
    since is not.
    """

    __tablename__ = "notifications"
    __table_args__ = (
        UniqueConstraint("person_id", "stream", "seq"),
        Index("ix_notifications_person_id_id", "person_id", "id"),
        Index(
            "ix_notifications_unread",
            "person_id",
            sqlite_where=text("read_at IS NULL"),
            postgresql_where=text("read_at IS NULL"),
        ),
        Index(
            "ix_notifications_to_mail",
            "mail_at",
            sqlite_where=text("mail_at IS NOT NULL"),
            postgresql_where=text("mail_at IS NOT NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    subject: Mapped[str] = mapped_column(String(20))
    stream: Mapped[str] = mapped_column(String(64))
    seq: Mapped[int] = mapped_column(BigInteger)
    event: Mapped[str] = mapped_column(String(40))
    actor_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    article_id: Mapped[int | None] = mapped_column(ForeignKey("articles.id"))
    comment_id: Mapped[int | None] = mapped_column(ForeignKey("comments.id"), index=True)
    claim_id: Mapped[int | None] = mapped_column(ForeignKey("claims.id"))
    count: Mapped[int] = mapped_column(default=1)
    at: Mapped[datetime] = mapped_column(Instant)
    read_at: Mapped[datetime | None] = mapped_column(Instant)
    mail_at: Mapped[datetime | None] = mapped_column(
        Instant
    )  # from when on it may be mailed; None: no (more)
    mail_id: Mapped[int | None] = mapped_column(ForeignKey("mails.id"), index=True)

    actor: Mapped[User | None] = relationship(lazy="raise", foreign_keys=[actor_id])
    article: Mapped[Article | None] = relationship(lazy="raise")
    comment: Mapped[Comment | None] = relationship(lazy="raise")
    claim: Mapped[Claim | None] = relationship(lazy="raise")
