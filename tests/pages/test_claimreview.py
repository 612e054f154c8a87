"""ClaimReview: when a claim's page may be one, and what its structured data say."""

from typing import Any

import pytest

from reader.factchecks.models import Claim, Publisher, Source, Support
from reader.factchecks.verdicts import Verdict
from reader.pages.claim_page.claimreview import (
    MADE_HERE,
    NO_LINK,
    NO_SUMMARY,
    NO_VERDICT,
    NOBODY_SAID_IT,
    failed_rules,
    linked_data,
)

SITE: dict[str, str] = {"site_name": "The Daily Check", "base": "https://news.example"}


def a_reviewable_claim(*, url: str | None = "https://stats.example/rain", **columns: Any) -> Claim:
    """A claim for which every rule holds, unless the arguments break one."""
    source = Source(title="Rainfall", url=url, publisher=Publisher(name="Statistics Office", slug="stats"))
    return Claim(
        **{
            "slug": "rain",
            "text": "It rained 40 days.",
            "about": "statement",
            "claimant_name": "Noah",
            "verdict": "false",
            "why": "It rained 39 days.",
            "supports": [Support(source=source, position=0)],
            **columns,
        }
    )


@pytest.mark.parametrize(
    "columns",
    [
        {},
        {"claimant_name": None, "said": [{"url": "https://ark.example/log"}]},
        {"verdict": "reported"},
        {"claimant_url": "https://ark.example/"},
    ],
    ids=["claimant", "appearance alone", "no number", "claimant's page"],
)
def test_with_every_rule_kept_it_is_a_claim_review(columns: dict[str, Any]) -> None:
    data, failed = linked_data(a_reviewable_claim(**columns), **SITE)
    assert failed == []
    assert data["@type"] == "ClaimReview"


@pytest.mark.parametrize(
    ("columns", "rule"),
    [
        ({"about": "fact"}, MADE_HERE),
        ({"about": None}, MADE_HERE),
        ({"claimant_name": "the daily check"}, MADE_HERE),
        ({"said": [{"url": "https://news.example/articles/rain"}]}, MADE_HERE),
        ({"claimant_name": None}, NOBODY_SAID_IT),
        ({"claimant_name": None, "said": [{"url": "javascript:alert(1)"}]}, NOBODY_SAID_IT),
        ({"url": None}, NO_LINK),
        ({"url": "javascript:alert(1)"}, NO_LINK),
        ({"supports": []}, NO_LINK),
        ({"why": None}, NO_SUMMARY),
        ({"verdict": "checking"}, NO_VERDICT),
        ({"verdict": "void"}, NO_VERDICT),
    ],
)
def test_each_broken_rule_is_named_and_makes_it_a_claim(columns: dict[str, Any], rule: str) -> None:
    data, failed = linked_data(a_reviewable_claim(**columns), **SITE)
    assert failed == [rule]
    assert data["@type"] == "Claim"
    assert "reviewRating" not in data


def test_all_broken_rules_are_named_at_once() -> None:
    bare = Claim(slug="rain", text="It rained.", verdict="checking")
    assert failed_rules(bare, **SITE) == [MADE_HERE, NOBODY_SAID_IT, NO_LINK, NO_SUMMARY, NO_VERDICT]


def test_the_review_says_who_reviewed_what_and_with_which_result() -> None:
    data, _ = linked_data(a_reviewable_claim(said=[{"url": "https://ark.example/log"}]), **SITE)
    assert data == {
        "@context": "https://schema.org",
        "@type": "ClaimReview",
        "url": "https://news.example/fact-checks/rain",
        "claimReviewed": "It rained 40 days.",
        "reviewBody": "It rained 39 days.",
        "reviewRating": {
            "@type": "Rating",
            "alternateName": "False",
            "ratingValue": 1,
            "bestRating": 5,
            "worstRating": 1,
        },
        "author": {"@type": "Organization", "name": "The Daily Check", "url": "https://news.example"},
        "itemReviewed": {
            "@type": "Claim",
            "text": "It rained 40 days.",
            "author": {"name": "Noah"},
            "appearance": {"@type": "CreativeWork", "url": "https://ark.example/log"},
            "citation": [
                {
                    "@type": "CreativeWork",
                    "name": "Rainfall",
                    "publisher": {"@type": "Organization", "name": "Statistics Office"},
                    "url": "https://stats.example/rain",
                }
            ],
        },
    }


@pytest.mark.parametrize(
    "verdict", [verdict for verdict in Verdict if verdict not in (Verdict.CHECKING, Verdict.VOID)]
)
def test_only_numeric_verdicts_have_a_rating_value(verdict: Verdict) -> None:
    data, _ = linked_data(a_reviewable_claim(verdict=verdict.value), **SITE)
    rating = data["reviewRating"]
    assert rating.get("ratingValue") == verdict.rating
    names = {Verdict.REPORTED: "Reported, not confirmed"}
    assert rating["alternateName"] == names.get(verdict, verdict.label)


def test_a_bare_claim_says_no_more_than_is_known() -> None:
    data, _ = linked_data(Claim(slug="rain", text="It rained.", verdict="reported"), **SITE)
    assert data == {
        "@context": "https://schema.org",
        "@type": "Claim",
        "url": "https://news.example/fact-checks/rain",
        "text": "It rained.",
    }
