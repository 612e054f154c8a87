"""From a report to an appeal that is granted: four people on four pages, and each follows by itself."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Open
from tests.browser.test_quality import violations
from tests.browser.window import ARTICLE, Window

TEXT = "Buy lamps at my shop."


@pytest.fixture
def readers(two_people: tuple[Window, Window]) -> tuple[Window, Window]:
    """An author and a reader, both with the article open and live."""
    for each in two_people:
        each.go(f"{ARTICLE}#comments")
        each.live()
    return two_people


@pytest.fixture
def moderators(window: Open) -> tuple[Window, Window]:
    """Two who decide, both at the queue of what is reported."""
    return at_the_queue(window, "moira"), at_the_queue(window, "edith")


def at_the_queue(window: Open, name: str) -> Window:
    person = window(name)
    person.go("/")
    person.log_in(name)
    person.go("/moderation/reported")
    person.live()
    return person


def test_report_removal_statement_appeal_and_outcome_reach_all_at_once(
    readers: tuple[Window, Window], moderators: tuple[Window, Window]
) -> None:
    (alma, bruno), (moira, edith) = readers, moderators
    alma.post(TEXT)
    comment = bruno.shows(TEXT)

    comment.get_by_role("link", name="Options for the comment by alma").click()
    dialog = bruno.page.get_by_role("dialog")
    dialog.get_by_label("What is wrong with it?").select_option("spam")
    dialog.get_by_label("In your own words").fill("He sells lamps.")
    dialog.get_by_role("button", name="Send the report").click()
    for each in moderators:
        card = each.page.locator("#cases > li", has_text=TEXT)
        expect(card).to_be_visible()
        expect(card).to_contain_text("He sells lamps.")
        expect(each.page.locator("[data-count=reported]")).to_have_text("1")

    moira.page.keyboard.press("r")
    moira.page.keyboard.press("5")
    for each in readers:
        line = each.page.get_by_text("This comment was removed by a moderator.")
        expect(line).to_be_visible()
        assert TEXT not in each.page.content()
    expect(edith.page.locator(".case-gone")).to_contain_text("Removed")
    expect(edith.page.locator(".case-gone")).to_contain_text("moira (moderator): Spam")

    bruno.go("/account/reports")
    expect(bruno.page.get_by_text("looked at the comment and removed it")).to_be_visible()
    bruno.go(f"{ARTICLE}#comments")
    bruno.live()

    edith.go("/moderation/appeals")
    edith.live()
    tombstone = alma.page.locator(".tombstone")
    tombstone.get_by_role("link", name="Options").click()
    alma.page.get_by_role("link", name="Read which rule it broke, and how to appeal").click()
    expect(alma.page.get_by_text("A moderator decided, not a program.")).to_be_visible()
    assert violations(alma.page) == []
    alma.page.get_by_label("Why was it wrong?").fill("It was a joke about the article.")
    alma.page.get_by_role("button", name="Send the appeal").click()
    expect(alma.page.get_by_text("A moderator who did not make the decision")).to_be_visible()
    alma.go(f"{ARTICLE}#comments")
    alma.live()

    card = edith.page.locator("#cases > li", has_text="It was a joke about the article.")
    expect(card).to_be_visible()
    assert violations(edith.page) == []
    edith.page.keyboard.press("a")
    edith.page.get_by_label("Granted: the decision was wrong").check()
    edith.page.get_by_label("Your reason").fill("It was a joke indeed.")
    edith.page.get_by_role("button", name="Decide the appeal").click()
    for each in readers:
        each.shows(TEXT)
        each.counts("1 Comment")
    alma.go("/account/decisions")
    alma.page.get_by_role("link", name="Why, and what became of it").click()
    expect(alma.page.get_by_text("It was a joke indeed.")).to_be_visible()
