"""Cost of one push before it is sent: reading its events from the log, and reading and rendering the changes."""

from __future__ import annotations

import time

from reader import eventlog
from reader.app import create_app
from reader.config import Settings
from reader.db import schema
from reader.db.base import db
from reader.live import following, rendering
from tests.bench.measuring import Bench, Figure
from tests.support import factories
from tests.support.threads import a_comment

COMMENTS = 2
REPEAT = 30


def measure(bench: Bench) -> list[Figure]:
    """Pushes of two new comments each."""
    with create_app(Settings(instance=bench.folder / "reading"), new=True).app_context():
        schema.upgrade()
        article, author = factories.an_article(), factories.a_person()
        name = following.parse(article.stream)
        assert name is not None

        def run() -> float:
            used = 0.0
            for _ in range(REPEAT):
                after = eventlog.head(article.stream)
                for _ in range(COMMENTS):
                    a_comment(article, by=author)
                db.session.rollback()
                start = time.process_time()
                rendering.push(name, after, eventlog.since(article.stream, after, limit=50))
                db.session.rollback()
                used += time.process_time() - start
            return used / REPEAT * 1e3

        found = bench.in_turn({"push": run})["push"]
        db.session.remove()
        db.engine.dispose()
    what = f"CPU of a push of {COMMENTS} new comments, read and rendered, before it is sent ÷ 1 ms"
    return [Figure(what, found, 1, "ms", key="push")]
