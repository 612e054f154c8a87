"""A request's query that runs too long is an error for that request alone."""

import time
from dataclasses import replace
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import bindparam, func, literal_column, select, text

from reader.config import Settings
from reader.db.base import db
from reader.db.prepared import Prepared
from reader.db.transactions import transaction
from reader.web.error_pages import TOO_LONG
from tests.support.factories import a_person
from tests.support.forms import page

JSON = {"Accept": "application/json"}
# Longer than any test waits, and of use to no plan. Each engine can count by itself.
ENDLESS = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n"
WAYS = ["plain", "prepared", "in-transaction"]


@pytest.fixture
def settings(each_engine: Settings) -> Settings:
    return replace(each_engine, query_seconds=1)


@pytest.fixture
def slow(app: Flask) -> Flask:
    """An application with addresses whose queries take too long, and one whose query doesn't."""
    numbers = select(literal_column("1").label("i")).cte("n", recursive=True)
    endless = Prepared(
        select(func.count()).select_from(
            numbers.union_all(select(numbers.c.i + 1).where(numbers.c.i > bindparam("least")))
        )
    )

    @app.get("/probe/plain")
    def plain() -> str:
        return str(db.session.scalar(text(ENDLESS)))

    @app.get("/probe/prepared")
    def prepared() -> str:
        return str(endless.scalar(db.session.connection(), {"least": 0}))

    @app.get("/probe/in-transaction")
    def in_transaction() -> str:
        with transaction() as session:
            session.execute(text("UPDATE users SET role = 'admin'"))
            return str(session.scalar(text(ENDLESS)))

    @app.get("/probe/roles")
    def roles() -> str:
        return ",".join(db.session.scalars(text("SELECT role FROM users ORDER BY id")))

    return app


@pytest.mark.parametrize("way", WAYS)
def test_long_query_is_a_page_that_says_so(slow: Flask, way: str) -> None:
    answer = slow.test_client().get(f"/probe/{way}")
    assert answer.status_code == 503
    assert answer.headers["Retry-After"]
    assert TOO_LONG.heading in page(answer).get_text(" ", strip=True)


@pytest.mark.parametrize("way", WAYS)
def test_long_query_is_a_problem_for_a_program(slow: Flask, way: str) -> None:
    answer = slow.test_client().get(f"/probe/{way}", headers=JSON)
    assert (answer.status_code, answer.mimetype) == (503, "application/problem+json")
    assert answer.get_json()["detail"] == TOO_LONG.says


@pytest.mark.parametrize("way", WAYS)
def test_request_after_a_long_query_is_answered(slow: Flask, way: str) -> None:
    a_person()
    client = slow.test_client()
    client.get(f"/probe/{way}")
    assert client.get("/probe/roles").text == "reader"


def test_requests_follow_indexes_instead_of_collecting_their_rows(app: Flask) -> None:
    @app.get("/probe/bitmaps")
    def bitmaps() -> str:
        is_postgres = db.session.connection().dialect.name == "postgresql"
        return str(db.session.scalar(text("SHOW enable_bitmapscan"))) if is_postgres else "off"

    assert app.test_client().get("/probe/bitmaps").text == "off"


@pytest.mark.usefixtures("app")
def test_query_of_a_command_is_not_bounded() -> None:
    connection = db.session.connection()
    if connection.dialect.name == "sqlite":
        raw: Any = connection.connection.dbapi_connection
        raw.create_function("pg_sleep", 1, time.sleep)
    many = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 100000) SELECT count(*) FROM n"
    assert (
        connection.execute(text(f"SELECT ({many}) FROM (SELECT pg_sleep(1.5)) AS slept")).scalar() == 100_000
    )
