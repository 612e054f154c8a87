"""Privacy of what Reader writes: for its owner alone, whatever the umask.

It is created so, and corrected at the start where it was not.
"""

from __future__ import annotations

import os
import stat
import time
from collections.abc import Iterator
from dataclasses import replace
from email.message import EmailMessage
from pathlib import Path

import pytest
import requests
from click.testing import CliRunner
from flask import Flask

from reader.app import create_app
from reader.background import jobs, mail
from reader.cli import cli
from reader.config import Settings
from reader.db.base import db
from reader.instance import permissions
from tests.support.factories import an_article
from tests.support.sites import START_SECONDS, a_free_port, serving


@pytest.fixture
def careless() -> Iterator[None]:
    """A umask that lets everybody do everything."""
    before = os.umask(0)
    yield
    os.umask(before)


def modes(folder: Path) -> dict[str, int]:
    """The mode of a folder and of all that is in it, by name."""
    paths = [folder, *folder.rglob("*")]
    return {str(path.relative_to(folder.parent)): stat.S_IMODE(path.stat().st_mode) for path in paths}


def assert_private(folder: Path) -> None:
    for name, mode in modes(folder).items():
        assert not mode & permissions.OTHERS, f"{name}: {mode:o}"


@pytest.mark.usefixtures("careless")
def test_a_served_site_makes_nothing_that_others_may_read(tmp_path: Path) -> None:
    fresh = Settings(instance=tmp_path / "new", bind=f"127.0.0.1:{a_free_port()}")
    with serving(fresh, tmp_path, jobs=True) as site:
        assert requests.get(site.url, timeout=20).status_code == 200
        end = time.monotonic() + START_SECONDS
        while not (fresh.instance / "jobs.sqlite3-wal").exists():
            assert time.monotonic() < end, site.log.read_text()
            time.sleep(0.05)
        assert {"new/reader.sqlite3", "new/reader.sqlite3-wal", "new/secret-key"} <= set(
            modes(fresh.instance)
        )
        assert_private(fresh.instance)


@pytest.mark.usefixtures("careless")
def test_a_mail_in_the_outbox_and_the_queue_are_the_owners(app: Flask, settings: Settings) -> None:
    letter = EmailMessage()
    letter["Message-ID"] = "<a@localhost>"
    with mail.connection(settings) as send:
        send(letter)
    jobs.of(app).open()
    assert_private(settings.instance)


@pytest.mark.usefixtures("careless")
def test_backups_and_exported_comments_are_readable_by_the_owner_alone(
    app: Flask, settings: Settings, tmp_path: Path
) -> None:
    """Exported articles are for everybody."""
    an_article(slug="a")
    folder, packed = tmp_path / "out", tmp_path / "backup.tar"
    for command in (["export", str(folder)], ["backup", str(packed)]):
        result = CliRunner().invoke(cli, command, obj=lambda **_: app)
        assert result.exit_code == 0, result.output
    assert stat.S_IMODE(packed.stat().st_mode) == 0o600
    assert stat.S_IMODE((folder / "comments.jsonl").stat().st_mode) == 0o600
    assert stat.S_IMODE((folder / "a.md").stat().st_mode) == 0o666


def test_an_old_instance_is_mended_and_what_is_not_ours_stays(
    sqlite_settings: Settings, tmp_path: Path
) -> None:
    instance = sqlite_settings.instance
    ours = (
        "reader.sqlite3-wal",
        "jobs.sqlite3",
        "secret-key",
        "outbox/1.eml",
        "metrics/1.db",
        "demo/reader.sqlite3",
    )
    for name in (*ours, "venv/bin/python"):
        path = instance / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    target = tmp_path / "elsewhere"
    target.touch(0o644)
    (instance / "outbox" / "link.eml").symlink_to(target)
    for path in (instance, *instance.rglob("*")):
        path.chmod(0o755)
    target.chmod(0o644)
    permissions.mend(sqlite_settings)
    for name in (".", *ours, "outbox", "metrics", "demo", "reader.sqlite3"):
        assert not (instance / name).stat().st_mode & permissions.OTHERS, name
    assert stat.S_IMODE((instance / "venv/bin/python").stat().st_mode) == 0o755
    assert stat.S_IMODE(target.stat().st_mode) == 0o644
    assert permissions.exposed(sqlite_settings) == []


def test_a_database_elsewhere_is_made_and_mended_too(tmp_path: Path) -> None:
    path = tmp_path / "shared" / "site.sqlite3"
    path.parent.mkdir()
    settings = Settings(instance=tmp_path / "instance", database_url=f"sqlite:///{path}")
    before = os.umask(0)
    try:
        with create_app(settings, new=True).app_context():
            db.session.connection()
            db.session.remove()
            db.engine.dispose()
    finally:
        os.umask(before)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    path.chmod(0o644)
    assert permissions.exposed(settings) == [path]


def test_a_folder_that_everybody_shares_is_left_alone(sqlite_settings: Settings, tmp_path: Path) -> None:
    tmp_path.chmod(0o1777)
    settings = replace(sqlite_settings, instance=tmp_path)
    permissions.mend(settings)
    assert stat.S_IMODE(tmp_path.stat().st_mode) == 0o1777
