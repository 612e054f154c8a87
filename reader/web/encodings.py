"""Bytes that are sent compressed: each encoding is made at first need, then kept."""

from __future__ import annotations

import gzip
import sys
from collections.abc import Callable
from functools import lru_cache

import brotli
from werkzeug.datastructures import Accept
from werkzeug.http import parse_accept_header

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

IDENTITY = "identity"
_Pack = Callable[[bytes], bytes]

# What is made once and sent for a year may take its time; what is made while somebody waits may not.
THOROUGH: dict[str, _Pack] = {
    "br": lambda content: brotli.compress(content, quality=11),
    "zstd": lambda content: zstd.compress(content, level=19),
    "gzip": lambda content: gzip.compress(content, compresslevel=9, mtime=0),
}
QUICK: dict[str, _Pack] = {
    "br": lambda content: brotli.compress(content, quality=5),
    "zstd": lambda content: zstd.compress(content, level=6),
    "gzip": lambda content: gzip.compress(content, compresslevel=6, mtime=0),
}


@lru_cache(maxsize=256)
def best(accepted: str) -> str:
    """The encoding to answer an ``Accept-Encoding`` header with (RFC 9110, 12.5.3), or ``identity``."""
    if not accepted:
        return IDENTITY
    wanted = parse_accept_header(accepted, Accept)
    # Of several that are liked equally, the first of ours.
    return max((name for name in QUICK if wanted[name] > 0), key=lambda name: wanted[name], default=IDENTITY)


class Packed:
    """Some content in every encoding that was asked for so far."""

    __slots__ = ("_encoded", "_packs")

    def __init__(self, content: bytes, packs: dict[str, _Pack]) -> None:
        self._encoded = {IDENTITY: content}
        self._packs = packs

    def __getitem__(self, encoding: str) -> bytes:
        """The content in ``encoding``, a name that :func:`best` gave."""
        found = self._encoded.get(encoding)
        if found is None:
            found = self._encoded[encoding] = self._packs[encoding](self._encoded[IDENTITY])
        return found
