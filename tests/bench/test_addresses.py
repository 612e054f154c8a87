"""The walk covers all addresses, a small site answers all, and no query plan depends on statistics."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import Connection, event

from reader.clock import now
from reader.config import Settings
from reader.db import prepared
from reader.db.base import db
from tests.bench.addresses import MAX_BYTES, SITEMAPS, WALK, Visitor, addresses, endpoints
from tests.bench.grown import Site, Size, fill

SIZE = Size.of(100)
# Tables that grow with the site. The others are small, or hold one person's rows under one key.
LARGE = {
    *("articles", "article_revisions", "bylines", "taggings", "claims", "citations", "sources", "supports"),
    *("verdict_changes", "corrections", "publishers", "comments", "comment_revisions", "recommendations"),
    *("findings", "decisions", "reports", "fact_reports", "appeals", "users", "measures", "notifications"),
    *("streams", "events", "threads", "visits", "follows"),
}

Statements = dict[str, Any]


@pytest.fixture
def settings(each_engine: Settings) -> Settings:
    return replace(each_engine, limit_clicks="100000/minute", security_contact="mailto:security@news.example")


@pytest.fixture
def site(app: Flask) -> Site:
    return fill(SIZE)


def test_every_endpoint_that_takes_get_is_walked(app: Flask) -> None:
    assert endpoints(app) == set(WALK)


def test_endpoint_without_paths_fails_the_walk(app: Flask) -> None:
    app.add_url_rule("/probe/new", "new", lambda: "")
    with pytest.raises(LookupError, match="new"):
        list(addresses(app, Site(SIZE, now())))


def test_every_address_is_answered_small_and_by_index(app: Flask, site: Site) -> None:
    """Neither engine has statistics of the rows, so a bad plan here is one on every new site."""
    walk = [address for _, address in addresses(app, site)]
    db.session.remove()
    visitor = Visitor(app)
    with noted() as statements:
        opened = {address: visitor.open(address) for address in walk}
    assert {address.key: each.status for address, each in opened.items() if each.status >= 400} == {}
    sizes = {address: each.size for address, each in opened.items() if address.endpoint not in SITEMAPS}
    assert {address.key: size for address, size in sizes.items() if size > MAX_BYTES} == {}
    assert bad_plans(statements) == {}


@contextmanager
def noted() -> Iterator[Statements]:
    """The statements that read something inside the block, each with the values it was last sent with."""
    statements: Statements = {}

    def note(text: str, values: Any) -> None:
        if text.lstrip().upper().startswith(("SELECT", "WITH")):
            statements[text] = values

    def listen(_connection: Any, _cursor: Any, text: str, values: Any, *_rest: Any) -> None:
        note(text, values)

    ask = prepared.ask

    def ask_noting(connection: Connection, text: str, values: Any, *, has_rows: bool) -> Sequence[Any]:
        note(text, values)
        return ask(connection, text, values, has_rows=has_rows)

    event.listen(db.engine, "before_cursor_execute", listen)
    prepared.ask = ask_noting
    try:
        yield statements
    finally:
        prepared.ask = ask
        event.remove(db.engine, "before_cursor_execute", listen)


def bad_plans(statements: Statements) -> dict[str, str]:
    """The statements that read a whole large table, each with its plan."""
    raw: Any = db.session.connection().connection.dbapi_connection
    if db.engine.dialect.name == "sqlite":
        plans = {
            text: [row[-1] for row in raw.execute(f"EXPLAIN QUERY PLAN {text}", values)]
            for text, values in statements.items()
        }
        return {text: "\n".join(plan) for text, plan in plans.items() if _scans(plan, "LIMIT" in text)}
    # So small tables are read as quickly whole: only what could not be read otherwise counts.
    raw.execute("SET LOCAL enable_seqscan = off")
    plans = {
        text: [row[0] for row in raw.execute(f"EXPLAIN {text}", values)]
        for text, values in statements.items()
    }
    return {
        text: "\n".join(plan)
        for text, plan in plans.items()
        if any(f"Seq Scan on {table} " in line for line in plan for table in LARGE)
    }


def _scans(plan: Sequence[str], is_limited: bool) -> bool:
    """Return True if SQLite reads a whole large table: to sort it, or in some order without a limit."""
    is_sorted = any("TEMP B-TREE FOR ORDER BY" in step for step in plan)
    for step in plan:
        found = re.match(r"SCAN (\w+?)(?:_\d+)?( USING .*INDEX.*)?$", step)
        if found and found[1] in LARGE and not (is_limited and (found[2] or not is_sorted)):
            return True
        if "AUTOMATIC" in step and any(re.search(rf"\b{table}(_\d+)?\b", step) for table in LARGE):
            return True
    return False
