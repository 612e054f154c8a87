"""A discussion in all its states: no barrier in any, and nothing that arrives moves what somebody reads."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from reader.accounts.queries import user_by_name
from reader.app import foundation
from reader.articles.queries import published_by_slug
from reader.db.base import db
from tests.browser.conftest import Open
from tests.browser.test_quality import SHIFTS, violations
from tests.browser.window import ARTICLE, Window
from tests.support.sites import Site
from tests.support.threads import a_comment

MANY = 500
PLACE = """() => {
  const comment = document.elementFromPoint(innerWidth / 2, innerHeight / 2).closest(".comment");
  return [scrollY, comment.id, comment.getBoundingClientRect().top];
}"""


def a_long_thread(site: Site, number: int) -> None:
    """Comments by the moderator, every fifth of them with two answers."""
    with foundation(site.settings).app_context():
        article, author = published_by_slug("harbour-lights"), user_by_name("moira")
        assert article
        assert author
        for each in range(number):
            top = a_comment(article, by=author, body=f"Comment {each}, with some *words*.")
            for _ in range(2 if each % 5 == 0 else 0):
                a_comment(article, by=author, under=top, body="An answer.")
        db.session.remove()
        db.engine.dispose()


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_no_state_of_writing_has_a_barrier(window: Open, theme: str) -> None:
    alma = window("alma", color_scheme=theme)
    alma.go("/")
    alma.register("alma")
    alma.go(ARTICLE)
    alma.live()
    page = alma.page

    def clean(state: str) -> None:
        assert violations(page) == [], state

    body = page.get_by_label("Your comment")
    clean("empty thread")
    body.fill("Who *counted* them? @mo")
    body.press("End")
    body.press_sequentially("i")
    expect(page.get_by_role("option", name="moira")).to_be_visible()
    clean("completing a name")
    body.press("Enter")
    page.get_by_role("button", name="Preview").click()
    expect(page.get_by_role("region", name="Preview")).to_be_visible()
    clean("preview")
    body.fill("x" * 5001)
    alma.expected.add(422)
    page.get_by_role("button", name="Post comment").click()
    expect(page.locator("#body-error")).to_contain_text("too long")
    clean("form error")
    body.fill("Who counted them?")
    page.get_by_role("button", name="Post comment").click()
    card = alma.shows("Who counted them?")
    card.get_by_role("link", name="Reply").click()
    clean("replying")
    card.get_by_role("link", name="Edit what you wrote").click()
    editing = page.locator(".composer-edit textarea")
    editing.fill("Who counted the lamps?")
    clean("editing")
    editing.press("Control+Enter")
    card = alma.shows("Who counted the lamps?")
    clean("edited")
    options = card.get_by_role("link", name="Options")
    options.click()
    clean("dialog")
    page.keyboard.press("Escape")
    expect(options).to_be_focused()
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="Keyboard shortcuts")).to_be_visible()
    clean("shortcuts")


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_what_is_muted_has_no_barrier_folded_or_opened(window: Open, theme: str) -> None:
    moira, alma = window("moira"), window("alma", color_scheme=theme)
    moira.go(ARTICLE)
    moira.log_in("moira")
    moira.post("One of many.")
    alma.go(ARTICLE)
    alma.register("alma")
    alma.live()
    alma.shows("One of many.").get_by_role("link", name="Options").click()
    alma.page.get_by_role("dialog").get_by_role("button", name="Mute").click()
    expect(alma.page.get_by_text("One of many.")).to_be_hidden()
    assert violations(alma.page) == []
    alma.page.locator(".unfold").click()
    expect(alma.page.get_by_text("One of many.")).to_be_visible()
    assert violations(alma.page) == []


def test_500_comments_have_no_barrier_and_hold_still_whatever_arrives(window: Open, site: Site) -> None:
    a_long_thread(site, MANY)
    reader, writer = window("reader"), window("writer")
    writer.go("/")
    writer.register("bruno")
    for each in (reader, writer):
        each.go(ARTICLE)
        each.live()
    assert violations(reader.page) == []
    reader.page.locator("#thread > .comment").nth(12).scroll_into_view_if_needed()
    reader.page.mouse.wheel(0, 400)
    reader.page.wait_for_timeout(300)
    seen = reader.page.evaluate(PLACE)
    before = reader.page.evaluate(SHIFTS)
    writer.post("Above all that is read.")
    top = writer.page.locator("#thread > .comment").nth(3)
    top.get_by_role("button", name="Recommend the comment by").first.click()
    write_edit(writer)
    expect(reader.page.get_by_role("button", name="Show 1 new comment")).to_be_attached()
    expect(reader.page.locator("#thread > .comment").nth(2).locator("[data-recommend]").first).to_have_text(
        "Recommend 1"
    )
    assert reader.page.evaluate(PLACE) == seen
    assert reader.page.evaluate(SHIFTS) == before


def write_edit(writer: Window) -> None:
    card = writer.comment("Above all that is read.")
    card.get_by_role("link", name="Edit what you wrote").click()
    form = writer.page.locator(".composer-edit textarea")
    form.fill("Above all that is read.\n\nAnd longer than it was.")
    form.press("Control+Enter")
    writer.shows("And longer than it was.")
