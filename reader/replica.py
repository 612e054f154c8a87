"""Where a copy of the database is set, a moment behind it: what visitors ask is read from there.

All of one request comes from one of the two. A request is a visitor's if it only reads and has no log-in cookie; what
people, jobs and commands ask, and everything from the first write transaction on, is the primary's. So nobody misses
what they have written.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from flask import Flask, request

from reader import config, cookies
from reader.config import BadSetting, Settings
from reader.extensions import REPLICA, db

# What is asked about one comment: the page it is asked from may have been told of it before the replica.
NEVER = ("/comments/",)


def binds(settings: Settings, options: Mapping[str, Any]) -> dict[str, Any]:
    """The replica's engine as Flask-SQLAlchemy wants it told; nothing where none is set.

    Raises :class:`reader.config.BadSetting` where SQLite is involved, which has no replicas.
    """
    if settings.replica_url is None:
        return {}
    if settings.embedded or settings.replica_url.startswith("sqlite"):
        raise BadSetting(
            "READER_REPLICA_URL: only PostgreSQL keeps replicas. Set READER_DATABASE_URL to the database on"
            " PostgreSQL that this is a copy of, or set no replica."
            " Example: READER_REPLICA_URL=postgresql://reader@replica/reader"
        )
    return {REPLICA: {"url": config.with_driver(settings.replica_url), **options}}


def init_app(app: Flask) -> None:
    """Send visitors' requests to the replica, if there is one. To be called before anything asks the database."""
    if REPLICA in app.config["SQLALCHEMY_BINDS"]:
        app.before_request(_choose)


def _choose() -> None:
    known = cookies.login_cookie(config.current()) in request.cookies
    if request.method in ("GET", "HEAD") and not known and not request.path.startswith(NEVER):
        db.session().info[REPLICA] = True


def is_read() -> bool:
    """Whether what is asked now is read from the replica."""
    return db.session.registry.has() and REPLICA in db.session().info


def leave() -> None:
    """Read the primary from now on."""
    session = db.session()
    if session.info.pop(REPLICA, False):
        session.rollback()


def leave_if_behind(head: Callable[[], int]) -> None:
    """Read the primary from now on, unless the replica has come as far in a stream whose number ``head`` looks up.

    A number of 0 proves nothing: what the stream is about may itself be missing there.

    The replica is asked last, in the transaction that goes on: where several stand behind one address, another one
    may be further behind.
    """
    if not is_read():
        return
    leave()
    needed = head()
    db.session.rollback()
    db.session().info[REPLICA] = True
    if not 0 < needed <= head():
        leave()
