"""Origin of the page that opens a socket: only this site's own may (RFC 6455, section 10.2)."""

from __future__ import annotations

from functools import cache
from urllib.parse import urlsplit

from reader.config import Settings
from reader.web import security

_PORTS = {"http": 80, "https": 443}


def is_ours(origin: str, host: str, settings: Settings) -> bool:
    """Return True if a page at ``origin`` is of this site and may open a socket at ``host``.

    Where no base address is configured, the site is at ``host``, by either scheme: a proxy may end TLS.
    """
    if settings.base_url is not None:
        return origin == _origin(settings.base_url)
    return origin in (f"http://{host}", f"https://{host}") and security.is_our_host(host, settings)


@cache
def _origin(url: str) -> str:
    """The origin of an address as browsers write it: in small letters, without the port that its scheme implies."""
    parts = urlsplit(url)
    host = f"[{parts.hostname}]" if ":" in (parts.hostname or "") else parts.hostname
    is_usual = parts.port in (None, _PORTS[parts.scheme])
    return f"{parts.scheme}://{host}" if is_usual else f"{parts.scheme}://{host}:{parts.port}"
