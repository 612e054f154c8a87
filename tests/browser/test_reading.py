"""Reading a long thread: its orders and branches, what is new, whom one has muted, what it says of a claim."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import expect

from reader.app import create_app
from reader.articles import queries as articles
from reader.articles.models import Article
from reader.comments.models import Comment
from reader.comments.windows import PAGE
from reader.db.base import db
from tests.browser.conftest import Open
from tests.browser.people import logged_in
from tests.browser.window import ARTICLE, CLAIM, Window
from tests.support.factories import a_person
from tests.support.sites import Site
from tests.support.threads import a_comment, comments

EYES = """() => {
  const topOf = (each) => each.getBoundingClientRect().top;
  const card = [...document.querySelectorAll("#thread .comment-card")].find((each) => topOf(each) >= 0);
  return { id: card.closest(".comment").id, top: topOf(card), scrollY: window.scrollY };
}"""


@pytest.fixture
def article(site: Site) -> Iterator[Article]:
    """The article of the site, to post on from here."""
    app = create_app(site.settings)
    with app.app_context():
        found = articles.published_by_slug(ARTICLE.rpartition("/")[2])
        assert found
        yield found
        db.session.remove()
        db.engine.dispose()


@pytest.fixture
def long(article: Article) -> list[Comment]:
    """A thread of two pages; the second newest comment has eight replies."""
    made = comments(article, PAGE + 5)
    for number in range(8):
        a_comment(article, under=made[-2], body=f"Reply {number}.")
    return made


def eyes(window: Window) -> dict[str, Any]:
    """Return the comment at the top of the screen and its exact position."""
    found: dict[str, Any] = window.page.evaluate(EYES)
    return found


def test_branches_open_and_fold_in_place_and_a_permalink_finds_its_page(
    window: Open, long: list[Comment]
) -> None:
    reader = window("reader")
    reader.go(ARTICLE)
    page = reader.page
    branch = page.locator(f"#{long[-2].element}")
    expect(branch.locator(".replies > .comment")).to_have_count(3)
    branch.get_by_role("link", name="Show 5 more replies").click()
    expect(branch.locator(".replies > .comment")).to_have_count(8)
    expect(branch.locator(".replies > .comment").nth(3)).to_be_focused()
    assert page.url.endswith(ARTICLE)
    fold = branch.get_by_role("button", name="Hide replies")
    fold.click()
    expect(branch.get_by_text("Reply 0.")).to_be_hidden()
    expect(branch.locator(":scope > button.collapse")).to_have_attribute("aria-expanded", "false")
    branch.get_by_role("button", name="Show replies").click()
    expect(branch.get_by_text("Reply 7.")).to_be_visible()
    # An address of a comment that stands on another page leads there.
    reader.go("/")
    reader.go(f"{ARTICLE}#{long[0].element}")
    expect(page.locator(f"#{long[0].element}.marked")).to_be_in_viewport()
    assert "after=" in page.url


def test_oldest_first_arrivals_wait_at_the_end_and_nothing_moves(
    window: Open, article: Article, long: list[Comment]
) -> None:
    reader = window("reader")
    reader.go(f"{ARTICLE}?sort=oldest")
    reader.page.get_by_role("link", name="Newer comments").click()
    reader.live()
    reader.page.locator(f"#{long[-1].element}").scroll_into_view_if_needed()
    before = eyes(reader)
    new = a_comment(article, body="At the very end.")
    pill = reader.page.get_by_role("button", name="Show 1 new comment")
    expect(pill).to_be_visible()
    assert eyes(reader) == before
    pill.click()
    expect(reader.page.locator("#thread > .comment").last).to_have_id(new.element)
    reader.go(f"{ARTICLE}?sort=recommended")
    reader.live()
    reader.page.locator(f"#{long[-9].element}").scroll_into_view_if_needed()
    before = eyes(reader)
    a_comment(article, body="Above the recommended.")
    expect(reader.page.get_by_role("button", name="Show 1 new comment")).to_have_count(1)
    assert eyes(reader) == before


def test_who_is_muted_is_folded_at_once_and_what_arrives_from_them_too(
    window: Open, site: Site, article: Article
) -> None:
    troll = a_person("troll")
    first = a_comment(article, by=troll, body="Look at me.")
    reader = logged_in(window("alma"), site)
    reader.go(ARTICLE)
    reader.live()
    page = reader.page
    page.locator(f"#{first.element}").get_by_role("link", name="Options").click()
    page.get_by_role("dialog").get_by_role("button", name="Mute troll").click()
    expect(page.get_by_text("Look at me.")).to_be_hidden()
    a_comment(article, by=troll, under=first, body="You can't ignore me.")
    expect(page.locator(".replies .comment-card")).to_have_count(1)
    expect(page.get_by_text("You can't ignore me.")).to_be_hidden()
    page.locator(f"#{first.element} > .comment-card").get_by_role("button", name="Show").click()
    expect(page.get_by_text("Look at me.")).to_be_visible()
    expect(page.get_by_text("You can't ignore me.")).to_be_hidden()


def test_what_is_new_is_marked_and_found_one_after_the_other(window: Open, article: Article) -> None:
    old = a_comment(article, body="Known already.")
    reader = window("reader")
    reader.go(f"{ARTICLE}#comments")
    reader.page.wait_for_function("Object.keys(localStorage).some((key) => key.startsWith('visit:'))")
    # Much later.
    reader.go("/about")
    reader.page.evaluate(
        """() => {
          const key = Object.keys(localStorage).find((each) => each.startsWith("visit:"));
          localStorage.setItem(key, JSON.stringify({ ...JSON.parse(localStorage.getItem(key)), at: 0 }));
        }"""
    )
    news = [a_comment(article, body=f"News {number}.") for number in range(2)]
    reader.page.wait_for_timeout(2_500)  # until the page that is kept has been looked after
    reader.go(ARTICLE)
    page = reader.page
    expect(page.locator(".thread-unread")).to_contain_text("2 new since your last visit")
    expect(page.locator(".comment-card.new")).to_have_count(2)
    expect(page.locator(f"#{old.element} .new-mark")).to_have_count(0)
    for comment in (news[1], news[0], news[1]):
        page.get_by_role("link", name="Go to the next").click()
        expect(page.locator(f"#{comment.element}")).to_be_focused()


def test_a_claim_is_discussed_from_the_article_and_on_its_own_page(window: Open, site: Site) -> None:
    writer, visitor = logged_in(window("alma"), site), window("visitor")
    writer.go(ARTICLE)
    visitor.go(CLAIM)
    visitor.live()
    page = writer.page
    item = page.locator(".fact-check-item", has_text="The council voted to keep both lighthouses.")
    item.get_by_role("link", name="Discuss this claim").click()
    expect(page.get_by_label("Your comment")).to_be_focused()
    expect(page.locator(".composer-about")).to_contain_text("About:")
    writer.post("Nine to four is not close.")
    expect(page.locator(".composer-about")).to_have_count(0)
    expect(item.get_by_role("link", name="Discuss this claim (1)")).to_be_visible()
    visitor.shows("Nine to four is not close.")
    expect(visitor.page.get_by_text("Nobody has said anything about it yet.")).to_be_hidden()
    writer.go(CLAIM)
    writer.live()
    writer.post("And from here as well.")
    assert page.url.endswith(CLAIM)
    expect(
        visitor.page.get_by_role("button", name="Show 1 new comment").or_(visitor.comment("And from here"))
    ).to_be_visible()
    item = page.locator("#thread > .comment").first
    expect(item.get_by_role("link", name="The harbour lights stay on")).to_be_visible()
