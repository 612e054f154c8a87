"""Work that is done after the answer, by one process that does nothing else: ``reader jobs``.

The queue is huey's, in a file of the instance or in Redis where there is one. It carries haste, not truth: what there
is to do stands in the database, and each kind of work is also looked for every few seconds. So a job that was never
queued, or was in the hands of a process that got killed, is done a little later; and each kind of work takes care
that what is done isn't done again.
"""

from __future__ import annotations

import hashlib
import logging
import os
import signal
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any, NoReturn

import gevent
import structlog
from flask import Flask
from huey import Huey, RedisHuey, SqliteHuey
from huey.consumer import Consumer
from huey.serializer import SignedSerializer
from redis import ConnectionPool

from reader.config import Settings
from reader.instance import permissions
from reader.logs import LogOnce

log = structlog.get_logger(__name__)

FILE = "jobs.sqlite3"
NAME = "reader"
WORKERS = 2
# What is asked for in so short a time is one job.
GATHER_SECONDS = 0.05
# A web worker never waits longer than this for the file; the job is found without.
LOCK_SECONDS = 0.2
MAX_WAITING = 1000
# How often what waits is counted: before each job that took longer than to ask for it.
COUNT_SECONDS = 1.0
RETRIES = 3
RETRY_SECONDS = 2
GRACE_SECONDS = 5
_EXTENSION = "reader-jobs"

Work = Callable[..., object]


@dataclass
class JobKind:
    """A kind of work: what does it, how often it is looked for, and when it was last."""

    work: Work
    every: float | None
    last: float = field(default=float("-inf"))


class Jobs:
    """The queue of one application, as its processes see it. It is opened when it is first needed."""

    def __init__(self, app: Flask) -> None:
        self._app = app
        self._kinds: dict[str, JobKind] = {}
        self._opened: Huey | None = None
        self._tasks: dict[str, Any] = {}
        self._wanted: dict[tuple[str, tuple[Any, ...]], None] = {}
        self._sending: gevent.Greenlet | None = None
        self._away = False
        self._full, self._counted = False, float("-inf")

    def add(self, name: str, work: Work, *, every: float | None = None) -> None:
        """Make a kind of work known. It is done when asked for, and every so many seconds, if these are given."""
        self._kinds[name] = JobKind(work, every)

    def ask(self, name: str, *args: Any) -> None:
        """Have work done soon; returns at once and never fails."""
        self._wanted[name, args] = None
        if self._sending is None or self._sending.dead:
            self._sending = gevent.spawn(self._send)

    def _send(self) -> None:
        gevent.sleep(GATHER_SECONDS)
        wanted, self._wanted = list(self._wanted), {}
        try:
            huey = self.open()
            if not self._is_full(huey):
                for name, args in wanted:
                    self._tasks[name](*args)
            if self._away:
                log.warning("jobs-back")
            self._away = False
        except Exception as error:
            if not self._away:
                log.warning(
                    "jobs-away", fault=str(error), effect="what is to be done is found a little later"
                )
            self._away = True

    def _is_full(self, huey: Huey) -> bool:
        if time.monotonic() - self._counted > COUNT_SECONDS:
            self._full, self._counted = huey.pending_count() >= MAX_WAITING, time.monotonic()
        return self._full

    def open(self) -> Huey:
        """The queue itself."""
        if self._opened is None:
            opened = _huey(self._app)
            for name, kind in self._kinds.items():
                decorate = opened.task(name=name, retries=RETRIES, retry_delay=RETRY_SECONDS, retry_backoff=2)
                self._tasks[name] = decorate(self._inside(kind.work))
            self._opened = opened
        return self._opened

    def _inside(self, work: Work) -> Work:
        def do(*args: Any) -> None:
            with self._app.app_context():
                work(*args)

        return do

    def due(self) -> list[str]:
        """Return the kinds of work whose time has come, each once."""
        moment, due = time.monotonic(), []
        for name, kind in self._kinds.items():
            if kind.every is not None and moment - kind.last >= kind.every:
                kind.last = moment
                due.append(name)
        return due

    def look(self, names: Iterable[str]) -> None:
        """Queue these kinds of work, unless there is enough to do already."""
        for name in names:
            if self.open().pending_count() <= WORKERS:
                self._tasks[name]()


def init_app(app: Flask) -> Jobs:
    """Give ``app`` its queue."""
    jobs = app.extensions[_EXTENSION] = Jobs(app)
    return jobs


def of(app: Flask) -> Jobs:
    """The queue of ``app``."""
    found: Jobs = app.extensions[_EXTENSION]
    return found


def _huey(app: Flask) -> Huey:
    settings: Settings = app.config["READER"]
    # Signed, so that nobody who gets at the queue can have anything else done.
    common = {"results": False, "serializer": SignedSerializer(app.config["SECRET_KEY"], salt="reader-jobs")}
    if settings.redis_url is not None:
        # The name keeps apart the sites that share a Redis.
        site = hashlib.sha256(app.config["SECRET_KEY"].encode()).hexdigest()[:16]
        pool = ConnectionPool.from_url(settings.redis_url, socket_connect_timeout=1.0, socket_timeout=5.0)
        return RedisHuey(f"{NAME}-{site}", connection_pool=pool, **common)
    path = settings.instance / FILE
    permissions.make_file(path)
    return SqliteHuey(NAME, filename=str(path), timeout=LOCK_SECONDS, fsync=False, cache_mb=0, **common)


def run(app: Flask, *, parent: int | None = None) -> None:
    """Work until told to stop, or until the process ``parent``, which started this one, is gone."""
    jobs = of(app)
    # Greenlets, in a process that was patched at its start.
    consumer = Consumer(
        jobs.open(),
        workers=WORKERS,
        periodic=False,
        initial_delay=0.05,
        max_delay=0.5,
        scheduler_interval=RETRY_SECONDS,
        graceful_signal="TERM",
        shutdown_timeout=GRACE_SECONDS,
    )
    for name in ("Worker", "Scheduler"):
        logging.getLogger(f"huey.consumer.{name}").addFilter(_Unreadable())
    gevent.spawn(_keep_looking, jobs, parent)
    consumer.run()


def _keep_looking(jobs: Jobs, parent: int | None) -> NoReturn:
    trouble = LogOnce("jobs-unreadable", "notifications and mail wait until the queue is back")
    while True:
        if parent is not None and os.getppid() != parent:
            os.kill(os.getpid(), signal.SIGTERM)
        if names := jobs.due():
            with trouble.contained():
                jobs.look(names)
        gevent.sleep(1)


class _Unreadable(logging.Filter):
    """Filter that drops the library's messages while it can't read the queue: several a second from each thread.

    ``_keep_looking``, which reads the queue too, logs the failure once.
    """

    def filter(self, record: logging.LogRecord) -> bool:
        """Return whether the record is to be logged."""
        return not str(record.msg).startswith("Error reading")
