"""Two people in two browsers: what one does reaches the other's open page, without a reload."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Open
from tests.browser.people import logged_in
from tests.browser.window import ARTICLE, Window
from tests.support.sites import Site


@pytest.fixture
def reading(window: Open) -> Window:
    """A visitor with the article open, at the top of its thread, and live."""
    visitor = window("visitor")
    visitor.go(f"{ARTICLE}#comments")
    visitor.live()
    return visitor


@pytest.fixture
def writing(window: Open, site: Site) -> Window:
    """Somebody who has just registered, with the article open and live."""
    author = logged_in(window("alma"), site)
    author.go(ARTICLE)
    author.live()
    return author


def mark(window: Window) -> None:
    """Leave something in the page that a reload would take away."""
    window.page.evaluate("window.unreloaded = true")


def assert_not_reloaded(window: Window) -> None:
    assert window.page.evaluate("window.unreloaded") is True


def test_a_visitor_registers_comes_back_to_the_thread_and_writes(window: Open) -> None:
    newcomer = window("newcomer")
    newcomer.go(ARTICLE)
    note = newcomer.page.locator(".thread-note")
    expect(note).to_have_text("You need to be registered and logged in to comment on articles.")
    note.get_by_role("link", name="registered").click()
    newcomer.page.get_by_label("Name", exact=True).fill("nora")
    newcomer.page.get_by_label("E-mail address").fill("nora@example.org")
    newcomer.page.get_by_label("Password").fill("four words, well remembered")
    newcomer.page.get_by_role("button", name="Register").click()
    newcomer.page.wait_for_url(f"**{ARTICLE}#comments")
    newcomer.post("I have seen them burn.")
    newcomer.log_out()
    newcomer.go(ARTICLE)
    newcomer.shows("I have seen them burn.")
    newcomer.log_in("nora")
    assert newcomer.page.url.endswith(ARTICLE)


def test_the_first_comment_replaces_the_empty_state_in_every_open_page(
    reading: Window, writing: Window
) -> None:
    for each in (reading, writing):
        each.counts("0 Comments")
        expect(each.page.get_by_text("No comments yet")).to_be_visible()
        expect(each.page.get_by_text("Be the first to share your thoughts on this article.")).to_be_visible()
        mark(each)
    writing.post("The fog came in at nine.")
    reading.shows("The fog came in at nine.")
    for each in (reading, writing):
        each.counts("1 Comment")
        expect(each.page.get_by_text("No comments yet")).to_have_count(0)
        assert_not_reloaded(each)


def test_a_reply_stands_under_what_it_answers_in_both_browsers(two_people: tuple[Window, Window]) -> None:
    alma, bruno = two_people
    for each in two_people:
        each.go(f"{ARTICLE}#comments")
        each.live()
    alma.post("Who counted the lamps?")
    question = bruno.shows("Who counted the lamps?")
    question.get_by_role("link", name="Reply to alma").click()
    bruno.page.get_by_label("Your reply to alma").fill("The clerk did.")
    bruno.page.get_by_role("button", name="Reply", exact=True).click()
    # Inside the view it waits under the comment that it answers.
    alma.page.get_by_role("button", name="1 new reply").click()
    for each in two_people:
        each.shows("The clerk did.")
        expect(each.page.locator(".replies .comment-card")).to_have_count(1)
        each.counts("2 Comments")


def test_what_its_author_deletes_becomes_one_line_everywhere(reading: Window, writing: Window) -> None:
    comment = writing.post("I take this back.")
    reading.shows("I take this back.")
    comment.get_by_role("link", name="Options").click()
    dialog = writing.page.get_by_role("dialog")
    dialog.get_by_role("button", name="Delete my comment…").click()
    dialog.get_by_role("button", name="Delete my comment", exact=True).click()
    for each in (writing, reading):
        line = each.page.get_by_text("This comment was deleted by its author.")
        expect(line).to_be_visible()
        expect(each.comment("I take this back.")).to_have_count(0)
        each.counts("0 Comments")


def test_removed_comments_leave_every_open_page_and_return_when_restored(
    window: Open, site: Site, reading: Window, writing: Window
) -> None:
    writing.post("Buy lamps at my shop.")
    moderator = logged_in(window("moira"), site)
    moderator.go(ARTICLE)
    moderator.live()
    everyone = (moderator, reading, writing)

    moderator.shows("Buy lamps at my shop.").get_by_role("link", name="Options").click()
    dialog = moderator.page.get_by_role("dialog")
    dialog.get_by_label("Reason").select_option("spam")
    dialog.get_by_role("button", name="Remove the comment").click()
    for each in everyone:
        expect(each.page.get_by_text("This comment was removed by a moderator.")).to_be_visible()
        assert "Buy lamps" not in each.page.content()
        each.counts("0 Comments")

    reading.go("/moderation/log")
    assert "Spam" in reading.page.locator(".log-entry").inner_text()
    assert "Buy lamps" not in reading.page.content()
    reading.go(f"{ARTICLE}#comments")
    reading.live()

    moderator.page.locator(".tombstone").get_by_role("link", name="Options").click()
    moderator.page.get_by_role("dialog").get_by_role("button", name="Restore the comment").click()
    for each in everyone:
        each.shows("Buy lamps at my shop.")
        each.counts("1 Comment")


def test_the_front_page_counts_along(window: Open, writing: Window) -> None:
    front = window("front")
    front.go("/")
    front.live()
    count = front.page.locator("[data-comments-of]").first
    expect(count).to_have_text("0 comments")
    writing.post("One.")
    expect(count).to_have_text("1 comment")


def test_a_restart_in_between_loses_nothing_and_open_pages_find_back(
    site: Site, reading: Window, writing: Window
) -> None:
    for each in (reading, writing):
        each.faults.clear()
    writing.post("Before the storm.")
    reading.shows("Before the storm.")
    site.kill()
    site.start()
    writing.live()
    writing.post("After the storm.")
    for each in (reading, writing):
        each.shows("After the storm.")
        each.shows("Before the storm.")
        each.counts("2 Comments")
        # While the server was away the socket could not be opened; that is all that may have gone wrong.
        assert all("socket.io" in fault for fault in each.faults), each.faults
        each.faults.clear()
