"""Basis of every command: the application it works in, and the way it fails.

Exit status: 0 done, 1 refused or failed, 2 bad input. Messages on what to do about a failure go to standard error.
"""

from __future__ import annotations

import errno
import functools
import sys
from collections.abc import Callable
from typing import NoReturn, ParamSpec, TypeVar

import click
from flask import Flask
from sqlalchemy.exc import DatabaseError, OperationalError

from reader.config import BadSetting
from reader.db import schema
from reader.errors import Invalid, Refused

P = ParamSpec("P")
R = TypeVar("R")


def fail(message: str, status: int = 1) -> NoReturn:
    """End the command: ``message`` to standard error, ``status`` to the shell."""
    click.echo(message, err=True)
    sys.exit(status)


class Commands(click.Group):
    """A group whose commands end with a sentence, not a traceback, where one can do something about it."""

    def invoke(self, ctx: click.Context) -> object:
        """Run the command."""
        try:
            return super().invoke(ctx)
        except BadSetting as error:
            fail(str(error), 2)
        except Invalid as error:
            fail(error.reason, 2)
        except Refused as error:
            fail(error.reason)
        except DatabaseError as error:
            if type(error) not in (DatabaseError, OperationalError):
                raise  # a mistake of ours, not of the database's
            fail(f"The database does not answer: {error.orig}\nSee what is wrong with: reader doctor")
        except OSError as error:
            if error.errno == errno.EPIPE or error.strerror is None:
                raise
            fail(f"{error.filename}: {error.strerror}" if error.filename else error.strerror)


def application(*, new: bool = False) -> Flask:
    """Make the application by the factory that the outermost group was given (``obj``); ``new``: its folder, too."""
    factory: Callable[..., Flask] = click.get_current_context().find_root().obj
    return factory(new=new)


def in_app(command: Callable[P, R]) -> Callable[P, R]:
    """Run ``command`` inside the application; refused where the database has not the present schema."""

    @functools.wraps(command)
    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        with application().app_context():
            schema.require()
            return command(*args, **kwargs)

    return run
