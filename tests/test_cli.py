"""The command line: what it prints, where, and with which exit status."""

import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from flask import Flask
from sqlalchemy import delete, text

from reader import __version__
from reader.app import create_app
from reader.cli import cli
from reader.comments.posting.actions import Draft, post_comment
from reader.config import Settings
from reader.db import schema
from reader.db.base import db
from reader.db.transactions import transaction
from reader.eventlog import Event
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

    def factory(*, new: bool = False) -> Flask:
        made.append(create_app(settings, new=new))
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
    assert CliRunner().invoke(cli, ["--version"]).output == f"reader, version {__version__}\n"


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
    (tmp_path / "reader.sqlite3").touch()
    refused = run(fresh, "log", "check")
    assert refused.exit_code == 1
    assert refused.stderr == f"The database has no tables yet. {schema.UPGRADE}\n"
    assert run(fresh, "db", "upgrade").exit_code == 0
    assert run(fresh, "log", "check").exit_code == 0


@pytest.mark.parametrize(
    "command",
    [
        ["db", "check"],
        ["log", "check"],
        ["user", "list"],
        ["backup", "file"],
        ["export", "folder"],
        ["jobs"],
        ["doctor"],
    ],
)
def test_a_command_makes_no_site_and_names_the_folder_it_looked_in(
    tmp_path: Path, command: list[str]
) -> None:
    absent = tmp_path / "absent"
    refused = run(Settings(instance=absent), *command)
    assert refused.exit_code == 1
    assert f"There is no site in {absent}." in refused.output
    assert list(tmp_path.iterdir()) == []


def test_a_folder_without_a_site_is_left_as_it_is(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("mine")
    assert run(Settings(instance=tmp_path), "user", "list").exit_code == 1
    assert [path.name for path in tmp_path.iterdir()] == ["notes.txt"]


@pytest.mark.parametrize("command", [["serve", "--bind", "127.0.0.1:0"], ["db", "upgrade"], ["demo"]])
def test_an_instance_that_can_not_be_made_is_said_in_a_sentence(tmp_path: Path, command: list[str]) -> None:
    (tmp_path / "file").write_text("in the way")
    ended = subprocess.run(
        [sys.executable, "-m", "reader", *command],
        env=environment(Settings(instance=tmp_path / "file" / "site", bind="127.0.0.1:0")),
        capture_output=True,
        text=True,
        check=False,
    )
    assert (ended.returncode, "Traceback" in ended.stderr) == (2, False)
    assert "READER_INSTANCE: " in ended.stderr
    assert "can't be made (" in ended.stderr


@pytest.mark.parametrize(
    "command",
    [
        ["backup", "{}/none/file"],
        ["export", "{}/file/folder"],
        ["restore", "{}/folder"],
        ["publish", "{}/none.md"],
    ],
)
def test_a_path_that_can_not_be_used_is_named_without_traceback(
    settings: Settings, tmp_path: Path, command: list[str]
) -> None:
    (tmp_path / "file").write_text("in the way")
    (tmp_path / "folder").mkdir()
    result = run(settings, *(part.format(tmp_path) for part in command))
    assert result.exit_code in (1, 2)
    assert isinstance(result.exception, SystemExit)
    assert str(tmp_path) in result.stderr


def test_a_file_that_is_no_database_is_told_of_the_doctor(tmp_path: Path) -> None:
    (tmp_path / "reader.sqlite3").write_text("I am a letter, and no database at all. " * 100)
    refused = run(Settings(instance=tmp_path, secret_key=SECRET), "log", "check")
    assert refused.exit_code == 1
    assert "reader doctor" in refused.stderr


def test_a_backup_does_not_take_the_place_of_a_file(settings: Settings, tmp_path: Path) -> None:
    file = tmp_path / "site.tar.gz"
    file.write_text("precious")
    refused = run(settings, "backup", str(file))
    assert (refused.exit_code, file.read_text()) == (1, "precious")
    assert "--overwrite" in refused.stderr
    assert run(settings, "backup", "--overwrite", str(file)).exit_code == 0
    assert file.read_bytes()[:2] == b"\x1f\x8b"


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
    post_comment(an_article(), by=a_person(), draft=Draft(body="First.", submission_id="1"))
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
    assert "FAULT instance: There is no site in " in ill.stdout
