"""A bound on how long one query of a request may take.

A query that runs too long holds up others: on SQLite the whole worker stands still, with everybody who follows a page
on it; on PostgreSQL it keeps one of few connections. So it ends as an error for whoever asked. Commands, jobs,
migrations and backups have no request, and no bound.

PostgreSQL bounds the time itself. SQLite calls :func:`_has_run_too_long` every ``STEPS`` instructions of its virtual
machine, which is every few milliseconds of a long query and never in a short one.
"""

from __future__ import annotations

import sqlite3
import threading
import time
from typing import Any

import psycopg
from flask import has_request_context
from sqlalchemy import Engine, event
from sqlalchemy.exc import DBAPIError, DisconnectionError

from reader import config

STEPS = 100_000
# Requests follow an index until their page is full. To compile a query, to share it among processes, or to collect all
# rows of an index first costs more, which a planner without statistics of the tables doesn't know.
_PLANS = "SET jit = off; SET max_parallel_workers_per_gather = 0; SET enable_bitmapscan = off"
_BOUND = "reader_bound"
_running = threading.local()


def prepare(engine: Engine) -> None:
    """Bound the queries that requests send to this engine."""
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _watch)
        event.listen(engine, "before_cursor_execute", lambda *_: start())
    else:
        event.listen(engine, "checkout", _bound)


def start() -> None:
    """Note that a query begins. To be called by whoever hands one to the driver without SQLAlchemy."""
    _running.since = time.monotonic()


def is_exceeded(error: Exception) -> bool:
    """Return True if the error is that of a query that ran too long."""
    cause = error.orig if isinstance(error, DBAPIError) else None
    if isinstance(cause, sqlite3.OperationalError):
        return cause.sqlite_errorcode == sqlite3.SQLITE_INTERRUPT
    return isinstance(cause, psycopg.errors.QueryCanceled)


def _watch(connection: sqlite3.Connection, _record: Any) -> None:
    connection.set_progress_handler(_has_run_too_long, STEPS)


def _has_run_too_long() -> bool:
    """Return True to make SQLite interrupt the query that this greenlet is waiting for."""
    if not has_request_context():
        return False
    since: float = _running.since
    return time.monotonic() - since > config.current().query_seconds


def _bound(connection: psycopg.Connection[Any], record: Any, _proxy: Any) -> None:
    """Bound the queries on a connection, once, when a request first takes it."""
    if _BOUND in record.info or not has_request_context():
        return
    seconds = config.current().query_seconds
    try:
        connection.autocommit = True  # in a transaction, a rollback would take the settings back
        connection.execute(f"SET statement_timeout = '{seconds}s'; {_PLANS}".encode())
        connection.autocommit = False
    except psycopg.OperationalError as error:
        raise DisconnectionError from error
    record.info[_BOUND] = True
