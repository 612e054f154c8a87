"""A checked sentence and its card: by touch, mouse and keyboard, with and without scripts, live."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from reader.accounts.queries import user_by_name
from reader.app import foundation
from reader.db.base import db
from reader.factchecks.actions import set_verdict
from reader.factchecks.queries import claim_by_slug
from reader.factchecks.verdicts import NewVerdict, Verdict
from tests.browser.conftest import Open
from tests.browser.test_quality import violations
from tests.browser.window import ARTICLE
from tests.support.sites import Site

MARK = "#mark-two-lighthouses"
WHAT = "The council voted to keep both lighthouses."
IS_LIT = "card => getComputedStyle(document.querySelector(card), '::before').opacity === '1'"


def words(page: Page) -> None:
    """Press the sentence in its middle, where no icon is."""
    sentence = page.locator(f"{MARK} .claim-words")
    sentence.scroll_into_view_if_needed()
    place = sentence.evaluate(
        "each => [...each.getClientRects()].map(({x, y, height}) => [x + 20, y + height / 2])[0]"
    )
    page.mouse.click(*place)


@pytest.mark.parametrize("scripts", [True, False])
def test_the_whole_sentence_opens_its_card_in_place(window: Open, scripts: bool) -> None:
    visitor = window("visitor", size="phone", java_script_enabled=scripts)
    visitor.go(ARTICLE)
    card = visitor.page.locator(f"{MARK} .card-body")
    expect(card).to_be_hidden()
    words(visitor.page)
    expect(card).to_be_visible()
    expect(card.locator(".card-claim")).to_have_text(WHAT)
    expect(card).to_contain_text("We checked whether this is true.")
    words(visitor.page)
    expect(card).to_be_hidden()
    visitor.page.locator(f"{MARK} summary").focus()
    visitor.page.keyboard.press("Enter")
    expect(card).to_be_visible()
    if scripts:
        assert violations(visitor.page) == []


def test_a_tap_opens_a_card(window: Open) -> None:
    visitor = window("visitor", size="phone", has_touch=True)
    visitor.go(ARTICLE)
    visitor.page.locator(f"{MARK} .claim-words").tap()
    expect(visitor.page.locator(f"{MARK} .card-body")).to_be_visible()


def test_on_a_wide_screen_the_sentence_lights_its_card(window: Open) -> None:
    visitor = window("visitor")
    visitor.go(ARTICLE)
    card = visitor.page.locator(f"{MARK} .card-body")
    expect(card).to_be_visible()
    expect(visitor.page.locator(f"{MARK} details")).to_have_attribute("open", "")
    for key in (None, "Enter"):
        if key is None:
            words(visitor.page)
        else:
            visitor.page.keyboard.press(key)
        visitor.page.mouse.move(5, 5)
        expect(visitor.page.locator(f"{MARK} summary")).to_be_focused()
        expect(card).to_be_visible()
        visitor.page.wait_for_function(IS_LIT, arg=f"{MARK} .card-body")
    visitor.page.set_viewport_size({"width": 390, "height": 844})
    expect(card).to_be_hidden()


def test_words_of_the_sentence_can_be_selected(window: Open) -> None:
    visitor = window("visitor", size="phone")
    visitor.go(ARTICLE)
    box = visitor.page.locator(f"{MARK} .claim-words").bounding_box()
    assert box
    line = box["y"] + 12
    visitor.page.mouse.move(box["x"] + 2, line)
    visitor.page.mouse.down()
    visitor.page.mouse.move(box["x"] + 120, line, steps=5)
    visitor.page.mouse.up()
    assert len(visitor.page.evaluate("getSelection().toString()")) > 5
    expect(visitor.page.locator(f"{MARK} .card-body")).to_be_hidden()


def test_a_card_stays_open_and_focused_when_its_verdict_changes(window: Open, site: Site) -> None:
    visitor = window("visitor", size="phone")
    visitor.go(ARTICLE)
    visitor.live()
    words(visitor.page)
    with foundation(site.settings).app_context():
        claim, editor = claim_by_slug("two-lighthouses"), user_by_name("edith")
        assert claim
        assert editor
        source_ids = [source.id for source in claim.sources]
        set_verdict(
            claim.id,
            NewVerdict(Verdict.DISPUTED, why="Two say no.", source_ids=source_ids, version=1),
            by=editor,
        )
        db.session.remove()
        db.engine.dispose()
    expect(visitor.page.locator(MARK)).to_have_attribute("data-verdict", "disputed")
    expect(visitor.page.locator(f"{MARK} .card-body")).to_be_visible()
    expect(visitor.page.locator(f"{MARK} .card-body")).to_contain_text("Disputed")
    expect(visitor.page.locator(f"{MARK} summary")).to_be_focused()
    words(visitor.page)
    expect(visitor.page.locator(f"{MARK} .card-body")).to_be_hidden()
