"""Placing the cards of claims beside the words of an article's body that they check.

The stored HTML of a body has ``<reader-claim data-id="slug">words</reader-claim>`` around such words.
:mod:`reader.text.markdown` made and cleaned it; it writes these elements in one way and never inside each other.
"""

import re
from collections.abc import Iterable

from markupsafe import Markup

from reader.factchecks.models import Claim
from reader.web import fragments

MACROS = "factchecks/_macros.html"
_MARK = re.compile(r'<reader-claim data-id="([^"]*)">(.*?)</reader-claim>', re.DOTALL)


def place(html: str, claims: Iterable[Claim]) -> Markup:
    """The body with each mark as its claim stands now: the first with the card, further ones as links.

    Words marked with a claim that is not among ``claims`` stay plain words.
    """
    known = {claim.slug: claim for claim in claims}
    placed: set[str] = set()

    def mark(found: re.Match[str]) -> str:
        slug, words = found[1], Markup(found[2])  # noqa: S704 - cleaned on publishing
        if slug not in known:
            return words
        macro = "marked_again" if slug in placed else "marked"
        placed.add(slug)
        return fragments.render(MACROS, macro, known[slug], words)

    return Markup(_MARK.sub(mark, html))  # noqa: S704 - cleaned on publishing


def words_of(html: str) -> dict[str, Markup]:
    """The words that carry each claim's card, by the claim's slug."""
    words: dict[str, Markup] = {}
    for found in _MARK.finditer(html):
        words.setdefault(found[1], Markup(found[2]))  # noqa: S704 - cleaned on publishing
    return words
