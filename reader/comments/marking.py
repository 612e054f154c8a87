"""Marks the words of a search in a comment's HTML."""

import html
import re
from collections.abc import Sequence

_PARTS = re.compile(r"(<[^>]*>)")


def marked(text: str, words: Sequence[str]) -> str:
    """The HTML with each of the words between ``<mark>`` and ``</mark>``, where they are text."""
    wanted = sorted((re.escape(html.escape(word, quote=False)) for word in words), key=len, reverse=True)
    # An entity is one letter: nothing inside its name is marked.
    pattern = re.compile(f"({'|'.join(wanted)})|&#?\\w+;", re.IGNORECASE)
    parts = _PARTS.split(text)
    return "".join(part if number % 2 else pattern.sub(_mark, part) for number, part in enumerate(parts))


def _mark(found: re.Match[str]) -> str:
    return f"<mark>{found[0]}</mark>" if found[1] else found[0]
