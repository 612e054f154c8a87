"""``reader user …`` as it is run from a shell."""

import subprocess
import sys

import pytest
from click.testing import CliRunner, Result
from flask import Flask

from reader.accounts import actions, queries
from reader.cli import cli
from reader.config import Settings
from reader.db.base import db
from reader.policy import Role
from tests.support.sites import environment

GOOD = "four words walk home"


def run(app: Flask, *args: str, sent: str | None = None) -> Result:
    db.session.remove()
    return CliRunner().invoke(cli, ["user", *args], input=sent, obj=lambda **_: app)


def test_a_person_is_added_with_a_password_from_standard_input(app: Flask) -> None:
    result = run(
        app, "add", "Mia", "--email", "mia@example.org", "--role", "moderator", "--password-stdin", sent=GOOD
    )
    assert result.exit_code == 0, result.output
    assert "Mia <mia@example.org>" in result.output
    assert actions.authenticate("Mia", GOOD).role == Role.MODERATOR


def test_a_line_end_after_the_password_is_not_part_of_it(app: Flask) -> None:
    run(app, "add", "Mia", "--email", "mia@example.org", "--password-stdin", sent=f"{GOOD}\r\n")
    assert actions.authenticate("Mia", GOOD).role == Role.READER


def test_otherwise_the_password_is_asked_for_twice_and_not_shown(app: Flask) -> None:
    result = run(app, "add", "Mia", "--email", "mia@example.org", sent=f"{GOOD}\n{GOOD}\n")
    assert result.exit_code == 0, result.output
    assert GOOD not in result.output
    assert actions.authenticate("Mia", GOOD)


@pytest.mark.parametrize(
    ("args", "password", "says"),
    [
        (("not a name", "--email", "mia@example.org"), GOOD, "letters and digits"),
        (("Mia", "--email", "nowhere"), GOOD, "e-mail address"),
        (("Mia", "--email", "mia@example.org"), "short", "Too short"),
        (("Mia", "--email", "mia@example.org", "--role", "boss"), GOOD, "boss"),
        (("Mia",), GOOD, "--email"),
    ],
)
def test_bad_input_ends_with_2_and_adds_nobody(
    args: tuple[str, ...], password: str, says: str, app: Flask
) -> None:
    result = run(app, "add", *args, "--password-stdin", sent=password)
    assert result.exit_code == 2
    assert says in result.stderr
    assert queries.people() == []


def test_a_taken_name_ends_with_1(app: Flask) -> None:
    actions.register("Mia", "mia@example.org", GOOD)
    result = run(app, "add", "mia", "--email", "other@example.org", "--password-stdin", sent=GOOD)
    assert result.exit_code == 1
    assert "taken" in result.stderr


def test_a_role_is_given_by_name_or_address(app: Flask) -> None:
    actions.register("Mia", "mia@example.org", GOOD)
    assert run(app, "role", "mia", "editor").exit_code == 0
    result = run(app, "role", "MIA@example.org", "admin")
    assert "admin now; before: editor" in result.output
    person = queries.user_by_name("Mia")
    assert person is not None
    assert person.role == Role.ADMIN


def test_a_role_for_nobody_ends_with_1_and_says_where_to_look(app: Flask) -> None:
    result = run(app, "role", "Nobody", "editor")
    assert result.exit_code == 1
    assert "reader user list" in result.stderr


def test_everybody_is_listed_with_role_and_address(app: Flask) -> None:
    actions.register("Ada", "ada@example.org", GOOD)
    actions.register("Mia", "mia@example.org", GOOD, role=Role.MODERATOR)
    listed = run(app, "list").output.splitlines()
    assert any("Ada" in line and "reader" in line and "ada@example.org" in line for line in listed)
    assert any("Mia" in line and "moderator" in line for line in listed)


def test_an_empty_site_says_how_to_begin(app: Flask) -> None:
    assert "reader user add" in run(app, "list").output


def test_the_command_itself_hashes_in_a_thread_beside_gevent(settings: Settings) -> None:
    """As installed: patched by gevent, in a process of its own."""
    outcome = subprocess.run(
        [
            sys.executable,
            "-m",
            "reader",
            "user",
            "add",
            "Mia",
            "--email",
            "mia@example.org",
            "--password-stdin",
        ],
        env=environment(settings),
        input=GOOD,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert outcome.returncode == 0, outcome.stderr
    assert outcome.stderr == ""
    assert "can log in now" in outcome.stdout
