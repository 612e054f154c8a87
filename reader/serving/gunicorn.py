"""The production server: gunicorn with gevent workers, in one size or many.

The parent binds, migrates an embedded database and watches over the workers; each worker makes an application
of its own, so that no connection and no greenlet is ever shared across a fork. Beside them runs one process that works
off the job queue, a program of its own.
"""

from __future__ import annotations

import gc
import os
import resource
import signal
import socket
import sys
import time
from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

import click
import structlog
from flask import Flask
from gunicorn import sock
from gunicorn.app.base import BaseApplication
from gunicorn.arbiter import Arbiter
from gunicorn.glogging import Logger

from reader import config, live, logs
from reader.app import create_app, foundation
from reader.config import BadSetting, Settings
from reader.db import schema
from reader.db.base import db
from reader.instance import folder, permissions
from reader.serving.worker import Worker
from reader.web import access_log, metrics

log = structlog.get_logger(__name__)

# How long a worker that was told to stop may take to finish what it is doing.
GRACE_SECONDS = 5
KEEPALIVE_SECONDS = 20
# A consumer that can't start is not started over and over.
RESTART_SECONDS = 3.0
# Files of a worker that are no connections: the log, the database, listeners.
SPARE_FILES = 200
# New objects after which the youngest are looked through for garbage, and how many such looks make one at older ones.
COLLECTED_AFTER = 20_000, 20, 20
MEMORY = Path("/dev/shm")  # noqa: S108 - gunicorn makes its own file there, unreachable by name


class GunicornLog(Logger):
    """Gunicorn's messages in the form of all others; requests are logged by :mod:`reader.web.access_log`."""

    def setup(self, cfg: Any) -> None:
        """Leave writing to the application's handler."""
        super().setup(cfg)
        self.error_log.handlers.clear()
        self.error_log.propagate = True


class Consumer:
    """The process that works off the job queue, kept going as long as the server runs.

    It is a program of its own, started afresh: nothing is shared with it but the database and the queue. Should the
    server be killed, it sees that by its parent, and ends.
    """

    def __init__(self, settings: Settings) -> None:
        self._environment = {**os.environ, **config.environment(settings)}
        self._pid: int | None = None
        self._started = float("-inf")

    def keep(self, listeners: Iterable[Any]) -> None:
        """See that it runs, without the server's ``listeners``; started again, but not many times in a row."""
        if self._is_alive() or time.monotonic() - self._started < RESTART_SECONDS:
            return
        if self._pid is not None:
            log.warning("jobs-ended", effect="they are started again")
        self._started = time.monotonic()
        command = [sys.executable, "-m", "reader", "jobs", "--parent", str(os.getpid())]
        closing = [(os.POSIX_SPAWN_CLOSE, listener.fileno()) for listener in listeners]
        # Not by way of gevent, which would watch over children in gunicorn's place.
        self._pid = os.posix_spawn(sys.executable, command, self._environment, file_actions=closing)

    def end(self) -> None:
        """Tell it to stop, and wait until it has."""
        give_up = time.monotonic() + GRACE_SECONDS
        self._signal(signal.SIGTERM)
        while self._is_alive() and time.monotonic() < give_up:
            time.sleep(0.05)
        self._signal(signal.SIGKILL)

    def _is_alive(self) -> bool:
        try:
            return self._pid is not None and os.waitpid(self._pid, os.WNOHANG) == (0, 0)
        except ChildProcessError:
            return False  # it has ended, and gunicorn has seen that

    def _signal(self, number: int) -> None:
        if self._pid is not None and self._is_alive():
            os.kill(self._pid, number)


class Parent(Arbiter):
    """Gunicorn's parent process, which looks after the consumer as it does after its workers.

    On Linux it opens a listening socket for each worker, and the kernel spreads new connections over them evenly. At a
    socket that all share, whoever wakes first takes the next one, and some get twice what others do. The sockets stay
    open here: who waits at one is not lost with its worker, but taken by the successor.
    """

    consumer: Consumer | None = None

    def start(self) -> None:
        """Listen."""
        super().start()
        if sys.platform == "linux":
            self.LISTENERS += self._beside(self.LISTENERS[0], self.cfg.workers - 1)

    def _beside(self, first: Any, count: int) -> list[Any]:
        """So many more sockets that listen where ``first`` does."""
        if not count:
            return []
        # Not before it listens: until then it must not share its address with another server's.
        first.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        opened = [socket.socket(first.family, socket.SOCK_STREAM) for _ in range(count)]
        for each in opened:
            each.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            each.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
            each.bind(first.getsockname())
        listeners: list[Any] = sock.create_sockets(self.cfg, self.log, [each.detach() for each in opened])
        return listeners

    def give_socket(self, worker: Worker) -> None:
        """Have a new worker accept at the socket that the fewest of those who stay have."""
        # When there are more than there should be, as in a reload, the oldest have been told to stop.
        staying = list(self.WORKERS.values())[1 - self.cfg.workers :]
        taken = [listener for each in staying for listener in each.sockets]
        worker.sockets = [min(self.LISTENERS, key=taken.count)]

    def close_others(self, worker: Worker) -> None:
        """In a new worker, let go of the sockets of its siblings."""
        for listener in self.LISTENERS:
            if listener not in worker.sockets:
                listener.close()

    def handle_ttin(self) -> None:
        """Keep the number of workers: it was looked at when the server started, and each has a socket."""
        log.warning("workers-kept", effect="set READER_WORKERS and restart to have more or fewer")

    handle_ttou = handle_ttin

    def manage_workers(self) -> None:
        """Keep all going; called every second, and when a child ended."""
        super().manage_workers()
        if self.consumer is not None:
            self.consumer.keep(self.LISTENERS)

    def stop(self, graceful: bool = True) -> None:
        """End all."""
        consumer, self.consumer = self.consumer, None
        super().stop(graceful)
        if consumer is not None:
            consumer.end()


class Server(BaseApplication):
    """Gunicorn with the settings of one Reader."""

    def __init__(self, settings: Settings, ready: Callable[[], None]) -> None:
        self._settings = settings
        self._ready = ready
        super().__init__()

    def load_config(self) -> None:
        """Translate our settings to gunicorn's."""
        for name, value in gunicorn_options(self._settings).items():
            self.cfg.set(name, value)
        self.cfg.set("when_ready", lambda _arbiter: self._ready())
        self.cfg.set("pre_fork", Parent.give_socket)
        self.cfg.set("post_fork", Parent.close_others)
        self.cfg.set("post_request", Worker.note_request)
        self.cfg.set("child_exit", lambda _arbiter, worker: metrics.forget(worker.pid))

    def run(self) -> None:
        """Serve until told to stop."""
        parent = Parent(self)
        if self._settings.jobs:
            parent.consumer = Consumer(self._settings)
        parent.run()

    def load(self) -> Flask:
        """Make the application; called once in each worker."""
        app = create_app(self._settings)
        live.listen(app)
        # What the application is made of is never garbage. Looked through again and again it took a seventh of a post.
        gc.collect()
        gc.freeze()
        gc.set_threshold(*COLLECTED_AFTER)
        return app


def gunicorn_options(settings: Settings) -> dict[str, Any]:
    """Settings of gunicorn, by its own names."""
    return {
        "bind": settings.bind,
        "workers": settings.workers,
        "worker_class": Worker,
        "worker_connections": settings.connections,
        "backlog": 4096,
        "graceful_timeout": GRACE_SECONDS,
        "keepalive": KEEPALIVE_SECONDS,
        "limit_request_line": 4096,
        "limit_request_fields": 64,
        "limit_request_field_size": 8190,
        "forwarded_allow_ips": "",  # whom to believe is decided in one place: trusted_proxies
        "logger_class": GunicornLog,
        "loglevel": "warning",
        "proc_name": "reader",
        "control_socket_disable": True,
        "worker_tmp_dir": str(MEMORY) if MEMORY.is_dir() else None,
    }


def prepare(settings: Settings) -> None:
    """See that ``settings`` can be served, and that the database has its tables.

    Raises :class:`BadSetting` or :class:`reader.db.schema.NotCurrent`.
    """
    if settings.workers > 1 and (settings.embedded or settings.redis_url is None):
        raise BadSetting(
            f"READER_WORKERS: {settings.workers} workers need PostgreSQL and Redis, so that each hears of"
            " what the others wrote. Set READER_DATABASE_URL and READER_REDIS_URL, or serve with one."
        )
    _raise_file_limit(settings)
    permissions.mend(settings)
    with foundation(settings).app_context():
        try:
            if settings.embedded:
                schema.upgrade()
            schema.require()
        finally:
            db.engine.dispose()


def _raise_file_limit(settings: Settings) -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft != hard:
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    if hard != resource.RLIM_INFINITY and hard < settings.connections + SPARE_FILES:
        click.echo(
            f"This system allows {hard} open files, too few for READER_CONNECTIONS={settings.connections}:"
            " raise it (ulimit -Hn, or LimitNOFILE= in systemd), or set"
            f" READER_CONNECTIONS={hard - SPARE_FILES}.",
            err=True,
        )


def claim_address(bind: str) -> None:
    """Raise :class:`BadSetting`, saying what to do, where another server listens on ``bind``."""
    host, _, port = bind.rpartition(":")
    host = host.strip("[]")
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, int(port)))
        except OSError as error:
            raise BadSetting(
                f"READER_BIND: can't listen on {bind} ({error.strerror}). Is another server running there?"
                " Stop it, or choose another address: --bind 127.0.0.1:8001"
            ) from error


def serve(settings: Settings, ready: Callable[[], None] | None = None) -> None:
    """Serve until told to stop; ``ready`` is called once the address is open. Ends the process."""
    logs.setup()
    if settings.access_log:
        access_log.enable()
    claim_address(settings.bind)
    for sentence in config.unknown():
        click.echo(sentence, err=True)
    folder.make(settings)
    os.umask(permissions.OTHERS)  # whatever a library writes is the owner's, too
    metrics.share(settings)
    prepare(settings)
    address = f"http://{settings.bind}"
    Server(settings, ready or (lambda: click.echo(f"{settings.site_name} is at {address}"))).run()


def with_options(settings: Settings, *, bind: str | None, workers: int | None) -> Settings:
    """``settings`` with what the command line says instead."""
    return replace(settings, bind=bind or settings.bind, workers=workers or settings.workers)
