"""Reading on a connection of one's own: what it sees, what it leaves behind, and how it fails."""

import pytest
from psycopg.pq import TransactionStatus
from sqlalchemy import func, select, text
from sqlalchemy.exc import OperationalError

from reader.accounts.models import User
from reader.config import Settings
from reader.db.base import db
from reader.db.snapshot import autocommit_connection, snapshot
from tests.support.factories import a_person

PEOPLE = select(func.count()).select_from(User)


@pytest.fixture
def settings(each_engine: Settings) -> Settings:
    return each_engine


@pytest.mark.usefixtures("app")
def test_a_snapshot_stays_as_it_was_and_a_glance_sees_what_is() -> None:
    with snapshot() as whole:
        assert whole.scalar(PEOPLE) == 0
        a_person()
        assert whole.scalar(PEOPLE) == 0
        with autocommit_connection() as connection:
            assert connection.scalar(PEOPLE) == 1


@pytest.mark.usefixtures("app")
def test_after_a_glance_its_connection_is_like_any_other() -> None:
    a_person()
    db.session.remove()
    with autocommit_connection() as connection:
        raw = connection.connection.dbapi_connection
    with db.engine.connect() as connection:
        assert connection.connection.dbapi_connection is raw
        connection.execute(text("DELETE FROM users"))
        connection.rollback()
        assert connection.scalar(PEOPLE) == 1


@pytest.mark.usefixtures("app")
def test_the_connection_used_last_is_taken_next() -> None:
    first, second = db.engine.connect(), db.engine.connect()
    raw = second.connection.dbapi_connection
    first.close()
    second.close()
    with db.engine.connect() as third:
        assert third.connection.dbapi_connection is raw


class TestOnPostgresql:
    """Behaviour on a server, where a transaction is opened over the connection."""

    @pytest.fixture
    def settings(self, postgres_settings: Settings) -> Settings:
        return postgres_settings

    @pytest.mark.usefixtures("app")
    def test_a_glance_opens_no_transaction(self) -> None:
        with autocommit_connection() as connection:
            connection.scalar(PEOPLE)
            raw = connection.connection.dbapi_connection
            assert raw is not None
            assert raw.info.transaction_status == TransactionStatus.IDLE

    @pytest.mark.usefixtures("app")
    def test_where_its_connection_breaks_the_next_glance_has_another_one(self) -> None:
        with pytest.raises(OperationalError), autocommit_connection() as connection:
            pid = connection.scalar(text("SELECT pg_backend_pid()"))
            with db.engine.connect() as other:
                other.execute(text("SELECT pg_terminate_backend(:pid, 10000)"), {"pid": pid})
            connection.scalar(PEOPLE)
        with autocommit_connection() as connection:
            assert connection.scalar(PEOPLE) == 0
