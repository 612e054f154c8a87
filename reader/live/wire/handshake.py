"""A follower's handshake as browsers and proxies write it, read at a glance.

The web server and Engine.IO take longer over it, in their general way, than all the rest of a join takes. Nothing is
refused here: whatever is written unusually, or might be read in two ways, is theirs to judge. So is what has not come
yet when the connection is there: seldom what a proxy on the same machine sends, mostly what a browser far away does.
"""

from __future__ import annotations

import re

from reader.live.wire.library import Environ

PATH = "/socket.io/"
# Beyond that, with many cookies, it is read as any request is.
MAX_LENGTH, MAX_FIELDS = 4096, 64

_NAME = r"[!#$%&'*+.^`|~0-9A-Za-z-]+"  # without _, which would be a second way to write -
_VALUE = r"[\x20-\x7e]*"
_ASKED = re.escape(f"GET {PATH}?EIO=4&transport=websocket HTTP/1.1\r\n")
_USUAL = re.compile(rf"{_ASKED}(?:{_NAME}:{_VALUE}\r\n){{1,{MAX_FIELDS}}}\r\n")
_FIELDS = re.compile(rf"^({_NAME}):({_VALUE})\r$", re.MULTILINE)
# A request with one of them goes on after its head.
_LONGER = {"HTTP_CONTENT_LENGTH", "HTTP_TRANSFER_ENCODING", "HTTP_EXPECT"}


def usual(data: bytes) -> Environ | None:
    """The headers of the one request that ``data`` is, as WSGI names them; None where it's anything but usual."""
    text = data.decode("latin-1")
    if _USUAL.fullmatch(text) is None:
        return None
    fields = _FIELDS.findall(text)
    environ = {f"HTTP_{name.upper().replace('-', '_')}": value.strip(" ") for name, value in fields}
    is_usual = (
        len(environ) == len(fields)  # none is there twice
        and not _LONGER & environ.keys()
        and "HTTP_HOST" in environ
        and environ.get("HTTP_UPGRADE", "").lower() == "websocket"
    )
    return environ if is_usual else None
