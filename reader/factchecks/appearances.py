"""Places and dates at which a claim was made."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit


def web_address(url: str | None) -> str | None:
    """``url`` if a page may link to it: whole, and by HTTP or HTTPS (never ``javascript:``); else None."""
    if url is None:
        return None
    try:
        parts = urlsplit(url)
    except ValueError:
        return None
    return url if parts.scheme in ("http", "https") and parts.hostname else None


@dataclass(frozen=True, kw_only=True)
class Appearance:
    """One place where a claim was made: ``at`` the day, ``where`` the title of what it was made in."""

    at: dt.date | None = None
    where: str | None = None
    url: str | None = None

    @classmethod
    def of(cls, entry: Mapping[str, str]) -> Appearance:
        """The appearance that the database has as ``entry``."""
        at = entry.get("at")
        return cls(
            at=dt.date.fromisoformat(at) if at else None, where=entry.get("where"), url=entry.get("url")
        )

    def entry(self) -> dict[str, str]:
        """The appearance as the database has it."""
        known = {"at": self.at.isoformat() if self.at else None, "where": self.where, "url": self.url}
        return {name: value for name, value in known.items() if value}

    @property
    def link(self) -> str | None:
        """Web address at which it can be seen, if that is known."""
        return web_address(self.url)

    @property
    def label(self) -> str | None:
        """Text that a page shows for it; None if there is nothing to show."""
        return self.where or self.link
