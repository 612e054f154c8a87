"""Reader itself as one of the servers under measurement."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

from reader import schema
from reader.app import create_app
from reader.articles.models import Article
from reader.config import Settings
from reader.extensions import db
from tests.bench.crowd import crowd
from tests.bench.measuring import Bench, running
from tests.bench.peers.servers import Stage
from tests.support import factories
from tests.support.sites import a_free_port, environment

SECRET = "a secret of the benchmark, which nobody else uses"


def joining(stream: str) -> str:
    """What a page says to follow a stream, acknowledged."""
    return f'420["live:join",{{"stream":"{stream}"}}]'


def prepared(settings: Settings) -> Article:
    """An article in a new database."""
    with create_app(settings).app_context():
        schema.upgrade()
        article = factories.an_article()
        db.session.remove()
        db.engine.dispose()
    return article


@contextmanager
def reader(bench: Bench, name: str = "reader", *, settings: Settings | None = None) -> Iterator[Stage]:
    """Reader with one article, and a crowd that will follow it."""
    port = a_free_port()
    chosen = replace(
        settings or Settings(),
        instance=bench.folder / name,
        bind=f"127.0.0.1:{port}",
        secret_key=SECRET,
    )
    article = prepared(chosen)
    command = [sys.executable, "-m", "tests.bench.live_site"]
    with (
        running(command, port, bench.folder, environment(chosen)) as process,
        crowd(bench.cache, port) as followers,
    ):
        yield Stage(process, followers, joining(article.stream), article.stream)
