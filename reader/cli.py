"""The ``reader`` commands, each a thin call into a feature.

A feature's own commands stand in its ``commands.py`` and are added below; they share :mod:`reader.console`.
"""

import click

from reader import schema
from reader.app import create_app
from reader.console import Commands, application, fail, in_app


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"], "obj": create_app})
@click.version_option(package_name="reader")
def cli() -> None:
    """Reader: fact-checked articles with live discussion."""


@cli.group("db")
def database() -> None:
    """The database's schema."""


@database.command("upgrade")
def upgrade() -> None:
    """Make or migrate the database."""
    with application().app_context():
        schema.upgrade()
    click.echo("The database is up to date.")


@database.command("check")
@in_app
def check() -> None:
    """Compare the database's tables with the models; exit 1 where they differ."""
    found = schema.differences()
    if found:
        fail("\n".join(found))
    click.echo("The tables are what the models say.")
