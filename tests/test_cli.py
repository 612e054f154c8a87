"""The command line: what it prints, where, and with which exit status."""

import re
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from flask import Flask
from sqlalchemy import delete, text

from reader import schema
from reader.app import create_app
from reader.cli import cli
from reader.comments.posting.actions import post_comment
from reader.config import Settings
from reader.eventlog import Event
from reader.extensions import db
from reader.transactions import transaction
from tests.conftest import SECRET
from tests.support.factories import a_person, an_article
from tests.support.sites import environment

COMMANDS = {
    "backup",
    "check",
    "convert",
    "db",
    "demo",
    "doctor",
    "export",
    "jobs",
    "log",
    "publish",
    "render",
    "restore",
    "serve",
    "user",
}


@pytest.fixture
def settings(each_engine: Settings) -> Settings:
    return each_engine


def run(settings: Settings, *arguments: str) -> Result:
    """Run a command on a site with these settings."""
    made: list[Flask] = []

    def factory() -> Flask:
        made.append(create_app(settings))
        return made[0]

    result = CliRunner().invoke(cli, arguments, obj=factory)
    for app in made:
        with app.app_context():
            db.engine.dispose()
    return result


def test_the_commands_are_those_that_operators_rely_on() -> None:
    assert set(cli.commands) == COMMANDS


@pytest.mark.parametrize("arguments", [[], *([name] for name in sorted(COMMANDS))])
def test_every_command_says_what_it_does(arguments: list[str]) -> None:
    for flag in ("--help", "-h"):
        result = CliRunner().invoke(cli, [*arguments, flag])
        assert result.exit_code == 0
        assert "Usage:" in result.output


def test_the_version_is_printed() -> None:
    assert re.fullmatch(r"reader, version \d+\.\d+\.\d+\n", CliRunner().invoke(cli, ["--version"]).output)


def test_a_bad_setting_is_bad_input(settings: Settings) -> None:
    ended = subprocess.run(
        [sys.executable, "-m", "reader", "db", "check"],
        env=environment(settings) | {"READER_WORKERS": "many"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode == 2
    assert ended.stdout == ""
    assert ended.stderr.startswith("READER_WORKERS: ")
    assert "Traceback" not in ended.stderr


def test_a_database_without_tables_is_told_how_to_get_them(tmp_path: Path) -> None:
    fresh = Settings(instance=tmp_path, secret_key=SECRET)
    refused = run(fresh, "log", "check")
    assert refused.exit_code == 1
    assert refused.stderr == f"The database has no tables yet. {schema.UPGRADE}\n"
    assert run(fresh, "db", "upgrade").exit_code == 0
    assert run(fresh, "log", "check").exit_code == 0


def test_a_database_that_does_not_answer_is_told_of_the_doctor(tmp_path: Path) -> None:
    nowhere = Settings(instance=tmp_path, database_url="postgresql://127.0.0.1:1/x", secret_key=SECRET)
    refused = run(nowhere, "log", "check")
    assert refused.exit_code == 1
    assert "reader doctor" in refused.stderr


def test_a_database_of_a_newer_reader_is_left_alone(settings: Settings) -> None:
    with create_app(settings).app_context():
        with transaction() as session:
            session.execute(text("UPDATE alembic_version SET version_num = '9999'"))
        db.engine.dispose()
    refused = run(settings, "db", "check")
    assert refused.exit_code == 1
    assert "newer Reader" in refused.stderr


def test_upgrading_twice_is_no_fault(settings: Settings) -> None:
    for _ in range(2):
        assert run(settings, "db", "upgrade").output == "The database is up to date.\n"


def test_the_migrations_make_the_tables_that_the_models_say(settings: Settings) -> None:
    result = run(settings, "db", "check")
    assert result.output == "The tables are what the models say.\n"


def test_a_table_that_differs_is_named(settings: Settings) -> None:
    with create_app(settings).app_context():
        with transaction() as session:
            session.execute(text("ALTER TABLE decisions ADD COLUMN mood text"))
        db.engine.dispose()
    result = run(settings, "db", "check")
    assert result.exit_code == 1
    assert "mood" in result.stderr


def test_a_sound_log_is_proved_and_an_unsound_one_is_not(app: Flask, settings: Settings) -> None:
    post_comment(an_article(), by=a_person(), body="First.", submission_id="1")
    assert run(settings, "log", "check").output == "The log is gapless, and the rows agree with it.\n"
    with transaction() as session:
        session.execute(delete(Event))
    result = run(settings, "log", "check")
    assert result.exit_code == 1
    assert "Stream article:1" in result.stderr


def test_a_backup_can_be_restored_and_a_damaged_one_is_bad_input(
    app: Flask, settings: Settings, tmp_path: Path
) -> None:
    an_article()
    file = str(tmp_path / "site.tar.gz")
    assert "rows of" in run(settings, "backup", file).output
    refused = run(settings, "restore", file)
    assert refused.exit_code == 1
    assert "not empty" in refused.stderr
    Path(file).write_bytes(Path(file).read_bytes()[:100])
    assert run(settings, "restore", file).exit_code == 2
    assert run(settings, "restore", str(tmp_path / "none")).exit_code == 2


def test_the_doctor_ends_with_the_status_of_what_it_found(settings: Settings, tmp_path: Path) -> None:
    well = run(settings, "doctor")
    assert well.exit_code == 0
    assert {line[:5] for line in well.output.splitlines()} == {"ok   "}
    ill = run(Settings(instance=tmp_path / "new", secret_key=SECRET), "doctor")
    assert ill.exit_code == 1
    assert "FAULT schema: " in ill.stdout
