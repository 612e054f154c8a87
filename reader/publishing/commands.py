"""The commands of this feature."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import TypeVar

import click
from rich.console import Console
from rich.progress import track
from sqlalchemy.exc import OperationalError

from reader.accounts.models import User
from reader.accounts.queries import user_by_name
from reader.background import table_statistics
from reader.console import application, fail, in_app
from reader.db import schema
from reader.db.schema import NotCurrent
from reader.errors import Invalid, Missing, Refused
from reader.publishing import actions, exporting, queries
from reader.publishing.checking import missing
from reader.publishing.converting import convert as converted
from reader.publishing.faults import explained
from reader.publishing.reading import LANGUAGE, ArticleFile
from reader.text.english import plural

T = TypeVar("T")
MANY = 20

_paths = click.argument(
    "paths",
    metavar="PATH...",
    nargs=-1,
    required=True,
    type=click.Path(exists=True, allow_dash=True, path_type=Path),
)


ALONE = (
    "The files are checked by themselves, without a site: that addresses and ids are free, and that claims exist which"
    " they cite from elsewhere, was not looked up."
)


@click.command("check")
@_paths
def check(paths: tuple[Path, ...]) -> None:
    """Check article files, or folders of them, and store nothing; - is standard input.

    Every fault is named with file, line and key; exit status 2 where there is one. Warnings end with status 0. Where
    there is a site, they are compared with it; none is needed.
    """
    try:
        with application().app_context():
            schema.require()
            files = actions.examine(paths, each=_checking).files
    except (Missing, NotCurrent, OperationalError) as absent:
        click.echo(f"{absent.reason}\n{ALONE}" if isinstance(absent, Refused) else ALONE, err=True)
        files = actions.examine_alone(paths, each=_checking)
    if not any(file.report.faults for file in files):
        for file in files:
            missing(file)
    _tell(files)
    click.echo(f"{plural(len(files), 'file')} checked: nothing to mend.")


@click.command("publish")
@_paths
@click.option("--as", "name", metavar="NAME", help="The editor who publishes; the site keeps record of it.")
@in_app
def publish(paths: tuple[Path, ...], name: str | None) -> None:
    """Check article files, or folders of them, and store them; - is standard input.

    If one of the files has a fault, none is stored. Ids that a file lacks are written into it first. Prints what was
    created, changed, or left as it was.
    """
    by = _editor(name) if name else None
    plan = actions.examine(paths, each=_checking)
    _tell(plan.files)
    counts = dict.fromkeys(actions.FileOutcome, 0)
    for published in _watched(actions.publish(plan, by=by), len(plan.files), "Storing"):
        counts[published.outcome] += 1
        click.echo(f"{published.outcome:<8} {published.file.report.file}")
        for note in published.notes:
            click.echo(f"         {note}")
    click.echo(", ".join(f"{count:,} {outcome}" for outcome, count in counts.items()))
    table_statistics.refresh()


@click.command("export")
@click.argument("folder", metavar="DIR", type=click.Path(file_okay=False, path_type=Path))
@click.option("--articles", is_flag=True, help="Article files; both where neither is asked for.")
@click.option("--comments", is_flag=True, help="Comments, as JSON lines in comments.jsonl.")
@in_app
def export(folder: Path, articles: bool, comments: bool) -> None:
    """Write every article as a file that can be published again, and all comments, into DIR."""
    folder.mkdir(parents=True, exist_ok=True)
    if articles or not comments:
        slugs = queries.article_slugs()
        for _ in _watched(exporting.write_articles(folder, slugs), len(slugs), "Writing"):
            pass
        click.echo(f"{plural(len(slugs), 'article')} written to {folder}")
    if comments or not articles:
        path, number = exporting.write_comments(folder)
        click.echo(f"{plural(number, 'comment')} written to {path}")


def _language(_context: click.Context, _option: click.Parameter, lang: str | None) -> str | None:
    if lang is not None and not LANGUAGE.fullmatch(lang):
        raise click.BadParameter("must be a language tag such as en or pt-BR.")
    return lang


@click.command("convert")
@click.argument("file", metavar="FILE", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--lang", metavar="TAG", callback=_language, help="The language of the text, such as de or pt-BR."
)
def convert(file: Path, lang: str | None) -> None:
    """Turn the plain text of an article's page into an article file, on standard output.

    What the text doesn't say stays unknown. What its editor should look at goes to standard error.
    """
    result = converted(file, lang)
    for warning in sorted(result.warnings):
        click.echo(str(warning), err=True)
    if result.faults:
        fail("\n".join(map(str, result.faults)), 2)
    click.echo(result.text, nl=False)


def _checking(found: list[Path]) -> Iterator[Path]:
    return _watched(found, len(found), "Checking")


def _tell(files: Sequence[ArticleFile]) -> None:
    """Print the warnings of the files; end the command where one has a fault."""
    for warning in explained(sorted(warning for file in files for warning in file.report.warnings)):
        click.echo(warning, err=True)
    if faults := sorted(fault for file in files for fault in file.report.faults):
        fail("\n".join([*explained(faults), f"{plural(len(faults), 'fault')}. Nothing was stored."]), 2)


def _editor(name: str) -> User:
    person = user_by_name(name)
    if person is None:
        raise Invalid(f"There is nobody called {name}. See who there is with: reader user list")
    return person


def _watched(items: Iterable[T], total: int, doing: str) -> Iterator[T]:
    """``items``, with a bar on the terminal where there are many."""
    console = Console(stderr=True)
    yield from track(
        items,
        doing,
        total=total,
        console=console,
        transient=True,
        disable=total < MANY or not console.is_terminal,
    )
