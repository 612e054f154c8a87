"""Alembic's environment: the application's engine and tables."""

from typing import Any, Literal

from alembic import context
from sqlalchemy import Column, Connection

import reader.accounts.models
import reader.articles.models
import reader.comments.models
import reader.eventlog.models
import reader.factchecks.models
import reader.moderation.models  # noqa: F401 - a table is known once its module is imported
from reader.db.base import Instant, db


def render_item(kind: str, item: Any, autogen_context: Any) -> str | Literal[False]:
    """Write our column types as plain SQLAlchemy ones, so that old migrations never import new code."""
    if kind == "type" and isinstance(item, Instant):
        autogen_context.imports.add("import sqlalchemy as sa")
        return "sa.DateTime(timezone=True)"
    return False


def compare_type(
    _context: Any, _inspected: Column[Any], _metadata: Column[Any], _inspected_type: Any, metadata_type: Any
) -> bool | None:
    """Let SQLite's zoneless DateTime count as the same as ours."""
    return False if isinstance(metadata_type, Instant) else None


def _keys(connection: Connection, state: str) -> None:
    """Switch SQLite's check of foreign keys: it changes a table by making another one, and drops the first."""
    raw = connection.connection.dbapi_connection
    if connection.dialect.name == "sqlite" and raw is not None:
        raw.execute(f"PRAGMA foreign_keys = {state}")


def run() -> None:
    """Migrate by the application's own connection."""
    with db.engine.connect() as connection:
        _keys(connection, "OFF")
        context.configure(
            connection=connection,
            target_metadata=db.metadata,
            render_as_batch=True,
            render_item=render_item,
            compare_type=compare_type,
        )
        with context.begin_transaction():
            context.run_migrations()
        connection.commit()
        _keys(connection, "ON")


run()
