"""People and the sessions that they are logged in with."""

from datetime import datetime
from enum import StrEnum
from hashlib import sha256
from typing import NamedTuple
from urllib.parse import quote

from sqlalchemy import ForeignKey, Index, String, Text, false, true
from sqlalchemy.orm import Mapped, mapped_column, relationship

from reader.clock import now
from reader.db.base import Instant, Model
from reader.policy import MeasureKind, Role


class User(Model):
    """A registered person. Names and addresses are unique by their folded keys, and shown as typed."""

    __tablename__ = "users"
    # By the beginning of names, whatever the database's order of letters.
    __table_args__ = (
        Index("ix_users_username_key", "username_key", postgresql_ops={"username_key": "text_pattern_ops"}),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    username: Mapped[str] = mapped_column(String(40))
    username_key: Mapped[str] = mapped_column(String(80), unique=True)
    email: Mapped[str] = mapped_column(String(254))
    email_key: Mapped[str] = mapped_column(String(254), unique=True)
    password_hash: Mapped[str] = mapped_column(String(200))
    role: Mapped[str] = mapped_column(String(20), default=Role.READER.value)
    created_at: Mapped[datetime] = mapped_column(Instant, default=now)
    shortcuts: Mapped[bool] = mapped_column(default=True, server_default=true())
    # Staff whose password isn't known to be as long as theirs must be, until they log in with such a one or choose one.
    longer_password_due: Mapped[bool] = mapped_column(default=False, server_default=false())

    # What Flask-Login asks of a user.
    is_active = True
    is_authenticated = True
    is_anonymous = False

    def get_id(self) -> str:
        """The id as Flask-Login wants it."""
        return str(self.id)

    @property
    def element(self) -> str:
        """The id that events name the person by."""
        return f"person-{self.id}"

    @property
    def acts_as(self) -> str:
        """The role whose rights the person has now: a reader's while a longer password is due."""
        return Role.READER.value if self.longer_password_due else self.role

    @property
    def path(self) -> str:
        """The page of the person."""
        return person_path(self.username)


def person_path(username: str) -> str:
    """The page of the person who has this name."""
    return f"/people/{quote(username)}"


def token_hash(token: str) -> str:
    """Hash of a session's token, as stored. The token is long and random, so it needs no salt and no slow hash."""
    return sha256(token.encode()).hexdigest()


class LoginSession(Model):
    """One log-in on one device. The cookie holds a random token; only its hash is stored here.

    The row goes when the session ends. No id is used twice, so that the news of an ended session can't cut
    the sockets of a new one.
    """

    __tablename__ = "login_sessions"
    __table_args__ = ({"sqlite_autoincrement": True},)

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), index=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    remember: Mapped[bool] = mapped_column(default=False)
    user_agent: Mapped[str] = mapped_column(String(300), default="")
    created_at: Mapped[datetime] = mapped_column(Instant, default=now)
    seen_at: Mapped[datetime] = mapped_column(Instant, default=now)
    expires_at: Mapped[datetime] = mapped_column(Instant)


class OpenSession(NamedTuple):
    """A session that is not over, and whose it is, as they were at one moment: nothing that is written changes them."""

    id: int
    remember: bool
    seen_at: datetime
    person: User

    @property
    def element(self) -> str:
        """The id that events name it by."""
        return f"session-{self.id}"


class Mute(Model):
    """That ``person_id`` wants to read nothing by ``muted_id``. Nobody else is told of it."""

    __tablename__ = "mutes"

    person_id: Mapped[int] = mapped_column(ForeignKey("users.id"), primary_key=True)
    muted_id: Mapped[int] = mapped_column(ForeignKey("users.id"), primary_key=True, index=True)
    at: Mapped[datetime] = mapped_column(Instant, default=now)


class Clearing(StrEnum):
    """Change still to be made to all comments of a banned person."""

    REMOVE = "remove"
    RESTORE = "restore"


class Measure(Model):
    """Something that moderators did to a person: set only by moderation, heeded everywhere.

    It is in force until ``until``, if that is set, or until it is ended; a warning, until it is acknowledged. The
    ``words`` are for the person, those of a note for moderators alone. It may take the place of another one, which it
    ``replaces``; ``clearing`` is what a ban has left to do with the person's comments.
    """

    __tablename__ = "measures"

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("users.id"), index=True)
    kind: Mapped[str] = mapped_column(String(20))
    reason: Mapped[str | None] = mapped_column(String(20))
    words: Mapped[str | None] = mapped_column(Text)
    at: Mapped[datetime] = mapped_column(Instant, default=now)
    until: Mapped[datetime | None] = mapped_column(Instant)
    by_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    ended_at: Mapped[datetime | None] = mapped_column(Instant)
    seen_at: Mapped[datetime | None] = mapped_column(Instant)
    replaces_id: Mapped[int | None] = mapped_column(ForeignKey("measures.id"))
    clearing: Mapped[str | None] = mapped_column(String(10), index=True)

    by: Mapped[User] = relationship(lazy="raise", foreign_keys=[by_id])

    @property
    def label(self) -> str:
        """Name of the kind of measure, as shown to people."""
        return MeasureKind(self.kind).label

    @property
    def in_force(self) -> bool:
        """Return True if it still applies."""
        return self.ended_at is None and self.seen_at is None and (self.until is None or now() < self.until)
