"""The bell in company: two people, in several tabs, with the job queue at work."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from reader.config import Settings
from tests.browser.window import ARTICLE, CLAIM, Window
from tests.conftest import SECRET
from tests.support.sites import Site, a_free_port, serving


@pytest.fixture
def site(furnished: Path, tmp_path: Path) -> Iterator[Site]:
    """As ever, but with its job queue."""
    instance = tmp_path / "instance"
    instance.mkdir()
    shutil.copy(furnished, instance / "reader.sqlite3")
    settings = Settings(
        instance=instance, secret_key=SECRET, bind=f"127.0.0.1:{a_free_port()}", limit_comments="100/minute"
    )
    with serving(settings, tmp_path, jobs=True, warm=True) as site:
        yield site


def bell(page: Page) -> Locator:
    return page.locator("#bell")


def follow(page: Page, words: str) -> Locator:
    return page.get_by_role("button", name=words, exact=True)


def test_the_bell_follows_on_every_page_and_in_every_tab(two_people: tuple[Window, Window]) -> None:
    alma, bruno = two_people
    alma.go(ARTICLE)
    alma.post("How deep is the harbour?")
    alma.go("/")
    claim = alma.context.new_page()
    claim.goto(CLAIM)
    for page in (alma.page, claim):
        expect(bell(page)).to_have_accessible_name("Notifications")
    alma.live()
    bruno.go(ARTICLE)
    card = bruno.shows("How deep is the harbour?")
    card.get_by_role("link", name="Reply to").click()
    bruno.page.get_by_label("Your reply to alma").fill("Nine fathoms.")
    bruno.page.get_by_role("button", name="Reply", exact=True).click()
    bruno.shows("Nine fathoms.")
    for page in (alma.page, claim):
        expect(bell(page)).to_have_accessible_name("Notifications, 1 unread")
    claim.goto("/account/notifications")
    expect(claim.locator(".notification[data-unread]")).to_have_count(1)
    bell(alma.page).click()
    listed = alma.page.locator(".notification")
    expect(listed).to_have_count(1)
    expect(listed).to_contain_text("bruno replied to you")
    expect(listed).to_contain_text("Nine fathoms.")
    listed.get_by_role("link").click()
    expect(alma.comment("Nine fathoms.")).to_be_in_viewport()
    for page in (alma.page, claim):
        expect(bell(page)).to_have_accessible_name("Notifications")
    expect(claim.locator(".notification")).to_have_count(1)
    expect(claim.locator(".notification[data-unread]")).to_have_count(0)


def test_an_article_is_followed_in_place_and_its_news_are_read_by_a_form(
    two_people: tuple[Window, Window],
) -> None:
    alma, bruno = two_people
    alma.go(ARTICLE)
    follow(alma.page, "Follow this discussion").press("Enter")
    expect(follow(alma.page, "Unfollow this discussion")).to_be_focused()
    bruno.go(ARTICLE)
    bruno.post("The first.")
    expect(bell(alma.page)).to_have_accessible_name("Notifications, 1 unread")
    bruno.post("The second.")
    alma.go("/account/notifications")
    alma.page.wait_for_function(
        "() => document.querySelector('.notification-says').textContent.includes('new')"
    )
    alma.page.get_by_role("button", name="Mark all as read").click()
    expect(alma.page.get_by_text("You have read everything.")).to_be_visible()
    expect(bell(alma.page)).to_have_accessible_name("Notifications")
    alma.go(CLAIM)
    follow(alma.page, "Follow this claim").click()
    expect(follow(alma.page, "Unfollow this claim")).to_be_visible()
    alma.page.reload()
    expect(follow(alma.page, "Unfollow this claim")).to_be_visible()
