"""The ``reader`` commands, each a thin call into a feature's actions.

Exit status: 0 done, 1 refused or failed, 2 bad input. What to do about it goes to standard error.
"""

import sys
from typing import NoReturn

import click
from flask import Flask

from reader import config
from reader.app import create_app


def fail(message: str, status: int = 1) -> NoReturn:
    """End the command: ``message`` to standard error, ``status`` to the shell."""
    click.echo(message, err=True)
    sys.exit(status)


def application() -> Flask:
    """The application with the environment's settings; ends the command where one of them is bad."""
    try:
        return create_app()
    except config.BadSetting as fault:
        fail(str(fault), 2)


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="reader")
def cli() -> None:
    """Reader: fact-checked articles with live discussion."""


@cli.group("db")
def database() -> None:
    """The database's schema."""


@database.command("upgrade")
def upgrade() -> None:
    """Make or migrate the database."""
    from flask_migrate import upgrade as migrate

    app = application()
    with app.app_context():
        migrate()
    click.echo("The database is up to date.")
