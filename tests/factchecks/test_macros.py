"""The parts of a fact check: the same for everyone, complete, and deaf to what is typed into them."""

from collections.abc import Callable
from typing import Any

import pytest
from bs4 import BeautifulSoup
from flask import Flask

from reader.factchecks import queries
from reader.factchecks.models import Claim, Correction, Source
from reader.factchecks.verdicts import Verdict
from reader.web.fragments import render
from tests.support.factories import a_claim, altered, an_article, an_editor, saved
from tests.support.people import log_in

MACROS = "factchecks/_macros.html"
NASTY = "<script>alert('1')</script><b onclick=x>\"&"

pytestmark = pytest.mark.usefixtures("app")


def all_of(claim: Claim) -> dict[str, str]:
    """Every macro that is pushed or shown, rendered for ``claim`` and its article."""
    found = queries.claim_by_id(claim.id)
    given: dict[str, Any] = {
        "fact_check_item": found,
        "claim_panel": found,
        "strength": queries.claims_of(claim.article_id),
        "fact_check": queries.claims_of(claim.article_id),
        "history": queries.history_of(claim.id),
        "sources": queries.sources_of(claim.article_id),
        "corrections": queries.corrections_of(claim.article_id),
        "verdict": claim.ruling,
    }
    rendered = {name: str(render(MACROS, name, argument)) for name, argument in given.items()}
    return {**rendered, "marked": str(render(MACROS, "marked", found, "words"))}


def a_full_claim(**columns: Any) -> Claim:
    """A claim with a correction, and with everything that can be known about it."""
    editor = an_editor()
    claim = a_claim(
        an_article(),
        **{
            "about": "statement",
            "claimant_name": "Noah",
            "claimant_url": "https://ark.example/",
            "said": [{"url": "https://ark.example/log"}],
            "short": "It rained",
            "checked_by_id": editor.id,
            **columns,
        },
    )
    saved(
        Correction(
            article_id=claim.article_id, position=0, kind="correction", text=claim.text, claim_id=claim.id
        )
    )
    return claim


def soup(html: str) -> BeautifulSoup:
    return BeautifulSoup(html, "html.parser")


def test_a_fragment_is_the_same_outside_and_inside_of_anybodys_request(app: Flask) -> None:
    claim, editor = a_full_claim(), an_editor()
    outside = all_of(claim)
    client = app.test_client()
    token = log_in(client, editor)
    assert token
    with client:
        assert client.get(claim.path).status_code == 200
        assert all_of(claim) == outside
    with app.test_request_context("/elsewhere?a=b", base_url="https://other.example"):
        assert all_of(claim) == outside


@pytest.mark.parametrize(
    ("macro", "element"),
    [
        ("fact_check_item", lambda claim: claim.element),
        ("claim_panel", lambda claim: claim.element),
        ("marked", lambda claim: claim.mark),
        ("strength", lambda claim: "strength"),
        ("history", lambda claim: "history"),
        ("sources", lambda claim: "sources"),
        ("corrections", lambda claim: "corrections"),
    ],
)
def test_each_pushed_macro_is_one_element_with_its_targets_id(
    macro: str, element: Callable[[Claim], str]
) -> None:
    claim = a_full_claim()
    top = [tag for tag in soup(all_of(claim)[macro]).find_all(recursive=False)]
    assert [tag["id"] for tag in top] == [element(claim)]


def test_elements_without_content_are_there_to_be_filled() -> None:
    for name in ("strength", "sources", "corrections"):
        (element,) = soup(render(MACROS, name, [])).find_all(recursive=False)
        assert element["id"] == name
        assert element.has_attr("hidden")
        assert element.text.strip() == ""


def test_a_fact_check_item_has_all_that_a_reader_is_promised() -> None:
    claim = a_full_claim()
    item = soup(all_of(claim)["fact_check_item"])
    words = " ".join(item.text.split())
    for part in (
        claim.text,
        "Verified",
        "The source says it.",
        "Checked",
        "by person",
        "Discuss this claim",
    ):
        assert part in words.replace("by editor", "by person") or part == "by person"
    assert item.select(f'a[href="{claim.path}"]')
    assert item.select("svg use")


@pytest.mark.parametrize("verdict", Verdict)
def test_every_verdict_has_its_icon_and_its_word(verdict: Verdict) -> None:
    badge = soup(render(MACROS, "verdict", verdict))
    assert badge.text.strip() == verdict.label
    assert badge.select("svg use")


def test_no_two_verdicts_share_an_icon() -> None:
    icons = [soup(render(MACROS, "verdict", verdict)).select("use")[0]["href"] for verdict in Verdict]
    assert len(icons) == len(set(map(str, icons)))


@pytest.mark.parametrize("macro", ["fact_check_item", "claim_panel", "marked"])
def test_a_claim_without_linked_sources_says_so(macro: str) -> None:
    claim = a_claim(an_article(), sourced=False, unsourced=True, verdict="reported")
    assert "Source not linked" in all_of(claim)[macro]


def test_who_checked_is_left_out_where_it_is_not_known() -> None:
    claim = a_claim(an_article())
    assert "Checked" not in all_of(claim)["fact_check_item"]
    assert " by " not in soup(all_of(claim)["fact_check_item"]).text


@pytest.mark.parametrize(
    ("columns", "words"),
    [
        ({}, "We checked whether Noah said this."),
        ({"claimant_name": None}, "We checked whether this was said."),
        ({"about": "fact"}, "We checked whether this is true. Claimed by Noah."),
        ({"about": "fact", "claimant_name": None}, "We checked whether this is true."),
        ({"about": None}, "Claimed by Noah."),
    ],
)
def test_the_claims_page_prints_what_was_checked(columns: dict[str, Any], words: str) -> None:
    panel = soup(all_of(a_full_claim(**columns))["claim_panel"])
    assert words in [" ".join(line.text.split()) for line in panel.select(".about")]


def test_nothing_typed_becomes_markup() -> None:
    claim = a_full_claim(text=NASTY, why=NASTY, short=NASTY[:75], claimant_name=NASTY)
    (support,) = queries.claim_by_id(claim.id).supports  # type: ignore[union-attr]
    altered(support.source, title=NASTY, quote=NASTY)
    altered(support.source.publisher, name=NASTY)
    for name, html in all_of(claim).items():
        page = soup(html)
        assert not page.find_all(["script", "b"]), name
        assert not page.find_all(onclick=True), name


@pytest.mark.parametrize(
    "url", ["javascript:alert(1)", "data:text/html,x", "//evil.example/", "ftp://a.example/"]
)
def test_only_web_addresses_become_links(url: str) -> None:
    claim = a_full_claim(claimant_url=url, said=[{"url": url}])
    (support,) = queries.claim_by_id(claim.id).supports  # type: ignore[union-attr]
    source: Source = support.source
    altered(source, url=url, archived=url)
    for name, html in all_of(claim).items():
        assert url not in html, name
    altered(source, url="https://stats.example/rain")
    assert 'href="https://stats.example/rain"' in all_of(claim)["sources"]
