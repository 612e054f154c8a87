"""A copy of the database, a moment behind it: its engine, its health, and the session's choice between the two.

People, jobs and commands read the primary, and so does everybody from the first write transaction on, so that nobody
misses what they have written. :mod:`reader.web.replica_reads` chooses the replica for visitors; the article's page and
live catch-up call :func:`leave_if_behind`.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from typing import Any

import psycopg
import structlog
from flask import Flask
from psycopg.abc import RV, PQGen
from psycopg.pq import TransactionStatus
from sqlalchemy import Engine, event
from sqlalchemy.exc import OperationalError, SQLAlchemyError

from reader import config
from reader.config import BadSetting, Settings
from reader.db.base import REPLICA, db

log = structlog.get_logger(__name__)

# How long a visitor waits at most: for a connection (two is the least that the driver takes), and for each answer.
CONNECT_SECONDS = 2
ANSWER_SECONDS = 3.0
# How long a replica that is down is left alone before it is asked again.
AGAIN_SECONDS = 5.0
_EXTENSION = "reader-replica"


class Impatient(psycopg.Connection[Any]):
    """A connection that ends itself where an answer takes longer than ``ANSWER_SECONDS``.

    The server's own limits hold nobody up where it hangs altogether, nor do those of TCP, as long as its machine lives.
    """

    def wait(self, gen: PQGen[RV], interval: float = 0.1, timeout: float | None = None) -> RV:
        """Wait for an answer. Raises psycopg.OperationalError where none comes in time."""
        try:
            return super().wait(gen, interval, ANSWER_SECONDS if timeout is None else timeout)
        except psycopg.OperationalError as error:
            if self.pgconn.transaction_status != TransactionStatus.ACTIVE:
                raise
            self.pgconn.finish()  # the answer may still come, and would be taken for that to the next question
            raise psycopg.OperationalError(f"no answer within {ANSWER_SECONDS} s") from error


class Replica:
    """State of the replica: if it answers, as far as this process knows.

    ``on_change`` is called when it stops answering and when it answers again.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._next = 0.0
        self._changing = threading.Lock()
        self.is_up = True
        self.on_change: Callable[[bool], None] = lambda _up: None

    def may_be_asked(self) -> bool:
        """Return True if it answers. If it doesn't, it is asked again now and then, and nobody waits for that."""
        if not self.is_up and time.monotonic() >= self._next:
            self._next = time.monotonic() + AGAIN_SECONDS
            threading.Thread(target=self._try, daemon=True).start()
        return self.is_up

    def has_failed(self, fault: Exception, *, path: str) -> None:
        """Learn of a read that came to nothing, for the request of ``path``, as a log may show it.

        The replica is down then, unless that concerns this read alone: its query was in the way of a change and was
        broken off (SQLSTATE 40…), it asked for what the replica does not know yet, or all connections were in use.
        """
        state = getattr(getattr(fault, "orig", None), "sqlstate", None) or ""
        if not isinstance(fault, OperationalError) or state.startswith("40"):
            log.warning("replica-failed", path=path, fault=_said(fault))
        elif self._turns(False):
            log.warning("replica-down", effect="visitors read from the primary", fault=_said(fault))

    def _try(self) -> None:
        try:
            with self._engine.connect() as connection:
                connection.detach()  # closed in the end, though the pool may be gone by then
                connection.exec_driver_sql("SELECT 1")
        except SQLAlchemyError:
            return  # that it is down was said
        if self._turns(True):
            log.warning("replica-up", effect="visitors read from it again")

    def _turns(self, up: bool) -> bool:
        """Note if it is up; return True if that is news. Many find out at the same time."""
        with self._changing:
            if up == self.is_up:
                return False
            self._next = time.monotonic() + AGAIN_SECONDS
            self.is_up = up
            self.on_change(up)
            return True


def _said(fault: Exception) -> str:
    return str(getattr(fault, "orig", fault))


def binds(settings: Settings, options: Mapping[str, Any]) -> dict[str, Any]:
    """The replica's engine as Flask-SQLAlchemy wants it told; nothing where none is set.

    Raises :class:`reader.config.BadSetting` where SQLite is involved, which has no replicas.
    """
    if settings.replica_url is None:
        return {}
    if settings.embedded or settings.replica_url.startswith("sqlite"):
        raise BadSetting(
            "READER_REPLICA_URL: only PostgreSQL keeps replicas. Set READER_DATABASE_URL to the database on"
            " PostgreSQL that this is a copy of, or set no replica."
            " Example: READER_REPLICA_URL=postgresql://reader@replica/reader"
        )
    # All connections are in use where the replica hangs: nobody is to wait for one any longer than for an answer.
    return {
        REPLICA: {"url": config.with_driver(settings.replica_url), **options, "pool_timeout": ANSWER_SECONDS}
    }


def init_app(app: Flask) -> None:
    """Give ``app`` its replica, if one is set. To be called before anything asks the database."""
    if REPLICA not in app.config["SQLALCHEMY_BINDS"]:
        return
    with app.app_context():
        engine = db.engines[REPLICA]
    event.listen(engine, "do_connect", _connect)
    app.extensions[_EXTENSION] = Replica(engine)


def of(app: Flask) -> Replica | None:
    """The state of the replica of ``app``; None if it has none."""
    found: Replica | None = app.extensions.get(_EXTENSION)
    return found


def _connect(_dialect: Any, _record: Any, _arguments: Any, parameters: dict[str, Any]) -> Impatient:
    return Impatient.connect(**{"connect_timeout": CONNECT_SECONDS, **parameters})


def is_read() -> bool:
    """Return True if queries read from the replica now."""
    return db.session.registry.has() and REPLICA in db.session().info


def enter() -> None:
    """Read the replica from now on."""
    db.session().info[REPLICA] = True


def leave() -> None:
    """Read the primary from now on."""
    session = db.session()
    if REPLICA in session.info:
        session.rollback()
        del session.info[REPLICA]


def give_up() -> None:
    """Read the primary from now on, and drop the connection to the replica, whose answer may still be on its way."""
    session = db.session()
    session.invalidate()
    del session.info[REPLICA]


def leave_if_behind(head: Callable[[], int]) -> None:
    """Read the primary from now on, unless the replica has come as far in a stream whose number ``head`` looks up.

    A number of 0 proves nothing: what the stream is about may itself be missing there.

    The replica is asked last, in the transaction that goes on: where several stand behind one address, another one
    may be further behind.
    """
    if not is_read():
        return
    leave()
    needed = head()
    db.session.rollback()
    enter()
    if not 0 < needed <= head():
        leave()
