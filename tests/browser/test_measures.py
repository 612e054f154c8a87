"""Measures with pages open at once: a moderator's, the author's, a reader's. Each page is right within a second."""

from __future__ import annotations

from playwright.sync_api import Locator, expect

from tests.browser.conftest import Open
from tests.browser.window import A_SECOND, ARTICLE, Window

# What goes on in three browsers and a server on a busy machine, while nobody touches anything.
SOON = 5 * A_SECOND


def do(moderator: Window, kind: str, *, words: str = "Mind the others.", lasts: str = "24 hours") -> None:
    page = moderator.page
    moderator.go("/moderation/people/alma")
    page.get_by_label(kind, exact=True).check()
    page.get_by_label("In your own words").fill(words)
    page.get_by_label("For how long").select_option(label=lasts)
    page.get_by_role("button", name="Do it").click()
    expect(page.locator(".measure")).not_to_have_count(0)


def undo(moderator: Window) -> None:
    moderator.page.locator(".measure form button").first.click()
    expect(moderator.page.locator(".measure")).to_have_count(0)


def set_thread(moderator: Window, *, closed: bool, why: str = "") -> None:
    page = moderator.page
    moderator.go(f"/moderation{ARTICLE}")
    page.get_by_label("Closed", exact=True).set_checked(closed)
    page.get_by_label("Why, for everybody to read").fill(why)
    page.get_by_role("button", name="Change the discussion").click()
    expect(page.locator("#comments")).to_be_visible()


def composer(window: Window) -> Locator:
    return window.page.locator("#comments > [data-composer]")


def test_every_measure_reaches_the_pages_that_are_open(window: Open) -> None:
    moderator, author, reader = window("moira"), window("alma"), window("reader")
    moderator.go("/")
    moderator.log_in("moira")
    author.go(ARTICLE)
    author.register("alma")
    reader.go(ARTICLE)
    for each in (author, reader):
        each.live()
    author.page.get_by_label("Your comment").fill("Half a tho")

    set_thread(moderator, closed=True, why="Back in the morning.")
    for each in (author, reader):
        expect(each.page.locator("#thread-state")).to_contain_text("Back in the morning.", timeout=SOON)
        expect(composer(each)).to_be_hidden()
    set_thread(moderator, closed=False)
    expect(composer(author)).to_be_visible(timeout=SOON)
    expect(author.page.get_by_label("Your comment")).to_have_value("Half a tho")
    author.page.get_by_label("Your comment").fill("")

    do(moderator, "Warning", words="Stay polite.")
    expect(author.page.locator("#comments")).to_contain_text("Stay polite.", timeout=SOON)
    author.page.get_by_role("button", name="I have read it").click()
    expect(composer(author)).to_be_visible()
    author.live()

    do(moderator, "Comments are read first")
    author.page.get_by_label("Your comment").fill("Read me first.")
    author.page.get_by_role("button", name="Post comment").click()
    expect(author.comment("Read me first.")).to_contain_text("Waiting for a moderator", timeout=2 * SOON)
    expect(reader.comment("Read me first.")).to_have_count(0)
    number = (author.page.locator(".comment", has_text="Read me first.").get_attribute("id") or "").split(
        "-"
    )[1]
    moderator.go(f"/moderation/comments/{number}/approve")
    moderator.page.locator("main form [type=submit]").first.click()
    reader.shows("Read me first.", within=SOON)
    expect(author.comment("Read me first.")).not_to_contain_text("Waiting", timeout=SOON)
    expect(author.comment("Read me first.")).to_have_count(1)

    do(moderator, "Suspension", lasts="1 hour")
    expect(author.page.locator("#comments")).to_contain_text(
        "You can read, but not write until", timeout=SOON
    )
    expect(composer(author)).to_be_hidden()

    author.live()
    author.expected.add(404)
    do(moderator, "Ban", lasts="7 days")
    expect(author.page.locator("#comments")).to_contain_text("You need to be registered", timeout=SOON)
    author.expected.add(403)
    author.go("/login")
    author.page.get_by_label("Name or e-mail address").fill("alma")
    author.page.get_by_label("Password").fill("four words, well remembered")
    author.page.get_by_role("button", name="Log in").click()
    expect(author.page.get_by_role("alert")).to_contain_text("You are banned until")
