"""Pages as text that is the same for all that show the same."""

from __future__ import annotations

import re

from bs4 import BeautifulSoup
from bs4.element import NavigableString

# What may differ between two pages that show the same: numbers of the page itself, what scripts have added, and what
# is soft (how many comments other articles have, the way to newer comments, how many read).
_SOFT = (
    "[data-comments-of], .collapse, .pill, .held-more, .new-mark, .thread-unread, .watching, a[rel=prev],"
    " .live-status"
)
_OWN = (
    "class",
    "data-opened",
    "data-live-seq",
    "open",
    "tabindex",
    "aria-pressed",
    "aria-busy",
    "style",
    "data-held",
)


def canonical(html: str, *, soft: str = "") -> str:
    """The content of a page as text that is equal for pages that show the same, but for what ``soft`` selects."""
    main = BeautifulSoup(html[html.index("<main") : html.index("</main>")], "html.parser")
    for element in main.select(", ".join(filter(None, (_SOFT, soft)))):
        element.decompose()
    for element in main.find_all(True):
        classes = [each for each in element.get_attribute_list("class") if each not in ("arrived", "new")]
        kept = {name: value for name, value in sorted(element.attrs.items()) if name not in _OWN}
        element.attrs.clear()
        element.attrs.update(kept)
        if classes:
            element["class"] = " ".join(classes)
        if element.name == "time":
            element.replace_with(str(element["datetime"]))
    for text in main.find_all(string=True):
        text.replace_with(NavigableString(re.sub(r"\s+", " ", text).strip()))
    main.smooth()
    return re.sub(r"\n\s*", "\n", main.prettify())
