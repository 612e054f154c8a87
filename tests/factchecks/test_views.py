"""The pages of claims in a browser without scripts: what readers see, and how an editor decides."""

import json
from typing import Any
from urllib.parse import quote

import pytest
from bs4 import BeautifulSoup, Tag
from flask import Flask
from flask.testing import FlaskClient

from reader.eventlog import head
from reader.factchecks import actions, queries
from reader.factchecks.lists import PAGE
from reader.factchecks.models import Claim
from reader.factchecks.verdicts import NewVerdict, Verdict
from tests.support.factories import a_claim, a_moderator, a_person, altered, an_article, an_editor
from tests.support.people import log_in

NASTY = "</script><script>alert('1')</script>"


def page(client: FlaskClient, path: str) -> BeautifulSoup:
    answer = client.get(path)
    assert answer.status_code == 200
    return BeautifulSoup(answer.text, "html.parser")


def words(tag: Tag | BeautifulSoup) -> str:
    return " ".join(tag.text.split())


def linked_data(found: BeautifulSoup) -> list[dict[str, Any]]:
    """The linked data of a page, item by item."""
    return [json.loads(script.text) for script in found.select('script[type="application/ld+json"]')]


def filled_in(client: FlaskClient, claim: Claim, **changes: Any) -> dict[str, Any]:
    """The form as an editor's browser would send it."""
    form = page(client, claim.path).select_one("form.decide")
    assert form
    sent: dict[str, Any] = {"sources": []}
    for field in form.select("input, textarea, select"):
        name, kind = str(field["name"]), field.get("type")
        if kind in ("radio", "checkbox") and not field.has_attr("checked"):
            continue
        value = field.text.strip() if field.name == "textarea" else field.get("value", "")
        if name == "sources":
            sent["sources"].append(value)
        else:
            sent[name] = value
    return {**sent, **changes}


@pytest.fixture
def editor(client: FlaskClient) -> FlaskClient:
    """The browser of an editor called Ida."""
    log_in(client, an_editor("Ida"))
    return client


def test_a_claims_page_shows_its_whole_life(client: FlaskClient) -> None:
    article = an_article(title="On rain")
    claim = a_claim(article, text="It rained 40 days.")
    ida = an_editor("Ida")
    sources = [source.id for source in claim_sources(claim)]
    actions.set_verdict(claim.id, NewVerdict(Verdict.MIXED, "39 days.", sources, version=1), by=ida)
    actions.set_verdict(claim.id, NewVerdict(Verdict.FALSE, "30 days.", sources, version=2), by=ida)
    found = page(client, claim.path)
    assert words(found.select("h1")[0]) == "It rained 40 days."
    steps = [words(step) for step in found.select("#history > li")]
    assert len(steps) == 3
    assert steps[0].startswith("From Mixed to False 30 days.")
    assert steps[1].startswith("From Verified to Mixed 39 days.")
    assert steps[2].startswith("First verdict: Verified The source says it.")
    assert steps[0].endswith(" by Ida")
    citing, discussion = found.select(".citing-list a")
    assert (citing["href"], citing.text) == (f"{article.path}#{claim.element}", "On rain")
    assert discussion["href"] == f"{article.path}?claim={claim.slug}#comments"
    assert not found.select("form.decide")


def claim_sources(claim: Claim) -> list[Any]:
    found = queries.claim_by_id(claim.id)
    assert found
    return found.sources


def test_it_says_which_stream_it_shows_up_to_where(client: FlaskClient) -> None:
    claim = a_claim(an_article())
    actions.set_verdict(
        claim.id, NewVerdict(Verdict.CHECKING, why="Again.", source_ids=[], version=1), by=an_editor()
    )
    (section,) = page(client, claim.path).select("[data-live-stream]")
    assert section["data-live-stream"] == claim.stream
    assert section["data-live-seq"] == str(head(claim.stream)) == "1"
    assert section.find(id=claim.element)
    assert section.find(id="history")


@pytest.mark.parametrize("path", ["/fact-checks/none", "/sources/none", "/fact-checks?verdict=true"])
def test_what_does_not_exist_is_missing(client: FlaskClient, path: str) -> None:
    assert client.get(path).status_code == 404


def test_a_claim_of_a_draft_is_missing_even_for_an_editors_decision(editor: FlaskClient) -> None:
    claim = a_claim(an_article(status="draft"))
    assert editor.get(claim.path).status_code == 404


def test_the_page_has_one_item_of_linked_data_and_typed_text_cannot_end_it(client: FlaskClient) -> None:
    claim = a_claim(an_article(), text=NASTY, why=NASTY, about="statement", claimant_name=NASTY)
    (source,) = claim_sources(claim)
    altered(source, url="https://stats.example/rain")
    found = page(client, claim.path)
    (data,) = linked_data(found)
    assert data["@type"] == "ClaimReview"
    assert data["claimReviewed"] == data["reviewBody"] == NASTY
    assert data["url"] == f"http://localhost{claim.path}"
    assert "alert" not in "".join(
        script.text for script in found.select("script:not([type='application/ld+json'])")
    )


def test_an_articles_page_has_no_claim_review(client: FlaskClient) -> None:
    article = an_article()
    a_claim(article, about="statement", claimant_name="Noah")
    assert "ClaimReview" not in client.get(article.path).text


def test_the_index_is_filtered_by_links_and_by_a_plain_form(client: FlaskClient) -> None:
    article = an_article()
    a_claim(article, verdict="false", text="It snowed.")
    a_claim(article, verdict="verified", text="It rained.")
    everything = page(client, "/fact-checks")
    assert len(everything.select(".fact-check-item")) == 2
    (link,) = (link for link in everything.select(".verdict-filter a") if "False" in link.text)
    for path in (str(link["href"]), "/fact-checks?verdict=false&topic=&source="):
        filtered = page(client, path)
        (item,) = filtered.select(".fact-check-item")
        assert "It snowed." in item.text
        # The form keeps the verdict that was chosen by its link.
        assert {kept["name"]: kept["value"] for kept in filtered.select(".filters input")} == {
            "verdict": "false",
            "topic": "",
            "source": "",
        }
    (form,) = everything.select("form.filters")
    assert (form["method"], form["action"]) == ("get", "/fact-checks")
    assert [field["name"] for field in form.select("input")] == ["topic", "source"]
    for name in ("source", "topic"):
        (heading,) = page(client, f"/fact-checks?{name}=none").select(".empty h2")
        assert heading.text == f"No {name} is called “none”"


def test_index_takes_a_source_by_its_slug_or_its_name(client: FlaskClient) -> None:
    article = an_article()
    wanted = a_claim(article, text="It snowed.")
    a_claim(article, text="It rained.")
    publisher = next(
        source.publisher
        for claim in queries.claims_of(article.id)
        if claim.id == wanted.id
        for source in claim.sources
    )
    for words in (publisher.slug, publisher.name, publisher.name.upper()):
        found = page(client, f"/fact-checks?source={quote(words)}")
        assert ["It snowed." in item.text for item in found.select(".fact-check-item")] == [True]
        (field,) = found.select("#filter-source")
        assert field["value"] == publisher.name


def test_index_offers_the_sources_of_its_own_page_only(client: FlaskClient) -> None:
    article = an_article()
    for _ in range(40):
        a_claim(article)
    offered = page(client, "/fact-checks").select("#publishers option")
    assert len(offered) == PAGE


def test_the_index_goes_on_with_the_filters_that_were_chosen(client: FlaskClient) -> None:
    article = an_article()
    for _ in range(30):
        a_claim(article, verdict="false", sourced=False)
    first = page(client, "/fact-checks?verdict=false")
    (more,) = first.select('.pager a[rel="next"]')
    second = page(client, str(more["href"]))
    items = [item["id"] for found in (first, second) for item in found.select(".fact-check-item")]
    assert len(items) == len(set(items)) == 30
    assert not second.select('.pager a[rel="next"]')


@pytest.mark.parametrize(
    "path", ["/fact-checks?after=x", "/fact-checks?after=1-99999999999", "/sources?after=-1"]
)
def test_a_cursor_that_is_none_starts_anew(client: FlaskClient, path: str) -> None:
    a_claim(an_article())
    assert client.get(path).status_code == 200


def test_a_publishers_page_shows_what_rests_on_it(client: FlaskClient) -> None:
    article = an_article(title="On rain")
    claim = a_claim(article)
    (source,) = claim_sources(claim)
    altered(source, quote="40 days", url="https://stats.example/rain", archived="https://archive.example/1")
    (link,) = page(client, "/sources").select(".publisher-list a")
    found = page(client, str(link["href"]))
    hrefs = {str(each["href"]) for each in found.select("main a")}
    assert {claim.path, f"{article.path}#{source.element}", source.url, source.archived} <= hrefs
    assert "40 days" in found.text
    assert client.get(f"{link['href']}?after=99999999999").status_code == 200


def test_a_correction_stands_on_the_article_and_among_all_corrections(editor: FlaskClient) -> None:
    article = an_article(title="On rain")
    claim = a_claim(article)
    answer = editor.post(
        f"{claim.path}/verdict", data=filled_in(editor, claim, verdict="false", why="30 days.")
    )
    assert answer.status_code == 303
    assert answer.location == f"{claim.path}#{claim.element}"
    for path in (article.path, "/corrections"):
        assert "our verdict was “Verified”; it is now “False”. 30 days." in page(editor, path).text


def test_an_editor_can_add_a_source_while_deciding(editor: FlaskClient) -> None:
    claim = a_claim(an_article(), verdict="reported", sourced=False, unsourced=True)
    sent = filled_in(
        editor,
        claim,
        verdict="verified",
        why="The register has it.",
        source_publisher="The Registry",
        source_title="Register",
        source_url="https://registry.example/1",
        source_kind="primary",
    )
    assert editor.post(f"{claim.path}/verdict", data=sent).status_code == 303
    found = page(editor, claim.path)
    assert "Verified" in words(found.select(".claim-panel .claim-verdict")[0])
    assert found.select('.claim-panel a[href="https://registry.example/1"]')


def test_a_decision_needs_no_more_than_its_documented_fields(editor: FlaskClient) -> None:
    claim = a_claim(an_article())
    sent = filled_in(editor, claim, verdict="mixed", why="Half of it.")
    named = {name: sent[name] for name in ("csrf_token", "verdict", "why", "sources", "version")}
    answer = editor.post(f"{claim.path}/verdict", data=named, headers={"Accept": "application/json"})
    assert answer.status_code == 200
    assert answer.json == {
        "verdict": "mixed",
        "version": 2,
        "url": claim.path,
        "told": "The verdict is set.",
    }


def test_who_was_second_sees_the_new_state_and_keeps_what_was_typed(editor: FlaskClient) -> None:
    claim = a_claim(an_article())
    sent = filled_in(editor, claim, verdict="false", why="My reason.", source_title="My source")
    other = an_editor("Una")
    sources = [source.id for source in claim_sources(claim)]
    actions.set_verdict(
        claim.id, NewVerdict(Verdict.MIXED, why="Her reason.", source_ids=sources, version=1), by=other
    )
    answer = editor.post(f"{claim.path}/verdict", data=sent)
    assert answer.status_code == 409
    found = BeautifulSoup(answer.text, "html.parser")
    assert "Mixed" in words(found.select(".claim-panel .claim-verdict")[0])
    assert "Her reason." in words(found.select("#history")[0])
    assert "Somebody changed this claim before you" in words(found.select(".form-errors")[0])
    assert found.select("textarea")[0].text.strip() == "My reason."
    assert found.select('input[name="verdict"][checked]')[0]["value"] == "false"
    assert found.select('input[name="source_title"]')[0]["value"] == "My source"
    assert found.select("details.new-source[open]")
    now = words(found.select(".says-now")[0])
    assert "Mixed" in now
    assert "Her reason." in now
    assert found.select("form.decide button")[0].text == "Replace the verdict"
    # Sent again, now in the knowledge of the new state, it holds.
    again = {**sent, "version": found.select('input[name="version"]')[0]["value"], "source_title": ""}
    assert editor.post(f"{claim.path}/verdict", data=again).status_code == 303


@pytest.mark.parametrize(
    ("changes", "field", "reason"),
    [
        ({"why": " "}, "why", "Say why"),
        ({"why": "x" * 1001}, "why", "1000 characters"),
        ({"verdict": "true"}, "verdict", "Choose one of the verdicts."),
        ({"sources": []}, "verdict", "“False” needs a source."),
        ({"sources": ["x"]}, "sources", ""),
        ({"sources": ["99999"]}, "sources", "Choose among the sources"),
        ({"source_publisher": "P", "source_title": "T", "source_url": "x"}, "source_url", "whole address"),
        ({"source_kind": "tertiary"}, "source_kind", "Choose one of the kinds"),
    ],
)
def test_a_refusal_stands_beside_its_field(
    editor: FlaskClient, changes: dict[str, Any], field: str, reason: str
) -> None:
    claim = a_claim(an_article())
    sent = {**filled_in(editor, claim, verdict="false", why="Because."), **changes}
    answer = editor.post(f"{claim.path}/verdict", data=sent)
    assert answer.status_code == 422
    error = BeautifulSoup(answer.text, "html.parser").find(id=f"{field}-error")
    assert error
    assert reason in error.text
    assert queries.history_of(claim.id)[0].version == 1


def test_a_program_is_refused_in_its_own_form(editor: FlaskClient) -> None:
    claim = a_claim(an_article())
    sent = filled_in(editor, claim, verdict="false", why="")
    answer = editor.post(f"{claim.path}/verdict", data=sent, headers={"Accept": "application/json"})
    assert (answer.status_code, answer.mimetype) == (422, "application/problem+json")


def test_an_editor_reads_which_rules_keep_a_page_from_being_a_claimreview(editor: FlaskClient) -> None:
    claim = a_claim(an_article(), about="fact")
    report = words(page(editor, claim.path).select(".linked-data")[0])
    assert "must have been made by somebody outside this site" in report
    assert "must have an address" in report


@pytest.mark.parametrize("person", [a_person, a_moderator])
def test_nobody_else_sees_the_form_or_can_send_it(app: Flask, person: Any) -> None:
    app.config["WTF_CSRF_ENABLED"] = False
    client = app.test_client()
    log_in(client, person())
    claim = a_claim(an_article())
    assert not page(client, claim.path).select("form.decide")
    sent = {"verdict": "false", "why": "No.", "version": 1}
    assert client.post(f"{claim.path}/verdict", data=sent).status_code == 403
    assert queries.history_of(claim.id)[0].version == 1


def test_public_pages_have_no_token_and_set_no_cookie(client: FlaskClient) -> None:
    claim = a_claim(an_article())
    (cited,) = page(client, "/sources").select(".publisher-list a")
    for path in (claim.path, "/fact-checks", "/sources", str(cited["href"]), "/corrections"):
        answer = client.get(path)
        assert "Set-Cookie" not in answer.headers
        assert "csrf_token" not in answer.text
        assert answer.headers["Cache-Control"].startswith("public")
