"""Ids made from words: of articles, claims, sources, authors and publishers."""

import re
from collections.abc import Container
from hashlib import sha256
from itertools import count

from anyascii import anyascii

SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
MAX_LENGTH = 80


def slug_of(words: str, limit: int = MAX_LENGTH) -> str:
    """``words`` as a slug: their letters in ASCII, cut between words. Empty if there are none."""
    parts = re.findall(r"[a-z0-9]+", re.sub(r"['’]", "", anyascii(words).lower()))
    slug = "-".join(parts)
    if len(slug) <= limit:
        return slug
    return slug[: limit + 1].rpartition("-")[0] or slug[:limit]


def name_slug(name: str) -> str:
    """A slug for any name, even one that has neither letters nor digits."""
    return slug_of(name) or f"name-{sha256(name.encode()).hexdigest()[:12]}"


def unused(slug: str, taken: Container[str]) -> str:
    """``slug``, or the first of ``slug-2``, ``slug-3``, … that isn't taken."""
    if slug not in taken:
        return slug
    return next(candidate for number in count(2) if (candidate := f"{slug}-{number}") not in taken)
