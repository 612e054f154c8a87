"""Fixtures that every test may use: an application on each real engine, and what runs beside it."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask, request
from flask.testing import FlaskClient
from flask_migrate import upgrade
from hypothesis import settings as hypothesis_settings
from werkzeug.wrappers import Response

from reader.accounts import routes
from reader.app import create_app
from reader.config import Settings
from reader.db.base import db
from tests.support.clients import Client
from tests.support.compiled import share_builders, share_templates
from tests.support.hashing import hash_quickly
from tests.support.servers import Databases, Postgres, start_postgres, valkey

# How long an example takes says nothing on a machine that does other things.
hypothesis_settings.register_profile("untimed", deadline=None)
hypothesis_settings.load_profile("untimed")

SECRET = "a secret for tests only, long enough to be taken"

share_builders()
share_templates()
hash_quickly()


def migrated(settings: Settings) -> None:
    """Bring the database of ``settings`` to the present schema."""
    app = create_app(settings, new=True)
    with app.app_context():
        upgrade()
        db.engine.dispose()


@pytest.fixture(scope="session")
def shared_folder(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Path:
    """A folder that all processes of this test run share."""
    base = tmp_path_factory.getbasetemp()
    return base if worker_id == "master" else base.parent


@pytest.fixture(scope="session")
def postgres(shared_folder: Path) -> Postgres:
    """A PostgreSQL server. One of the tests' own needs to survive no power cut."""
    server = start_postgres(shared_folder)
    if "TEST_POSTGRES_URL" not in os.environ:
        for setting in ("fsync", "full_page_writes", "synchronous_commit"):
            server.ask(f"ALTER SYSTEM SET {setting} = off")
        server.ask("SELECT pg_reload_conf()")
    return server


@pytest.fixture(scope="session")
def postgres_template(postgres: Postgres, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The name of a database with the present schema and no rows, to copy from."""
    name = postgres.create()
    migrated(
        Settings(
            instance=tmp_path_factory.mktemp("template"),
            database_url=postgres.database(name),
            secret_key=SECRET,
        )
    )
    yield name
    postgres.drop(name)


@pytest.fixture(scope="session")
def postgres_databases(postgres: Postgres, postgres_template: str) -> Iterator[Databases]:
    """Databases with the present schema and no rows, for one test after the other."""
    databases = Databases(postgres, postgres_template)
    yield databases
    databases.close()


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite file with the present schema and no rows, to copy from."""
    folder = tmp_path_factory.mktemp("template")
    migrated(Settings(instance=folder, secret_key=SECRET))
    return folder / "reader.sqlite3"


@pytest.fixture(autouse=True)
def probes_are_open(monkeypatch: pytest.MonkeyPatch) -> None:
    """Addresses under /probe, which tests add to an application, stand in no table of the site's."""
    guard = routes.guard

    def guard_ours() -> Response | None:
        return None if "/probe" in request.path else guard()

    monkeypatch.setattr(routes, "guard", guard_ours)


@pytest.fixture
def sqlite_settings(tmp_path: Path, sqlite_template: Path) -> Settings:
    """Settings with a fresh SQLite database."""
    instance = tmp_path / "instance"
    instance.mkdir(0o700)
    shutil.copyfile(sqlite_template, instance / "reader.sqlite3")
    (instance / "reader.sqlite3").chmod(0o600)
    return Settings(instance=instance, secret_key=SECRET)


@pytest.fixture
def postgres_settings(
    tmp_path: Path, postgres: Postgres, postgres_databases: Databases
) -> Iterator[Settings]:
    """Settings with a PostgreSQL database that has no rows."""
    name, instance = postgres_databases.take(), tmp_path / "instance"
    instance.mkdir(0o700)
    yield Settings(instance=instance, database_url=postgres.database(name), secret_key=SECRET)
    postgres_databases.give_back(name)


@pytest.fixture(params=["sqlite", "postgresql"])
def each_engine(request: pytest.FixtureRequest) -> Settings:
    """Settings with a fresh database, on each engine in turn."""
    fixture = "sqlite_settings" if request.param == "sqlite" else "postgres_settings"
    settings: Settings = request.getfixturevalue(fixture)
    return settings


@pytest.fixture
def settings(sqlite_settings: Settings) -> Settings:
    """The settings of ``app``. A test module may override this, for instance with ``each_engine``."""
    return sqlite_settings


@pytest.fixture
def app(settings: Settings) -> Iterator[Flask]:
    """An application with an empty database; its context is open."""
    app = create_app(settings)
    app.test_client_class = Client
    with app.app_context():
        yield app
        db.session.remove()
        for engine in db.engines.values():
            engine.dispose()


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A browser without JavaScript that nobody is logged in with."""
    return app.test_client()


@pytest.fixture
def redis_url() -> Iterator[str]:
    """A Valkey of this test's own."""
    with valkey() as url:
        yield url
