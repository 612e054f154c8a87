"""Pages as text that is the same for all that show the same."""

from __future__ import annotations

import re
from collections.abc import Container, Iterator
from functools import lru_cache

from bs4 import BeautifulSoup, Tag

# What may differ between two pages that show the same: numbers of the page itself, what scripts have added, and what
# is soft (how many comments other articles have, the way to newer comments, how many read).
_SOFT = (
    "[data-comments-of], .collapse, .pill, .held-more, .new-mark, .thread-unread, .watching, a[rel=prev],"
    " .live-status"
)
_OWN = (
    "class",
    "data-opened",
    "open",
    "tabindex",
    "aria-pressed",
    "aria-busy",
    "style",
    "data-held",
)


def canonical(html: str, *, soft: str = "") -> str:
    """The content of a page as text that is equal for pages that show the same, but for what ``soft`` selects."""
    return _canonical(re.sub(r' data-live-seq="\d+"', "", html), soft)


# Most events change few of the pages that are compared after each; to take one apart costs more than to make it.
@lru_cache(100)
def _canonical(html: str, soft: str) -> str:
    main = BeautifulSoup(html[html.index("<main") : html.index("</main>")], "html.parser")
    passed_over = {id(element) for element in main.select(", ".join(filter(None, (_SOFT, soft))))}
    return "\n".join(_lines(main, passed_over))


def _lines(element: Tag, passed_over: Container[int]) -> Iterator[str]:
    """Yield what is in the element, but for some others: each tag and each text on a line of its own."""
    for child in element.children:
        if id(child) in passed_over:
            continue
        if not isinstance(child, Tag):
            if text := " ".join(str(child).split()):
                yield text
        elif child.name == "time":
            yield str(child["datetime"])
        else:
            classes = [each for each in child.get_attribute_list("class") if each not in ("arrived", "new")]
            kept = sorted((name, value) for name, value in child.attrs.items() if name not in _OWN)
            yield f"<{child.name} {classes} {kept}>"
            yield from _lines(child, passed_over)
            yield f"</{child.name}>"
