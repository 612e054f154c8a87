"""Reading the whole database as of one instant, while others go on writing."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection

from reader.extensions import db

# SQLite's read transactions are that anyway; PostgreSQL's by default see what is committed meanwhile.
_LEVEL = {"postgresql": {"isolation_level": "REPEATABLE READ"}, "sqlite": {}}


@contextmanager
def snapshot() -> Iterator[Connection]:
    """A connection whose queries all see the same instant."""
    with db.engine.connect() as connection:
        yield connection.execution_options(**_LEVEL[connection.dialect.name])
