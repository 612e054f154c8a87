"""Every page, in a real browser: accessible, still, and silent about its readers."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Page, Route, expect
from sqlalchemy import select

from reader.accounts import decision_links
from reader.accounts.actions import register
from reader.accounts.queries import user_by_name
from reader.app import foundation
from reader.articles.queries import published_by_slug
from reader.clock import now
from reader.db.base import db
from reader.moderation.appeals.actions import appeal
from reader.moderation.models import Decision, Reason
from reader.moderation.people.actions import NewMeasure, take_measure
from reader.notifications import actions as notifications
from reader.policy import MeasureKind
from tests.browser import provision
from tests.browser.conftest import Open
from tests.browser.window import ARTICLE, CLAIM, PASSWORD, SIZES, Window
from tests.support.sites import Site
from tests.support.threads import a_comment

AXE = (Path(__file__).parent / "vendor" / "axe.min.js").read_text()
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
PAGES = [
    "/",
    ARTICLE,
    CLAIM,
    "/fact-checks",
    "/sources",
    "/corrections",
    "/about",
    "/about/method",
    "/about/moderation",
    "/archive",
    "/login",
    "/register",
    "/moderation/log",
]
THEMES = ["light", "dark"]
A_HAIR = 0.001
# Layout shifts since the page began, whatever their cause.
SHIFTS = """() => new Promise(done => {
  const told = list => done(list.getEntries().map(
    entry => [entry.value, entry.sources.map(source => source.node?.outerHTML ?? "").join()]));
  new PerformanceObserver(told).observe({type: "layout-shift", buffered: true});
  setTimeout(done, 500, []);
})"""


# Only what is wrong is put together, and told in words: all that axe can say of a page takes longer than to look at it.
FINDINGS = """async (rules) => {
  const { violations } = await axe.run(document, {
    runOnly: { type: "tag", values: rules }, resultTypes: ["violations"],
  });
  return violations.flatMap(({ id, help, nodes }) =>
    nodes.map(({ target, failureSummary }) => `${id}: ${help} (${target}: ${failureSummary})`));
}"""


def violations(page: Page) -> list[str]:
    """Return axe's findings on the page as it is now, a line each."""
    # The content policy forbids script elements, which is why it is not added as one.
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE)
    found: list[str] = page.evaluate(FINDINGS, RULES)
    return found


@pytest.mark.parametrize("theme", THEMES)
def test_no_page_has_a_barrier(window: Open, theme: str) -> None:
    for size in ("desk", "phone"):
        visitor = window(f"visitor-{size}", size=size, color_scheme=theme)
        for path in PAGES:
            visitor.go(path)
            assert violations(visitor.page) == [], f"{path} at {size}"


@pytest.mark.parametrize("theme", THEMES)
def test_no_state_of_a_page_has_a_barrier(window: Open, theme: str) -> None:
    visitor = window("visitor", color_scheme=theme)
    visitor.expected |= {401, 403, 404, 422}
    visitor.go("/nowhere")
    assert violations(visitor.page) == [], "not found"
    visitor.go("/login")
    visitor.page.get_by_label("Name or e-mail address").fill("nobody")
    visitor.page.get_by_label("Password").fill("not the password")
    visitor.page.get_by_role("button", name="Log in").click()
    expect(visitor.page.locator(".field-error, .form-errors, [role=alert]").first).to_be_visible()
    assert violations(visitor.page) == [], "log-in with an error"

    visitor.go(ARTICLE)
    visitor.log_in("moira")
    visitor.go(ARTICLE)
    visitor.live()
    comment = visitor.post("To be looked at.")
    assert violations(visitor.page) == [], "a thread with a comment"
    comment.get_by_role("link", name="Reply to moira").click()
    assert violations(visitor.page) == [], "an open reply"
    comment.get_by_role("link", name="Options").click()
    expect(visitor.page.get_by_role("dialog")).to_be_visible()
    assert violations(visitor.page) == [], "an open dialog"
    visitor.page.get_by_role("button", name="Delete my comment…").click()
    expect(visitor.page.get_by_role("heading", name="Delete your comment?")).to_be_visible()
    assert violations(visitor.page) == [], "a question before what can't be undone"
    visitor.page.get_by_role("button", name="Delete my comment", exact=True).click()
    expect(visitor.page.locator(".tombstone")).to_be_visible()
    assert violations(visitor.page) == [], "a tombstone"
    for path in ("/moderation/", "/account/", "/account/notifications", "/account/mail", CLAIM):
        visitor.go(path)
        assert violations(visitor.page) == [], path


@pytest.fixture
def judged(site: Site) -> str:
    """Alma was warned, suspended, and appeals; Bruno is banned with his comments, of which one is still to go. The way
    that leads him to the reasons.
    """
    with foundation(site.settings).app_context():
        moira, article = user_by_name("moira"), published_by_slug(ARTICLE.rpartition("/")[2])
        assert moira
        assert article
        alma, bruno = (register(name, f"{name}@example.org", PASSWORD) for name in ("alma", "bruno"))
        for _ in range(2):
            a_comment(article, by=bruno, body="Buy lamps.")
        later = now() + timedelta(days=1)
        for kind in (MeasureKind.NOTE, MeasureKind.WARNING, MeasureKind.SUSPENSION):
            take_measure(
                alma.id, NewMeasure(kind, words="Mind the others.", reason=Reason.HATE, until=later), by=moira
            )
        suspension = db.session.scalars(select(Decision.id).where(Decision.action == "suspension")).one()
        appeal(suspension, by=alma, text="I do mind them.")
        take_measure(
            bruno.id,
            NewMeasure(MeasureKind.BAN, words="No lamps.", reason=Reason.SPAM, with_comments=True),
            by=moira,
        )
        notifications.notice_all()
        way = decision_links.decisions_of(bruno.id)
        db.session.remove()
        db.engine.dispose()
    return way


@pytest.mark.parametrize(("theme", "size"), [("light", "phone"), ("dark", "desk")])
def test_no_page_about_measures_has_a_barrier(window: Open, judged: str, theme: str, size: str) -> None:
    staff = window("moira", size=size, color_scheme=theme)
    # Without scripts nobody lends the job a hand, so it can be looked at.
    still = window("still", size=size, color_scheme=theme, java_script_enabled=False)
    for each in (staff, still):
        each.expected |= {422}
        each.go("/about")
        each.log_in("moira")
    still.go("/moderation/people/bruno")
    expect(still.page.get_by_role("progressbar")).to_be_visible()
    for path in ("people/alma", "people/bruno", ARTICLE[1:], "words/banned", "appeals", "appeals/1"):
        staff.go(f"/moderation/{path}")
        assert violations(staff.page) == [], path
    header = staff.page.locator(".site-header").bounding_box()
    assert header
    assert header["height"] < (110 if size == "phone" else 70), "two rows at most, though there is much in it"
    staff.go("/moderation/people/alma")
    staff.page.get_by_label("Ban", exact=True).check()
    staff.page.get_by_label("Remove all their comments").check()
    staff.page.get_by_role("button", name="Take the measure").click()
    expect(staff.page.get_by_text("Choose a reason").first).to_be_visible()
    assert violations(staff.page) == [], "a measure with an error"

    alma = window("alma", size=size, color_scheme=theme)
    alma.go("/about")
    alma.log_in("alma")
    for path in ("/account/notifications", "/account/decisions", ARTICLE):
        alma.go(path)
        assert violations(alma.page) == [], path
    alma.go("/account/decisions")
    for words in ("waits for an answer", "how to appeal"):
        alma.page.get_by_role("link", name=words).first.click()
        assert violations(alma.page) == [], words
        alma.page.go_back()

    bruno = window("bruno", size=size, color_scheme=theme)
    bruno.expected |= {403}
    bruno.go(judged)
    assert violations(bruno.page) == [], "what was decided, by a key"
    bruno.page.get_by_role("link", name="how to appeal").click()
    assert violations(bruno.page) == [], "why, by a key"
    bruno.go("/login")
    bruno.page.get_by_label("Name or e-mail address").fill("bruno")
    bruno.page.get_by_label("Password").fill(PASSWORD)
    bruno.page.get_by_role("button", name="Log in").click()
    expect(bruno.page.get_by_role("link", name="What was decided about you")).to_be_visible()
    assert violations(bruno.page) == [], "the way to it from the log-in"


@pytest.mark.parametrize("size", SIZES)
def test_nothing_moves_while_the_article_loads(window: Open, size: str) -> None:
    visitor = window("visitor", size=size)
    visitor.go(ARTICLE)
    visitor.live()
    assert shifts(visitor) == []


@pytest.mark.parametrize("size", SIZES)
def test_fonts_that_come_late_move_no_line(window: Open, size: str) -> None:
    assert provision.has_fonts(), provision.NO_FONTS
    visitor = window("visitor", size=size)
    held: list[Route] = []
    visitor.page.route("**/*.woff2", lambda route: held.append(route))
    visitor.page.goto(ARTICLE, wait_until="domcontentloaded")
    expect(visitor.page.locator("h1")).to_be_visible()
    visitor.page.wait_for_timeout(300)
    for route in held:
        route.continue_()
    visitor.page.evaluate("document.fonts.ready")
    assert held
    assert shifts(visitor) == []


def shifts(window: Window) -> list[str]:
    """Return the layout shifts since the page was opened, each with its weight."""
    found = window.page.evaluate(SHIFTS)
    # The letters of a fallback are a hair wider or narrower: words move within their line by that much.
    return [f"{weight}: {what}" for weight, what in found if weight > A_HAIR]


@pytest.mark.parametrize("size", SIZES)
def test_no_page_is_wider_than_its_window(window: Open, size: str) -> None:
    visitor = window("visitor", size=size)
    for path in PAGES:
        visitor.go(path)
        width = visitor.page.evaluate("document.documentElement.scrollWidth")
        assert width <= SIZES[size][0], path


def test_a_reader_gets_no_cookie_and_asks_nobody_else(window: Open) -> None:
    visitor = window("visitor")
    asked: set[str] = set()
    visitor.page.on("request", lambda request: asked.add(request.url.split("/")[2]))
    for path in ("/", ARTICLE, CLAIM, "/fact-checks"):
        visitor.go(path)
        visitor.page.wait_for_load_state("networkidle")
    assert visitor.context.cookies() == []
    assert asked == {visitor.page.url.split("/")[2]}


def test_the_chosen_theme_is_remembered_and_nothing_else(window: Open) -> None:
    visitor = window("visitor", color_scheme="light")
    visitor.go("/")
    before = background(visitor)
    visitor.page.get_by_role("button", name="Dark theme").click()
    chosen = background(visitor)
    assert chosen != before
    visitor.go(ARTICLE)
    assert background(visitor) == chosen
    assert visitor.page.evaluate("Object.keys(localStorage)") == ["theme"]
    assert visitor.context.cookies() == []


def background(window: Window) -> str:
    found: str = window.page.evaluate("getComputedStyle(document.body).backgroundColor")
    return found


def test_a_keyboard_reaches_the_content_the_claims_and_the_thread(window: Open) -> None:
    visitor = window("visitor")
    visitor.go(ARTICLE)
    visitor.page.keyboard.press("Tab")
    expect(visitor.page.get_by_text("Skip to the content")).to_be_focused()
    visitor.page.keyboard.press("Enter")
    expect(visitor.page.locator("#main")).to_be_focused()
    seen = set()
    for _ in range(60):
        visitor.page.keyboard.press("Tab")
        seen.add(
            visitor.page.evaluate(
                "(document.activeElement.closest('[id^=claim-], #comments, #strength') ?? document.body).id"
            )
        )
    assert {"strength", "claim-two-lighthouses", "comments"} <= seen
