"""Checks of the values of settings. Each raises ValueError with what the value must be."""

from __future__ import annotations

from collections.abc import Callable
from email.utils import parseaddr
from typing import Any
from urllib.parse import urlsplit

from limits import parse as parse_limit

SECRET_LENGTH = 32

Check = Callable[[Any], None]


def limit(value: str) -> None:
    """Require a rate, such as 6/minute."""
    parse_limit(value)


def at_least(least: int) -> Check:
    """Return a check that requires a number of at least ``least``."""

    def check(value: int) -> None:
        if value < least:
            raise ValueError(f"it must be at least {least}")

    return check


def bind(value: str) -> None:
    """Require an address with a port."""
    host, _, port = value.rpartition(":")
    if not host or not port.isdigit() or int(port) > 65535:
        raise ValueError("it must be HOST:PORT")


def base_url(value: str | None) -> None:
    """Require the address of a site's root."""
    if value is None:
        return
    parts = urlsplit(value)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError("it must be an address with http:// or https:// and a host")
    if parts.path.rstrip("/") or parts.query or parts.fragment:
        raise ValueError("it must be the address of the site's root, without a path")


def database_url(value: str | None) -> None:
    """Require the address of a database that is supported."""
    if value is not None and not value.startswith(("sqlite:///", "postgresql://", "postgresql+psycopg://")):
        raise ValueError("it must begin with sqlite:/// or postgresql://")


def redis_url(value: str | None) -> None:
    """Require the address of a Redis."""
    if value is not None and not value.startswith(("redis://", "rediss://", "unix://")):
        raise ValueError("it must begin with redis://, rediss:// or unix://")


def mail_url(value: str | None) -> None:
    """Require the address of a mail server."""
    if value is None:
        return
    try:
        parts = urlsplit(value)
        known = (
            parts.scheme in ("smtp", "smtps") and parts.hostname and (parts.port is None or parts.port > 0)
        )
    except ValueError:
        known = False
    if not known:
        raise ValueError("it must be smtp:// or smtps:// with a host, and a name and a password if needed")


def mail_from(value: str | None) -> None:
    """Require an address for mail, with or without a name."""
    if value is not None and (
        any(not sign.isprintable() for sign in value) or "@" not in parseaddr(value)[1]
    ):
        raise ValueError("it must be an address, with or without a name before it")


def one_line(value: str) -> None:
    """Require one line that can be read."""
    if not value.isprintable():
        raise ValueError("it must be one line, without characters that can't be seen")


def contact(value: str | None) -> None:
    """Require an address by which somebody can be told of a security hole."""
    if value is not None and not value.startswith(("mailto:", "https://", "tel:")):
        raise ValueError("it must begin with mailto:, https:// or tel:")
    if value is not None and any(sign.isspace() for sign in value):
        raise ValueError("it must have no space in it")


def web_address(value: str | None) -> None:
    """Require an address of the web."""
    if value is not None and not value.startswith(("http://", "https://")):
        raise ValueError("it must begin with http:// or https://")


def publish_or_hold(value: str) -> None:
    """Require one of the two words."""
    if value not in ("publish", "hold"):
        raise ValueError("it must be publish or hold")


def secret(value: str | None) -> None:
    """Require enough characters that nobody can guess them."""
    if value is not None and len(value) < SECRET_LENGTH:
        raise ValueError(
            f"it has {len(value)} characters, and must have at least {SECRET_LENGTH} that nobody can guess"
        )
