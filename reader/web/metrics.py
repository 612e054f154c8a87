"""Numbers about requests and sockets for Prometheus; :mod:`reader.web.health` serves them.

Pages answered from the cache in front of the application never come so far as to be timed: they are counted.
Several workers share their numbers through files in the instance folder, so that any of them answers for this whole
machine. The library chooses its storage when it is first imported, so it is imported inside functions.
"""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Protocol

from flask import Flask, Response, current_app, g, request

from reader.config import Settings
from reader.db.replica import Replica
from reader.instance import permissions
from reader.web.connections import Connections

if TYPE_CHECKING:
    from prometheus_client import Gauge

_EXTENSION = "reader-metrics"
_SHARED = "PROMETHEUS_MULTIPROC_DIR"
# By what follows in the name; a browser, or a proxy's request for somebody, is one connection.
CONNECTIONS = {
    "": "Connections that count for an address, open now.",
    "_refused": "Connections refused since the start, as their address had too many.",
    "_forwarded": "Connections since the start whose first request a proxy has marked, while none is trusted.",
    "_latest": "The latest connections that are compared, at most 200 a worker.",
    "_latest_of_one": "Those of them that came from the address that most came from.",
}
BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0)


class Pages(Protocol):
    """A cache that counts how often it had a page and how often one was made, and calls ``on_look`` now and then."""

    hits: int
    misses: int
    on_look: Callable[[], None]


class Metrics:
    """The numbers of one application."""

    def __init__(self, cache: Pages, replica: Replica | None, counted: Connections) -> None:
        from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

        self.registry = CollectorRegistry()
        self.requests = Histogram(
            "reader_request_seconds",
            "Requests by endpoint, method and status, and the time to answer them.",
            ["endpoint", "method", "status"],
            buckets=BUCKETS,
            registry=self.registry,
        )
        self.pages = Counter(
            "reader_kept_pages",
            "Requests that the page cache looked at: whether it had the page, or it was made.",
            ["answer"],
            registry=self.registry,
        )
        self._cache = cache
        self._told = (0, 0)
        cache.on_look = self.tell_pages
        self.sockets: Gauge = Gauge(
            "reader_sockets", "Open sockets.", registry=self.registry, multiprocess_mode="livesum"
        )
        self.streams: Gauge = Gauge(
            "reader_streams",
            "Streams that somebody watches, once for each worker.",
            registry=self.registry,
            multiprocess_mode="livesum",
        )
        self._counted = counted
        self._connections = {
            name: Gauge(
                f"reader_connections{name}", says, registry=self.registry, multiprocess_mode="livesum"
            )
            for name, says in CONNECTIONS.items()
        }
        if replica is not None:
            replica_up = Gauge(
                "reader_replica_up",
                "Whether the replica answers; 0 where a worker reads from the primary instead.",
                registry=self.registry,
                multiprocess_mode="livemin",
            )
            replica_up.set(replica.is_up)
            replica.on_change = replica_up.set

    def tell_pages(self) -> None:
        """Report the counts of the page cache since the last report, and the connections.

        To count each request here would cost as much as to answer it.
        """
        before, self._told = self._told, (self._cache.hits, self._cache.misses)
        self.pages.labels("kept").inc(self._told[0] - before[0])
        self.pages.labels("made").inc(self._told[1] - before[1])
        latest, of_one = self._counted.latest
        found = (self._counted.open, self._counted.refused, self._counted.forwarded, latest, of_one)
        for gauge, number in zip(self._connections.values(), found, strict=True):
            gauge.set(number)


def share(settings: Settings) -> None:
    """Let a server's workers add up their numbers; called in the parent, before any application is made."""
    if settings.workers > 1:
        folder = settings.instance.absolute() / "metrics"
        shutil.rmtree(folder, ignore_errors=True)
        permissions.make_folder(folder)
        os.environ[_SHARED] = str(folder)


def forget(process: int) -> None:
    """Stop counting the sockets of a worker that has ended."""
    if _SHARED in os.environ:
        from prometheus_client.multiprocess import mark_process_dead

        mark_process_dead(process)


def init_app(app: Flask, pages: Pages, replica: Replica | None, counted: Connections) -> None:
    """Measure the requests, page cache, connections and replica of ``app``."""
    app.extensions[_EXTENSION] = Metrics(pages, replica, counted)
    app.before_request(_start)
    app.after_request(_observe)


def of(app: Flask) -> Metrics:
    """The numbers of ``app``."""
    found: Metrics = app.extensions[_EXTENSION]
    return found


def of_app() -> Metrics:
    """The numbers of the running application."""
    return of(current_app)


def report() -> Response:
    """All numbers in Prometheus' text format."""
    from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
    from prometheus_client.multiprocess import MultiProcessCollector

    of_app().tell_pages()
    registry = of_app().registry
    if _SHARED in os.environ:
        registry = CollectorRegistry()
        MultiProcessCollector(registry)
    return Response(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)


def _start() -> None:
    g.started = time.perf_counter()


def _observe(response: Response) -> Response:
    seconds = time.perf_counter() - g.started
    endpoint = request.endpoint or "none"
    of_app().requests.labels(endpoint, request.method, response.status_code).observe(seconds)
    return response
