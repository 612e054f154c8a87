"""Every page with text that is hard to lay out: nothing scrolls sideways, and no control is out of reach."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
import requests
from playwright.sync_api import Browser, Page, expect

from reader.accounts.actions import open_session
from reader.app import create_app
from reader.config import Settings
from reader.db.base import db
from reader.web.cookies import login_cookie
from tests.browser.window import PATIENCE
from tests.conftest import SECRET
from tests.support.hostile import Hostile, furnish
from tests.support.sites import Site, a_free_port, serving

SCRIPT = (Path(__file__).parent / "layout.js").read_text()
VISITOR = "visitor"
# What can be seen of all that is pressed or filled in; a checked sentence opens nothing on paper.
CONTROLS = """() => [
    ...document.querySelectorAll("button, input, select, textarea, form, nav, dialog, .desk, summary:not(.card > *)"),
  ]
  .filter((each) => each.checkVisibility({ visibilityProperty: true }))
  .map((each) => each.outerHTML.slice(0, 120))"""
# Words of ordinary length inside an element that stand on two lines.
BROKEN_WORDS = """(element) => {
  const WORD = /(?<![\\p{L}\\p{M}\\p{N}_])\\p{Script=Latin}{2,16}(?![\\p{L}\\p{M}\\p{N}_])/gu;
  const broken = [];
  const texts = document.createTreeWalker(element, NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) {
    if (texts.currentNode.parentElement.getBoundingClientRect().width <= 1) continue; // for screen readers only
    for (const word of texts.currentNode.data.matchAll(WORD)) {
      const range = document.createRange();
      range.setStart(texts.currentNode, word.index);
      range.setEnd(texts.currentNode, word.index + word[0].length);
      if (new Set([...range.getClientRects()].map(({ top }) => Math.round(top))).size > 1) broken.push(word[0]);
    }
  }
  return broken;
}"""
# Such words in what names something, or is pressed, on a whole page.
NAMES = "button, label, h1, h2, h3, legend, th, .tool"
BROKEN_NAMES = f"""() => [...document.querySelectorAll("{NAMES}")]
  .filter((each) => each.checkVisibility({{ visibilityProperty: true }}))
  .flatMap({BROKEN_WORDS}).map((word) => `“${{word}}” is broken in two`)"""
# Where the lines of each element's text begin.
EDGES = """(all) => all.map((each) => {
  const range = document.createRange();
  range.selectNodeContents(each);
  const lines = new Map();
  for (const { top, left } of range.getClientRects()) {
    const line = Math.round(top / 8);
    lines.set(line, Math.min(lines.get(line) ?? Infinity, Math.round(left)));
  }
  return [...new Set(lines.values())];
})"""
STAFF = ["moderator", "editor"]
ROLES = [VISITOR, "reader", *STAFF]
# Widths in pixels, and the size of the browser's letters: 16 is what people start with.
WINDOWS = [(320, 16), (390, 16), (1440, 16), (640, 32), (1440, 32)]


# What differs each time that a page is made.
MADE_ANEW = re.compile(r'name="(?:csrf_token|submission_id)"[^>]*|data-live-seq="[0-9]+"')


class Stage:
    """A served site that is hard to lay out, and the addresses of its pages."""

    def __init__(self, site: Site, made: Hostile, addresses: list[str], tokens: dict[str, str]) -> None:
        self.site, self.made, self.addresses, self.tokens = site, made, addresses, tokens
        self._contents: dict[str, dict[str, str]] = {}

    def new_to(self, role: str, *, among: Sequence[str]) -> list[str]:
        """Addresses at which this role is shown what those before it ``among`` the roles are not.

        A page with the same content as theirs, and the header that this role has on others, is laid out by now; so is
        one that is led to from several addresses, such as the log-in.
        """
        seen = {text for each in among[: among.index(role)] for text in self._contents_for(each).values()}
        found = {text: path for path, text in reversed(self._contents_for(role).items()) if text not in seen}
        return [path for path in self.addresses if path in found.values()]

    def _contents_for(self, role: str) -> dict[str, str]:
        """By its address, the content of each page between header and footer, as this role is shown it."""
        if role not in self._contents:
            with requests.Session() as session:
                if role in self.tokens:
                    session.cookies.set(login_cookie(self.site.settings), self.tokens[role])
                self._contents[role] = {
                    path: content_of(session.get(f"{self.site.url}{path}", timeout=30).text)
                    for path in self.addresses
                }
        return self._contents[role]


def content_of(page: str) -> str:
    """Return what stands on the page between header and footer, without what is made anew each time."""
    start, end = page.index("<main"), page.index("</main>")
    return MADE_ANEW.sub("", page[start:end])


@pytest.fixture(scope="module")
def stage(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    folder = tmp_path_factory.mktemp("hostile")
    shutil.copy(sqlite_template, folder)
    settings = Settings(
        instance=folder, secret_key=SECRET, bind=f"127.0.0.1:{a_free_port()}", limit_comments="1000/minute",
        links_after=0,
    )  # fmt: skip
    app = create_app(settings)
    articles = folder / "articles"
    articles.mkdir()
    with app.app_context():
        made = furnish(articles)
        addresses = made.addresses(app)
        tokens = {name: open_session(person) for name, person in made.people.items()}
        db.session.remove()
        db.engine.dispose()
    with serving(settings, folder, warm=True) as site:
        yield Stage(site, made, addresses, tokens)


def opened(chromium: Browser, stage: Stage, role: str, **options: Any) -> Page:
    """A window of somebody with this role."""
    context = chromium.new_context(base_url=stage.site.url, **options)
    context.set_default_timeout(PATIENCE)
    if role != VISITOR:
        name = login_cookie(stage.site.settings)
        context.add_cookies([{"name": name, "value": stage.tokens[role], "url": stage.site.url}])
    return context.new_page()


@pytest.mark.parametrize("role", ROLES)
def test_every_page_fits_its_window_and_every_control_can_be_reached(
    chromium: Browser, stage: Stage, role: str
) -> None:
    page = opened(chromium, stage, role)
    devtools = page.context.new_cdp_session(page)
    faults = []
    for path in stage.new_to(role, among=ROLES):
        page.goto(path)
        for width, letters in WINDOWS:
            size = {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": False}
            devtools.send("Emulation.setDeviceMetricsOverride", size)
            devtools.send("Page.setFontSizes", {"fontSizes": {"standard": letters}})
            found = page.evaluate(SCRIPT)
            if (width, letters) == WINDOWS[0]:
                found += page.evaluate(BROKEN_NAMES)
            faults += [f"{path} at {width} px, letters of {letters}: {each}" for each in found]
    page.context.close()
    assert not faults, "\n".join(faults)


@pytest.mark.parametrize("width", [320, 390, 768, 1440])
def test_each_verdicts_meaning_has_one_edge_in_the_editors_form(
    chromium: Browser, stage: Stage, width: int
) -> None:
    page = opened(chromium, stage, "editor", viewport={"width": width, "height": 900})
    page.goto(next(path for path in stage.addresses if path.startswith("/fact-checks/")))
    meanings = page.locator("#verdict .meaning")
    expect(meanings).to_have_count(11)
    assert {len(edges) for edges in meanings.evaluate_all(EDGES)} == {1}
    assert len({edges[0] for edges in meanings.evaluate_all(EDGES)}) == 1
    page.context.close()


@pytest.mark.parametrize("role", STAFF)
def test_paper_shows_nothing_to_press_on_any_page(chromium: Browser, stage: Stage, role: str) -> None:
    page = opened(chromium, stage, role, viewport={"width": 794, "height": 1123})
    page.emulate_media(media="print")
    faults = []
    for path in stage.new_to(role, among=STAFF):
        page.goto(path)
        faults += [f"{path}: {each}" for each in page.evaluate(CONTROLS)]
        assert page.evaluate("document.documentElement.scrollWidth") <= 794, path
    page.context.close()
    assert not faults, "\n".join(faults)


def test_paper_spells_out_sources_and_dates_verdicts(chromium: Browser, stage: Stage) -> None:
    page = opened(chromium, stage, VISITOR)
    page.emulate_media(media="print")
    page.goto("/articles/hostile")
    link = page.locator("#sources .source-name a[rel~=external]").first
    assert link.evaluate("link => getComputedStyle(link, '::after').content").startswith('" <http')
    item = page.locator(".fact-check-item").first
    expect(item.locator(".claim-verdict")).to_be_visible()
    expect(item.locator(".claim-meta time")).to_be_visible()
    page.context.close()


def test_every_page_is_shown_to_somebody(stage: Stage) -> None:
    """An address that answers to nobody would pass all the tests above."""
    name = login_cookie(stage.site.settings)
    for path in stage.addresses:
        statuses = []
        for role in ROLES:
            cookies = {name: stage.tokens[role]} if role in stage.tokens else {}
            statuses.append(requests.get(f"{stage.site.url}{path}", cookies=cookies, timeout=30).status_code)
        assert 200 in statuses, path


@pytest.mark.parametrize("width", [320, 390, 1440])
def test_the_dialogs_of_a_queue_fit_and_break_no_word(chromium: Browser, stage: Stage, width: int) -> None:
    page = opened(chromium, stage, "moderator", viewport={"width": width, "height": 900})
    page.goto("/moderation/reported")
    for name in ("queue-reasons", "queue-help", "queue-answer"):
        page.evaluate("name => document.getElementById(name).showModal()", name)
        dialog = page.locator(f"#{name}")
        assert dialog.evaluate("each => each.scrollWidth <= each.clientWidth"), name
        broken = dialog.evaluate(BROKEN_WORDS)
        assert not broken, name
        page.evaluate("name => document.getElementById(name).close()", name)
    page.context.close()
