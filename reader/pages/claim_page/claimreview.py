"""Structured data of a claim's page: schema.org's ClaimReview, where Google's rules allow it.

A ClaimReview states that somebody else's words were checked. Where a rule fails, the page says ``Claim`` instead, and
the editor is told which rule. Unknown fields are left out, never made up.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from reader.factchecks.kinds import About
from reader.factchecks.models import Claim
from reader.factchecks.verdicts import Verdict
from reader.text import dates
from reader.text.letters import key

BEST, WORST = 5, 1
# These are no findings, so nothing is said about them.
SILENT = frozenset({Verdict.CHECKING, Verdict.VOID})
RATING_NAMES = {Verdict.REPORTED: "Reported, not confirmed"}

MADE_HERE = "The claim must have been made by somebody outside this site: “about” must be “statement”."
NOBODY_SAID_IT = "It must be known who made the claim, or where it was made."
NO_LINK = "At least one of its sources must have an address."
NO_SUMMARY = "The verdict must have its reason."
NO_VERDICT = "The verdict must be a finding: neither open nor withdrawn."


def failed_rules(claim: Claim, *, site_name: str, base: str) -> list[str]:
    """Return the rules that keep ``claim`` from being a ClaimReview, as sentences for the editor."""
    rules = (
        (_made_elsewhere(claim, site_name, base), MADE_HERE),
        (bool(claim.claimant_name or claim.appearance_link), NOBODY_SAID_IT),
        (any(source.link for source in claim.sources), NO_LINK),
        (bool(claim.why), NO_SUMMARY),
        (claim.ruling not in SILENT, NO_VERDICT),
    )
    return [sentence for holds, sentence in rules if not holds]


def linked_data(claim: Claim, *, site_name: str, base: str) -> tuple[dict[str, Any], list[str]]:
    """The page's one item of linked data, and the rules that keep it from being a ClaimReview.

    ``base`` is the site's own address, without a slash at its end.
    """
    failed = failed_rules(claim, site_name=site_name, base=base)
    item = _claim(claim) if failed else _review(claim, site_name, base)
    page = {"url": f"{base}{claim.path}", **_known(inLanguage=claim.lang)}
    return {"@context": "https://schema.org", **page, **item}, failed


def _made_elsewhere(claim: Claim, site_name: str, base: str) -> bool:
    ours = key(claim.claimant_name or "") == key(site_name) or any(
        urlsplit(link or "").hostname == urlsplit(base).hostname
        for link in (claim.claimant_link, claim.appearance_link)
    )
    return claim.about == About.STATEMENT and not ours


def _review(claim: Claim, site_name: str, base: str) -> dict[str, Any]:
    rating: dict[str, Any] = {
        "@type": "Rating",
        "alternateName": RATING_NAMES.get(claim.ruling, claim.ruling.label),
    }
    if claim.ruling.rating is not None:
        rating |= {"ratingValue": claim.ruling.rating, "bestRating": BEST, "worstRating": WORST}
    return {
        "@type": "ClaimReview",
        "claimReviewed": claim.text,
        "reviewBody": claim.why,
        "reviewRating": rating,
        **_known(datePublished=dates.exact(claim.checked_at) if claim.checked_at else None),
        "author": {"@type": "Organization", "name": site_name, "url": base},
        "itemReviewed": _claim(claim),
    }


def _claim(claim: Claim) -> dict[str, Any]:
    # Whether a claimant is a person or an organisation is not known, so the author has no type.
    author = _known(name=claim.claimant_name, url=claim.claimant_link)
    appearances = [
        {
            "@type": "CreativeWork",
            **_known(name=each.where, url=each.link, datePublished=each.at.isoformat() if each.at else None),
        }
        for each in claim.appearances
        if each.link or each.where
    ]
    first = next((each.at for each in claim.appearances if each.at), None)
    sources = [
        {
            "@type": "CreativeWork",
            "name": source.title,
            "publisher": {"@type": "Organization", "name": source.publisher.name},
            **_known(url=source.link),
        }
        for source in claim.sources
    ]
    return {
        "@type": "Claim",
        "text": claim.text,
        **_known(
            name=claim.short,
            author=author,
            datePublished=first.isoformat() if first else None,
            firstAppearance=appearances[0] if len(appearances) > 1 else None,
            appearance=appearances[0] if len(appearances) == 1 else appearances,
            citation=sources,
        ),
    }


def _known(**fields: Any) -> dict[str, Any]:
    return {name: value for name, value in fields.items() if value}
