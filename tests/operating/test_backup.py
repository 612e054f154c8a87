"""Backups: everything, consistent, checked before anything is written, and portable between the engines."""

import json
import shutil
import tarfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from reader.app import create_app
from reader.comments.actions import delete_comment
from reader.comments.models import Comment
from reader.comments.posting.actions import Draft, post_comment
from reader.config import Settings
from reader.db.base import db
from reader.db.snapshot import snapshot
from reader.errors import Conflict, Invalid
from reader.operating import audit, backup
from tests.conftest import SECRET
from tests.support.factories import a_claim, a_person, an_article
from tests.support.servers import Postgres


@pytest.fixture
def settings(each_engine: Settings) -> Settings:
    return each_engine


@pytest.fixture
def lively(app: Flask) -> None:
    article, person = an_article(standfirst="Ünïcode, “quotes”,\nand a second line"), a_person()
    claim = a_claim(article)
    first, _ = post_comment(article, by=person, draft=Draft(body="First.", submission_id="1"))
    post_comment(article, by=person, draft=Draft(body="An answer.", submission_id="2", parent_id=first.id))
    post_comment(article, by=person, draft=Draft(body="On the claim.", submission_id="3", claim_id=claim.id))
    delete_comment(first.id, by=person)


@contextmanager
def site(settings: Settings) -> Iterator[None]:
    app = create_app(settings)
    with app.app_context():
        yield
        db.session.remove()
        db.engine.dispose()


def everything() -> dict[str, list[dict[str, Any]]]:
    with snapshot() as connection:
        return {
            table.name: [
                dict(row)
                for row in connection.execute(select(table).order_by(*table.primary_key.columns)).mappings()
            ]
            for table in db.metadata.sorted_tables
        }


def rewritten(file: Path, name: str, content: bytes) -> Path:
    """A copy of a backup in which one member is another."""
    copy = file.with_name("copy.tar.gz")
    with tarfile.open(file) as old, tarfile.open(copy, "w:gz") as new:
        for member in old.getmembers():
            taken = old.extractfile(member)
            assert taken is not None
            data = content if member.name == name else taken.read()
            member.size = len(data)
            new.addfile(member, BytesIO(data))
    return copy


@pytest.fixture
def empty_sqlite(tmp_path: Path, sqlite_template: Path) -> Settings:
    """Settings with another database that has no rows."""
    instance = tmp_path / "other"
    instance.mkdir()
    shutil.copy(sqlite_template, instance / "reader.sqlite3")
    return Settings(instance=instance, secret_key=SECRET)


@pytest.fixture
def empty_postgres(tmp_path: Path, postgres: Postgres, postgres_template: str) -> Iterator[Settings]:
    """Settings with another database that has no rows."""
    name = postgres.create(template=postgres_template)
    instance = tmp_path / "other"
    instance.mkdir()
    yield Settings(instance=instance, database_url=postgres.database(name), secret_key=SECRET)
    postgres.drop(name)


@pytest.mark.usefixtures("lively")
@pytest.mark.parametrize("target", ["empty_sqlite", "empty_postgres"])
def test_what_is_restored_is_what_was_backed_up_on_either_engine(
    tmp_path: Path, target: str, request: pytest.FixtureRequest
) -> None:
    file = tmp_path / "site.tar.gz"
    backup.back_up(file)
    before = everything()
    db.session.remove()
    with site(request.getfixturevalue(target)):
        counts = backup.restore(file)
        assert everything() == before
        assert counts == {name: len(rows) for name, rows in before.items()}
        assert list(audit.faults()) == []
        goes_on()


def goes_on() -> None:
    """New rows are numbered after the restored ones."""
    last = db.session.scalars(select(Comment.id).order_by(Comment.id.desc())).first()
    assert last is not None
    comment, _ = post_comment(
        an_article(slug="new"), by=a_person("newcomer"), draft=Draft(body="Next.", submission_id="9")
    )
    assert comment.id == last + 1


@pytest.mark.usefixtures("lively")
def test_a_backup_is_for_its_owner_only_and_replaces_an_older_one_whole(tmp_path: Path) -> None:
    file = tmp_path / "site.tar.gz"
    file.write_text("older")
    backup.back_up(file, overwrite=True)
    assert file.stat().st_mode & 0o777 == 0o600
    assert [path.name for path in tmp_path.iterdir() if "site" in path.name] == ["site.tar.gz"]


def test_a_backup_taken_while_people_write_is_of_one_instant(
    app: Flask, tmp_path: Path, empty_sqlite: Settings
) -> None:
    done = threading.Event()
    faults: list[BaseException] = []

    def writer() -> None:
        with app.app_context():
            try:
                article, person = an_article(), a_person()
                for number in range(200):
                    post_comment(article, by=person, draft=Draft(body="More.", submission_id=str(number)))
                    if done.is_set():
                        break
            except BaseException as error:
                faults.append(error)

    thread = threading.Thread(target=writer)
    thread.start()
    while thread.is_alive() and not db.session.scalar(select(Comment.id)):
        db.session.rollback()
    counts = backup.back_up(tmp_path / "site.tar.gz")
    done.set()
    thread.join()
    assert faults == []
    with site(empty_sqlite):
        backup.restore(tmp_path / "site.tar.gz")
        assert list(audit.faults()) == []
        assert len(everything()["comments"]) == counts["comments"] > 0


@pytest.mark.usefixtures("lively")
def test_a_database_with_rows_is_not_restored_into(tmp_path: Path) -> None:
    backup.back_up(tmp_path / "site.tar.gz")
    before = everything()
    with pytest.raises(Conflict, match="not empty"):
        backup.restore(tmp_path / "site.tar.gz")
    assert everything() == before


@pytest.mark.usefixtures("lively")
def test_a_changed_byte_is_found_before_anything_is_written(tmp_path: Path, empty_sqlite: Settings) -> None:
    file = tmp_path / "site.tar.gz"
    backup.back_up(file)
    with tarfile.open(file) as archive:
        taken = archive.extractfile("comments.jsonl")
        assert taken is not None
        comments = taken.read()
    damaged = rewritten(file, "comments.jsonl", comments.replace(b"An answer.", b"A forgery."))
    db.session.remove()
    with site(empty_sqlite):
        with pytest.raises(Invalid, match="table comments"):
            backup.restore(damaged)
        assert not any(everything().values())


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({"format": 2}, "format 1; this one has 2"),
        ({"schema": "9999"}, "schema 9999"),
        ({"tables": {}}, "tables"),
    ],
)
@pytest.mark.usefixtures("lively")
def test_a_backup_of_another_kind_is_refused(tmp_path: Path, change: dict[str, Any], complaint: str) -> None:
    file = tmp_path / "site.tar.gz"
    backup.back_up(file)
    with tarfile.open(file) as archive:
        taken = archive.extractfile(backup.MANIFEST)
        assert taken is not None
        manifest = json.load(taken)
    other = rewritten(file, backup.MANIFEST, json.dumps(manifest | change).encode())
    with pytest.raises(Invalid, match=complaint):
        backup.restore(other)


@pytest.mark.usefixtures("lively")
@pytest.mark.parametrize("length", [0, 100, -50])
def test_a_cut_off_file_is_refused(tmp_path: Path, length: int) -> None:
    file = tmp_path / "site.tar.gz"
    backup.back_up(file)
    whole = file.read_bytes()
    file.write_bytes(whole[:length] if length else b"")
    with pytest.raises(Invalid, match="no whole backup"):
        backup.restore(file)
