"""The two tables of the log."""

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from reader.clock import now
from reader.db.base import Instant, Model


class Stream(Model):
    """A stream and the number of its last event. Its row is the lock of everything written under it."""

    __tablename__ = "streams"

    name: Mapped[str] = mapped_column(String(64), primary_key=True)
    head: Mapped[int] = mapped_column(BigInteger, default=0)


class Event(Model):
    """One thing that happened: kind, ids, actor and time, never any text."""

    __tablename__ = "events"
    __table_args__ = ({"sqlite_with_rowid": False},)

    stream: Mapped[str] = mapped_column(ForeignKey("streams.name"), primary_key=True)
    seq: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    kind: Mapped[str] = mapped_column(String(40))
    target: Mapped[str] = mapped_column(String(100))
    actor_id: Mapped[int | None] = mapped_column()
    at: Mapped[datetime] = mapped_column(Instant, default=now)
