"""Check that a request was sent from a page of this site, by the browser's word.

A form is taken with a token, and only from a page of this site (OWASP: verifying origin with standard headers): the
Origin header says so, or, where a browser sends none, the Referer. Where a base address is set, only that one counts.
"""

from __future__ import annotations

from urllib.parse import SplitResult, urlsplit

from flask import g, request
from flask_wtf.csrf import CSRFError, CSRFProtect

from reader import config

PORTS = {"http": 80, "https": 443}

WebOrigin = tuple[str, str, int]


class ForeignForm(CSRFError):  # type: ignore[misc]
    """A form with a good token that a page of another site has sent, or that doesn't say where it comes from."""

    description = "This was not sent from a page of this site."


class Guard(CSRFProtect):  # type: ignore[misc]
    """Takes a form with a token that is good, from a page of this site."""

    def protect(self, apply_exemptions: bool = False) -> None:
        """Refuse the present request by a CSRFError unless it may be taken."""
        super().protect(apply_exemptions)
        if g.get("csrf_valid") and not may_send():
            g.csrf_valid = False
            raise ForeignForm


csrf = Guard()


def may_send() -> bool:
    """Return True if the form of the present request may be accepted.

    A request that names no origin is accepted only where there is no HTTPS.
    """
    if "Origin" in request.headers or request.referrer:
        return is_from_here()
    return not (config.current().secure or request.is_secure)


def is_from_here() -> bool:
    """Return True if a page of this site has certainly sent the present request."""
    return is_here(request.headers.get("Origin") or request.referrer or "")


def is_here(address: str) -> bool:
    """Return True if the address is on this site: at its base address, or else at the requested host."""
    origin = _origin(address)
    return origin is not None and origin in _own()


def _own() -> set[WebOrigin | None]:
    base = config.current().base_url
    if base is not None:
        return {_origin(base)}
    # Without TLS here, it may end at a proxy that sends no header about it.
    schemes = ("https",) if request.is_secure else ("http", "https")
    return {_origin(f"{scheme}://{request.host}") for scheme in schemes}


def _origin(address: str) -> WebOrigin | None:
    """Scheme, host and port of an address; None where it has none that we know."""
    try:
        parts: SplitResult = urlsplit(address)
        port = parts.port or PORTS[parts.scheme]
    except (ValueError, KeyError):
        return None
    return (parts.scheme, parts.hostname, port) if parts.hostname else None
