"""``transaction()``, the only place that commits, and what makes it right on each engine.

SQLite lets one connection write at a time, and a transaction that began by reading can't become a writer once
somebody else has written. So a write transaction says so when it begins (``BEGIN IMMEDIATE``) and waits for
its turn with a sleep that lets other greenlets run; reads never take that lock.
"""

from __future__ import annotations

import random
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
import structlog
from sqlalchemy import Connection, Engine, event
from sqlalchemy.exc import InvalidatePoolError
from sqlalchemy.orm import Session

from reader.db import redaction, replica
from reader.db.base import db
from reader.instance import permissions

log = structlog.get_logger(__name__)

WRITES = "reader_writes"
WAIT_SECONDS = 30.0
_UNIT = "reader_unit"
_WRITING = "BEGIN IMMEDIATE"


class Unit:
    """State of an open write transaction besides its rows: stream heads, and functions to call after the commit."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self.heads: dict[str, int] = {}
        self.appended: set[str] = set()
        self.after: list[Callable[[], None]] = []


def unit() -> Unit:
    """The open write transaction's :class:`Unit`. RuntimeError where none is open."""
    found = db.session().info.get(_UNIT)
    if not isinstance(found, Unit):
        raise RuntimeError("this may only be called inside transaction()")
    return found


@contextmanager
def transaction() -> Iterator[Session]:
    """Open the one write transaction of this session; commit at the end, roll back on any exception.

    A read transaction that is still open is ended first, so everything read inside is as of now: rows loaded
    before are read again when used. Functions given to :func:`on_commit` run after the commit; one that fails is
    logged and neither undoes the commit nor stops the others. Transactions don't nest (RuntimeError).
    """
    session = db.session()
    if _UNIT in session.info:
        raise RuntimeError("transaction() does not nest")
    replica.leave()
    session.expire_all()
    try:
        work = session.info[_UNIT] = Unit(_begun(session))
        yield session
        session.commit()
    except BaseException:
        session.rollback()
        raise
    finally:
        session.info.pop(_UNIT, None)
    for fn in work.after:
        try:
            fn()
        except Exception:
            log.exception("after-commit", function=getattr(fn, "__qualname__", repr(fn)))


def _begun(session: Session) -> Connection:
    """The connection of a write transaction that has read nothing yet."""
    if session.in_transaction() and session.is_active and not (session.new or session.deleted):
        # It has only read, so it begins anew where it is: to give the connection back and take it again costs more.
        connection = session.connection()
        raw: Any = connection.connection.dbapi_connection
        try:
            raw.rollback()
        except connection.dialect.loaded_dbapi.Error as error:
            connection.invalidate(error)  # it is lost, and another one will do
        else:
            if isinstance(raw, sqlite3.Connection):
                _begin(raw, _WRITING)
            return connection
    session.rollback()
    return session.connection(execution_options={WRITES: True})


def on_commit(fn: Callable[[], None]) -> None:
    """Have ``fn`` called once the open transaction has committed; never, if it rolls back."""
    unit().after.append(fn)


def prepare(engine: Engine) -> None:
    """Fit an engine for concurrent use, have its errors tell no values, and its file be its owner's."""
    redaction.init_engine(engine)
    permissions.init_engine(engine)
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _on_connect)
        event.listen(engine, "begin", _on_begin)
    else:
        event.listen(engine, "checkout", _on_checkout)


def _on_checkout(connection: Any, _record: Any, _proxy: Any) -> None:
    """Take no connection that the server has closed meanwhile.

    An idle connection has nothing to read but its own end, so a look at the socket tells; the pool's own way is
    to ask the server, there and back, before every transaction.
    """
    assert isinstance(connection, psycopg.Connection)
    try:
        for _ in ("its last words", "its end"):
            connection.pgconn.consume_input()
    except psycopg.OperationalError as error:
        raise InvalidatePoolError from error


def _on_connect(connection: Any, _record: Any) -> None:
    connection.isolation_level = None  # the driver must not begin transactions behind our back
    cursor = connection.cursor()
    cursor.execute("PRAGMA journal_mode = WAL")
    cursor.execute("PRAGMA synchronous = NORMAL")
    cursor.execute("PRAGMA foreign_keys = ON")
    # The engine's own waiting stops every greenlet of the process, so it waits for no lock: we do.
    cursor.execute("PRAGMA busy_timeout = 0")
    cursor.close()


def _on_begin(connection: Connection) -> None:
    raw = connection.connection.dbapi_connection
    assert isinstance(raw, sqlite3.Connection)
    _begin(raw, _WRITING if connection.get_execution_options().get(WRITES) else "BEGIN")


def _begin(raw: sqlite3.Connection, statement: str) -> None:
    give_up = time.monotonic() + WAIT_SECONDS
    pause = 0.001
    while True:
        try:
            raw.execute(statement)
            return
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY or time.monotonic() > give_up:
                raise
        time.sleep(pause * (0.5 + random.random()))  # noqa: S311 - a jitter, not a secret
        pause = min(pause * 1.5, 0.02)
