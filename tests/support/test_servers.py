"""The databases that tests are given one after the other: none finds what another left."""

from collections.abc import Iterator
from typing import LiteralString

import psycopg
import pytest

from tests.support.servers import Databases, Postgres

WRITTEN = (
    "INSERT INTO users (username, username_key, email, email_key, password_hash, role, created_at)"
    " VALUES ('a', 'a', 'a', 'a', '!', 'reader', now())"
)


@pytest.fixture
def databases(postgres: Postgres, postgres_template: str) -> Iterator[Databases]:
    databases = Databases(postgres, postgres_template)
    yield databases
    databases.close()


def test_a_returned_database_is_reused_empty_with_its_numbers_restarted(
    postgres: Postgres, databases: Databases
) -> None:
    name = databases.take()
    left = psycopg.connect(postgres.database(name))
    left.execute(WRITTEN)
    left.commit()
    left.execute("SELECT * FROM users")  # and goes on
    databases.give_back(name)
    with pytest.raises(psycopg.OperationalError):
        left.execute("SELECT 1")
    assert databases.take() == name
    assert databases.take() != name
    with psycopg.connect(postgres.database(name)) as connection:
        assert connection.execute("SELECT count(*) FROM users").fetchone() == (0,)
        assert connection.execute(f"{WRITTEN} RETURNING id").fetchone() == (1,)
        assert connection.execute("SELECT count(*) FROM alembic_version").fetchone() == (1,)


@pytest.mark.parametrize(
    "change",
    ["ALTER TABLE users ADD COLUMN mood text", "UPDATE alembic_version SET version_num = '9999'"],
)
def test_one_whose_schema_was_changed_is_not_taken_again(
    postgres: Postgres, databases: Databases, change: LiteralString
) -> None:
    name = databases.take()
    with psycopg.connect(postgres.database(name)) as connection:
        connection.execute(change)
    databases.give_back(name)
    assert databases.take() != name
