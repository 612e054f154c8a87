"""Measures with four pages open at once: a moderator's, the author's, a reader's and a visitor's.

Each page follows by itself, and again when the measure is undone.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta

import pytest
from playwright.sync_api import Locator, expect

from reader.accounts.queries import user_by_name
from reader.clock import now
from reader.moderation.threads.actions import ThreadSettings
from reader.moderation.threads.actions import set_thread as set_closing
from tests.browser.conftest import Open
from tests.browser.people import behind, logged_in
from tests.browser.window import ARTICLE, PASSWORD, Window
from tests.support.sites import Site


@dataclass(frozen=True)
class Four:
    """The windows: all but the moderator's are at the article, and follow it."""

    moderator: Window
    author: Window
    reader: Window
    visitor: Window

    @property
    def others(self) -> tuple[Window, Window, Window]:
        """All who read the article."""
        return self.author, self.reader, self.visitor


@pytest.fixture
def four(window: Open, two_people: tuple[Window, Window], site: Site) -> Four:
    four = Four(logged_in(window("moira"), site), *two_people, window("visitor"))
    for each in four.others:
        each.go(ARTICLE)
        each.live()
    return four


def do(
    moderator: Window,
    kind: str,
    *,
    words: str = "Mind the others.",
    lasts: str = "24 hours",
    all_gone: bool = False,
) -> None:
    page = moderator.page
    moderator.go("/moderation/people/alma")
    page.get_by_label(kind, exact=True).check()
    page.get_by_label("In your own words").fill(words)
    if kind != "Warning":
        page.get_by_label("For how long").select_option(label=lasts)
    if kind not in ("Note", "Warning"):
        page.get_by_label("Reason").select_option("spam")
    if all_gone:
        page.get_by_label("Remove all their comments").check()
    page.get_by_role("button", name="Take the measure").click()
    expect(page.locator(".measure")).not_to_have_count(0)


def undo(moderator: Window) -> None:
    moderator.page.locator(".measure form button").first.click()
    expect(moderator.page.locator(".measure")).to_have_count(0)


def decide(moderator: Window, comment: str, action: str) -> None:
    moderator.go(f"{comment}/{action}")
    if action == "remove":
        moderator.page.get_by_label("Reason").select_option("spam")
    moderator.page.locator("main form [type=submit]").first.click()
    moderator.page.wait_for_url(re.compile(f"^(?!.*/{action})"))


def set_thread(
    moderator: Window, *, closed: bool = False, slow: int = 0, read_first: bool = False, why: str = ""
) -> None:
    page = moderator.page
    moderator.go(f"/moderation{ARTICLE}")
    page.get_by_label("Closed", exact=True).set_checked(closed)
    page.get_by_label("Slow mode").fill(str(slow))
    page.get_by_label("Pre-moderated").set_checked(read_first)
    page.get_by_label("Why, for everybody to read").fill(why)
    page.get_by_role("button", name="Change the discussion").click()
    expect(page.locator("#comments")).to_be_visible()


def composer(window: Window) -> Locator:
    return window.page.locator("#comments > [data-composer]")


def connection(window: Window) -> str | None:
    """The name of the page's connection; a new one once it was cut and has come back."""
    name: str | None = window.page.evaluate(
        "async () => (await import(document.querySelector('link[rel=modulepreload]').href"
        ".replace('times.js', 'live/client.js'))).socket.id ?? null"
    )
    return name


def is_back(window: Window, before: str | None) -> None:
    """The connection was cut, and the page follows again."""
    for _ in range(100):
        if connection(window) not in (None, before):
            return
        window.page.wait_for_timeout(100)
    raise AssertionError("the connection was not cut, or has not come back")


def all_read(windows: Iterable[Window], words: str | None) -> None:
    """These words about the discussion are on each page; None: nothing is said."""
    for each in windows:
        expect(each.page.locator("#thread-state")).to_have_text(
            re.compile(r"^\s*$" if words is None else re.escape(words))
        )


def held(four: Four, text: str) -> str:
    """The author writes what others do not see; the address of the comment."""
    four.author.page.get_by_label("Your comment").fill(text)
    four.author.page.get_by_role("button", name="Post comment").click()
    expect(four.author.comment(text)).to_contain_text("Waiting for a moderator")
    for each in (four.reader, four.visitor):
        expect(each.comment(text)).to_have_count(0)
    element = four.author.page.locator(".comment", has_text=text).get_attribute("id") or ""
    return f"/moderation/comments/{element.removeprefix('comment-')}"


def edit(author: Window, text: str, other: str) -> None:
    author.comment(text).get_by_role("link", name="Edit what you wrote").click()
    written = author.page.locator(".composer-edit textarea")
    written.fill(other)
    written.press("Control+Enter")


def approved(four: Four, comment: str, text: str) -> None:
    decide(four.moderator, comment, "approve")
    for each in four.others:
        each.shows(text)
    expect(four.author.comment(text)).not_to_contain_text("Waiting")


def test_decisions_about_a_discussion_show_on_every_page_until_undone(four: Four) -> None:
    author = four.author
    written = author.page.get_by_label("Your comment")
    written.fill("Half a tho")
    set_thread(four.moderator, closed=True, why="Back in the morning.")
    all_read(four.others, "Back in the morning.")
    for each in four.others:
        if each is not author:
            expect(composer(each)).to_be_hidden()
    expect(author.page.get_by_role("button", name="Copy my text")).to_be_visible()
    expect(author.page.get_by_role("button", name="Post comment")).to_be_hidden()
    set_thread(four.moderator)
    all_read(four.others, None)
    expect(composer(author)).to_be_visible()
    expect(composer(four.reader)).to_be_visible()
    expect(written).to_have_value("Half a tho")

    set_thread(four.moderator, slow=300, why="Take your time.")
    all_read(four.others, "Slow mode: one comment every 5 minutes")
    all_read(four.others, "Take your time.")
    author.post("A thought of my own.")
    author.expected.add(429)
    written.fill("And another one.")
    author.page.get_by_role("button", name="Post comment").click()
    expect(author.page.locator("#body-error")).to_contain_text("slow mode")
    set_thread(four.moderator)
    all_read(four.others, None)
    author.page.get_by_role("button", name="Post comment").click()
    for each in four.others:
        each.shows("And another one.")

    set_thread(four.moderator, read_first=True, why="It was heated.")
    all_read(four.others, "A moderator reads each comment before others see it")
    comment = held(four, "Read by somebody first.")
    edit(author, "Read by somebody first.", "Read by somebody before.")
    expect(author.comment("Read by somebody before.")).to_contain_text("only you see it")
    approved(four, comment, "Read by somebody before.")
    # What is published waits, too, once it says something else.
    edit(author, "Read by somebody before.", "Read by nobody yet.")
    expect(author.comment("Read by nobody yet.")).to_contain_text("others see that it waits")
    for each in (four.reader, four.visitor):
        expect(each.page.locator(".tombstone")).to_contain_text("waiting for a moderator")
        assert "Read by nobody yet." not in each.page.content()
    approved(four, comment, "Read by nobody yet.")
    four.moderator.go("/moderation/held")
    four.moderator.page.get_by_role("button", name="Undo").click()
    expect(author.comment("Read by nobody yet.")).to_contain_text("others see that it waits")
    approved(four, comment, "Read by nobody yet.")
    comment = held(four, "Nobody wants to read this.")
    decide(four.moderator, comment, "remove")
    expect(author.page.locator(".tombstone")).to_contain_text("decided not to publish")
    for each in four.others:
        expect(each.comment("Nobody wants to read this.")).to_have_count(0)
    decide(four.moderator, comment, "restore")
    for each in four.others:
        each.shows("Nobody wants to read this.")
    set_thread(four.moderator)
    all_read(four.others, None)
    author.post("Seen at once.")
    for each in four.others:
        each.shows("Seen at once.")


def appeal(author: Window, words: str) -> None:
    """The author follows the way to the reasons, and appeals."""
    author.page.get_by_role("link", name="how to appeal").click()
    author.page.get_by_label("Why was it wrong?").fill(words)
    author.page.get_by_role("button", name="Send the appeal").click()
    expect(author.page.get_by_text("A moderator who did not make the decision answers it")).to_be_visible()


def granted(editor: Window) -> None:
    """The only appeal there is."""
    editor.go("/moderation/appeals/1")
    editor.page.get_by_label("Granted").check()
    editor.page.get_by_label("Your reason").fill("You have a point.")
    editor.page.get_by_role("button", name="Decide the appeal").click()
    expect(editor.page.get_by_text("No appeal waits")).to_be_visible()


def test_an_open_page_closes_its_discussion_on_time_without_a_push(window: Open, site: Site) -> None:
    moira = logged_in(window("moira"), site)
    moira.go(ARTICLE)
    moira.live()
    with behind(site) as article:
        moderator = user_by_name("moira")
        assert moderator
        ends = now().replace(microsecond=0) + timedelta(seconds=8)
        set_closing(article, ThreadSettings(why="So.", closes_at=ends), by=moderator)
    expect(moira.page.get_by_text("Open until")).to_be_visible()
    expect(composer(moira)).to_be_visible()
    expect(moira.page.locator("#thread-state")).to_contain_text("This discussion is closed")
    assert now() >= ends
    expect(composer(moira)).to_be_hidden()


def test_what_is_done_to_a_person_is_on_every_page_until_it_is_undone(
    four: Four, window: Open, site: Site
) -> None:
    moderator, author = four.moderator, four.author
    thread = author.page.locator("#comments")

    do(moderator, "Warning", words="Stay polite.")
    expect(thread).to_contain_text("Stay polite.")
    expect(composer(author)).to_be_hidden()
    for each in (four.reader, four.visitor):
        expect(each.page.locator("#comments")).not_to_contain_text("Stay polite.")
    author.page.get_by_role("button", name="I have read it").click()
    expect(composer(author)).to_be_visible()
    author.live()
    do(moderator, "Warning", words="Stay calm.")
    expect(thread).to_contain_text("Stay calm.")
    undo(moderator)
    expect(composer(author)).to_be_visible()

    do(moderator, "Pre-moderated")
    expect(thread).to_contain_text("A moderator reads what you write")
    comment = held(four, "Read me first.")
    approved(four, comment, "Read me first.")
    moderator.go("/moderation/people/alma")
    undo(moderator)
    expect(thread).not_to_contain_text("A moderator reads what you write")

    before = connection(author)
    do(moderator, "Suspension", words="Sleep on it.", lasts="1 hour")
    expect(thread).to_contain_text("You can read, but not write until")
    expect(thread).to_contain_text("Sleep on it.")
    is_back(author, before)
    expect(composer(author)).to_be_hidden()
    appeal(author, "I had slept on it.")
    author.go(ARTICLE)
    author.live()
    granted(logged_in(window("edith"), site))
    expect(composer(author)).to_be_visible()

    author.expected |= {403, 404}
    do(moderator, "Ban", lasts="7 days", all_gone=True)
    for each in four.others:
        expect(each.page.get_by_text("This comment was removed by a moderator.")).to_be_visible()
        assert "Read me first." not in each.page.content()
    expect(thread).to_contain_text("You need to be registered")
    author.go("/login")
    author.page.get_by_label("Name or e-mail address").fill("alma")
    author.page.get_by_label("Password").fill(PASSWORD)
    author.page.get_by_role("button", name="Log in").click()
    expect(author.page.get_by_role("alert")).to_contain_text("You are banned until")
    author.page.get_by_role("link", name="What was decided about you").click()
    author.page.locator("li", has_text="You were banned").get_by_role("link").click()
    expect(author.page.get_by_role("heading", name="You were banned")).to_be_visible()
    author.go(ARTICLE)
    expect(moderator.page.get_by_label("Bring back 1 comment")).to_be_checked()
    undo(moderator)
    for each in four.others:
        each.shows("Read me first.")
