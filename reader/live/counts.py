"""How many comments the newest articles have: for front pages, soft, without numbers.

A count is not worth a stream: every comment of the site would have to lock it. So it is looked up, once a
second, while somebody has a list of articles open.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import gevent
from flask import Flask

from reader.articles import queries as articles
from reader.comments import queries as comments
from reader.live.streams import FRONT
from reader.live.trouble import Trouble

ARTICLES = 50
LOOK_SECONDS = 1.0
EVENT = "live:counts"

Send = Callable[[str, str, Any], None]


class Counts:
    """The counts as the front pages of this worker know them."""

    def __init__(self, app: Flask, send: Send) -> None:
        self._app = app
        self._send = send
        self._known: dict[str, int] = {}
        self._followers = 0
        self._trouble = Trouble("counts-unreadable", "the numbers in lists of articles stand still")
        self._looking: gevent.Greenlet | None = None

    def join(self) -> dict[str, int]:
        """One more follower; all counts as of now, for a start."""
        with self._app.app_context():
            known = _present()
        self._followers += 1
        if self._looking is None or self._looking.dead:
            self._known = known
            self._looking = gevent.spawn(self._keep_looking)
        return known

    def leave(self) -> None:
        """One follower less; with the last one the looking ends."""
        self._followers -= 1

    def step(self) -> None:
        """Look once, and tell the room what changed."""
        present = _present()
        changed = {article: count for article, count in present.items() if self._known.get(article) != count}
        if changed:
            self._send(FRONT, EVENT, changed)
        self._known = present

    def _keep_looking(self) -> None:
        while self._followers:
            gevent.sleep(LOOK_SECONDS)
            with self._trouble.contained(), self._app.app_context():
                self.step()


def _present() -> dict[str, int]:
    ids = articles.newest_ids(ARTICLES)
    return {str(article): count for article, count in comments.counts(ids).items()}
