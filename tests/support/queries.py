"""Counting what a page asks of the database, and how that finds it."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, Select, event, text

from reader.db import prepared
from reader.db.base import db


@contextmanager
def counted() -> Iterator[list[str]]:
    """The statements that are sent to the primary database inside the block."""
    statements: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        statements.append(statement)

    ask, engine = prepared.ask, db.engine

    def ask_noting(connection: Connection, statement: str, values: Any, *, has_rows: bool) -> Sequence[Any]:
        if connection.engine is engine:
            statements.append(statement)
        return ask(connection, statement, values, has_rows=has_rows)

    event.listen(engine, "before_cursor_execute", note)
    prepared.ask = ask_noting  # type: ignore[assignment]  # mypy takes no function for another
    try:
        yield statements
    finally:
        prepared.ask = ask
        event.remove(engine, "before_cursor_execute", note)


def explained(query: Select[Any]) -> str:
    """Return the database's plan for this query of comments."""
    compiled = query.compile(db.engine, compile_kwargs={"literal_binds": True})
    if db.engine.dialect.name == "sqlite":
        rows = db.session.execute(text(f"EXPLAIN QUERY PLAN {compiled}")).all()
        return "\n".join(row.detail for row in rows).replace("USE TEMP B-TREE FOR", "SORT FOR")
    db.session.execute(text("ANALYZE comments"))
    # So small a table is sorted as quickly; asked to do without, it has to use the order of an index.
    for way in ("seqscan", "sort", "bitmapscan"):
        db.session.execute(text(f"SET LOCAL enable_{way} = off"))
    return "\n".join(db.session.scalars(text(f"EXPLAIN {compiled}")))
