"""Base of every table, with its types, its session and the names of its constraints."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, cast

from flask_migrate import Migrate
from flask_sqlalchemy import SQLAlchemy
from flask_sqlalchemy.session import Session
from sqlalchemy import Connection, DateTime, Dialect, Engine, MetaData, TypeDecorator
from sqlalchemy.orm import DeclarativeBase


class Base(DeclarativeBase):
    """Every table. Constraints are named by rule, so that a migration can find them on both engines."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(column_0_N_label)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )


class Instant(TypeDecorator[datetime]):
    """A point in time: aware and in UTC in Python, on SQLite (which keeps no zone) as on PostgreSQL."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Refuse a naive time (ValueError): nobody can say which instant it means."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"{value!r} has no time zone")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Give SQLite's naive value its zone back."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


REPLICA = "replica"


class RoutedSession(Session):
    """Reads the replica as long as its ``info`` says so (:mod:`reader.db.replica`), and otherwise the primary.

    Who only asks for its connection, to hand a prepared statement to, gets one with a transaction that the session
    keeps no record of: to keep it costs a tenth of a comment posted. What the session does itself joins it, the
    way that SQLAlchemy has for that ("Joining a Session into an External Transaction"), and it ends with the session's.
    """

    _own: Connection | None = None  # in a transaction, if there is one

    def get_bind(
        self, mapper: Any = None, clause: Any = None, bind: Any = None, **kwargs: Any
    ) -> Engine | Connection:
        """Return the target of the next statement. No table has an engine of its own, so none is looked for."""
        target: Engine | Connection = (
            bind or self._own or self._db.engines[REPLICA if REPLICA in self.info else None]
        )
        return target

    def connection(
        self,
        bind_arguments: dict[str, Any] | None = None,
        execution_options: Mapping[str, Any] | None = None,
    ) -> Connection:
        """The connection of the open transaction. Where there is none yet it is begun, with these options."""
        if super().in_transaction():
            return super().connection(bind_arguments, execution_options)
        if self._own is None:
            connection = cast(Engine, self.get_bind(**(bind_arguments or {}))).connect()
            try:
                connection.execution_options(**(execution_options or {})).begin()
            except BaseException:
                connection.close()
                raise
            self._own = connection
        return self._own

    def in_transaction(self) -> bool:
        """Return True if a transaction is open."""
        return self._own is not None or super().in_transaction()

    def commit(self) -> None:
        """Store what the session has to store, and commit."""
        if self._own is None or super().in_transaction():
            super().commit()
        if self._own is not None:
            self._own.commit()
            self._release()

    def rollback(self) -> None:
        """Undo what has been done since the transaction began. What is loaded is read again when it is used."""
        super().rollback()
        if self._own is not None:
            self._release()
            self.expire_all()

    def close(self) -> None:
        """Let go of all objects, and of the connection."""
        super().close()
        self._release()

    def invalidate(self) -> None:
        """The same for a connection that is good for nothing any more."""
        super().invalidate()
        if self._own is not None:
            self._own.invalidate()
        self._release()

    def _release(self) -> None:
        own, self._own = self._own, None
        if own is not None:
            try:
                own.rollback()  # to close it is not enough where its commit failed
            finally:
                own.close()


# Objects keep what they were committed with: the response that follows a write shows just that.
db = SQLAlchemy(model_class=Base, session_options={"class_": RoutedSession, "expire_on_commit": False})

if TYPE_CHECKING:

    class Model(Base):
        """Base class of every table's class."""

        __abstract__ = True

        def __init__(self, **columns: Any) -> None: ...
else:
    Model = db.Model


migrate = Migrate()
