"""Pages as text that is the same for all that show the same."""

from __future__ import annotations

import re
from functools import lru_cache
from html.parser import HTMLParser

# What may differ between two pages that show the same: numbers of the page itself, what scripts have added, and what
# is soft (how many comments other articles have, the way to newer comments, how many read).
_SOFT_CLASSES = {
    "collapse",
    "pill",
    "held-more",
    "new-mark",
    "thread-unread",
    "watching",
    "live-status",
}
_SOFT_ATTRIBUTE = "data-comments-of"
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
# Elements that have no end tag.
_VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}


def canonical(html: str, *, soft: str = "") -> str:
    """The content of a page as text that is equal for pages that show the same, but for elements with the attribute
    ``soft``.
    """
    return _canonical(re.sub(r' data-live-seq="\d+"', "", html), soft)


# Most events change few of the pages that are compared after each; to take one apart costs as much as to make it.
@lru_cache(100)
def _canonical(html: str, soft: str) -> str:
    lines = _Lines({_SOFT_ATTRIBUTE, soft})
    lines.feed(html[html.index("<main") : html.index("</main>") + len("</main>")])
    lines.close()
    return "\n".join(lines.found)


class _Lines(HTMLParser):
    """Each tag and each text of a page on a line of its own, but for elements that have one of some attributes.

    It makes no tree, as BeautifulSoup does: that takes four times as long.
    """

    def __init__(self, soft: set[str]) -> None:
        super().__init__()
        self.found: list[str] = []
        self._soft = soft
        self._open: list[str] = []
        self._passed_over = 0  # how deep stands the element that is passed over; 0 outside of one
        self._text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note an element, unless it is soft."""
        self._end_text()
        if tag not in _VOID:
            self._open.append(tag)
        if self._passed_over:
            return
        values = {name: value or "" for name, value in attrs}
        classes = values.get("class", "").split()
        if self._is_soft(tag, values, classes):
            self._pass_over(tag)
        elif tag == "time":
            self.found.append(values["datetime"])
            self._pass_over(tag)
        else:
            shown = [each for each in classes if each not in ("arrived", "new")]
            kept = sorted((name, value) for name, value in values.items() if name not in _OWN)
            self.found.append(f"<{tag} {shown} {kept}>")
            if tag in _VOID:
                self.found.append(f"</{tag}>")

    def _is_soft(self, tag: str, values: dict[str, str], classes: list[str]) -> bool:
        is_named = not self._soft.isdisjoint(values) or not _SOFT_CLASSES.isdisjoint(classes)
        return is_named or (tag == "a" and values.get("rel") == "prev")

    def _pass_over(self, tag: str) -> None:
        if tag not in _VOID:
            self._passed_over = len(self._open)

    def handle_endtag(self, tag: str) -> None:
        """Note the end of the element, which must be the one that was begun last."""
        if tag in _VOID:
            return
        self._end_text()
        assert tag == self._open[-1], f"</{tag}> in {self._open}"
        if not self._passed_over:
            self.found.append(f"</{tag}>")
        elif self._passed_over == len(self._open):
            self._passed_over = 0
        self._open.pop()

    def handle_data(self, data: str) -> None:
        """Note a piece of text."""
        self._text += data

    def handle_comment(self, data: str) -> None:
        """Note a comment, as a text of its own."""
        self._end_text()
        self._text = data
        self._end_text()

    def _end_text(self) -> None:
        text, self._text = " ".join(self._text.split()), ""
        if text and not self._passed_over:
            self.found.append(text)
