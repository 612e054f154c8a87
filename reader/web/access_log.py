"""Access log: one line for each request, if a setting asks for it, without telling who asked for what.

Addresses are cut to their network, query strings are left out, and so is what stands in a path as a key. User agents
and referrers are not written down.
"""

from __future__ import annotations

import logging
import re
from dataclasses import dataclass
from urllib.parse import unquote

import structlog

from reader.web import client_addresses

LOGGER = __name__
# What follows these prefixes gives access without a log-in; a test compares them with the routes.
KEYED = ("unsubscribe", "decisions")
MAX_PATH_LENGTH = 500

_KEYED = re.compile(rf"/+({'|'.join(KEYED)})/", re.IGNORECASE)
log = structlog.get_logger(LOGGER)


def enable() -> None:
    """Turn the access log on, whatever the level of the other logs."""
    logging.getLogger(LOGGER).setLevel(logging.INFO)


def shown(path: str) -> str:
    """Return the path as a log may show it: cut short, and without a key that stands in it.

    It is decoded as the application decodes it.
    """
    keyed = _KEYED.match(unquote(path))
    return f"/{keyed[1].lower()}/…" if keyed else path[:MAX_PATH_LENGTH]


@dataclass(frozen=True)
class Exchange:
    """A request and its answer: the client's address, the path as it was sent, and the bytes of the answer's body."""

    address: str
    method: str | None
    path: str | None
    status: int
    length: int = 0
    seconds: float = 0.0


def note(exchange: Exchange) -> None:
    """Write one line."""
    log.info(
        "request",
        address=client_addresses.coarse(exchange.address),
        method=exchange.method or "-",
        path=shown(exchange.path) if exchange.path else "-",
        status=exchange.status,
        bytes=exchange.length,
        seconds=round(exchange.seconds, 4),
    )
