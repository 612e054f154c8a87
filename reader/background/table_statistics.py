"""Statistics on the sizes of tables for the query planner, kept fresh by the program itself.

No page's plan depends on them: a new site has none. They help commands and jobs, whose queries vary. A refresh costs
the same at any size: SQLite looks at ``ROWS`` of each index, PostgreSQL at a sample of the tables that have changed
much since.

SQLite's ``PRAGMA optimize`` would look only at tables that its own connection has queried, which a job's has not.
"""

from __future__ import annotations

from flask import Flask
from sqlalchemy import text

from reader.background import jobs
from reader.db.transactions import transaction

ROWS = 400
# In a table that large, less than a tenth of it may be new.
FEW_CHANGES = 1000
HOURLY = 3600.0
_CHANGED = text(
    "SELECT quote_ident(relname) FROM pg_stat_user_tables"
    " WHERE n_mod_since_analyze > :few AND n_mod_since_analyze > n_live_tup / 10 ORDER BY relname"
)


def init_app(app: Flask) -> None:
    """Have it refreshed by the job queue."""
    jobs.of(app).add("table-statistics", refresh, every=HOURLY)


def refresh() -> None:
    """Look at the tables, as far as they have changed."""
    with transaction() as session:
        if session.connection().dialect.name == "sqlite":
            session.execute(text(f"PRAGMA analysis_limit = {ROWS}"))
            session.execute(text("ANALYZE"))
            return
        for table in session.scalars(_CHANGED, {"few": FEW_CHANGES}).all():
            session.execute(text(f"ANALYZE {table}"))
