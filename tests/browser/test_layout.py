"""Every page with text that is hard to lay out: nothing scrolls sideways, and no control is out of reach."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Literal, NamedTuple

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
# What can be seen of all that is pressed or filled in, and what is too wide; a checked sentence opens nothing on paper.
ON_PAPER = """() => {
  const found = [
    ...document.querySelectorAll("button, input, select, textarea, form, nav, dialog, .desk, summary:not(.card > *)"),
  ]
    .filter((each) => each.checkVisibility({ visibilityProperty: true }))
    .map((each) => each.outerHTML.slice(0, 120));
  const { clientWidth, scrollWidth } = document.documentElement;
  return scrollWidth > clientWidth ? [...found, `is ${scrollWidth} wide`] : found;
}"""
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
ROLES = [VISITOR, "reader", "moderator", "editor"]


class Size(NamedTuple):
    """Size that a page is laid out for: a width in pixels, the size of the browser's letters, a screen or paper."""

    width: int
    letters: int = 16  # what people start with
    media: Literal["screen", "print"] = "screen"


# In this order, and back for the next page: it is laid out anew for each, and loaded in a wide window.
NARROWEST = Size(320)
SIZES = [Size(1440), Size(390), NARROWEST, Size(794, media="print"), Size(640, 32), Size(1440, 32)]

# What differs each time that a page is made.
MADE_ANEW = re.compile(r'name="(?:csrf_token|submission_id)"[^>]*|data-live-seq="[0-9]+"')
SHEETS_AND_SCRIPTS = re.compile(r'<link rel="stylesheet"[^>]*>|<script[^>]*>')


class Stage:
    """A served site that is hard to lay out, and the addresses of its pages."""

    def __init__(self, site: Site, made: Hostile, addresses: list[str], tokens: dict[str, str]) -> None:
        self.site, self.made, self.addresses, self.tokens = site, made, addresses, tokens
        self._answers: dict[str, dict[str, Answer]] = {}

    def answers_to(self, role: str) -> dict[str, Answer]:
        """By its address, what each page answers to somebody with this role."""
        if role not in self._answers:
            with requests.Session() as session:
                if role in self.tokens:
                    session.cookies.set(login_cookie(self.site.settings), self.tokens[role])
                self._answers[role] = {
                    path: answer_of(session.get(f"{self.site.url}{path}", timeout=30))
                    for path in self.addresses
                }
        return self._answers[role]

    def new_to(self, role: str) -> list[str]:
        """Addresses at which this role is shown what those before it are not.

        A page with the same content as theirs, and the header that this role has on others, is laid out by now; so is
        one that is led to from several addresses, such as the log-in.
        """
        seen = {
            answer.content for each in ROLES[: ROLES.index(role)] for answer in self.answers_to(each).values()
        }
        new = []
        for path, answer in self.answers_to(role).items():
            if answer.content not in seen:
                seen.add(answer.content)
                new.append(path)
        return new


class Answer(NamedTuple):
    """An answer's status, and what its page is made of besides header and footer."""

    status: int
    content: str


def answer_of(response: requests.Response) -> Answer:
    """Return the answer, without what is made anew each time."""
    page = response.text
    main = MADE_ANEW.sub("", page[page.index("<main") : page.index("</main>")])
    return Answer(response.status_code, "".join([*SHEETS_AND_SCRIPTS.findall(page), main]))


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


class Walk:
    """A window that is led through pages, and what is wrong with each of them at each size."""

    def __init__(self, page: Page) -> None:
        self.faults: dict[str, list[str]] = {"screen": [], "print": []}
        self._page = page
        self._devtools = page.context.new_cdp_session(page)
        self._size = Size(0, 0)

    def visit(self, path: str, sizes: Sequence[Size]) -> None:
        """Open a page at the first size, and look at it at each."""
        self._take(sizes[0])
        self._page.goto(path)
        for size in sizes:
            self._take(size)
            self.faults[size.media] += [
                f"{path} at {size.width} px, letters of {size.letters}: {each}" for each in self._found()
            ]

    def _take(self, size: Size) -> None:
        if size.letters != self._size.letters:
            self._devtools.send("Page.setFontSizes", {"fontSizes": {"standard": size.letters}})
        if size.width != self._size.width:
            metrics = {"width": size.width, "height": 900, "deviceScaleFactor": 1, "mobile": False}
            self._devtools.send("Emulation.setDeviceMetricsOverride", metrics)
        if size.media != self._size.media:
            self._page.emulate_media(media=size.media)
        self._size = size

    def _found(self) -> list[str]:
        if self._size.media == "print":
            found: list[str] = self._page.evaluate(ON_PAPER)
        elif self._size == NARROWEST:
            found = self._page.evaluate(SCRIPT) + self._page.evaluate(BROKEN_NAMES)
        else:
            found = self._page.evaluate(SCRIPT)
        return found


# Both tests of a role look at one walk, so one process runs them.
@pytest.fixture(
    scope="module",
    params=[pytest.param(role, marks=pytest.mark.xdist_group(f"layout for {role}")) for role in ROLES],
)
def faults(chromium: Browser, stage: Stage, request: pytest.FixtureRequest) -> dict[str, list[str]]:
    """Faults, on screens and on paper, of the pages that a role is shown and those before it are not."""
    page = opened(chromium, stage, request.param)
    walk = Walk(page)
    sizes = list(SIZES)
    for path in stage.new_to(request.param):
        walk.visit(path, sizes)
        sizes.reverse()
    page.context.close()
    return walk.faults


def test_every_page_fits_its_window_and_every_control_can_be_reached(faults: dict[str, list[str]]) -> None:
    assert not faults["screen"], "\n".join(faults["screen"])


def test_paper_shows_nothing_to_press_on_any_page(faults: dict[str, list[str]]) -> None:
    assert not faults["print"], "\n".join(faults["print"])


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
    for path in stage.addresses:
        assert 200 in [stage.answers_to(role)[path].status for role in ROLES], path


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
