"""The program keeps the database's statistics itself: on either engine, by the job queue and after publishing."""

import time

import pytest
from flask import Flask
from sqlalchemy import insert, text

from reader.articles.models import Topic
from reader.background import jobs, table_statistics
from reader.config import Settings
from reader.db.base import db
from reader.db.transactions import transaction

MANY = 3 * table_statistics.FEW_CHANGES
PATIENCE_SECONDS = 30


@pytest.fixture
def settings(each_engine: Settings) -> Settings:
    return each_engine


def known_topics() -> int:
    """Count the topics that the planner knows of."""
    db.session.rollback()
    if db.engine.dialect.name == "postgresql":
        return int(db.session.scalar(text("SELECT reltuples FROM pg_class WHERE relname = 'topics'")))
    tables = db.session.scalar(text("SELECT count(*) FROM sqlite_schema WHERE name = 'sqlite_stat1'"))
    if not tables:
        return 0
    found = db.session.scalar(text("SELECT max(stat) FROM sqlite_stat1 WHERE tbl = 'topics'"))
    return int(found.split()[0]) if found else 0


def test_refreshed_statistics_know_what_was_stored(app: Flask) -> None:
    before = known_topics()
    with transaction() as session:
        session.execute(insert(Topic), [{"slug": f"topic-{number}"} for number in range(MANY)])
    # PostgreSQL's own counters of changes follow a moment later.
    end = time.monotonic() + PATIENCE_SECONDS
    while known_topics() == before and time.monotonic() < end:
        table_statistics.refresh()
    # SQLite takes a sample for the whole.
    assert known_topics() > max(before, table_statistics.ROWS)


def test_job_queue_refreshes_statistics(app: Flask) -> None:
    kind = jobs.of(app)._kinds["table-statistics"]
    assert (kind.work, kind.every) == (table_statistics.refresh, table_statistics.HOURLY)
