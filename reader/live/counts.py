"""Live counts of comments on the newest articles and about claims, sent without sequence numbers.

A stream of counts would have to be locked by every comment of the site. So they are looked up once a second, while
somebody has a list of articles open; or an article that cites claims which others cite as well, where people may write
about them, too.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Any

import gevent
from flask import Flask

from reader.articles import queries as articles
from reader.comments import queries as comments
from reader.eventlog import streams
from reader.factchecks import queries as factchecks
from reader.live.following import FRONT
from reader.logs import LogOnce

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
        self._trouble = LogOnce("counts-unreadable", "the numbers in lists of articles stand still")
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


class ClaimCounts:
    """Numbers of comments about the claims that articles followed in this worker share with others."""

    def __init__(self, app: Flask, send: Send, followed: Callable[[], Collection[int]]) -> None:
        self._app = app
        self._send = send
        self._followed = followed
        self._known: dict[int, dict[str, int]] = {}
        self._trouble = LogOnce("claim-counts-unreadable", "the numbers of comments about claims stand still")
        self._looking: gevent.Greenlet | None = None

    def join(self, article_id: int) -> dict[str, int]:
        """Add a follower of an article, and return the known counts of its claims.

        The first follower gets them at the next look.
        """
        if self._looking is None or self._looking.dead:
            self._known = {}
            self._looking = gevent.spawn(self._keep_looking)
        return self._known.get(article_id, {})

    def step(self) -> None:
        """Look once, and tell the followers of each article what changed."""
        present: dict[int, dict[str, int]] = {}
        for article_id, slug, count in factchecks.shared_counts(self._followed()):
            present.setdefault(article_id, {})[f"claim-{slug}"] = count
        for article_id, counts in present.items():
            known = self._known.get(article_id, {})
            changed = {claim: count for claim, count in counts.items() if known.get(claim) != count}
            if changed:
                self._send(streams.article(article_id), EVENT, changed)
        self._known = present

    def _keep_looking(self) -> None:
        while self._followed():
            with self._trouble.contained(), self._app.app_context():
                self.step()
            gevent.sleep(LOOK_SECONDS)


def _present() -> dict[str, int]:
    ids = articles.newest_ids(ARTICLES)
    return {str(article): count for article, count in comments.counts(ids).items()}
