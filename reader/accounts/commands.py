"""The commands ``reader user …``: people from the shell."""

from __future__ import annotations

import sys

import click
from rich.console import Console
from rich.table import Table

from reader.accounts import actions, passwords, queries
from reader.console import in_app
from reader.errors import Missing
from reader.policy import Role

ROLES = click.Choice([role.value for role in Role])


@click.group("user")
def group() -> None:
    """The people of the site and their roles."""


@group.command("add")
@click.argument("name")
@click.option("--email", required=True, metavar="ADDRESS", help="The address that they log in with, too.")
@click.option("--role", type=ROLES, default=Role.READER.value, show_default=True, help="What they may do.")
@click.option("--password-stdin", is_flag=True, help="Take the password from standard input, without asking.")
@in_app
def add(name: str, email: str, role: str, password_stdin: bool) -> None:
    """Make NAME known to the site, with a password."""
    person = actions.register(name, email, _password(password_stdin), role=Role(role))
    click.echo(f"{person.username} <{person.email}> can log in now, as {person.role}.")


@group.command("role")
@click.argument("name")
@click.argument("role", type=ROLES)
@in_app
def role(name: str, role: str) -> None:
    """Give NAME a role."""
    person = queries.user_by_login(name)
    if person is None:
        raise Missing(f"There is nobody called {name}. See who there is with: reader user list")
    before = person.role
    actions.set_role(person, Role(role), by=None)
    click.echo(f"{person.username} is {role} now; before: {before}.")
    if person.longer_password_due:
        click.echo(
            "They act as a reader until they log in with a password of at least"
            f" {passwords.min_length(role)} characters, or choose one."
        )


@group.command("list")
@in_app
def list_people() -> None:
    """Print everybody with role and address."""
    people = queries.people()
    if not people:
        click.echo("Nobody has registered yet. Begin with: reader user add NAME --email ADDRESS --role admin")
        return
    table = Table()
    for heading in ("Name", "Role", "E-mail address", "Registered"):
        table.add_column(heading, overflow="fold")
    for person in people:
        table.add_row(person.username, person.role, person.email, f"{person.created_at:%Y-%m-%d}")
    Console(file=sys.stdout).print(table)


def _password(from_input: bool) -> str:
    if from_input:
        return sys.stdin.readline().rstrip("\r\n")
    password: str = click.prompt("Password", hide_input=True, confirmation_prompt=True, err=True)
    return password
