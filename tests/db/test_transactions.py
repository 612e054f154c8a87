"""The only commit: all or nothing, one writer at a time, and what follows it."""

import threading
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select, text, update
from sqlalchemy.exc import DBAPIError, IntegrityError

from reader.accounts.models import User
from reader.config import Settings
from reader.db.base import db
from reader.db.transactions import on_commit, transaction
from tests.support.factories import a_person

WRITERS = 8
EACH = 10


@pytest.fixture
def settings(each_engine: Settings) -> Settings:
    return each_engine


def a_row(name: str) -> User:
    return User(username=name, username_key=name, email=name, email_key=name, password_hash="!")


def people() -> int:
    db.session.rollback()
    return db.session.scalars(select(func.count()).select_from(User)).one()


@pytest.mark.usefixtures("app")
def test_an_exception_undoes_everything_and_is_passed_on() -> None:
    with pytest.raises(ZeroDivisionError), transaction() as session:
        session.add(a_row("a"))
        session.flush()
        raise ZeroDivisionError
    assert people() == 0


@pytest.mark.usefixtures("app")
def test_what_is_to_follow_a_commit_follows_it_and_never_a_rollback() -> None:
    seen: list[int] = []
    with pytest.raises(ZeroDivisionError), transaction():
        on_commit(lambda: seen.append(-1))
        raise ZeroDivisionError
    with transaction() as session:
        session.add(a_row("a"))
        on_commit(lambda: seen.append(people()))
        assert seen == []
    assert seen == [1]


@pytest.mark.usefixtures("app")
def test_a_failing_follower_stops_neither_the_others_nor_the_caller() -> None:
    seen: list[str] = []

    def fails() -> None:
        raise OSError("no network")

    with transaction():
        on_commit(fails)
        on_commit(lambda: seen.append("told"))
    assert seen == ["told"]


@pytest.mark.usefixtures("app")
def test_transactions_do_not_nest() -> None:
    with transaction(), pytest.raises(RuntimeError, match="nest"), transaction():
        pass


@pytest.mark.usefixtures("app")
def test_outside_a_transaction_nothing_can_be_promised() -> None:
    with pytest.raises(RuntimeError, match="inside transaction"):
        on_commit(lambda: None)


def in_threads(app: Flask, work: Callable[[], Any]) -> list[BaseException]:
    """Run ``work`` in several threads at once, each in a context of its own; what went wrong."""
    faults: list[BaseException] = []

    def run() -> None:
        with app.app_context():
            try:
                work()
            except BaseException as error:
                faults.append(error)

    threads = [threading.Thread(target=run) for _ in range(WRITERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return faults


def rename() -> None:
    with transaction() as session:
        session.execute(update(User).values(username="Ida"))


def test_writers_that_read_before_they_write_lose_no_update(app: Flask) -> None:
    person_id = a_person().id

    def write() -> None:
        for _ in range(EACH):
            db.session.scalar(select(User.username).where(User.id == person_id))  # an open read transaction
            with transaction() as session:
                person = session.get_one(User, person_id, with_for_update=True, populate_existing=True)
                session.execute(
                    update(User).where(User.id == person_id).values(email=str(int(person.email or 0) + 1))
                )

    with transaction() as session:
        session.execute(update(User).values(email="0"))
    assert in_threads(app, write) == []
    db.session.rollback()
    assert db.session.scalar(select(User.email)) == str(WRITERS * EACH)


def test_reading_waits_for_no_writer(app: Flask) -> None:
    a_person()
    with transaction() as session:
        session.add(a_row("b"))
        session.flush()
        counts: list[int] = []
        assert in_threads(app, lambda: counts.append(people())) == []
    assert counts == [1] * WRITERS
    assert people() == 2


def test_rows_loaded_before_are_as_of_now_inside(app: Flask) -> None:
    """Also when no read was open, so that there was nothing to end."""
    person = a_person("Ada")

    assert in_threads(app, rename) == []
    assert person.username == "Ada"
    with transaction():
        assert person.username == "Ida"


@pytest.mark.usefixtures("app")
def test_connections_that_the_server_has_closed_are_not_used_again() -> None:
    if db.engine.dialect.name == "sqlite":
        return  # there is no server
    with db.engine.connect() as first, db.engine.connect() as second:
        held = [first.scalar(text("SELECT pg_backend_pid()")), second.scalar(text("SELECT pg_backend_pid()"))]
    with db.engine.connect() as killer:
        mine = killer.scalar(text("SELECT pg_backend_pid()"))
        for pid in held:
            if pid != mine:
                # Waits until the process is gone.
                assert killer.scalar(text("SELECT pg_terminate_backend(:pid, 10000)"), {"pid": pid})
        with db.engine.connect() as another:
            assert another.scalar(text("SELECT pg_backend_pid()")) not in held
    assert people() == 0


@pytest.mark.usefixtures("app")
def test_a_write_reuses_the_connection_of_reads_and_sees_later_changes() -> None:
    person = a_person()
    before = db.session.connection().connection.dbapi_connection
    assert people() == 1
    with db.engine.begin() as other:
        other.execute(update(User).where(User.id == person.id).values(username="renamed meanwhile"))
    with transaction() as session:
        assert session.scalars(select(User.username)).all() == ["renamed meanwhile"]
        assert session.connection().connection.dbapi_connection is before


@pytest.mark.usefixtures("app")
def test_what_was_added_outside_is_not_written_by_the_next_transaction() -> None:
    people()
    db.session.add(a_row("b"))
    with transaction():
        pass
    assert people() == 0


class TestOfTheConnectionThatWasAskedFor:
    """To which prepared statements are handed, past the session."""

    @pytest.mark.usefixtures("app")
    def test_what_the_session_stores_is_committed_with_it(self) -> None:
        with transaction() as session:
            connection = session.connection()
            session.add(a_row("b"))
            session.flush()
            assert connection.scalar(select(func.count()).select_from(User)) == 1
            assert session.connection() is connection
        assert connection.closed
        assert not db.session().in_transaction()
        assert people() == 1

    @pytest.mark.usefixtures("app")
    def test_what_the_session_stores_is_undone_with_it(self) -> None:
        with pytest.raises(ZeroDivisionError), transaction() as session:
            connection = session.connection()
            session.add(a_row("b"))
            session.flush()
            raise ZeroDivisionError
        assert connection.closed
        assert not db.session().in_transaction()
        assert people() == 0

    @pytest.mark.usefixtures("app")
    def test_it_goes_back_when_the_session_ends(self) -> None:
        session = db.session()
        for end in (session.close, session.invalidate, db.session.remove):
            connection = session.connection()
            assert session.in_transaction()
            end()
            assert connection.closed
            assert not session.in_transaction()

    @pytest.mark.usefixtures("app")
    def test_it_is_the_one_that_the_session_reads_on_already(self) -> None:
        people()
        connection = db.session.connection()
        assert db.session.connection() is connection
        db.session.rollback()
        assert connection.closed

    def test_what_was_loaded_is_read_again_after_its_transaction_was_undone(self, app: Flask) -> None:
        person = a_person("Ada")
        db.session.connection()

        assert in_threads(app, rename) == []
        assert person.username == "Ada"
        db.session.rollback()
        assert person.username == "Ida"

    def test_who_reads_after_having_written_keeps_nobody_from_writing(self, app: Flask) -> None:
        with transaction() as session:
            session.add(a_row("b"))
        db.session.connection().execute(select(User.id))
        assert in_threads(app, rename) == []

    @pytest.mark.usefixtures("app")
    def test_where_the_commit_fails_nothing_stays(self) -> None:
        is_late = {
            "sqlite": ("PRAGMA defer_foreign_keys = ON", "INSERT INTO mutes VALUES (901, 902, '2026-01-01')"),
            "postgresql": (
                "CREATE TEMP TABLE late (a int UNIQUE DEFERRABLE INITIALLY DEFERRED)",
                "INSERT INTO late VALUES (1), (1)",
            ),
        }
        with pytest.raises(IntegrityError), transaction() as session:
            session.add(a_row("b"))
            session.flush()
            for statement in is_late[db.engine.dialect.name]:
                session.connection().exec_driver_sql(statement)
        assert not db.session().in_transaction()
        assert people() == 0


class TestOnPostgresql:
    """Faults that only a database server can cause."""

    @pytest.fixture
    def settings(self, postgres_settings: Settings) -> Settings:
        return postgres_settings

    @pytest.mark.usefixtures("app")
    def test_a_connection_that_was_lost_since_it_was_read_on_is_replaced(self) -> None:
        pid = db.session.scalar(text("SELECT pg_backend_pid()"))
        with db.engine.connect() as other:
            other.execute(text("SELECT pg_terminate_backend(:pid, 10000)"), {"pid": pid})
        with transaction() as session:
            session.add(a_row("c"))
        assert people() == 1

    @pytest.mark.usefixtures("app")
    def test_one_that_is_lost_while_it_is_written_on_is_given_up(self) -> None:
        with pytest.raises(DBAPIError), transaction() as session:
            pid = session.connection().scalar(text("SELECT pg_backend_pid()"))
            with db.engine.connect() as other:
                other.execute(text("SELECT pg_terminate_backend(:pid, 10000)"), {"pid": pid})
            session.add(a_row("c"))
        assert people() == 0
