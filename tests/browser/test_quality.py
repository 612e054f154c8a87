"""Every page, in a real browser: accessible, still, and silent about its readers."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser import provision
from tests.browser.conftest import Open
from tests.browser.window import ARTICLE, CLAIM, SIZES, Window

AXE = Path(__file__).parent / "vendor" / "axe.min.js"
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


def violations(page: Page) -> list[str]:
    """What axe finds wrong with the page as it is now, a line each."""
    # The content policy forbids script elements, which is why it is not added as one.
    page.evaluate(AXE.read_text())
    found: dict[str, Any] = page.evaluate(
        "rules => axe.run(document, {runOnly: {type: 'tag', values: rules}})", RULES
    )
    return [
        f"{rule['id']}: {rule['help']} ({node['target']}: {node['failureSummary']})"
        for rule in found["violations"]
        for node in rule["nodes"]
    ]


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
    visitor.page.get_by_role("button", name="Delete my comment").click()
    expect(visitor.page.locator(".tombstone")).to_be_visible()
    assert violations(visitor.page) == [], "a tombstone"
    for path in ("/moderation/", "/account/", "/account/notifications", "/account/mail", CLAIM):
        visitor.go(path)
        assert violations(visitor.page) == [], path


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
    """What has moved on the page since it began, each with what it weighs."""
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
