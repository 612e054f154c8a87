"""Error pages for people, and error answers for programs."""

from pathlib import Path
from typing import NoReturn

import pytest
from flask import Flask, abort
from flask.testing import FlaskClient
from sqlalchemy import text

from reader.db.base import db
from reader.db.transactions import transaction
from reader.errors import Conflict, Invalid, Missing, Refused, TooMany
from reader.web.error_pages import HELP
from tests.support.factories import a_person
from tests.support.forms import form_on, page
from tests.support.people import log_in

JSON = {"Accept": "application/json"}
STATUSES = sorted(HELP)


@pytest.fixture
def failing(app: Flask) -> Flask:
    """An application with routes that fail."""

    @app.get("/probe/status/<int:status>")
    def with_status(status: int) -> NoReturn:
        abort(status)

    @app.get("/probe/broken")
    def broken() -> NoReturn:
        db.session.execute(text("SELECT 1"))
        raise ZeroDivisionError("a secret of the code")

    @app.get("/probe/broken-in-transaction")
    def broken_in_transaction() -> NoReturn:
        with transaction() as session:
            session.execute(text("UPDATE users SET role = 'admin'"))
            raise ZeroDivisionError
        raise AssertionError("transaction() has swallowed it")

    @app.get("/live/probe")
    def live() -> NoReturn:
        raise Missing("There is no such stream.")

    return app


@pytest.mark.parametrize("status", STATUSES)
def test_every_error_is_a_page_of_the_site_that_helps(status: int, failing: Flask) -> None:
    answer = failing.test_client().get(f"/probe/status/{status}")
    assert answer.status_code == status
    soup = page(answer)
    assert soup.find("h1", string=lambda words: words is not None and words.strip() == HELP[status].heading)
    assert HELP[status].advice in soup.get_text(" ", strip=True)
    assert soup.find("a", href="/")
    assert soup.find("header", class_="site-header")


@pytest.mark.parametrize("status", STATUSES)
def test_every_error_is_problem_json_for_a_program(status: int, failing: Flask) -> None:
    answer = failing.test_client().get(f"/probe/status/{status}", headers=JSON)
    assert answer.status_code == status
    assert answer.mimetype == "application/problem+json"
    content = answer.get_json()
    assert content["status"] == status
    assert content["title"]
    assert content["detail"]


@pytest.mark.parametrize(
    ("accept", "is_json"),
    [
        ("application/json", True),
        ("application/problem+json", True),
        ("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", False),
        ("text/html;q=0.5, application/json", True),
        ("application/json;q=0.5, text/html", False),
        ("*/*", False),
        ("", False),
    ],
)
def test_who_prefers_json_gets_it(accept: str, is_json: bool, client: FlaskClient) -> None:
    answer = client.get("/no/such/page", headers={"Accept": accept})
    assert (answer.mimetype == "application/problem+json") is is_json


def test_under_live_there_are_only_programs(failing: Flask) -> None:
    answer = failing.test_client().get("/live/probe")
    assert answer.status_code == 404
    assert answer.get_json()["detail"] == "There is no such stream."


@pytest.mark.parametrize(
    ("fault", "status"),
    [
        (Refused("You may not, because."), 403),
        (Missing("There is none, because."), 404),
        (Conflict("Someone else changed this first, because."), 409),
        (Invalid("It can’t be, because.", field="body"), 422),
        (TooMany("Wait, because.", retry_after=7), 429),
    ],
)
def test_a_refusal_is_told_in_its_own_words(
    fault: Refused, status: int, app: Flask, client: FlaskClient
) -> None:
    @app.get("/probe/refusal")
    def refusal() -> NoReturn:
        raise fault

    shown, sent = client.get("/probe/refusal"), client.get("/probe/refusal", headers=JSON)
    assert shown.status_code == sent.status_code == status
    assert fault.reason in page(shown).get_text()
    assert sent.get_json()["detail"] == fault.reason
    assert sent.get_json().get("field") == fault.field
    for answer in (shown, sent):
        assert answer.headers.get("Retry-After") == ("7" if status == 429 else None)


def test_an_unknown_address_shows_the_persons_log_out_form(
    client: FlaskClient,
) -> None:
    log_in(client, a_person("Ada"))
    answer = client.get("/no/such/page")
    assert answer.status_code == 404
    assert "Ada" in answer.text
    assert form_on(answer, "/logout")


def test_a_wrong_method_says_which_are_right(client: FlaskClient) -> None:
    answer = client.get("/logout")
    assert answer.status_code == 405
    assert "POST" in answer.headers["Allow"]


def test_what_is_too_large_is_refused_before_it_is_read(client: FlaskClient) -> None:
    answer = client.post("/login", data={"login": "x" * 300_000})
    assert answer.status_code == 413
    assert "larger than this site takes" in answer.text


def test_a_bug_tells_its_number_and_nothing_else(failing: Flask, capsys: pytest.CaptureFixture[str]) -> None:
    answer = failing.test_client().get("/probe/broken")
    assert answer.status_code == 500
    assert "secret of the code" not in answer.text
    number = page(answer).select_one(".error-status code")
    assert number is not None
    logged = "".join(capsys.readouterr())
    assert number.get_text() in logged
    assert "ZeroDivisionError" in logged
    assert "/probe/broken" in logged


def test_a_bug_leaves_nothing_half_written_and_no_transaction_open(failing: Flask) -> None:
    client = failing.test_client()
    person = a_person()
    log_in(client, person)
    assert client.get("/probe/broken-in-transaction").status_code == 500
    assert person.role == "reader"
    db.session.remove()
    assert db.engine.pool.checkedout() == 0  # type: ignore[attr-defined]


@pytest.mark.parametrize("headers", [{}, JSON])
def test_without_its_database_the_site_says_to_come_back(headers: dict[str, str], failing: Flask) -> None:
    client = failing.test_client()
    log_in(client, a_person())
    database = Path(db.engine.url.database or "")
    db.session.remove()
    db.engine.dispose()
    for file in database.parent.glob(f"{database.name}*"):
        file.unlink()
    database.mkdir()  # which can't be opened as a file
    answer = client.get("/account/", headers=headers)
    assert answer.status_code == 503
    assert answer.headers["Retry-After"] == "5"
    assert "database does not answer" in answer.text


@pytest.mark.parametrize(("number", "status"), [(2**31 - 1, 200), (2**31, 404), (10**30, 404)])
def test_a_number_that_no_row_can_have_is_an_unknown_address(number: int, status: int, app: Flask) -> None:
    app.add_url_rule("/probe/<int:number>", "numbered", lambda number: "found")
    assert app.test_client().get(f"/probe/{number}").status_code == status


@pytest.mark.parametrize("address", ["/a%00b", "/login?next=%00"])
def test_a_nul_character_is_refused_in_an_address(address: str, client: FlaskClient) -> None:
    assert client.get(address).status_code == 400


def test_a_nul_character_is_refused_in_a_form(client: FlaskClient) -> None:
    answer = client.post("/login", data={"login": "a\0b", "password": "x"})
    assert answer.status_code == 400
    assert "NUL" in answer.text
