"""Writing in company: two registered people and a visitor with the same article open."""

from __future__ import annotations

from playwright.sync_api import Locator, expect

from tests.browser.conftest import Open
from tests.browser.window import A_SECOND, ARTICLE, Window


def recommend(card: Locator) -> Locator:
    return card.get_by_role("button", name="Recommend the comment by")


def test_a_recommendation_is_counted_everywhere_and_known_to_its_giver(
    two_people: tuple[Window, Window], window: Open
) -> None:
    alma, bruno = two_people
    visitor = window("visitor")
    for each in (alma, bruno, visitor):
        each.go(ARTICLE)
        each.live()
    hers = alma.post("Who counted the lamps?")
    expect(recommend(hers)).to_be_disabled()
    his, seen = bruno.shows("Who counted the lamps?"), visitor.shows("Who counted the lamps?")
    recommend(his).press("Enter")
    for card in (hers, his, seen):
        expect(recommend(card)).to_have_text("Recommend 1", timeout=A_SECOND)
    expect(recommend(his)).to_have_attribute("aria-pressed", "true")
    expect(recommend(his)).to_be_focused()
    bruno.page.reload()
    expect(recommend(his)).to_have_attribute("aria-pressed", "true")
    recommend(his).click()
    expect(recommend(his)).to_have_attribute("aria-pressed", "false")
    expect(recommend(seen)).to_have_text("Recommend", timeout=A_SECOND)
    recommend(seen).click()
    expect(visitor.page.get_by_role("dialog")).to_contain_text("logged in to reply or recommend")
