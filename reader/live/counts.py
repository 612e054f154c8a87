"""Live counts of comments on the newest articles and about claims, sent without sequence numbers.

A stream of counts would have to be locked by every comment of the site. So they are looked up while somebody has a list
of articles open; or an article that cites claims which others cite as well, where people may write about them, too.
That is once a second at most, after news, and every few seconds without: a commit may have gone unheard.
"""

from __future__ import annotations

import time
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
# Longest time without a look, for what another process wrote and no hint told of.
UNHEARD_SECONDS = 2.0
EVENT = "live:counts"
# Beginnings of the streams whose news may change a count.
_COUNTED = ("article:", "claim:", streams.VERDICTS)

Send = Callable[[str, str, Any], None]


class Looks:
    """Repeated looks, in one greenlet, as long as ``is_wanted``: when there was news, else every few seconds."""

    def __init__(self, app: Flask, step: Callable[[], None], *, is_wanted: Callable[[], object]) -> None:
        self._app = app
        self._step = step
        self._is_wanted = is_wanted
        self._news = 0
        self._trouble = LogOnce("counts-unreadable", "the numbers of comments on open pages stand still")
        self._looking: gevent.Greenlet | None = None

    def note(self, stream: str) -> None:
        """Learn that something was written to ``stream``."""
        if stream.startswith(_COUNTED):
            self.ask()

    def ask(self) -> None:
        """Have the next look made, whatever is heard."""
        self._news += 1

    def begin(self) -> bool:
        """Have the looks made; return False if they are being made already."""
        if self._looking is not None and not self._looking.dead:
            return False
        self._looking = gevent.spawn(self._keep_looking)
        return True

    def _keep_looking(self) -> None:
        seen, looked = self._news, float("-inf")
        while self._is_wanted():
            if seen != self._news or time.monotonic() - looked >= UNHEARD_SECONDS:
                heard = self._news
                with self._trouble.contained(), self._app.app_context():
                    self._step()
                    seen, looked = heard, time.monotonic()
            gevent.sleep(LOOK_SECONDS)


class Counts:
    """The counts as the front pages of this worker know them."""

    def __init__(self, app: Flask, send: Send) -> None:
        self._app = app
        self._send = send
        self._known: dict[str, int] = {}
        self._followers = 0
        self.looks = Looks(app, lambda: self.step(), is_wanted=lambda: self._followers)

    def join(self) -> dict[str, int]:
        """One more follower; all counts as of now, for a start."""
        with self._app.app_context():
            known = _present()
        self._followers += 1
        if self.looks.begin():
            self._known = known
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


class ClaimCounts:
    """Numbers of comments about the claims that articles followed in this worker share with others."""

    def __init__(self, app: Flask, send: Send, followed: Callable[[], Collection[int]]) -> None:
        self._send = send
        self._followed = followed
        self._known: dict[int, dict[str, int]] = {}
        self.looks = Looks(app, lambda: self.step(), is_wanted=followed)

    def join(self, article_id: int) -> dict[str, int]:
        """Add a follower of an article, and return the known counts of its claims.

        The first follower gets them at the next look.
        """
        if self.looks.begin():
            self._known = {}
        elif article_id not in self._known:
            self.looks.ask()
        return self._known.get(article_id, {})

    def step(self) -> None:
        """Look once, and tell the followers of each article what changed."""
        followed = self._followed()
        present: dict[int, dict[str, int]] = {article_id: {} for article_id in followed}
        for article_id, slug, count in factchecks.shared_counts(followed):
            present[article_id][f"claim-{slug}"] = count
        for article_id, counts in present.items():
            known = self._known.get(article_id, {})
            changed = {claim: count for claim, count in counts.items() if known.get(claim) != count}
            if changed:
                self._send(streams.article(article_id), EVENT, changed)
        self._known = present


def _present() -> dict[str, int]:
    ids = articles.newest_ids(ARTICLES)
    return {str(article): count for article, count in comments.counts(ids).items()}
