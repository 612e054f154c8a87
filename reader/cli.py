"""The ``reader`` commands, each a thin call into a feature.

A feature's own commands stand in its ``commands.py`` and are added below; they share :mod:`reader.console`.
"""

import click

from reader import config, schema, server
from reader.app import create_app
from reader.console import Commands, application, fail, in_app


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"], "obj": create_app})
@click.version_option(package_name="reader")
def cli() -> None:
    """Reader: fact-checked articles with live discussion."""


@cli.command("serve")
@click.option("--bind", metavar="HOST:PORT", help="Listen here, instead of READER_BIND.")
@click.option(
    "--workers", type=click.IntRange(1), help="Serve with so many processes, instead of READER_WORKERS."
)
def serve(bind: str | None, workers: int | None) -> None:
    """Serve the site. Makes or migrates an embedded database first."""
    server.serve(server.with_options(config.read(), bind=bind, workers=workers))


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
