"""The plan of an article in words, for its publisher: whether it is new or moved, what leaves it, what is reworded."""

from __future__ import annotations

from collections.abc import Iterator

from reader.factchecks.wording import revised
from reader.publishing.loading import Stored
from reader.publishing.plan import ArticlePlan
from reader.publishing.rewording import or_not_given


def of(article: ArticlePlan) -> list[str]:
    """Return a note for each thing that the publisher may not expect."""
    path = f"/articles/{article.document.slug}"
    if article.before is None:
        return [f"new: it is “{article.document.id}” at {path}"]
    old = article.before.document.slug
    moved = [f"moved from /articles/{old} to {path}; the old address leads there"]
    return [
        *(moved if old != article.document.slug else ()),
        *_leaving(article, article.before),
        *_reworded(article),
    ]


def _leaving(article: ArticlePlan, before: Stored) -> Iterator[str]:
    owned = before.owned()
    for id_ in article.leaving_claims:
        yield f"the claim “{id_}” ({owned[id_].verdict}) left the article; its page keeps its history"
    for id_ in article.leaving_uses:
        yield f"the article no longer cites the claim “{id_}”"
    for id_ in article.leaving_sources:
        yield f"the source “{id_}” left the article"


def _reworded(article: ArticlePlan) -> Iterator[str]:
    for known in article.reworded():
        how = "had a typo" if known.change and known.change.typo else "changed"
        for part in revised(known.words):
            yield (
                f"the {part.label.lower()} of the claim “{known.claim.id}” {how}:"
                f" {or_not_given(part.before)} → {or_not_given(part.after)}"
            )
