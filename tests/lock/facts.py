"""Facts that need no seeded site: routes, commands, settings, the schema."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import click
from click.testing import CliRunner
from flask import Flask
from sqlalchemy import Engine, create_engine, text

from tests.lock import inside

WIDTH = 100
# What no setting can be, and a number that only a few can be.
NONSENSE = ("no such value\n", "-1")


def routes(app: Flask) -> str:
    """Return every address with its methods and who may use it, and every room with who may follow it."""
    lines = sorted(
        f"{rule.rule}  {' '.join(sorted((rule.methods or set()) - {'HEAD', 'OPTIONS'}))}  {inside.needed(rule)}"
        for rule in app.url_map.iter_rules()
    )
    rooms = [f"room {name}  {who}" for name, who in sorted(inside.rooms().items())]
    return _text([*lines, "", *rooms])


def commands() -> str:
    """Return every command with its options and the page of help that it prints."""
    return _text(line for path, command in _commands(inside.commands) for line in _command(path, command))


def _commands(command: click.Command, *path: str) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    yield path, command
    if isinstance(command, click.Group):
        for name, each in sorted(command.commands.items()):
            yield from _commands(each, *path, name)


def _command(path: tuple[str, ...], command: click.Command) -> Iterator[str]:
    yield f"=== {' '.join(['reader', *path])}{' (hidden)' if command.hidden else ''}"
    context = click.Context(
        command, parent=click.Context(inside.commands, **inside.commands.context_settings)
    )
    yield from map(_parameter, command.get_params(context))
    pages = {
        CliRunner().invoke(inside.commands, [*path, name], terminal_width=WIDTH, prog_name="reader").output
        for name in context.help_option_names
    }
    yield from sorted(pages)


def _parameter(parameter: click.Parameter) -> str:
    told: dict[str, Any] = parameter.to_info_dict()
    kind = told["type"]
    shown: dict[str, Any] = {
        "type": kind.get("choices") or kind["param_type"],
        "default": told["default"],
        "required": told["required"],
        "nargs": told["nargs"],
        "multiple": told["multiple"],
        "flag": told.get("is_flag", False),
        "hidden": told.get("hidden", False),
    }
    names = " ".join([*parameter.opts, *parameter.secondary_opts])
    said = ", ".join(f"{name}={value}" for name, value in shown.items() if value not in (None, False, 1))
    return f"{parameter.param_type_name} {names}: {said}"


def settings() -> str:
    """Return every setting with its default, and what is said of values that it can't have."""
    lines = []
    for name, default in inside.defaults().items():
        lines.append(f"{name} = {default!r}")
        lines += [f"  {value!r}: {inside.fault({name: value}) or 'taken'}" for value in NONSENSE]
    return _text(lines)


def sqlite_schema(file: Path) -> str:
    """Return the tables, indexes and triggers of a SQLite file, in its own words."""
    query = (
        "SELECT type, name, sql FROM sqlite_master WHERE sql IS NOT NULL ORDER BY tbl_name, type DESC, name"
    )
    engine = create_engine(f"sqlite:///{file}")
    return _text(f"{_neat(sql)}\n" for _type, _name, sql in _rows(engine, query))


_POSTGRES = {
    "column": """
        SELECT c.relname, a.attname, format_type(a.atttypid, a.atttypmod),
               CASE WHEN a.attnotnull THEN 'not null' ELSE 'null' END,
               coalesce('default ' || pg_get_expr(d.adbin, d.adrelid), ''),
               CASE WHEN a.attidentity <> '' THEN 'identity ' || a.attidentity::text ELSE '' END,
               coalesce('collate ' || nullif(l.collname::text, 'default'), '')
        FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
        LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum
        LEFT JOIN pg_collation l ON l.oid = a.attcollation
        WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r' AND a.attnum > 0 AND NOT a.attisdropped
        ORDER BY c.relname, a.attnum""",
    "constraint": """
        SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint
        WHERE connamespace = 'public'::regnamespace ORDER BY 1, 2""",
    "index": "SELECT tablename, indexdef FROM pg_indexes WHERE schemaname = 'public' ORDER BY tablename, indexname",
    "sequence": "SELECT sequencename, data_type::text FROM pg_sequences WHERE schemaname = 'public' ORDER BY 1",
    "trigger": "SELECT tgrelid::regclass::text, tgname, pg_get_triggerdef(oid) FROM pg_trigger"
    " WHERE NOT tgisinternal ORDER BY 1, 2",
    "extension": "SELECT extname FROM pg_extension ORDER BY 1",
}


def postgres_schema(url: str) -> str:
    """Return the tables, constraints and indexes of a PostgreSQL database, in its own words."""
    engine = create_engine(url.replace("postgresql://", "postgresql+psycopg://", 1))
    return _text(
        " ".join(filter(None, [kind, *row]))
        for kind, query in _POSTGRES.items()
        for row in _rows(engine, query)
    )


def migrate(environ: Mapping[str, str]) -> None:
    """Make the database of these settings by the command. AssertionError where that fails."""
    app = inside.application(environ)
    ended = CliRunner().invoke(inside.commands, ["db", "upgrade"], obj=lambda **_: app)
    inside.close(app)
    assert ended.exit_code == 0, ended.output


def _rows(engine: Engine, query: str) -> list[Any]:
    with engine.connect() as connection:
        rows = list(connection.execute(text(query)))
    engine.dispose()
    return rows


def _neat(sql: str) -> str:
    """Return a statement with its columns one a line, however it was typed, and a table's constraints in order.

    Alembic writes the constraints of a table that it makes anew in any order.
    """
    flat = re.sub(r"\s+", " ", sql)
    if not flat.startswith("CREATE TABLE"):
        return flat
    head, _, inner = flat.partition("(")
    parts, depth = [""], 0
    for sign in inner[: inner.rindex(")")]:
        depth += (sign == "(") - (sign == ")")
        if sign == "," and depth == 0:
            parts.append("")
        else:
            parts[-1] += sign
    lines = sorted((part.strip() for part in parts), key=lambda part: part if "CONSTRAINT" in part else "")
    return "\n  ".join([f"{head}(", *lines]) + f"\n{inner[inner.rindex(')') :]}"


def _text(lines: Any) -> str:
    return "\n".join(lines) + "\n"
