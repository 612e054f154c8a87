"""Old page + pushes == fresh page, in a browser, by the scripts that readers have.

The pages are a real server's; the pushes are put into the page by the test, so that it can lose, double and shuffle
them. The same scenarios run in Python in ``tests/live/test_convergence.py``.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Any

import pytest
import requests
from playwright.sync_api import Browser, BrowserContext, Page

from reader.app import create_app
from reader.config import Settings
from reader.db.base import db
from reader.eventlog import streams
from reader.live.rendering import Push
from reader.web import cookies
from tests.conftest import SECRET
from tests.support.canonical import canonical
from tests.support.convergence import SCENARIOS, Followed, Stage, a_stage, disturbed
from tests.support.sites import Site, a_free_port, serving

# Opens the live scripts of the page to the test. The socket stays away: the test does the pushing.
ENTER = """async () => {
  const scripts = document.querySelector("script[type=module]").src;
  window.live = await import(scripts.replace("main.js", "live/client.js"));
  window.addressOf = (await import(scripts.replace("main.js", "live/reset.js"))).addressOf;
  live.socket.disconnect();
}"""
RECEIVE = """async (pushes) => {
  for (const { follower } of live.channels) {
    for (const push of pushes) follower.receive(push);
    while (follower.busy) await follower.busy;
  }
}"""
COMPARE = """async (heads) => {
  for (const { stream, follower } of live.channels) {
    follower.compare(heads[stream]);
    while (follower.seen < heads[stream]) await new Promise((done) => setTimeout(done, 5));
  }
}"""
# What came without its text, because a push would have been too heavy, waits for the reader to ask.
EMPTY = """async () => {
  const button = document.querySelector(".pill:not([hidden]) button");
  if (!button) return;
  button.click();
  while (live.page.waiting.size || live.follower.busy) await new Promise((done) => setTimeout(done, 20));
  document.activeElement.blur();
  scrollTo(0, 0);
}"""
SOFT_ELSEWHERE = "[data-comments-about]"
LISTS = ["/", "/fact-checks?verdict=verified", "/sources/county-records", "/corrections"]


class Tab:
    """An open page that the test keeps up to date."""

    def __init__(self, context: BrowserContext, site: Site, address: str) -> None:
        self._site = site
        self.faults: list[str] = []
        self.page: Page = context.new_page()
        self.page.on("pageerror", lambda fault: self.faults.append(str(fault)))
        self.page.route_web_socket("**/socket.io/**", lambda _socket: None)
        self.page.goto(f"{site.url}{address}")
        self.page.evaluate(ENTER)
        self.streams: list[str] = self.page.evaluate("live.channels.map((channel) => channel.stream)")

    def receive(self, pushes: list[Push]) -> None:
        """Push to the page, as the socket would."""
        self.page.evaluate(RECEIVE, pushes)

    def compare(self, heads: dict[str, int]) -> None:
        """Tell the page how far its streams have come; it has caught up afterwards."""
        self.page.evaluate(COMPARE, heads)

    def assert_shows_what_a_fresh_page_shows(self, *, soft: str) -> None:
        """A page that is asked for now, past all that is kept, must be the same."""
        self.page.evaluate(EMPTY)
        address = self.page.evaluate("addressOf(live.page)")
        asked = {cookies.login_cookie(self._site.settings): "nobody"}
        fresh = requests.get(f"{self._site.url}{address}", cookies=asked, timeout=10).text
        shown = self.page.evaluate("document.querySelector('main').outerHTML")
        assert canonical(shown, soft=soft) == canonical(fresh, soft=soft), address
        assert self.faults == []


@pytest.fixture
def settings(tmp_path: Path, sqlite_template: Path) -> Settings:
    shutil.copy(sqlite_template, tmp_path)
    return Settings(instance=tmp_path, secret_key=SECRET, bind=f"127.0.0.1:{a_free_port()}")


@pytest.fixture
def stage(settings: Settings, tmp_path: Path) -> Iterator[Stage]:
    app = create_app(settings)
    with app.app_context():
        yield a_stage(tmp_path)
        db.session.remove()
        db.engine.dispose()


@pytest.fixture
def tabs(chromium: Browser, settings: Settings, stage: Stage, tmp_path: Path) -> Iterator[list[Tab]]:
    with serving(settings, tmp_path, warm=True) as site:
        context = chromium.new_context()
        yield [Tab(context, site, address) for address in [*stage.pages(), *LISTS]]
        context.close()


def all_of_it(random: Random) -> list[Any]:
    """Every scenario, in some order."""
    found = [scenario for named in SCENARIOS.values() for scenario in named.values()]
    return random.sample(found, len(found))


def assert_all_converged(tabs: list[Tab], stage: Stage) -> None:
    for tab in tabs:
        tab.assert_shows_what_a_fresh_page_shows(
            soft=SOFT_ELSEWHERE if tab.streams[0] in (stage.other.stream, streams.VERDICTS) else ""
        )


def test_after_every_kind_of_event_open_pages_are_as_fresh_ones(tabs: list[Tab], stage: Stage) -> None:
    followed = Followed(sorted({stream for tab in tabs for stream in tab.streams}))
    for scenario in all_of_it(Random(1)):
        scenario(stage)
        pushes = followed.pushes()
        for tab in tabs:
            tab.receive(pushes)
            tab.compare(followed.heads)
        assert_all_converged(tabs, stage)


@pytest.mark.parametrize("seed", [2, 3])
def test_however_pushes_arrive_open_pages_end_as_fresh_ones(seed: int, tabs: list[Tab], stage: Stage) -> None:
    random = Random(seed)
    followed = Followed(sorted({stream for tab in tabs for stream in tab.streams}))
    late: list[Push] = []
    for scenario in all_of_it(random):
        scenario(stage)
        late += disturbed(followed.pushes(), random)
        random.shuffle(late)
        arriving = [late.pop() for _ in range(random.randint(0, len(late)))]
        for tab in tabs:
            tab.receive(arriving)
    for tab in tabs:
        tab.compare(followed.heads)
    assert_all_converged(tabs, stage)
