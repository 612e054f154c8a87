"""Base of every table, with its types, its session and the names of its constraints."""

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

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
    """Reads the replica as long as its ``info`` says so (:mod:`reader.db.replica`), and otherwise the primary."""

    def get_bind(
        self, mapper: Any = None, clause: Any = None, bind: Any = None, **kwargs: Any
    ) -> Engine | Connection:
        """Return the target of the next statement. No table has an engine of its own, so none is looked for."""
        target: Engine | Connection = bind or self._db.engines[REPLICA if REPLICA in self.info else None]
        return target


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
