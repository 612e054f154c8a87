"""Steps of a claim's history, its words and its check, from file to site, to another site and back."""

import datetime as dt
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from reader.clock import now
from reader.db.base import db
from reader.eventlog import Kind
from reader.factchecks.actions import revise_claim
from reader.factchecks.appearances import Appearance
from reader.factchecks.kinds import Origin
from reader.factchecks.queries import (
    claim_by_slug,
    claims_of,
    corrections_of,
    history_of,
    is_public,
    recent_changes,
)
from reader.factchecks.verdicts import Verdict
from reader.factchecks.wording import NewWording, Wording, wording_of
from reader.publishing.actions import FileOutcome, examine, publish
from reader.publishing.exporting import write_articles
from reader.publishing.loading import stored
from reader.publishing.queries import article_slugs
from tests.publishing.files import GOOD, article, faults, put, refused, written
from tests.publishing.site import decide, kinds, the_article, the_claim, using
from tests.publishing.test_exporting import another_site
from tests.support.factories import an_editor

CHANGED, CREATED, LEFT = FileOutcome.CHANGED, FileOutcome.CREATED, FileOutcome.LEFT
SOLD = GOOD.replace("It rained on 20 days of April.", "It rained on 21 days of April.")
TYPO = "    change: {typo: true}\n    why: The office"
WHY = "    change: {why: The office had miscounted.}\n    why: The office"

pytestmark = pytest.mark.usefixtures("app")


def with_change(text: str, change: str) -> str:
    return text.replace("    why: The office", change)


# Meaning


def test_other_words_without_a_reason_are_refused_and_the_difference_shown(tmp_path: Path) -> None:
    put(tmp_path, GOOD)
    (fault,) = refused(tmp_path, SOLD)
    assert fault.startswith(
        "file-0.md:15: claims[1].text: is “It rained on 21 days of April.” here, but “It rained on 20 days of April.”"
        " on the site."
    )
    assert "change: {typo: true}" in fault


@pytest.mark.parametrize(
    ("key", "label"),
    [
        ("short: Twenty days", "Short form"),
        ("claimant: {name: Ida}", "Who made it"),
        ("said: [{where: The log, at: 2026-01-01}]", "Where it was made"),
        ("appearance: https://log.example/", "Where it was made"),
    ],
)
def test_each_part_of_the_words_is_a_step_with_a_reason(key: str, label: str, tmp_path: Path) -> None:
    put(tmp_path, GOOD)
    text = GOOD.replace("    about: fact\n", f"    about: fact\n    {key}\n")
    assert len(refused(tmp_path, text)) == 1
    assert put(tmp_path, with_change(text, WHY)) == [CHANGED]
    claim = the_claim("rain-fell")
    latest, _ = history_of(claim.id)
    assert (claim.version, latest.why, latest.origin) == (2, "The office had miscounted.", Origin.FILE)
    assert [part.label for part in latest.revised] == [label]
    assert put(tmp_path, with_change(text, WHY)) == [LEFT]
    (fault,) = refused(tmp_path, with_change(text.replace(key, "short: Other"), WHY))[:1]
    assert "has the reason of an earlier change" in fault


def test_a_typo_is_marked_named_and_told(tmp_path: Path) -> None:
    put(tmp_path, GOOD)
    (path,) = written(tmp_path, one=with_change(SOLD, TYPO))
    (published,) = publish(examine([path]))
    assert (
        "the text of the claim “rain-fell” had a typo: “It rained on 20 days of April.” → “It rained on 21 days of"
        " April.”" in published.notes
    )
    claim = the_claim("rain-fell")
    assert [(step.typo, step.why) for step in history_of(claim.id)] == [
        (True, None),
        (False, "The office counts them."),
    ]
    assert kinds(claim.stream) == [(Kind.CLAIM_REVISED, "claim-rain-fell")]


@pytest.mark.parametrize("how", ["decided", "cited"])
def test_a_file_cannot_change_what_was_decided_or_is_cited(how: str, tmp_path: Path) -> None:
    put(tmp_path, GOOD)
    if how == "decided":
        decide("rain-fell", Verdict.VERIFIED, "We counted again.")
    else:
        put(tmp_path, using("rain-fell", "other"))
    text = with_change(SOLD, WHY)
    if how == "decided":
        text = text.replace("why: The office counts them.", "why: We counted again.")
    (fault,) = refused(tmp_path, text)
    assert "an editor changes it at /fact-checks/rain-fell#revise" in fault
    claim = the_claim("rain-fell")
    words = replace(wording_of(claim), text="It rained on 21 days of April.")
    revise_claim(claim.id, NewWording(words, why="Miscounted.", version=claim.version), by=an_editor())
    assert put(tmp_path, text) == [LEFT]


# Time


def test_who_publishes_has_not_checked_and_an_old_check_leads_no_list(tmp_path: Path) -> None:
    editor = an_editor("Erika")
    old = GOOD.replace("    about: fact\n", "    about: fact\n    checked: {at: 2019-05-04, by: Ida}\n")
    put(tmp_path, old.replace("slug: rain", "slug: rain\npublished: 2020-01-01T00:00:00Z"), by=editor)
    checked, unknown = claim_by_slug("rain-fell"), claim_by_slug("wettest")
    assert checked
    assert unknown
    assert (checked.checked_at, checked.checker) == (dt.datetime(2019, 5, 4, tzinfo=dt.UTC), "Ida")
    assert (unknown.checked_at, unknown.checker) == (None, None)
    put(tmp_path, article("slug: new\nclaims:\n- {id: fresh, text: T, verdict: reported}"))
    assert [change.claim.slug for change in recent_changes(3)] == ["fresh", "wettest", "rain-fell"]


def test_pages_print_no_date_of_a_check_that_nobody_knows(app: Flask, tmp_path: Path) -> None:
    put(
        tmp_path,
        GOOD.replace("    about: fact\n", "    about: fact\n    checked: {at: 2019-05-04, by: Ida}\n"),
    )
    client = app.test_client()
    pages = {
        path: client.get(path).text
        for path in ("/", "/fact-checks", "/fact-checks/wettest", "/articles/rain")
    }
    year = f" {now().year}"
    for path in ("/fact-checks", "/fact-checks/wettest"):
        assert year not in pages[path].replace("2019", "")
    assert "4 May 2019" in pages["/articles/rain"]
    assert "by <bdi>Ida</bdi>" in pages["/articles/rain"]
    assert "Checked" not in pages["/fact-checks/wettest"]
    feed = client.get("/fact-checks/feed.xml").text
    assert feed.count("<published>") == 1
    assert "2019-05-04" in feed


@pytest.mark.parametrize(
    ("front", "fault"),
    [
        (
            "published: 2099-01-01T00:00:00Z",
            "published: lies in the future; for an article that is to appear then",
        ),
        ("updated: 2099-01-01T00:00:00Z", "updated: lies in the future"),
        (
            "status: published\npublish_at: 2099-01-01T00:00:00Z",
            "status: is “published”, but “publish_at” lies",
        ),
        (
            "claims:\n- {text: T, verdict: reported, checked: {at: 2099-01-01}}",
            "claims[1].checked.at: lies in the future",
        ),
        (
            "claims:\n- {text: T, verdict: reported, said: [{at: 2099-01-01, where: W}]}",
            "said[1].at: lies in the",
        ),
        ("corrections:\n- {text: T, at: 2099-01-01T00:00:00Z}", "corrections[1].at: lies in the future"),
    ],
)
def test_what_lies_in_the_future_is_a_fault(front: str, fault: str) -> None:
    (found,) = faults(article(front))
    assert fault in found


def test_a_time_to_appear_makes_an_article_scheduled(tmp_path: Path) -> None:
    text = article("publish_at: 2099-01-01T00:00:00Z")
    put(tmp_path, text)
    assert the_article("a-title").status == "scheduled"
    assert put(tmp_path, text) == [LEFT]


def test_a_cited_claim_waits_until_its_own_article_is_public(app: Flask, tmp_path: Path) -> None:
    hidden, other = GOOD.replace("slug: rain", "slug: rain\nstatus: draft"), using("rain-fell", "other")
    paths = written(tmp_path, hidden=hidden, other=other)
    examined = examine(paths)
    (warning,) = examined.warnings()
    assert "the claim “rain-fell” waits: its article isn’t public yet" in str(warning)
    assert len(list(publish(examined))) == 2
    client, claim = app.test_client(), the_claim("rain-fell")
    for path in (
        "/",
        "/articles/other",
        "/fact-checks",
        "/topics/x",
        "/sitemap.xml",
        "/fact-checks/feed.xml",
    ):
        page = client.get(path).text
        assert "rain-fell" not in page, path
        assert "It rained on 20 days" not in page, path
    assert client.get("/fact-checks/rain-fell").status_code == 404
    assert not is_public(claim.id)
    put(tmp_path, GOOD)
    assert (Kind.ARTICLE_REVISED, "article") in kinds(the_article("other").stream)
    db.session.rollback()
    assert [each.slug for each in claims_of(the_article("other").id)] == ["rain-fell"]
    assert client.get("/fact-checks/rain-fell").status_code == 200


def test_what_was_public_stays_so_where_others_cite_it(tmp_path: Path) -> None:
    put(tmp_path, GOOD, using("rain-fell", "other"))
    put(tmp_path, GOOD.replace("slug: rain", "slug: rain\nstatus: draft"))
    assert is_public(the_claim("rain-fell").id)


# History, to another site


def pages_of(folder: Path) -> dict[str, str]:
    return {path.name: path.read_text() for path in write_articles(folder, article_slugs())}


@settings(max_examples=8, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    st.lists(
        st.one_of(
            st.sampled_from([Verdict.VERIFIED, Verdict.FALSE, Verdict.MIXED, Verdict.VOID, Verdict.CHECKING]),
            st.fixed_dictionaries(
                {
                    "text": st.sampled_from(["It rained.", "No: it rained", "never 12:30"]),
                    "claimant_name": st.sampled_from([None, "Ida"]),
                    "said": st.sampled_from([(), (Appearance(where="no", at=dt.date(2020, 1, 1)),)]),
                }
            ),
        ),
        max_size=6,
    )
)
def test_an_export_with_history_into_an_empty_site_is_the_identity(
    tmp_path_factory: pytest.TempPathFactory, sqlite_template: Path, steps: list[Any]
) -> None:
    folder, first, second = (tmp_path_factory.mktemp(name) for name in ("files", "first", "second"))
    with another_site(tmp_path_factory.mktemp("old"), sqlite_template):
        put(folder, GOOD.replace("about: fact\n", "about: fact\n    checked: {at: 2019-05-04, by: Ida}\n"))
        put(folder, using("rain-fell", "other"))
        editor = an_editor("Erika")
        for number, step in enumerate(steps):
            claim = the_claim("rain-fell")
            if isinstance(step, Verdict):
                decide("rain-fell", step, f"Reason {number}.")
            elif Wording(**step) != wording_of(claim):
                revise_claim(
                    claim.id, NewWording(Wording(**step), why=f"{number}", version=claim.version), by=editor
                )
        before = pages_of(first)
        shown = [
            (each.at, each.actor, each.why, each.changed) for each in history_of(the_claim("rain-fell").id)
        ]
        corrections = [(each.text, each.version) for each in corrections_of(the_article().id)]
    with another_site(tmp_path_factory.mktemp("new"), sqlite_template):
        assert [each.outcome for each in publish(examine([first]))] == [CREATED] * 2
        assert pages_of(second) == before
        history = history_of(the_claim("rain-fell").id)
        assert [(each.at, each.actor, each.why, each.changed) for each in history] == shown
        assert {each.origin for each in history} == {Origin.IMPORT if len(shown) > 1 else Origin.FILE}
        assert [(each.text, each.version) for each in corrections_of(the_article().id)] == corrections
        assert [each.outcome for each in publish(examine([second]))] == [LEFT] * 2


def test_a_history_is_taken_only_where_the_claim_is_new(tmp_path: Path) -> None:
    put(tmp_path, GOOD)
    steps = (
        "    history:\n    - {at: 2020-01-01, to: reported, by: Ida, why: Heard.}\n"
        "    - {at: 2021-01-01, from: reported, to: verified, by: Bo, why: Counted.}\n    about: fact\n"
    )
    text = GOOD.replace("    about: fact\n", steps)
    assert put(tmp_path, text) == [LEFT]
    assert len(history_of(the_claim("rain-fell").id)) == 1
    again = text.replace("slug: rain", "slug: rain-2").replace("rain-fell", "fell").replace("wettest", "wet")
    put(tmp_path, again)
    assert [(step.before, step.after, step.actor) for step in history_of(the_claim("fell").id)] == [
        ("reported", "verified", "Bo"),
        (None, "reported", "Ida"),
    ]


@pytest.mark.parametrize(
    ("steps", "fault"),
    [
        ("[{to: false}]", "history[1].to: YAML takes"),
        ("[{to: mixed}]", "history: comes to “mixed”, but the claim’s verdict is “verified”"),
        ("[{from: mixed, to: verified}]", "history[1].from: is too much"),
        ("[{to: mixed}, {from: reported, to: verified}]", "history[2].from: must be “mixed”"),
        ("[{to: verified}, {text: {from: A, to: B}}]", "history: comes to another “text” than the claim’s"),
        ("[{to: verified}, {why: W}]", "history[2]: must be a step to a verdict"),
    ],
)
def test_a_history_that_leads_elsewhere_is_a_fault(steps: str, fault: str) -> None:
    found = faults(GOOD.replace("    about: fact\n", f"    about: fact\n    history: {steps}\n"))
    assert any(fault in each for each in found), found


# Anything in the file may change


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    edits=st.lists(st.integers(0, 40), min_size=1, max_size=4), word=st.sampled_from(["", "x", "id: other"])
)
def test_whatever_is_edited_no_decided_claim_id_or_address_is_lost_unnamed(
    tmp_path_factory: pytest.TempPathFactory, sqlite_template: Path, edits: list[int], word: str
) -> None:
    with another_site(tmp_path_factory.mktemp("site"), sqlite_template):
        folder = tmp_path_factory.mktemp("files")
        (path,) = written(folder, one=GOOD)
        list(publish(examine([path])))
        decide("wettest", Verdict.DISPUTED, "Two gauges differ.")
        (exported,) = write_articles(folder, ["rain"])
        before = stored(["rain"])["rain"]
        lines = exported.read_text().splitlines()
        for edit in edits:
            number = edit % len(lines)
            lines[number] = f"{lines[number][: len(lines[number]) - len(lines[number].lstrip())]}{word}"
        path.write_text("\n".join(lines))
        examined = examine([path])
        if examined.faults():
            return
        (published,) = publish(examined)
        named = "\n".join(published.notes)
        claims = {claim.id for claim in claims_listed()}
        for claim in before.document.own_claims():
            assert claim.id in claims or claim.id in named
        assert "wettest" in claims or "wettest" in named
        addresses = {each.document.slug for each in stored(article_slugs()).values()} | {
            former for each in stored(article_slugs()).values() for former in each.document.was
        }
        assert "rain" in addresses


def claims_listed() -> list[Any]:
    return [claim for each in stored(article_slugs()).values() for claim in each.document.own_claims()]
