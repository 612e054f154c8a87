"""Reader itself as one of the servers under measurement."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from urllib.request import urlopen

from reader.accounts.actions import open_session
from reader.app import create_app
from reader.config import Settings
from reader.db import schema
from reader.db.base import db
from reader.web.cookies import login_cookie
from tests.bench.crowd import crowd
from tests.bench.measuring import Bench, running
from tests.bench.peers.servers import Stage
from tests.bench.posting import MAX_POSTS, form_of
from tests.support import factories
from tests.support.sites import a_free_port, environment

SECRET = "a secret of the benchmark, which nobody else uses"


def joining(stream: str) -> str:
    """Return the packet by which a page follows a stream, with an acknowledgement asked for."""
    return f'420["live:join",{{"stream":"{stream}"}}]'


class ReaderStage(Stage):
    """Reader with an article, its followers, and somebody who is logged in."""

    path: str  # of the article
    form: tuple[str, str]

    @property
    def url(self) -> str:
        """The site's base URL."""
        return f"http://127.0.0.1:{self.process.port}"

    def commits(self) -> dict[int, tuple[int, float]]:
        """Return the commit time of each comment by number: monotonic nanoseconds, and seconds since the epoch."""
        with urlopen(f"{self.url}/commits", timeout=30) as answer:
            return {int(number): (nano, world) for number, (nano, world) in json.load(answer).items()}


@contextmanager
def reader(bench: Bench, name: str = "reader", *, settings: Settings | None = None) -> Iterator[ReaderStage]:
    """Reader with one article, and a crowd that will follow it."""
    port = a_free_port()
    chosen = replace(
        settings or Settings(),
        instance=bench.folder / name,
        bind=f"127.0.0.1:{port}",
        secret_key=SECRET,
        limit_comments=f"{MAX_POSTS}/minute",
    )
    stream, path, token = _prepared(chosen)
    command = [sys.executable, "-m", "tests.bench.live_site"]
    with (
        running(command, port, bench.folder, environment(chosen)) as process,
        crowd(bench.cache, port) as followers,
    ):
        stage = ReaderStage(process, followers, joining(stream), stream)
        stage.path = path
        stage.form = form_of(f"{stage.url}{path}", login_cookie(chosen), token)
        yield stage


def _prepared(settings: Settings) -> tuple[str, str, str]:
    """Of an article in a new database the stream and the path, and the token of somebody's session."""
    with create_app(settings, new=True).app_context():
        schema.upgrade()
        article = factories.an_article()
        stream, path = article.stream, article.path
        token = open_session(factories.a_person(), remember=False, user_agent="bench")
        db.session.remove()
        db.engine.dispose()
    return stream, path, token
