"""The instance folder, created only together with a site.

``serve``, ``demo`` and ``db upgrade`` create it; all other commands and servers need a site that exists, and say in
which folder they looked for one.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from reader.checks import SECRET_LENGTH
from reader.config import SECRET_FILE, BadSetting, Settings
from reader.errors import Missing
from reader.instance import permissions

ABSENT = (
    "There is no site in {folder}. Name its folder by READER_INSTANCE (the service unit may set another one than this"
    " shell), or make a new site there with: reader serve"
)

LOST = (
    "The site’s secret is not in {path}. Put it there again, or set READER_SECRET_KEY to it; a new one, which ends all"
    " log-ins, is made by: reader serve"
)


def make(settings: Settings) -> None:
    """Make the folder and, unless a setting gives one, the site's secret, where they are not there yet.

    Raises :class:`BadSetting` where that can't be done.
    """
    folder = settings.instance.absolute()
    make_instance(folder)
    if settings.secret_key is None:
        with _said(folder):
            _make_secret(folder / SECRET_FILE)


def make_instance(folder: Path) -> None:
    """Make an instance's folder for its owner alone. Raises :class:`BadSetting` where that can't be done."""
    with _said(folder):
        permissions.make_folder(folder)


@contextmanager
def _said(folder: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise BadSetting(
            f"READER_INSTANCE: {error.filename or folder} can't be made ({error.strerror}). Make the folder for this"
            " user, or choose another one. Example: READER_INSTANCE=/srv/reader"
        ) from error


def require(settings: Settings) -> None:
    """Raise :class:`Missing`, naming the folder, where no site is; make nothing."""
    folder = settings.instance.absolute()
    database = Path(settings.database().removeprefix("sqlite:///")) if settings.embedded else folder
    if not (folder.is_dir() and database.exists()):
        raise Missing(ABSENT.format(folder=folder))
    if settings.secret_key is None and not (folder / SECRET_FILE).exists():
        raise Missing(LOST.format(path=folder / SECRET_FILE))


def _make_secret(path: Path) -> None:
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, permissions.FILE_MODE)
    except FileExistsError:
        return
    with os.fdopen(handle, "w") as file:
        file.write(secrets.token_hex(SECRET_LENGTH))
