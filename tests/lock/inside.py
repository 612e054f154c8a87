"""Everything of Reader's inside that the lock uses. When modules move, this file alone follows them.

All else goes through HTTP, the commands, the socket and the database.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import fields
from datetime import datetime

from flask import Flask
from werkzeug.routing import Rule

from reader import clock, config
from reader.app import create_app
from reader.cli import cli as commands
from reader.db.base import db
from reader.notifications import actions, mailing
from reader.policy import ROOMS, ROUTES, Who

__all__ = ["commands"]


def application(environ: Mapping[str, str]) -> Flask:
    """Make the application of these READER_ variables, with its instance folder."""
    return create_app(config.read(environ), new=True)


def frozen(moment: Callable[[], datetime]) -> AbstractContextManager[None]:
    """Let the site's clock answer from ``moment`` inside the block."""
    return clock.set_clock(moment)


def defaults() -> dict[str, object]:
    """Return the default of each setting, by its READER_ variable."""
    return {config.variable(item.name): item.default for item in fields(config.Settings)}


def fault(environ: Mapping[str, str]) -> str | None:
    """Return what is said of settings that can't be used; None where all can."""
    try:
        config.read(environ)
    except config.BadSetting as error:
        return str(error)
    return None


def needed(rule: Rule) -> str:
    """Return who may use an address."""
    return _who(ROUTES[rule.endpoint])


def rooms() -> dict[str, str]:
    """Return who may follow each kind of stream."""
    return {
        name: ", ".join(f"{on}: {_who(who)}" for on, who in cells.items()) for name, cells in ROOMS.items()
    }


def _who(who: Who) -> str:
    role = who.role.value if who.role else "visitor"
    return " ".join([role, *(f"!{kind.value}" for kind in sorted(who.but_not))])


def tell(app: Flask) -> None:
    """Do what the job queue does: notify people of what has happened, and send the mail that is due."""
    with app.app_context():
        actions.notice_all()
        mailing.send_all()
        db.session.remove()


def close(app: Flask) -> None:
    """Close the connections to the database."""
    with app.app_context():
        db.session.remove()
        for engine in db.engines.values():
            engine.dispose()
