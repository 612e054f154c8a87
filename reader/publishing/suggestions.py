"""Suggestions in place of a word that a file can't have.

A suggestion never reverses a meaning: ``unverified`` isn't taken for ``verified``. Only a misspelling is guessed; in
doubt, all words are listed.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable

# Two slips turn a shorter word into another one: “updated” and “outdated”, “valid” and “void”.
MIN_LENGTH_FOR_TWO_SLIPS = 8
_SEPARATOR = re.compile(r"[\s_-]+")
_NEGATION = re.compile(r"un|in|im|il|ir|dis|mis|non|not|no|anti|de(?=[a-z]{4})")


def nearest(word: str, words: Iterable[str]) -> str:
    """Return a suggestion for a ``word`` that isn't one of ``words``: the one that was meant, else all there are."""
    known = list(words)
    meant = min(
        (other for other in known if _is_slip(word, other)), key=lambda it: _slips(word, it), default=None
    )
    if meant:
        return f"did you mean “{meant}”?"
    return f"there is: {', '.join(known)}." if known else "there is none."


def _is_slip(word: str, other: str) -> bool:
    """Return True if ``word`` is ``other`` misspelt, and can't be another word."""
    those, others = _SEPARATOR.split(word.casefold()), _SEPARATOR.split(other.casefold())
    if "".join(those) == "".join(others):
        return True
    if len(those) != len(others):
        return False
    different = [pair for pair in zip(those, others, strict=True) if pair[0] != pair[1]]
    return len(different) == 1 and _is_misspelt(*different[0])


def _is_misspelt(word: str, other: str) -> bool:
    length = max(len(word), len(other))
    return (
        word[:1] == other[:1]
        and word.isalpha()
        and other.isalpha()
        and _negation(word) == _negation(other)
        and _slips(word, other) <= (2 if length >= MIN_LENGTH_FOR_TWO_SLIPS else 1)
    )


def _negation(word: str) -> str:
    found = _NEGATION.match(word)
    return found[0] if found else ""


def _slips(word: str, other: str) -> int:
    """Count the letters that were left out, added, mistaken or swapped with their neighbour."""
    before: list[int] = []
    row = list(range(len(other) + 1))
    for line, letter in enumerate(word, start=1):
        above, row = row, [line]
        for column, wanted in enumerate(other, start=1):
            slips = min(above[column] + 1, row[-1] + 1, above[column - 1] + (letter != wanted))
            if line > 1 and column > 1 and (letter, word[line - 2]) == (other[column - 2], wanted):
                slips = min(slips, before[column - 2] + 1)
            row.append(slips)
        before = above
    return row[-1]


def unknown_key(key: str, known: Collection[str]) -> str:
    """Say what to do with a key that there isn't: ours for what other programs call so, or the nearest."""
    foreign = _squeezed(key)
    for ours, advice in _COUNTERPARTS.get(foreign, ()):
        if ours in known:
            return f"there is no such key; {advice}"
    if foreign in _WITHOUT_COUNTERPART and "title" in known:
        return (
            f"there is no such key, nor one like it; remove it, or call it “x-{key}” to keep it for yourself"
        )
    return f"there is no such key; {nearest(key, known)}"


def _squeezed(key: str) -> str:
    """A key as all programs would write it: ``publishDate``, ``publish_date`` and ``publish-date`` are one."""
    return _SEPARATOR.sub("", key.casefold())


IF_TRUE = "write “status: draft” if it is true, and remove it if it is false"


def _written(advice: str) -> str:
    return advice if advice == IF_TRUE else f"here it is “{advice}”"


# Our keys, and how what is named under them is written; then what Hugo, Jekyll, Ghost, WordPress's exports, Eleventy
# and others call it. A key of ours that a part of the file doesn't have is passed over.
_FOREIGN: list[tuple[str, str, str]] = [
    ("title", "title: …", "headline name post_title heading"),
    (
        "standfirst",
        "standfirst: …",
        "description excerpt summary subtitle subheading subhead tagline dek deck lead lede intro teaser abstract"
        " custom_excerpt meta_description post_excerpt seo_description og_description",
    ),
    (
        "published",
        "published: 2026-01-31T14:30:00+01:00",
        "date created created_at date_created published_at date_published published_date publication_date pubdate"
        " post_date post_date_gmt issued",
    ),
    (
        "publish_at",
        "publish_at: 2026-01-31T14:30:00+01:00",
        "publish_date publish_on scheduled_at go_live release_date",
    ),
    (
        "updated",
        "updated: 2026-01-31T14:30:00+01:00",
        "lastmod last_mod modified modified_at updated_at date_updated date_modified modified_date last_modified"
        " last_modified_at post_modified post_modified_gmt updated_date",
    ),
    (
        "topics",
        "topics: [a-topic, another]",
        "tags tag categories category keywords section sections subjects labels",
    ),
    ("authors", "authors: [Ida Brandt]", "author byline by writer writers creator contributors post_author"),
    ("status", IF_TRUE, "draft is_draft unpublished hidden private"),
    ("status", "status: …", "visibility post_status state"),
    ("slug", "slug: …", "permalink path post_name basename url uri link"),
    ("was", "was: [former-slug]", "aliases alias redirect_from redirects old_slugs"),
    ("lang", "lang: …", "language locale languagecode html_lang"),
    (
        "image",
        "image: {src: …, alt: …}",
        "cover cover_image featured_image feature_image featured_media featureimage thumbnail thumb banner hero"
        " hero_image header_image og_image twitter_image picture photo images teaser_image",
    ),
    ("sources", "sources: …", "references bibliography citations works_cited"),
    ("claims", "claims: …", "claim_review claimreview fact_check fact_checks factchecks facts"),
    ("corrections", "corrections: …", "errata erratum correction"),
    # of a source, a claim or a picture
    ("publisher", "publisher: …", "outlet newspaper site organisation organization"),
    ("text", "text: …", "claim statement claim_reviewed quote_text description"),
    ("verdict", "verdict: …", "rating review_rating rated ruling conclusion"),
    ("why", "why: …", "reason explanation reasoning rationale justification"),
    ("claimant", "claimant: {name: …}", "speaker author claimed_by said_by"),
    (
        "checked",
        "checked: {at: 2026-01-31, by: …}",
        "reviewed reviewed_at date checked_at checked_by reviewer",
    ),
    ("said", "said: [{at: 2026-01-31, where: …}]", "appearances first_appearance occurrences"),
    ("src", "src: …", "url file filename path"),
    ("alt", "alt: …", "alt_text alternative description"),
    ("credit", "credit: …", "copyright photographer attribution author caption"),
    ("url", "url: …", "link href address uri web"),
    ("kind", "kind: …", "type"),
    ("at", "at: …", "date when"),
    ("where", "where: …", "location place venue publication title"),
    ("archived", "archived: …", "archive archive_url wayback"),
]
_COUNTERPARTS: dict[str, list[tuple[str, str]]] = {}
for _ours, _advice, _names in _FOREIGN:
    for _name in _names.split():
        _COUNTERPARTS.setdefault(_squeezed(_name), []).append((_ours, _written(_advice)))
_OTHERS = (
    "layout template type weight toc math mathjax comments featured pinned sticky cascade outputs series menu nav order"
    " position sidebar theme css classes header footer codeinjection_head codeinjection_foot custom_template uuid guid"
    " wordpress_id post_id comment_status ping_status build sitemap robots noindex canonical canonical_url reading_time"
    " ghost_id expirydate expires markup iscjklanguage eleventy_navigation eleventy_computed pagination share"
)
_WITHOUT_COUNTERPART = frozenset(map(_squeezed, _OTHERS.split()))
