"""Reading on a connection of one's own: the whole database as of one instant, or one statement as of now."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection

from reader.db.base import db

# SQLite's read transactions are that anyway; PostgreSQL's by default see what is committed meanwhile.
_LEVEL = {"postgresql": {"isolation_level": "REPEATABLE READ"}, "sqlite": {}}
# To begin and to end a transaction, a server is asked there and back each time; SQLite is not asked over a wire.
_NONE = {"postgresql": {"isolation_level": "AUTOCOMMIT"}, "sqlite": {}}


@contextmanager
def snapshot() -> Iterator[Connection]:
    """A connection whose queries all see the same instant."""
    with db.engine.connect() as connection:
        yield connection.execution_options(**_LEVEL[connection.dialect.name])


@contextmanager
def autocommit_connection() -> Iterator[Connection]:
    """A connection for one query, of the primary, without a transaction around it where that costs something."""
    with db.engine.connect() as connection:
        yield connection.execution_options(**_NONE[connection.dialect.name])
