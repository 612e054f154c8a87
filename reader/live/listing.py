"""Updates for pages that list claims, articles or corrections of the whole site."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from reader.articles import queries as articles
from reader.eventlog import Kind
from reader.factchecks import queries as factchecks
from reader.live.changes import CLAIM_KINDS, CORRECTION_KINDS, RETRACTION_KINDS, Changes, TargetChange, last
from reader.web.fragments import render

FACTCHECKS = "factchecks/_macros.html"
PAGES = "pages/_macros.html"
# Target that has the whole page fetched again, for changes that can't be sent by element.
PAGE = "article"
# If more articles than this cite the changed claims, it is cheaper to fetch the lists again.
MAX_CITATIONS = 50

# A change, the element that it changes, and that element's HTML; None if it is to be fetched.
Listed = tuple[TargetChange, str, str | None]


def listed(changes: Changes) -> Iterator[Listed]:
    """Each claim that changed, and how articles that cite it, and the front page, stand in lists.

    An article that was retracted leaves some lists and stays in others, so all of them are fetched.
    """
    retracted = last(changes, RETRACTION_KINDS)
    if retracted:
        yield retracted, PAGE, None
    written = last(changes, CORRECTION_KINDS)
    if written:
        yield written, "corrections", None
    claims = {slug: change for target, change in changes.items() if (slug := _slug(target, change))}
    citing = factchecks.citations_of_claims(claims, limit=MAX_CITATIONS + 1) if claims else ()
    if len(citing) > MAX_CITATIONS:
        yield max(claims.values()), PAGE, None
        return
    for slug in dict.fromkeys(slug for slug, _ in citing):
        yield claims[slug], f"claim-{slug}", None
    if citing:
        yield from _in_articles(citing, claims)


def _in_articles(citing: Sequence[tuple[str, int]], claims: Mapping[str, TargetChange]) -> Iterator[Listed]:
    """Yield what lists of articles and the front page show of the changed claims."""
    changed: dict[int, TargetChange] = {}
    for slug, article_id in citing:
        changed[article_id] = max(claims[slug], changed.get(article_id, claims[slug]))
    lead = [article.id for article in articles.front(1)]
    cited = factchecks.claims_by_article({*changed, *lead})
    for article_id, change in changed.items():
        for element, macro in (("strength", "teaser_strength"), ("lead-claims", "lead_claims")):
            yield change, f"{element}-{article_id}", render(PAGES, macro, article_id, cited[article_id])
    latest = factchecks.latest_changes(besides=[claim for each in lead for claim in cited.get(each, ())])
    yield max(changed.values()), "latest-verdicts", render(FACTCHECKS, "latest_verdicts", latest)


def _slug(target: str, change: TargetChange) -> str | None:
    """The claim that something happened to."""
    is_claim = change.kind in CLAIM_KINDS or change.kind is Kind.CLAIM_REVISED
    return target.removeprefix("claim-") if is_claim else None
