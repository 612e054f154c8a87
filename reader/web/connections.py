"""Limit on the connections of one address in this process, so that nobody takes the place of all others.

Without a trusted proxy a connection counts from its first moment to its end. Behind one, connections are the proxy's,
which uses each for one client after the other; what counts there is what it carries for somebody: a request, until it
is answered, or a websocket, as long as it lives. Connections from this machine itself never count.

Only the addresses of what is open are in memory, and of the latest connections; no address is stored anywhere.
"""

from __future__ import annotations

from collections import Counter, defaultdict, deque
from collections.abc import Mapping
from functools import lru_cache

import structlog
from flask import Flask

from reader.config import Settings
from reader.logs import LimitedLog
from reader.web import client_addresses

_EXTENSION = "reader-connections"
# Enough of the latest to tell whether all seem to come from one address.
LATEST = 200

FORWARDED = "X-FORWARDED-FOR"


@lru_cache(client_addresses.KNOWN)
def _key(peer: str, forwarded: str, proxies: int) -> str | None:
    client = client_addresses.client(peer, forwarded, proxies)
    return None if client_addresses.is_loopback(client) else client_addresses.network(client)


class Connections:
    """Counts of the connections, requests and websockets that each address holds now.

    A key is the network by which an address is counted; None is not counted.
    """

    def __init__(self, limit: int, proxies: int) -> None:
        self._limit = limit
        self._proxies = proxies
        self._held: defaultdict[str, int] = defaultdict(int)
        self._latest: deque[str] = deque(maxlen=LATEST)
        self._log = LimitedLog(structlog.get_logger(__name__), max_lines=1)
        self.refused = 0
        self.forwarded = 0

    def key_of_peer(self, peer: str) -> str | None:
        """Return the key of a new connection; None behind a proxy, where its requests are counted."""
        return None if self._proxies else _key(peer, "", 0)

    def key_of_request(self, peer: str, headers: Mapping[str, str]) -> str | None:
        """Return the key of a request behind a trusted proxy; None where the connection is counted."""
        return _key(peer, headers.get(FORWARDED, ""), self._proxies) if self._proxies else None

    def key_of_follower(self, peer: str, headers: Mapping[str, str]) -> str | None:
        """Return the key by which a websocket is counted, as long as it lives."""
        return _key(peer, headers.get(FORWARDED, ""), self._proxies)

    def client(self, peer: str, headers: Mapping[str, str]) -> str:
        """Return the client's address for a request with these headers, named as gunicorn names them."""
        return client_addresses.client(peer, headers.get(FORWARDED, ""), self._proxies)

    def admits(self, key: str | None) -> bool:
        """Return True if one more may be held. A refusal is counted, and logged once a minute."""
        if key is None or self._held.get(key, 0) < self._limit:
            return True
        self.refused += 1
        self._log.warning(
            "connections-refused",
            address=client_addresses.coarse(key.partition("/")[0]),
            effect="one address holds READER_LIMIT_CONNECTIONS; no other line for a minute",
        )
        return False

    def hold(self, key: str | None) -> None:
        """Count one, until :meth:`release`."""
        if key is not None:
            self._held[key] += 1
            self._latest.append(key)

    def release(self, key: str | None) -> None:
        """Count one less: it has ended."""
        if key is None:
            return
        self._held[key] -= 1
        if not self._held[key]:
            del self._held[key]

    def note_forwarded(self) -> None:
        """Count a connection that came by a proxy, as its first request says, while none is trusted."""
        self.forwarded += not self._proxies

    @property
    def open(self) -> int:
        """Number held now, by all addresses."""
        return sum(self._held.values())

    @property
    def latest(self) -> tuple[int, int]:
        """Number of the latest ones, and how many of them came from the most frequent address."""
        counts = Counter(self._latest)
        return len(self._latest), max(counts.values(), default=0)


def init_app(app: Flask) -> None:
    """Give the application its count."""
    settings: Settings = app.config["READER"]
    app.extensions[_EXTENSION] = Connections(settings.limit_connections, settings.trusted_proxies)


def of(app: Flask) -> Connections:
    """The count of ``app``."""
    found: Connections = app.extensions[_EXTENSION]
    return found
