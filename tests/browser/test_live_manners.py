"""Behaviour of an open page while things happen: nothing jumps, nothing typed is lost, a lost server is named."""

from __future__ import annotations

import os
import shutil
import signal
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect

from reader import eventlog
from reader.accounts import actions as accounts
from reader.accounts.models import User
from reader.app import create_app
from reader.articles.models import Article, Status
from reader.comments.actions import delete_comment
from reader.comments.models import Comment
from reader.config import Settings
from reader.db.base import db
from reader.db.transactions import transaction
from reader.eventlog import Kind
from reader.live import catchup
from reader.web import cookies
from tests.browser.window import PATIENCE
from tests.conftest import SECRET
from tests.support.factories import a_person, an_article, an_editor
from tests.support.sites import Site, a_free_port, serving
from tests.support.threads import a_comment

PARAGRAPHS = "<p>A paragraph of the article, long enough to fill a line or two of the page.</p>" * 12
# Milliseconds on a page's clock until it has said that the connection is lost, or no longer says anything of it (both 4
# seconds), has asked what is new, and has tried to connect again.
SAID = 4_500
ASKED = 7_500
TRIED = 15_000
POSITION = "element => element.getBoundingClientRect().top"
LIVE = """async () => {
  const scripts = document.querySelector("script[type=module]").src;
  window.live = await import(scripts.replace("main.js", "live/client.js"));
}"""

LOOK_AWAY = """away => {
  Object.defineProperty(document, "hidden", { value: away, configurable: true });
  document.dispatchEvent(new Event("visibilitychange"));
}"""


@dataclass
class Stage:
    """A served article with a thread that is longer than the screen."""

    site: Site
    article: Article
    author: User
    comments: list[Comment]
    context: BrowserContext

    def comment(self, body: str, **more: Any) -> Comment:
        """Somebody else writes."""
        return a_comment(self.article, by=self.author, body=body, **more)

    def open(self, path: str | None = None, *, person: User | None = None) -> Page:
        """The page in a new tab, live; of ``person``, if somebody has just logged in."""
        if person is not None:
            name = cookies.login_cookie(self.site.settings)
            self.context.add_cookies(
                [{"name": name, "value": accounts.open_session(person), "url": self.site.url}]
            )
        page = self.context.new_page()
        page.goto(f"{self.site.url}{path or self.article.path}")
        page.evaluate(LIVE)
        page.wait_for_function("() => live.socket.connected")
        return page


@pytest.fixture(scope="module")
def served(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A served site for all tests: each has an article of its own."""
    folder = tmp_path_factory.mktemp("served")
    shutil.copy(sqlite_template, folder)
    settings = Settings(instance=folder, secret_key=SECRET, bind=f"127.0.0.1:{a_free_port()}")
    with create_app(settings).app_context(), serving(settings, folder, warm=True) as site:
        yield site
        db.session.remove()
        db.engine.dispose()


@pytest.fixture
def stage(chromium: Browser, served: Site) -> Iterator[Stage]:
    if served.process.poll() is not None:  # the test before has left it that way
        served.start()
    context = chromium.new_context(viewport={"width": 1000, "height": 700})
    context.set_default_timeout(PATIENCE)
    article, author = an_article(html=PARAGRAPHS), a_person()
    comments = [a_comment(article, by=author, body=f"Comment {number}.") for number in range(12)]
    yield Stage(served, article, author, comments, context)
    context.close()
    db.session.rollback()


def card(page: Page, comment: Comment) -> Locator:
    """A comment, as the page shows it, without its replies."""
    return page.locator(f"#{comment.element} > .comment-card")


def scroll_to(page: Page, comment: Comment) -> None:
    """Read from this comment on."""
    page.evaluate("id => document.getElementById(id).scrollIntoView()", comment.element)


def pill(page: Page) -> Locator:
    """The button that says that comments wait."""
    return page.locator(".pill button")


def expect_loss(page: Page) -> None:
    """The connection is lost, and after a while the page says so."""
    page.wait_for_function("() => !live.socket.connected")
    page.clock.run_for(SAID)
    expect(page.locator(".live-status")).to_contain_text("Connection lost")


def test_the_first_comment_replaces_the_invitation_and_counts_update(stage: Stage) -> None:
    article = an_article()
    page, front = stage.open(article.path), stage.open("/")
    expect(page.get_by_text("Be the first to share your thoughts on this article.")).to_be_visible()
    count = front.locator(f"[data-comments-of='{article.id}']").first
    expect(count).to_have_text("0 comments")
    a_comment(article, by=stage.author, body="I am the first.")
    expect(page.get_by_text("I am the first.")).to_be_visible()
    expect(page.get_by_text("No comments yet")).to_have_count(0)
    expect(page.get_by_role("heading", name="1 Comment")).to_be_visible()
    expect(count).to_have_text("1 comment")
    expect(page.get_by_text("1 new comment", exact=True)).to_have_count(1)


def test_while_somebody_reads_on_new_comments_wait_behind_the_pill(stage: Stage) -> None:
    page = stage.open()
    scroll_to(page, stage.comments[6])
    before = card(page, stage.comments[6]).evaluate(POSITION)
    first, second = stage.comment("News."), stage.comment("More news.")
    expect(pill(page)).to_have_text("Show 2 new comments")
    expect(card(page, first)).to_have_count(0)
    assert card(page, stage.comments[6]).evaluate(POSITION) == pytest.approx(before, abs=1)
    stage.comment("An answer to what waits.", under=first)
    delete_comment(second.id, by=stage.author)
    page.wait_for_function(f"() => live.follower.seen === {eventlog.head(stage.article.stream)}")
    expect(pill(page)).to_have_text("Show 2 new comments")
    pill(page).click()
    expect(pill(page)).to_be_hidden()
    expect(card(page, first)).to_be_visible()
    expect(page.get_by_text("An answer to what waits.")).to_be_visible()
    expect(card(page, second)).to_contain_text("deleted by its author")
    expect(page.locator("#thread > li").first).to_be_focused()


def test_what_happens_above_does_not_move_what_is_read(stage: Stage) -> None:
    page = stage.open()
    scroll_to(page, stage.comments[3])
    read = card(page, stage.comments[3])
    before = read.evaluate(POSITION)
    reply = stage.comment("A long answer. " * 40, under=stage.comments[10])
    delete_comment(stage.comments[9].id, by=stage.author)
    expect(card(page, reply)).to_have_count(1)
    expect(card(page, stage.comments[9])).to_contain_text("deleted")
    page.wait_for_timeout(100)
    assert read.evaluate(POSITION) == pytest.approx(before, abs=1)


def test_ones_own_comment_is_shown_at_once_and_others_go_on_waiting(stage: Stage) -> None:
    page = stage.open(person=a_person())
    scroll_to(page, stage.comments[6])
    waiting = stage.comment("Somebody was quicker.")
    expect(pill(page)).to_have_text("Show 1 new comment")
    page.get_by_label("Your comment").fill("I wrote this.")
    page.get_by_role("button", name="Post comment").click()
    expect(page.locator(".comment-card", has_text="I wrote this.")).to_be_in_viewport()
    expect(pill(page)).to_have_text("Show 1 new comment")
    expect(card(page, waiting)).to_have_count(0)


def test_what_is_being_written_outlives_whatever_happens_around_it(stage: Stage) -> None:
    page = stage.open(person=a_person())
    answered = stage.comments[8]
    card(page, answered).get_by_role("link", name="Reply to").click()
    box = page.locator(f"#{answered.element} textarea")
    box.fill("What I am about to")
    delete_comment(answered.id, by=stage.author)
    expect(card(page, answered)).to_contain_text("deleted")
    expect(box).to_be_focused()
    expect(box).to_have_value("What I am about to")
    page.get_by_label("Your comment").fill("And a draft.")
    box.focus()
    with transaction() as session:
        eventlog.lock(stage.article.stream)
        article = session.get_one(Article, stage.article.id)
        article.html = f"<p>This is new.</p>{PARAGRAPHS}"
        eventlog.append(Kind.ARTICLE_REVISED, stage.article.stream, "article", actor_id=None)
    expect(page.get_by_text("This is new.")).to_have_count(1)
    expect(box).to_be_focused()
    expect(box).to_have_value("What I am about to")
    expect(page.get_by_label("Your comment")).to_have_value("And a draft.")
    expect(page.locator("time", has_text="UTC"), "times stay the reader's own").to_have_count(0)


def test_focus_stays_on_what_it_was_on_when_that_is_made_anew(stage: Stage) -> None:
    page = stage.open()
    comment = stage.comments[11]
    card(page, comment).locator("a.comment-time").focus()
    with transaction() as session:
        eventlog.lock(stage.article.stream)
        changed = session.get_one(Comment, comment.id)
        changed.html = "<p>Changed.</p>"
        changed.changed_seq = eventlog.append(
            Kind.COMMENT_RESTORED, stage.article.stream, comment.element, actor_id=None
        )
    expect(card(page, comment)).to_contain_text("Changed.")
    expect(card(page, comment).locator("a.comment-time")).to_be_focused()


def test_comments_pushed_without_html_are_counted_and_fetched_on_demand(stage: Stage) -> None:
    page = stage.open()
    os.killpg(stage.site.process.pid, signal.SIGSTOP)  # so that the server meets them all at once
    news = [stage.comment(letter * 4000) for letter in "abcdef"]
    os.killpg(stage.site.process.pid, signal.SIGCONT)
    page.wait_for_function(f"() => live.follower.seen >= {eventlog.head(stage.article.stream)}")
    owed = page.evaluate("live.page.waiting.owed.size")
    assert owed
    expect(pill(page)).to_be_visible()
    pill(page).click()
    for comment in news:
        expect(card(page, comment)).to_have_count(1)
    expect(pill(page)).to_be_hidden()
    assert page.evaluate("live.page.waiting.owed.size") == 0
    orders = page.locator("#thread > li").evaluate_all(
        "items => items.map((item) => Number(item.dataset.order))"
    )
    assert orders == sorted(orders, reverse=True)


def test_a_page_without_sockets_catches_up_all_the_same(stage: Stage) -> None:
    stage.context.clock.install()
    stage.context.route_web_socket("**/socket.io/**", lambda socket: socket.close())
    page = stage.context.new_page()
    page.goto(f"{stage.site.url}{stage.article.path}")
    page.evaluate(LIVE)
    comment = stage.comment("It takes a little longer.")
    stage.context.clock.run_for(ASKED)
    expect(card(page, comment)).to_be_visible()
    expect(page.locator(".live-status")).to_contain_text("Connection lost")


def test_a_lost_server_is_named_and_the_page_recovers_when_it_is_back(
    stage: Stage,
) -> None:
    stage.context.clock.install()
    page = stage.open()
    stage.site.kill()
    comment = stage.comment("Written while nobody served.")
    expect_loss(page)
    stage.site.start()
    stage.context.clock.run_for(TRIED)
    expect(card(page, comment)).to_be_visible()
    expect(page.locator(".live-status")).to_have_text("Connected again.")
    stage.context.clock.run_for(SAID)
    expect(page.locator(".live-status")).to_be_hidden()
    later = stage.comment("And live again.")
    expect(card(page, later)).to_be_visible()


def test_an_editors_preview_follows_nothing_and_does_not_complain(stage: Stage) -> None:
    stage.context.clock.install()
    draft = an_article(status=Status.DRAFT.value)
    page = stage.open(draft.path, person=an_editor())
    page.wait_for_function("() => live.follower.gone")
    stage.context.clock.run_for(SAID)
    expect(page.locator(".live-status")).to_be_hidden()


def test_a_page_goes_offline_and_comes_back(stage: Stage) -> None:
    stage.context.clock.install()
    page = stage.open()
    stage.context.set_offline(True)
    expect_loss(page)
    comment = stage.comment("Written meanwhile.")
    stage.context.set_offline(False)
    expect(card(page, comment)).to_be_visible()
    expect(page.locator(".live-status")).to_have_text("Connected again.")


def test_a_page_offline_for_a_day_is_refetched_and_keeps_its_place(stage: Stage) -> None:
    """More has happened than can be caught up with: the page is fetched anew, around what is read and written."""
    page = stage.open(person=a_person())
    answered = stage.comments[4]
    card(page, answered).get_by_role("link", name="Reply to").click()
    box = page.locator(f"#{answered.element} textarea")
    box.fill("What I am about to")
    box.evaluate("box => box.scrollIntoView({ block: 'center', behavior: 'instant' })")
    before = box.evaluate(POSITION)
    stage.context.set_offline(True)
    for number in range(catchup.MAX_TARGETS):
        stage.comment(f"While you slept, {number}.", under=stage.comments[number % 12])
    delete_comment(stage.comments[9].id, by=stage.author)
    head = eventlog.head(stage.article.stream)
    stage.context.set_offline(False)
    page.wait_for_function(f"() => live.follower.seen === {head}", timeout=2_000)
    expect(card(page, stage.comments[9])).to_contain_text("deleted by its author")
    there = len(stage.comments) - 1 + catchup.MAX_TARGETS
    expect(page.get_by_role("heading", name=f"{there} Comments")).to_have_count(1)
    expect(box).to_be_focused()
    expect(box).to_have_value("What I am about to")
    assert box.evaluate(POSITION) == pytest.approx(before, abs=1)


def test_the_title_counts_unseen_comments_and_readers_see_their_number(
    stage: Stage,
) -> None:
    page, other = stage.open(), stage.open()
    expect(page.locator(".watching")).to_have_text("2 reading now")
    top = page.locator("#thread").evaluate(POSITION)
    title = page.title()
    page.evaluate(LOOK_AWAY, True)
    stage.comment("One.", under=stage.comments[11])
    stage.comment("Two.")
    expect(page).to_have_title(f"(2) {title}")
    assert other.title() == title
    other.close()
    expect(page.locator(".watching")).to_have_text("")
    assert page.locator("#thread").evaluate(POSITION) == top
    page.evaluate(LOOK_AWAY, False)
    expect(page).to_have_title(title)


def test_two_tabs_of_one_person_agree(stage: Stage) -> None:
    one = stage.open(person=a_person())
    two = stage.open()
    for tab in (one, two):
        expect(tab.get_by_label("Your comment")).to_have_value("")
    one.get_by_label("Your comment").fill("Begun here")
    expect(two.get_by_label("Your comment")).to_have_value("Begun here")
    two.get_by_label("Your comment").fill("Begun here, ended there.")
    two.get_by_role("button", name="Post comment").click()
    expect(one.get_by_label("Your comment")).to_have_value("")
    expect(one.locator(".comment-card", has_text="Begun here, ended there.")).to_be_visible()
    recommend = "[data-recommend]"
    card(two, stage.comments[11]).locator(recommend).click()
    expect(card(one, stage.comments[11]).locator(recommend)).to_have_attribute("aria-pressed", "true")
    expect(card(one, stage.comments[11]).locator(recommend)).to_have_text("Recommend 1")
    expect(card(one, stage.comments[11]).locator(recommend)).to_have_attribute("aria-pressed", "true")


def test_who_is_logged_out_elsewhere_goes_on_following_as_a_visitor(stage: Stage) -> None:
    person = a_person()
    page = stage.open(person=person)
    before = page.evaluate("live.socket.id")
    accounts.end_all_sessions(person, by=person)
    page.wait_for_function(f"() => live.socket.connected && live.socket.id !== '{before}'")
    comment = stage.comment("Still live.")
    expect(card(page, comment)).to_be_visible()
