"""The ``reader`` commands, each a thin call into a feature.

A feature's own commands stand in its ``commands.py`` and are added below; they share :mod:`reader.console`.
"""

import os
from pathlib import Path

import click

from reader import __version__, config, logs
from reader.accounts.commands import group as people
from reader.app import create_app
from reader.background import jobs
from reader.comments import actions as comments
from reader.console import Commands, application, fail, in_app
from reader.db import schema
from reader.db.base import db
from reader.instance import permissions
from reader.operating import audit
from reader.operating import backup as backups
from reader.operating import demo as demonstration
from reader.operating import doctor as examination
from reader.publishing import actions as publications
from reader.publishing import commands as publishing
from reader.serving import gunicorn
from reader.text.english import plural


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"], "obj": create_app})
@click.version_option(__version__, prog_name="reader")
def cli() -> None:
    """Reader: fact-checked articles with live discussion."""


cli.add_command(people)


@cli.command("serve")
@click.option("--bind", metavar="HOST:PORT", help="Listen here, instead of READER_BIND.")
@click.option(
    "--workers", type=click.IntRange(1), help="Serve with so many processes, instead of READER_WORKERS."
)
def serve(bind: str | None, workers: int | None) -> None:
    """Serve the site. Makes or migrates an embedded database first."""
    gunicorn.serve(gunicorn.with_options(config.read(), bind=bind, workers=workers))


@cli.command("jobs")
@click.option("--parent", type=int, hidden=True, help="End with this process, which started this one.")
def work(parent: int | None) -> None:
    """Work off the job queue: notifications and mail. The command serve starts one of these by itself."""
    logs.setup()
    os.umask(permissions.OTHERS)
    app = application()
    permissions.mend(app.config["READER"])
    with app.app_context():
        schema.require()
        db.session.remove()
    jobs.run(app, parent=parent)


@cli.command()
@click.option("--fresh", is_flag=True, help="Throw away what was written in it, and start over.")
def demo(fresh: bool) -> None:
    """Serve a site to play with: sample articles, and a reader, a moderator and an editor to log in as."""
    demonstration.serve(config.read(), fresh=fresh)


@cli.group("db")
def database() -> None:
    """The database's schema."""


@database.command("upgrade")
def upgrade() -> None:
    """Make or migrate the database."""
    app = application(new=True)
    permissions.mend(app.config["READER"])
    with app.app_context():
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


@cli.group("log")
def log() -> None:
    """The event log."""


@log.command("check")
@in_app
def check_log() -> None:
    """Prove that the streams are gapless and that the rows agree with the log; exit 1 where they don't."""
    found = list(audit.faults())
    if found:
        fail("\n".join(found))
    click.echo("The log is gapless, and the rows agree with it.")


@cli.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--overwrite", is_flag=True, help="Put it in the place of an older file.")
@in_app
def backup(file: Path, overwrite: bool) -> None:
    """Write the whole database to FILE, while the site is served or not. FILE must not exist yet."""
    counts = backups.back_up(file, overwrite=overwrite)
    click.echo(f"{file}: {sum(counts.values())} rows of {len(counts)} tables.")


@cli.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@in_app
def restore(file: Path) -> None:
    """Put the backup FILE into an empty database, once all of it was checked."""
    counts = backups.restore(file)
    click.echo(f"Restored {sum(counts.values())} rows of {len(counts)} tables.")


@cli.command()
def doctor() -> None:
    """Check settings, database, Redis, mail, clock and permissions, a line each; exit 1 on a fault."""
    well = True
    for finding in examination.examine(application):
        well = well and finding.well
        click.echo(f"{finding.mark} {finding.what}: {finding.says}")
    if not well:
        fail("Mend what is marked FAULT.")


@cli.command()
@in_app
def render() -> None:
    """Render all comments and articles anew from what was typed, after an upgrade that shows them otherwise.

    Texts, verdicts and dates stay as they are, and nobody is told. Restart what serves the site afterwards.
    """
    counts = (plural(comments.render_all(), "comment"), plural(publications.render_all(), "article"))
    click.echo(f"{' and '.join(counts)} look different now. Restart reader serve to show them everywhere.")


for command in (publishing.publish, publishing.check, publishing.convert, publishing.export):
    cli.add_command(command)
