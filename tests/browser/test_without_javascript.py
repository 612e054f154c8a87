"""The same paths with JavaScript switched off: every step is a link or a form."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Open
from tests.browser.people import logged_in
from tests.browser.window import ARTICLE, Window
from tests.support.sites import Site


@pytest.fixture
def alma(window: Open, site: Site) -> Window:
    """Somebody without JavaScript who has just registered, at the article."""
    person = logged_in(window("alma", java_script_enabled=False), site)
    person.go(ARTICLE)
    return person


@pytest.fixture
def moira(window: Open, site: Site) -> Window:
    """The moderator, without JavaScript."""
    return logged_in(window("moira", java_script_enabled=False), site)


def test_register_write_and_find_the_comment_after_logging_in_again(window: Open) -> None:
    alma = window("alma", java_script_enabled=False)
    alma.go(ARTICLE)
    alma.register("alma")
    assert alma.page.url.endswith(ARTICLE)
    alma.post("Written by hand.")
    alma.counts("1 Comment")
    alma.log_out()
    alma.go(ARTICLE)
    alma.log_in("alma")
    alma.shows("Written by hand.")


def test_an_empty_comment_is_asked_for_again_with_the_error_beside_it(alma: Window) -> None:
    alma.expected.add(422)
    alma.page.locator("textarea").evaluate("field => field.removeAttribute('required')")
    alma.page.get_by_label("Your comment").fill("   ")
    alma.page.get_by_role("button", name="Post comment").click()
    assert alma.page.locator("textarea").get_attribute("aria-invalid") == "true"
    expect(alma.page.locator(".field-error")).to_be_visible()
    alma.page.get_by_label("Your comment").fill("Something to say.")
    alma.page.get_by_role("button", name="Post comment").click()
    alma.shows("Something to say.")


def test_a_reply_is_written_on_a_page_of_its_own(alma: Window) -> None:
    alma.post("Who counted the lamps?").get_by_role("link", name="Reply to alma").click()
    expect(alma.page.get_by_text("Who counted the lamps?")).to_be_visible()
    alma.page.get_by_label("Your reply").fill("The clerk did.")
    alma.page.get_by_role("button", name="Reply", exact=True).click()
    alma.shows("The clerk did.")
    expect(alma.page.locator(".replies .comment-card")).to_contain_text("The clerk did.")


def test_ones_own_comment_is_deleted_on_a_page_of_its_own(alma: Window) -> None:
    alma.post("I take this back.").get_by_role("link", name="Options").click()
    alma.page.get_by_role("button", name="Delete my comment…").click()
    alma.page.get_by_role("button", name="Delete my comment", exact=True).click()
    expect(alma.page.get_by_text("This comment was deleted by its author.")).to_be_visible()
    assert "I take this back." not in alma.page.content()


def test_a_moderator_removes_and_restores_on_pages(alma: Window, moira: Window) -> None:
    alma.post("Buy lamps at my shop.")
    moira.go(ARTICLE)
    moira.comment("Buy lamps").get_by_role("link", name="Options").click()
    moira.page.get_by_label("Reason").select_option("spam")
    moira.page.get_by_role("button", name="Remove the comment").click()
    alma.go(ARTICLE)
    expect(alma.page.get_by_text("This comment was removed by a moderator.")).to_be_visible()
    assert "Buy lamps" not in alma.page.content()

    moira.go(ARTICLE)
    moira.page.locator(".tombstone").get_by_role("link", name="Options").click()
    moira.page.get_by_role("button", name="Restore the comment").click()
    alma.go(ARTICLE)
    alma.shows("Buy lamps at my shop.")


def test_a_verdict_opens_in_place_on_a_small_screen(window: Open) -> None:
    visitor = window("visitor", size="phone", java_script_enabled=False)
    visitor.go(ARTICLE)
    card = visitor.page.locator("#mark-two-lighthouses details")
    why = card.get_by_text("The minutes record the vote, nine to four.")
    expect(why).to_be_hidden()
    card.locator("summary").click()
    expect(why).to_be_visible()


def test_the_strength_line_leads_to_the_fact_check_then_the_claims_page(window: Open) -> None:
    visitor = window("visitor", java_script_enabled=False)
    visitor.go(ARTICLE)
    expect(visitor.page.locator("#strength")).to_contain_text("3 claims checked")
    visitor.page.locator("#strength a").first.click()
    item = visitor.page.locator("#claim-cost-of-light")
    expect(item).to_contain_text("False")
    item.get_by_role("link", name="History of this check").click()
    visitor.page.wait_for_url("**/fact-checks/cost-of-light")


def test_preview_edit_recommend_mute_search_and_orders_need_no_script(alma: Window, moira: Window) -> None:
    alma.page.get_by_label("Your comment").fill("The *clerk* counted.")
    alma.page.get_by_role("button", name="Preview").click()
    expect(alma.page.get_by_role("region", name="Preview").locator("em")).to_have_text("clerk")
    alma.page.get_by_role("button", name="Post comment").click()
    alma.shows("The clerk counted.").get_by_role("link", name="Options").click()
    alma.page.get_by_role("link", name="Edit my comment").click()
    alma.page.get_by_label("Your comment").fill("The clerk counted twice.")
    alma.page.get_by_role("button", name="Save").click()
    expect(alma.shows("The clerk counted twice.")).to_contain_text("edited")
    alma.post("Nobody counted the lamps.")

    moira.go(ARTICLE)
    moira.comment("counted twice").get_by_role("link", name="Options").click()
    moira.page.get_by_role("button", name="Recommend").click()
    expect(moira.comment("counted twice")).to_contain_text("Recommend 1")
    moira.page.get_by_role("link", name="Most recommended").click()
    expect(moira.page.locator("#thread > .comment").first).to_contain_text("counted twice")
    moira.page.get_by_role("searchbox").fill("LAMPS")
    moira.page.get_by_role("searchbox").press("Enter")
    expect(moira.page.locator("mark")).to_have_text("lamps")
    moira.go(ARTICLE)
    moira.comment("counted twice").get_by_role("link", name="Options").click()
    moira.page.get_by_role("button", name="Mute").click()
    moira.go(ARTICLE)
    expect(moira.page.get_by_text("counted twice")).to_be_hidden()
    alma.go(ARTICLE)
    alma.shows("The clerk counted twice.")
