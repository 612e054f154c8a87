"""Old page + pushes == fresh page, in a browser, by the scripts that readers have.

The pages are a real server's; the pushes are put into the page by the test, so that it can lose, double and shuffle
them. The same scenarios run in Python in ``tests/live/test_convergence.py``.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path
from random import Random
from typing import Any

import pytest
import requests
from flask import Flask
from playwright.sync_api import Browser, BrowserContext, Page

from reader.config import Settings
from reader.eventlog import streams
from reader.live.rendering import Push
from reader.web import cookies
from tests.conftest import SECRET
from tests.support.canonical import canonical
from tests.support.convergence import SCENARIOS, Followed, Stage, disturbed, kept_stage
from tests.support.sites import Site, a_free_port, serving

# Opens the live scripts of the page to the test. The socket stays away, and the page, which would look for itself what
# is new as long as there is none, does not: the test does the pushing.
ENTER = """async () => {
  const scripts = document.querySelector("script[type=module]").src;
  window.live = await import(scripts.replace("main.js", "live/client.js"));
  window.addressOf = (await import(scripts.replace("main.js", "live/reset.js"))).addressOf;
  live.socket.disconnect();
  for (const { polling } of live.channels) clearTimeout(polling);
}"""
# Hands over pushes, as JSON; then the page hears how far its streams have come, and catches up.
RECEIVE = """async ([pushes, heads]) => {
  for (const { follower } of live.channels) {
    for (const push of JSON.parse(pushes)) follower.receive(push);
    while (follower.busy) await follower.busy;
  }
  for (const { stream, follower } of live.channels) {
    if (!(stream in heads)) continue;
    follower.compare(heads[stream]);
    while (follower.seen < heads[stream]) await new Promise((done) => setTimeout(done, 5));
  }
}"""
# The address of a fresh page, and what this one shows, or null if that has not changed since the last time.
# What came without its text, because a push would have been too heavy, waits for the reader to ask.
LOOK = """async () => {
  const button = document.querySelector(".pill:not([hidden]) button");
  if (button) {
    button.click();
    while (live.page.waiting.size || live.follower.busy) await new Promise((done) => setTimeout(done, 20));
    document.activeElement.blur();
    scrollTo(0, 0);
  }
  const html = document.querySelector("main").outerHTML;
  const isNew = html !== window.seen;
  window.seen = html;
  return [addressOf(live.page), isNew ? html : null];
}"""
SOFT_ELSEWHERE = "data-comments-about"
LISTS = ["/", "/fact-checks?verdict=verified", "/sources/county-records", "/corrections"]


class Tab:
    """An open page that the test keeps up to date."""

    def __init__(self, context: BrowserContext, site: Site, fresh: requests.Session, address: str) -> None:
        self._site = site
        self._fresh = fresh
        self._shown = ""
        self.faults: list[str] = []
        self.page: Page = context.new_page()
        self.page.on("pageerror", lambda fault: self.faults.append(str(fault)))
        self.page.goto(f"{site.url}{address}")
        self.page.evaluate(ENTER)
        self.streams: list[str] = self.page.evaluate("live.channels.map((channel) => channel.stream)")

    def receive(self, pushes: list[Push], heads: Mapping[str, int]) -> None:
        """Push to the page, as the socket would. Of streams with a head here, it has caught up with that afterwards."""
        self.page.evaluate(RECEIVE, [json.dumps(pushes), heads])

    def assert_shows_what_a_fresh_page_shows(self, *, soft: str) -> None:
        """A page that is asked for now, past all that is kept, must be the same."""
        address, shown = self.page.evaluate(LOOK)
        self._shown = shown or self._shown
        asked = {cookies.login_cookie(self._site.settings): "nobody"}
        fresh = self._fresh.get(f"{self._site.url}{address}", cookies=asked, timeout=10).text
        assert canonical(self._shown, soft=soft) == canonical(fresh, soft=soft), address
        assert self.faults == []


@pytest.fixture(scope="module")
def staged(tmp_path_factory: pytest.TempPathFactory, sqlite_template: Path) -> tuple[Path, Stage]:
    """A database with the stage, made once and copied for each test, and what stands on it."""
    folder = tmp_path_factory.mktemp("stage")
    shutil.copy(sqlite_template, folder)
    return folder / sqlite_template.name, kept_stage(Settings(instance=folder, secret_key=SECRET))


@pytest.fixture
def settings(tmp_path: Path, staged: tuple[Path, Stage]) -> Settings:
    shutil.copy(staged[0], tmp_path)
    return Settings(instance=tmp_path, secret_key=SECRET, bind=f"127.0.0.1:{a_free_port()}")


@pytest.fixture
def stage(app: Flask, staged: tuple[Path, Stage]) -> Stage:
    return staged[1]


@pytest.fixture
def tabs(chromium: Browser, settings: Settings, stage: Stage, tmp_path: Path) -> Iterator[list[Tab]]:
    with serving(settings, tmp_path, warm=True) as site, requests.Session() as fresh:
        context = chromium.new_context()
        context.route_web_socket("**/socket.io/**", lambda _socket: None)
        yield [Tab(context, site, fresh, address) for address in [*stage.pages(), *LISTS]]
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
            tab.receive(pushes, followed.heads)
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
            tab.receive(arriving, {})
    for tab in tabs:
        tab.receive([], followed.heads)
    assert_all_converged(tabs, stage)
