"""Files for their owner alone, whatever the umask says: the instance folder and what Reader writes into it.

SQLite gives its ``-wal`` and ``-shm`` files the mode of the database. Only what Reader itself has written is changed;
what else is in the folder stays as it is.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from pathlib import Path

from sqlalchemy import Engine, event

from reader.config import SECRET_FILE, Settings

FOLDER_MODE, FILE_MODE = 0o700, 0o600
OTHERS = stat.S_IRWXG | stat.S_IRWXO
# What stands in an instance folder: databases with what goes with them, and folders with all that is in them.
DATABASES = ("reader.sqlite3", "jobs.sqlite3")
BESIDE = ("", "-wal", "-shm", "-journal")
FOLDERS = ("outbox", "metrics")
DEMO = "demo"


def make_folder(path: Path) -> None:
    """Make a folder for its owner alone, unless there is one."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.mkdir(mode=FOLDER_MODE, exist_ok=True)


def make_file(path: Path) -> None:
    """Make an empty file for its owner alone, unless there is one."""
    path.touch(FILE_MODE)


def init_engine(engine: Engine) -> None:
    """Have the database's file made for its owner alone, where it is one."""
    name = engine.url.database
    if engine.dialect.name == "sqlite" and name and name != ":memory:":
        path = Path(name)
        event.listen(engine, "do_connect", lambda *_connecting: make_file(path), named=False)


def mend(settings: Settings) -> None:
    """Take the permissions back that an older version, or another umask, has given to others.

    What belongs to another user stays as it is: ``reader doctor`` says what to run.
    """
    for path in exposed(settings):
        try:
            path.chmod(stat.S_IMODE(path.stat().st_mode) & ~OTHERS)
        except OSError:
            continue


def exposed(settings: Settings) -> list[Path]:
    """The folders and files of the instance that others on this machine may read, write or look into."""
    return [path for path in _ours(settings) if path.lstat().st_mode & OTHERS]


def _ours(settings: Settings) -> Iterator[Path]:
    """All that is there; of links and of folders that everybody shares, such as /tmp, nothing."""
    instance = settings.instance.absolute()
    yield from _folder(instance)
    if settings.embedded:
        yield from _database(Path(settings.database().removeprefix("sqlite:///")))
    demo = instance / DEMO
    if demo.is_dir():
        yield from _folder(demo)


def _folder(instance: Path) -> Iterator[Path]:
    if instance.is_dir() and not instance.stat().st_mode & stat.S_ISVTX:
        yield instance
    yield from _if_file(instance / SECRET_FILE)
    for name in DATABASES:
        yield from _database(instance / name)
    for name in FOLDERS:
        for parent, _, files in os.walk(instance / name):
            yield Path(parent)
            for file in files:
                yield from _if_file(Path(parent, file))


def _database(path: Path) -> Iterator[Path]:
    for suffix in BESIDE:
        yield from _if_file(path.with_name(f"{path.name}{suffix}"))


def _if_file(path: Path) -> Iterator[Path]:
    if path.is_file() and not path.is_symlink():
        yield path
