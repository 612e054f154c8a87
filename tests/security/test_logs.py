"""Contents of the log: no value that the database was given, and no key that stands in an address."""

from __future__ import annotations

import logging
import traceback
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from io import StringIO
from typing import Any, NoReturn, cast

import gevent
import pytest
import structlog
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import bindparam, insert, select, text
from sqlalchemy.exc import SQLAlchemyError

from reader import logs
from reader.accounts.models import LoginSession, User
from reader.background import jobs
from reader.config import Settings
from reader.db.base import db
from reader.db.prepared import Prepared
from reader.db.transactions import transaction
from tests.support.factories import a_person
from tests.support.logged import quiet

SECRETS = ("s3cret-token-hash", "ada-private@example.org", "s3cret-number")


@pytest.fixture
def settings(each_engine: Settings) -> Settings:
    return each_engine


@pytest.fixture
def logged(capfd: pytest.CaptureFixture[str]) -> Iterator[Callable[[], str]]:
    """Set the log up as a server's, and yield a function that returns what was written since."""
    with quiet(), StringIO() as stream:
        logs.setup()
        (handler,) = logging.getLogger().handlers
        cast(logging.StreamHandler[Any], handler).setStream(
            stream
        )  # pytest closes the stderr of its fixtures

        def written() -> str:
            text = stream.getvalue()
            stream.seek(0)
            stream.truncate()
            return text + "".join(capfd.readouterr())

        yield written


def a_session(person: User) -> LoginSession:
    return LoginSession(
        user_id=person.id,
        token_hash=SECRETS[0],
        remember=False,
        user_agent=SECRETS[1],
        expires_at=datetime.now(UTC),
    )


def twice_the_same() -> None:
    person = a_person()
    for _ in range(2):
        with transaction() as session:
            session.add(a_session(person))


def twice_the_same_by_the_driver() -> None:
    """As what every request and every write asks is asked."""
    names = (
        "username",
        "username_key",
        "email",
        "email_key",
        "password_hash",
        "role",
        "created_at",
        "shortcuts",
        "longer_password_due",
    )
    statement = Prepared(insert(User).values({name: bindparam(f"{name}_") for name in names}))
    values: dict[str, object] = {f"{name}_": SECRETS[1] for name in names}
    values |= {
        "created_at_": datetime.now(UTC),
        "role_": "reader",
        "shortcuts_": True,
        "longer_password_due_": False,
    }
    for _ in range(2):
        with transaction() as session:
            statement.run(session.connection(), values)


def a_value_that_is_no_number() -> None:
    statement = text("INSERT INTO login_sessions (id, token_hash) VALUES (CAST(:number AS integer), NULL)")
    db.session.execute(statement, {"number": SECRETS[2]})


def a_value_that_is_missing() -> None:
    with transaction() as session:
        session.execute(
            text("INSERT INTO login_sessions (token_hash) VALUES (:token)"), {"token": SECRETS[0]}
        )


def a_value_that_cannot_be_bound() -> None:
    naive = datetime(2026, 1, 1)  # noqa: DTZ001 - that is the fault
    db.session.execute(
        select(LoginSession).where(LoginSession.expires_at == naive, LoginSession.token_hash == SECRETS[0])
    )


FAULTS = (
    twice_the_same,
    twice_the_same_by_the_driver,
    a_value_that_is_no_number,
    a_value_that_is_missing,
    a_value_that_cannot_be_bound,
)


def assert_tells_nothing(written: str) -> None:
    assert "Error" in written or "Violation" in written or "failed" in written, written
    for secret in SECRETS:
        assert secret not in written


@pytest.mark.parametrize("broken", FAULTS)
def test_an_error_tells_no_value_in_its_words_or_its_causes(broken: Callable[[], None], app: Flask) -> None:
    with pytest.raises(SQLAlchemyError) as caught:
        broken()
    assert_tells_nothing("".join(traceback.format_exception(caught.value)))
    db.session.rollback()


@pytest.mark.parametrize("broken", FAULTS)
def test_a_request_that_breaks_logs_no_value(
    broken: Callable[[], None], app: Flask, client: FlaskClient, logged: Callable[[], str]
) -> None:
    app.add_url_rule("/probe/broken", view_func=cast(Any, broken))
    assert client.get("/probe/broken").status_code in (500, 503)
    assert_tells_nothing(logged())


def test_a_greenlet_that_breaks_writes_no_value(app: Flask, logged: Callable[[], str]) -> None:
    def broken() -> None:
        with app.app_context():
            twice_the_same()

    gevent.spawn(broken).join()
    assert_tells_nothing(logged())


def test_a_job_that_breaks_logs_no_value(app: Flask, logged: Callable[[], str]) -> None:
    queue = jobs.of(app)
    queue.add("broken", twice_the_same)
    huey = queue.open()
    queue._tasks["broken"]()
    task = huey.dequeue()
    assert task is not None
    huey.execute(task)
    huey.storage.flush_all()
    assert_tells_nothing(logged())


@pytest.mark.parametrize("path", ["/unsubscribe/s3cret-token-hash", "/decisions/s3cret-token-hash/7"])
def test_a_key_in_an_address_is_not_logged(
    path: str, app: Flask, client: FlaskClient, logged: Callable[[], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(**_arguments: object) -> None:
        raise LookupError("a bug")

    for name in ("notifications.unsubscribe_form", "appeals.keyed_own", "appeals.keyed_statement"):
        monkeypatch.setitem(app.view_functions, name, broken)
    assert client.get(path).status_code == 500
    written = logged()
    assert "request-failed" in written
    assert_tells_nothing(written)


@pytest.mark.parametrize(
    "sent",
    ["a\nforged=1", "a\x1b[31m", "a\x9b31m", "a\rforged", "a\u2028forged", "a\u202eforged", "a\x08\x7f"],
)
def test_what_a_client_sent_is_one_line_without_control_characters(
    sent: str, app: Flask, client: FlaskClient, logged: Callable[[], str]
) -> None:
    client.get("/socket.io/", query_string={"EIO": "4", "transport": "websocket", "sid": sent})
    structlog.get_logger("probe").warning("probe", sent=sent, fault=ValueError(sent))
    lines = logged().removesuffix("\n").split("\n")
    assert [line.partition(" level=")[0][:10] for line in lines] == ["timestamp=", "timestamp="]
    assert "Invalid session a" in lines[0]
    assert all(line.isprintable() for line in lines)


@pytest.fixture
def untouched_loggers(monkeypatch: pytest.MonkeyPatch) -> list[logging.Logger]:
    """The loggers of the sockets' libraries as they are at first; a server of another test may have changed them."""
    loggers = [logging.getLogger(f"{name}.server") for name in ("engineio", "socketio")]
    for each in loggers:
        monkeypatch.setattr(each, "handlers", [])
        monkeypatch.setattr(each, "level", logging.NOTSET)
    return loggers


def test_the_libraries_of_the_sockets_have_no_handler_of_their_own(
    untouched_loggers: list[logging.Logger], app: Flask
) -> None:
    assert [each.handlers for each in untouched_loggers] == [[], []]


def test_the_end_of_a_failure_is_logged(logged: Callable[[], str]) -> None:
    failure = logs.LogOnce("canary-unreadable", "nothing")
    with failure.contained():
        raise LookupError("gone")
    logged()
    with failure.contained():
        pass
    assert "canary-unreadable-over" in logged()


def test_a_queue_that_is_back_is_logged(
    app: Flask, logged: Callable[[], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    queue = jobs.of(app)
    queue.add("some-work", lambda: None)
    opened = queue.open()

    def sent() -> str:
        queue.ask("some-work")
        assert queue._sending is not None
        queue._sending.join()
        return logged()

    def away() -> NoReturn:
        raise OSError("the disk is full")

    with monkeypatch.context() as broken:
        broken.setattr(opened, "pending_count", away)
        broken.setattr(jobs, "COUNT_SECONDS", -1.0)
        assert "jobs-away" in sent()
    assert "jobs-back" in sent()
    assert sent() == ""
