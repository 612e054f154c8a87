"""Refused characters: invisible ones, and those that have another meaning in XML or a terminal.

They are removed from submitted forms, and refused in files, with their line; so no page, feed or mail has to consider
them. Those that programs use for a new line or page become a newline.
"""

from __future__ import annotations

import re
from typing import Any

from werkzeug.datastructures import ImmutableMultiDict

# NUL is not listed here: it is refused, see reader.web.security.
_BREAKS = re.compile("[\x0b\x0c\x1c-\x1e\x85]")
_UNSEEN = re.compile("[\x01-\x08\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]")
_REFUSED = re.compile(f"\0|{_BREAKS.pattern}|{_UNSEEN.pattern}")


def plain(text: str) -> str:
    """Return the text without these characters."""
    return _UNSEEN.sub("", _BREAKS.sub("\n", text)) if _REFUSED.search(text) else text


def first_refused(text: str) -> str | None:
    """Return the first of them in a text; None if it has none."""
    found = _REFUSED.search(text)
    return found[0] if found else None


class Fields(ImmutableMultiDict[str, Any]):
    """Fields of a form or an address, with these characters removed."""

    def __init__(self, mapping: Any = None) -> None:
        super().__init__(mapping)
        for texts in dict.values(self):
            texts[:] = [plain(text) if isinstance(text, str) else text for text in texts]
