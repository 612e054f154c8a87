"""Statements that go straight to the driver: they say the same as by SQLAlchemy's way, and fail the same."""

import re
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import Select, bindparam, insert, select, text, update
from sqlalchemy.dialects import sqlite
from sqlalchemy.exc import IntegrityError, OperationalError

from reader.accounts.models import LoginSession, User
from reader.clock import now
from reader.config import Settings
from reader.db.base import db
from reader.db.prepared import Prepared
from reader.db.transactions import transaction
from tests.support.factories import a_person

_ALL = (LoginSession.id, LoginSession.remember, LoginSession.user_agent, LoginSession.seen_at)
BY_USER = select(*_ALL).where(LoginSession.user_id == bindparam("user")).order_by(LoginSession.id)
COLUMNS = [each.key for each in LoginSession.__table__.columns if each.key != "id"]
ADD = insert(LoginSession).values({name: bindparam(name) for name in COLUMNS}).returning(LoginSession.id)


@pytest.fixture
def settings(each_engine: Settings) -> Settings:
    return each_engine


@pytest.fixture
def person(app: object) -> User:
    return a_person()


def a_session(person: User, **values: Any) -> dict[str, Any]:
    """The row of a session."""
    known = {"user_id": person.id, "token_hash": "#", "remember": True, "user_agent": "x"}
    return {**known, "created_at": now(), "seen_at": now(), "expires_at": now(), **values}


def test_rows_are_those_that_sqlalchemy_finds_by_type_name_and_order(person: User) -> None:
    with transaction() as session:
        for number in range(3):
            Prepared(ADD).scalar(
                session.connection(), a_session(person, token_hash=str(number), remember=number == 1)
            )
    connection = db.session.connection()
    found = Prepared(BY_USER).rows(connection, {"user": person.id})
    assert found == [tuple(row) for row in connection.execute(BY_USER, {"user": person.id})]
    assert [row.remember for row in found] == [False, True, False]
    assert found[0].seen_at.utcoffset() is not None
    assert Prepared(BY_USER).row(connection, {"user": person.id}) == found[0]
    assert Prepared(BY_USER).scalar(connection, {"user": person.id}) == found[0].id
    assert Prepared(BY_USER).scalars(connection, {"user": person.id}) == [row.id for row in found]


def test_where_there_is_nothing_nothing_is_found(person: User) -> None:
    connection, asked = db.session.connection(), {"user": person.id}
    assert Prepared(BY_USER).rows(connection, asked) == []
    assert Prepared(BY_USER).row(connection, asked) is None
    assert Prepared(BY_USER).scalar(connection, asked) is None
    assert Prepared(BY_USER).scalars(connection, asked) == []


def test_what_has_no_rows_is_run_in_the_open_transaction(person: User) -> None:
    rename = Prepared(update(User).where(User.id == bindparam("who")).values(username=bindparam("name")))
    with pytest.raises(ZeroDivisionError), transaction() as session:
        rename.run(session.connection(), {"who": person.id, "name": "undone"})
        raise ZeroDivisionError
    with transaction() as session:
        rename.run(session.connection(), {"who": person.id, "name": "done"})
    assert db.session.scalars(select(User.username)).all() == ["done"]


def test_a_connection_of_its_own_begins_as_it_does_elsewhere(person: User) -> None:
    with db.engine.connect() as connection:
        Prepared(ADD).scalar(connection, a_session(person))
        assert connection.in_transaction()
    assert Prepared(BY_USER).rows(db.session.connection(), {"user": person.id}) == [], "it was rolled back"


def test_a_value_that_is_missing_or_of_the_wrong_type_is_refused(person: User) -> None:
    naive = now().replace(tzinfo=None)
    with transaction() as session:
        with pytest.raises(KeyError, match="user"):
            Prepared(BY_USER).rows(session.connection(), {})
        with pytest.raises(ValueError, match="no time zone"):
            Prepared(ADD).scalar(session.connection(), a_session(person, seen_at=naive))


def test_a_list_of_values_is_refused(person: User) -> None:
    some = Prepared(select(User.id).where(User.id.in_(bindparam("ids", expanding=True))))
    with pytest.raises(ValueError, match="a list"):
        some.rows(db.session.connection(), {"ids": [person.id]})


def test_a_column_that_python_would_fill_has_to_be_named(person: User) -> None:
    without = Prepared(insert(LoginSession).values(user_id=bindparam("user"), token_hash="#"))
    with pytest.raises(ValueError, match="name all values"):
        without.run(db.session.connection(), {"user": person.id})


def test_an_error_is_sqlalchemys_and_the_next_transaction_works(person: User) -> None:
    with transaction() as session:
        Prepared(ADD).scalar(session.connection(), a_session(person))
    with pytest.raises(IntegrityError, match="token_hash"), transaction() as session:
        Prepared(ADD).scalar(session.connection(), a_session(person))
    with transaction() as session:
        Prepared(ADD).scalar(session.connection(), a_session(person, token_hash="other"))
    assert len(Prepared(BY_USER).rows(db.session.connection(), {"user": person.id})) == 2


class TestOnPostgresql:
    """Faults that only a database server can cause."""

    @pytest.fixture
    def settings(self, postgres_settings: Settings) -> Settings:
        return postgres_settings

    def test_a_connection_that_the_server_has_closed_is_given_up(self, person: User) -> None:
        connection = db.session.connection()
        pid = connection.scalar(text("SELECT pg_backend_pid()"))
        with db.engine.connect() as other:
            other.execute(text("SELECT pg_terminate_backend(:pid, 10000)"), {"pid": pid})
        with pytest.raises(OperationalError) as fault:
            Prepared(BY_USER).rows(connection, {"user": person.id})
        assert fault.value.connection_invalidated
        db.session.rollback()
        assert Prepared(BY_USER).rows(db.session.connection(), {"user": person.id}) == []

    def test_a_connection_is_given_up_if_its_query_is_stopped(self, person: User) -> None:
        connection = db.session.connection()
        sleep = Prepared(select(text("1 AS one")).select_from(text("pg_sleep(30)")))
        with stopped_after(0.3), pytest.raises(Stopped):
            sleep.rows(connection, {})
        assert connection.invalidated
        db.session.rollback()
        assert Prepared(BY_USER).rows(db.session.connection(), {"user": person.id}) == []


class Stopped(BaseException):
    """Exception that stops a request which takes too long."""


@contextmanager
def stopped_after(seconds: float) -> Iterator[None]:
    """Stop what is done in the block."""

    def stop(*_frame: object) -> None:
        raise Stopped

    before = signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def test_no_prepared_statement_binds_the_state_of_a_comment() -> None:
    """SQLite would plan such a query anew each time it is run."""
    for module in [each for name, each in sys.modules.items() if name.startswith("reader.")]:
        for name, statement in vars(module).items():
            if isinstance(statement, Prepared) and isinstance(statement._statement, Select):
                words = str(statement._statement.compile(dialect=sqlite.dialect()))
                assert not re.search(r"comments\.state [=!<>]+ \?", words), f"{module.__name__}.{name}"
