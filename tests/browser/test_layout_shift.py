"""Nothing under a reader's eyes moves: not when fonts load late, and not by live updates."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from reader.app import create_app
from reader.comments.actions import delete_comment
from reader.comments.editing.actions import edit_comment
from reader.comments.models import Comment
from reader.config import Settings
from reader.db.base import db
from reader.factchecks.actions import set_verdict
from reader.factchecks.queries import claim_by_id
from reader.factchecks.verdicts import NewVerdict, Verdict
from reader.moderation import actions as moderation
from reader.moderation.models import Reason
from reader.moderation.threads.actions import ThreadSettings, set_thread
from reader.notifications import actions as notifications
from tests.browser import provision
from tests.browser.conftest import Open
from tests.browser.test_live_manners import PARAGRAPHS, Stage, card, pill, scroll_to
from tests.browser.window import ARTICLE, CLAIM, PATIENCE, SIZES
from tests.conftest import SECRET
from tests.support.factories import a_claim, a_moderator, a_person, an_article, an_editor
from tests.support.sites import Site, a_free_port, serving
from tests.support.threads import a_comment

MAX_SHIFT = 0.005
# The sum of all shifts since the page began, and what moved.
SHIFTS = """() => new Promise((done) => {
  let sum = 0;
  const moved = [];
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries().filter((each) => !each.hadRecentInput)) {
      sum += entry.value;
      moved.push(...entry.sources.map(({ node }) => (node?.outerHTML ?? node?.textContent ?? "").slice(0, 80)));
    }
  }).observe({ type: "layout-shift", buffered: true });
  requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(() => done([sum, moved]), 0)));
})"""
LONG = "Another text, which takes more lines than the old one. " * 12


def shifts(page: Page) -> tuple[float, list[str]]:
    """Return the sum of the page's layout shifts without user input, and what moved."""
    found = page.evaluate(SHIFTS)
    return found[0], found[1]


def assert_still(page: Page) -> None:
    """Fail where anything has moved since the page began."""
    amount, moved = shifts(page)
    assert amount <= MAX_SHIFT, moved


def fonts_held(page: Page) -> list[Route]:
    """The requests for fonts, from now on, which wait to be continued."""
    held: list[Route] = []
    page.route("**/*.woff2", lambda route: held.append(route))
    return held


@pytest.mark.parametrize("size", SIZES)
def test_late_fonts_move_nothing_on_any_kind_of_page(window: Open, size: str) -> None:
    assert provision.has_fonts(), provision.NO_FONTS
    for path in ("/", ARTICLE, CLAIM, "/fact-checks", "/about/method", "/about/moderation", "/corrections"):
        visitor = window(f"visitor{path.replace('/', '-')}", size=size)
        held = fonts_held(visitor.page)
        visitor.page.goto(path, wait_until="domcontentloaded")
        expect(visitor.page.locator("h1").first).to_be_attached()
        visitor.page.evaluate(
            "() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))"
        )
        visitor.page.wait_for_timeout(150)  # the time after which a browser paints without them
        assert held, path
        for route in held:
            route.continue_()
        visitor.page.evaluate("document.fonts.ready")
        assert_still(visitor.page)


def test_fonts_that_were_fetched_once_set_the_next_page(window: Open) -> None:
    visitor = window("visitor")
    visitor.go("/about")
    visitor.page.wait_for_load_state("networkidle")
    visitor.go(ARTICLE)
    inspector = visitor.context.new_cdp_session(visitor.page)
    inspector.send("DOM.enable")
    inspector.send("CSS.enable")
    root = inspector.send("DOM.getDocument", {"depth": 1})["root"]["nodeId"]
    heading = inspector.send("DOM.querySelector", {"nodeId": root, "selector": "h1"})["nodeId"]
    fonts = inspector.send("CSS.getPlatformFontsForNode", {"nodeId": heading})["fonts"]
    assert [font["isCustomFont"] for font in fonts] == [True]


@pytest.fixture(scope="module")
def served(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A served site, on whose database this process works, too."""
    folder = tmp_path_factory.mktemp("served")
    shutil.copy(sqlite_template, folder)
    settings = Settings(instance=folder, secret_key=SECRET, bind=f"127.0.0.1:{a_free_port()}")
    app = create_app(settings)
    with app.app_context(), serving(settings, folder, warm=True) as site:
        yield site
        db.session.remove()
        db.engine.dispose()


@pytest.fixture
def stage(chromium: Browser, served: Site) -> Iterator[Stage]:
    """An article of this test's own, with people and comments of its own."""
    context = chromium.new_context(viewport={"width": 1000, "height": 700})
    context.set_default_timeout(PATIENCE)
    article, author = an_article(html=PARAGRAPHS), a_person()
    comments = [a_comment(article, by=author, body=f"Comment {number}.") for number in range(12)]
    yield Stage(served, article, author, comments, context)
    context.close()
    db.session.remove()


@pytest.fixture
def reading(stage: Stage) -> Page:
    """A reader in the middle of the thread: comment 6 at the top of the screen, those down to 2 below it."""
    page = stage.open()
    scroll_to(page, stage.comments[6])
    return page


def seen(page: Page, comment: Comment, words: str) -> None:
    """Wait until the page has what the comment says now."""
    expect(card(page, comment)).to_contain_text(words)


def test_a_reply_inside_the_view_waits_under_its_parent(stage: Stage, reading: Page) -> None:
    first = stage.comment("An answer.", under=stage.comments[5])
    button = reading.locator(".held-more button")
    expect(button).to_have_text("1 new reply")
    second = stage.comment("Another answer.", under=stage.comments[5])
    expect(button).to_have_text("2 new replies")
    expect(card(reading, first)).to_be_hidden()
    assert_still(reading)
    button.click()
    for reply in (first, second):
        expect(card(reading, reply)).to_be_visible()
    expect(button).to_have_count(0)
    expect(reading.locator(f"#{first.element}")).to_be_focused()


def test_a_reply_that_waits_is_found_by_its_address(stage: Stage, reading: Page) -> None:
    reply = stage.comment("An answer.", under=stage.comments[5])
    expect(reading.locator(".held-more button")).to_be_visible()
    reading.evaluate("id => { location.hash = id; }", reply.element)
    expect(card(reading, reply)).to_be_in_viewport()


def test_a_reply_that_waits_is_shown_when_its_place_is_out_of_sight(stage: Stage, reading: Page) -> None:
    reply = stage.comment("An answer.", under=stage.comments[5])
    expect(reading.locator(".held-more button")).to_be_visible()
    reading.evaluate("scrollTo({ top: 0, behavior: 'instant' })")
    expect(reading.locator(".held-more button")).to_have_count(0)
    expect(card(reading, reply)).to_be_visible()


def test_ones_own_reply_is_shown_among_those_that_wait(stage: Stage) -> None:
    page = stage.open(person=a_person())
    scroll_to(page, stage.comments[6])
    stage.comment("An answer.", under=stage.comments[5])
    expect(page.locator(".held-more button")).to_be_visible()
    card(page, stage.comments[5]).get_by_role("link", name="Reply to").click()
    box = page.locator(f"#{stage.comments[5].element} textarea")
    box.fill("My answer.")
    page.locator(f"#{stage.comments[5].element}").get_by_role("button", name="Reply", exact=True).click()
    expect(page.locator(".comment-card", has_text="My answer.")).to_be_visible()


def test_edits_removals_and_restorations_in_the_view_move_nothing(stage: Stage, reading: Page) -> None:
    moderator = a_moderator()
    edit_comment(stage.comments[5].id, by=stage.author, body=LONG, revision=1)
    seen(reading, stage.comments[5], "Another text")
    expect(reading.locator(".held-more button")).to_have_text("Show the change")
    moderation.remove_comment(stage.comments[4].id, by=moderator, reason=Reason.SPAM, note="", revision=1)
    seen(reading, stage.comments[4], "removed by a moderator")
    moderation.restore_comment(stage.comments[4].id, by=moderator, note="", revision=1)
    seen(reading, stage.comments[4], "Comment 4.")
    delete_comment(stage.comments[3].id, by=stage.author)
    seen(reading, stage.comments[3], "deleted by its author")
    assert_still(reading)


def test_what_waits_behind_the_pill_moves_nothing(stage: Stage, reading: Page) -> None:
    stage.comment("News.")
    expect(pill(reading)).to_be_visible()
    assert_still(reading)


def test_a_discussion_that_closes_in_the_view_moves_nothing(stage: Stage) -> None:
    page = stage.open(person=a_person())
    page.evaluate("document.getElementById('comments').scrollIntoView()")
    expect(page.get_by_label("Your comment")).to_be_visible()
    set_thread(stage.article, ThreadSettings(closed=True, why="It is late."), by=a_moderator())
    expect(page.get_by_text("This discussion is closed")).to_be_visible()
    assert_still(page)


def test_the_bell_counts_without_moving_anything(stage: Stage) -> None:
    page = stage.open(person=stage.author)
    a_comment(stage.article, by=a_person(), under=stage.comments[0], body="An answer to you.")
    notifications.notice_all()
    expect(page.locator(".bell .tool-count")).to_have_text("1")
    assert_still(page)


def test_a_verdict_that_changes_in_the_view_moves_nothing(stage: Stage) -> None:
    article = an_article(
        html='<div class="p"><reader-claim data-id="lights">The lights</reader-claim> stay on.</div>'
        + PARAGRAPHS
    )
    claim = a_claim(article, slug="lights", verdict="reported")
    whole = claim_by_id(claim.id)
    assert whole
    source_ids = [source.id for source in whole.sources]
    a_claim(article)
    page = stage.open(article.path)
    for place in ("#mark-lights", "#claim-lights"):
        page.locator(place).evaluate(
            "(each) => each.scrollIntoView({ block: 'center', behavior: 'instant' })"
        )
        verdict = Verdict.DISPUTED if place == "#mark-lights" else Verdict.REPORTED
        version = 1 if place == "#mark-lights" else 2
        set_verdict(
            claim.id, NewVerdict(verdict, why=LONG, source_ids=source_ids, version=version), by=an_editor()
        )
        expect(page.locator(place)).to_have_attribute("data-verdict", verdict.value)
        assert_still(page)


# Pairs of colors, of each icon of the comments that the stylesheet draws and of the words beside it.
ICONS = """all => all.map((each) => [
  getComputedStyle(each, "::before").backgroundColor, getComputedStyle(each).color,
])"""


def test_buttons_that_scripts_bring_late_move_nothing(stage: Stage) -> None:
    parent = stage.comments[5]
    reply = stage.comment("An answer.", under=parent)
    page = stage.context.new_page()
    held: list[Route] = []
    page.route(re.compile(r"/main[^/]*\.js"), lambda route: held.append(route))
    page.goto(f"{stage.site.url}{stage.article.path}", wait_until="commit")
    card(page, reply).scroll_into_view_if_needed()
    button = page.locator(f"#{parent.element} > .collapse")
    expect(button).to_have_count(0)
    for route in held:
        route.continue_()
    expect(button).to_be_in_viewport()
    assert_still(page)
    button.click()
    expect(card(page, reply)).to_be_hidden()
    expect(button).to_have_accessible_name(re.compile("^Show replies to "))
    button.click()
    expect(card(page, reply)).to_be_visible()


def test_forced_colors_show_the_icons_of_comments_like_their_words(stage: Stage) -> None:
    stage.comment("An answer.", under=stage.comments[5])
    page = stage.context.new_page()
    page.emulate_media(forced_colors="active")
    page.goto(f"{stage.site.url}{stage.article.path}")
    expect(page.locator(f"#{stage.comments[5].element} > .collapse")).to_be_visible()
    pairs = page.locator(".comment-actions > :is(a[href$='/reply'], a[data-actions])").evaluate_all(ICONS)
    assert len(pairs) >= len(stage.comments)
    assert [(icon, words) for icon, words in pairs if icon != words] == []
