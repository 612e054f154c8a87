"""The way to a kept page before gunicorn has put together what an application is told.

Nearly half of what a kept page cost was that environment, the headers of the answer, each looked at anew, and the two
pieces in which they and the page were sent. So a plain request is shown to the application with the little that tells
which page is asked for, and by whom; if it has that ready, it goes out in one piece. All else takes the usual way.
"""

from __future__ import annotations

import time
from email.utils import formatdate
from functools import lru_cache
from typing import Any

from flask import Flask
from gunicorn import SERVER
from gunicorn.util import unquote_to_wsgi_str

from reader.web import page_cache

# These change how an answer is sent, or say that something follows the request.
UNUSUAL = frozenset({"CONTENT-LENGTH", "EXPECT", "SCRIPT-NAME", "TRANSFER-ENCODING", "UPGRADE"})


def answer(app: Flask, request: Any, address: str) -> bytes | None:
    """All bytes to send to ``address`` for a ``request`` as gunicorn has parsed it; None where it is to take the usual
    way.
    """
    at_hand = app.extensions.get(page_cache.AT_HAND)
    if at_hand is None or request.method != "GET" or request.version != (1, 1):
        return None
    environ = {
        "REQUEST_METHOD": "GET",
        "PATH_INFO": unquote_to_wsgi_str(request.path),
        "QUERY_STRING": request.query,
        "REMOTE_ADDR": address,
        "wsgi.url_scheme": request.scheme,
    }
    for name, value in request.headers:
        field = "HTTP_" + name.replace("-", "_")
        if name in UNUSUAL or field in environ or (name == "CONNECTION" and value.lower() != "keep-alive"):
            return None
        environ[field] = value
    parts = at_hand(environ, None)
    if not parts:
        return None
    head, body = parts
    return b"".join((head, _common(int(time.time())), body))


def status_of(answer: bytes) -> int:
    """Return the status of an answer that was made here."""
    return int(answer[9:12])


@lru_cache(maxsize=1)
def _common(second: int) -> bytes:
    """The headers that all answers have."""
    date = formatdate(second, usegmt=True)
    return f"Server: {SERVER}\r\nDate: {date}\r\nConnection: keep-alive\r\n\r\n".encode()
