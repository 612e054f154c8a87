"""Becoming somebody: names, addresses, passwords, and what the form says about them."""

import threading

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from reader.accounts import actions, guessing, queries
from reader.app import create_app
from reader.config import Settings
from reader.db.base import db
from reader.errors import Conflict, Invalid
from reader.policy import Role
from tests.support.factories import a_person
from tests.support.forms import errors_beside, fill_in, form_on, page, values_of

GOOD = "four words walk home"


def register(
    client: FlaskClient, name: str = "Ada", email: str = "ada@example.org", password: str = GOOD, **more: str
) -> TestResponse:
    return fill_in(client, "/register", "/register", username=name, email=email, password=password, **more)


def test_a_newcomer_is_logged_in_and_sees_their_name(client: FlaskClient) -> None:
    answer = register(client)
    assert answer.status_code == 303
    assert answer.location == "/"
    account = client.get("/account/")
    assert account.status_code == 200
    assert "Ada" in account.text
    assert form_on(account, "/logout")


@pytest.mark.usefixtures("app")
def test_a_newcomer_is_a_reader_whatever_they_send(client: FlaskClient) -> None:
    register(client, role="admin")
    person = queries.user_by_name("ada")
    assert person is not None
    assert person.role == Role.READER


def test_a_newcomer_comes_back_to_the_thread(client: FlaskClient) -> None:
    opened = client.get("/register?next=/articles/x%23comments")
    form = form_on(opened, "/register")
    answer = client.post(
        "/register", data={**values_of(form), "username": "Ada", "email": "ada@example.org", "password": GOOD}
    )
    assert answer.location == "/articles/x#comments"


def test_the_link_to_the_other_form_keeps_the_way_back(client: FlaskClient) -> None:
    opened = page(client.get("/register?next=/articles/x%23comments"))
    assert opened.find("a", href="/login?next=/articles/x%23comments")


def test_the_password_is_kept_as_argon2id_only(client: FlaskClient, app: Flask) -> None:
    register(client)
    person = queries.user_by_name("Ada")
    assert person is not None
    assert person.password_hash.startswith("$argon2id$")


@pytest.mark.parametrize(
    "name",
    ["ab", "Ada", "ada.lovelace", "a-b_c.d", "Zoë", "Борис", "李小龍", "x" * 40, "42", "ﬁnn"],
)
def test_a_name_may_be(name: str, app: Flask) -> None:
    assert actions.register(name, "a@example.org", GOOD).id


@pytest.mark.parametrize(
    "name",
    [
        "a",
        "x" * 41,
        "two words",
        "non\N{NO-BREAK SPACE}breaking",
        "zero\N{ZERO WIDTH SPACE}width",
        "left\N{RIGHT-TO-LEFT OVERRIDE}right",
        "hangul\N{HANGUL FILLER}",
        "new\nline",
        "..",
        ".hidden",
        "trailing-",
        "a/b",
        "a@b",
        "<b>",
        "ad\N{CYRILLIC SMALL LETTER A}",
        "😀😀",
    ],
)
def test_a_name_may_not_be(name: str, app: Flask) -> None:
    with pytest.raises(Invalid) as refusal:
        actions.register(name, "a@example.org", GOOD)
    assert refusal.value.field == "username"
    assert queries.people() == []


@pytest.mark.parametrize(
    "email", ["", "ada", "ada@", "@example.org", "a b@example.org", "ada@example", "a@b@c.org"]
)
def test_an_address_may_not_be(email: str, app: Flask) -> None:
    with pytest.raises(Invalid) as refusal:
        actions.register("Ada", email, GOOD)
    assert refusal.value.field == "email"


@pytest.mark.parametrize(
    ("password", "says"),
    [
        ("short", "Too short"),
        ("x" * 9, "Too short"),
        ("ab" * 501, "Too long"),
        ("1234567890", "tried first"),
        ("Password123", "many people use"),
        ("aaaaaaaaaaaaaa", "again and again"),
        ("AdaLovelace", "first thing"),
        ("ada.l@example.org", "first thing"),
    ],
)
def test_a_password_may_not_be(password: str, says: str, app: Flask) -> None:
    with pytest.raises(Invalid, match=says) as refusal:
        actions.register("AdaLovelace", "ada.l@example.org", password)
    assert refusal.value.field == "password"


@pytest.mark.parametrize(
    "password", ["ten chars!", "only lowercase letters", "пароль из слов", "  spaces count  "]
)
def test_a_password_is_asked_for_no_kinds_of_characters(password: str, app: Flask) -> None:
    actions.register("Ada", "ada@example.org", password)
    assert actions.authenticate("Ada", password).username == "Ada"


def test_spaces_at_the_ends_are_part_of_a_password(client: FlaskClient, app: Flask) -> None:
    assert register(client, password=f"  {GOOD} ").status_code == 303
    with pytest.raises(Invalid):
        actions.authenticate("Ada", GOOD)
    assert actions.authenticate("Ada", f"  {GOOD} ")


def test_a_thousand_characters_count_to_the_last(client: FlaskClient, app: Flask) -> None:
    password = "".join(f"word {number} " for number in range(200))[:1000]
    assert len(password) == 1000
    assert register(client, password=password).status_code == 303
    with pytest.raises(Invalid):
        actions.authenticate("Ada", password[:-1] + "?")
    assert actions.authenticate("Ada", password)


def test_a_password_that_is_guessed_soon_is_refused_beside_its_field(client: FlaskClient) -> None:
    answer = register(client, password="Sommer2026!")
    assert answer.status_code == 422
    assert "season" in errors_beside(answer, "password")
    assert values_of(form_on(answer, "/register"))["username"] == "Ada"


def test_a_try_is_counted_before_its_password_is_judged(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """To judge one takes time, so nobody may ask for it as often as they like."""
    judged = []
    monkeypatch.setattr(guessing, "weakness", lambda password, known: judged.append(password))
    for number in range(12):
        register(client, name=f"ada{number}", email=f"ada{number}@example.org")
        client.delete_cookie("login")
    assert len(judged) == 10


def test_a_refused_form_shows_every_error_and_keeps_what_was_typed(client: FlaskClient) -> None:
    """Each error stands beside its field; the password alone is not kept."""
    answer = register(client, name="not a name", email="nowhere", password="short")
    assert answer.status_code == 422
    assert "letters and digits" in errors_beside(answer, "username")
    assert "e-mail address" in errors_beside(answer, "email")
    assert "Too short" in errors_beside(answer, "password")
    typed = values_of(form_on(answer, "/register"))
    assert typed["username"] == "not a name"
    assert typed["email"] == "nowhere"
    assert typed["password"] == ""
    assert "short<" not in answer.text


def test_an_empty_form_says_what_each_field_wants(client: FlaskClient) -> None:
    answer = register(client, name="", email="", password="")
    assert answer.status_code == 422
    assert all(errors_beside(answer, field) for field in ("username", "email", "password"))


@pytest.mark.parametrize("name", ["ada", "ADA", " Ada ", "Ａｄａ"])
def test_a_name_is_taken_however_it_is_written(name: str, client: FlaskClient) -> None:
    a_person("Ada")
    answer = register(client, name=name, email="other@example.org")
    assert answer.status_code == 409
    assert "taken" in errors_beside(answer, "username")


def test_an_address_is_taken_however_it_is_written(client: FlaskClient) -> None:
    a_person("Ada")
    answer = register(client, name="Other", email="ADA@Example.ORG")
    assert answer.status_code == 409
    assert "log in" in errors_beside(answer, "email")


def test_a_program_is_told_in_json_what_is_wrong(client: FlaskClient) -> None:
    answer = fill_in(client, "/register", "/register", username="a", email="ada@example.org", password=GOOD)
    token = values_of(form_on(answer, "/register"))["csrf_token"]
    answer = client.post(
        "/register",
        data={"csrf_token": token, "username": "a", "email": "ada@example.org", "password": GOOD},
        headers={"Accept": "application/json"},
    )
    assert answer.status_code == 422
    assert answer.mimetype == "application/problem+json"
    assert set(answer.get_json()["errors"]) == {"username"}


def test_of_many_who_register_one_name_at_once_one_gets_it(each_engine: Settings) -> None:
    app = create_app(each_engine)
    start = threading.Barrier(6)
    outcomes: list[str] = []

    def attempt(number: int) -> None:
        with app.app_context():
            start.wait()
            try:
                actions.register("Ada", f"ada{number}@example.org", GOOD)
                outcomes.append("registered")
            except Conflict as error:
                outcomes.append(f"refused beside {error.field}")

    threads = [threading.Thread(target=attempt, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["refused beside username"] * 5 + ["registered"]
    with app.app_context():
        assert len(queries.people()) == 1
        db.session.remove()
        db.engine.dispose()
