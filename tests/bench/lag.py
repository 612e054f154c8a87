"""From the commit of a comment to the screen of a real browser, which is one of a thousand followers."""

from __future__ import annotations

import random
import statistics
import time

from playwright.sync_api import Page, sync_playwright

from tests.bench.measuring import Bench, Browser, Figure
from tests.bench.posting import request_of
from tests.bench.reader_stage import ReaderStage, reader
from tests.browser import provision
from tests.browser.conftest import FLAGS

FOLLOWERS = 1_000
COMMENTS, QUICK_COMMENTS = 40, 15
PAUSE_SECONDS = 0.3
PATIENCE_SECONDS = 5
BOUND, AIM = 150, 50

# Notes, for each number of comments that the page shows, when that had been painted.
WATCH = """() => {
  window.painted = {};
  const look = () => {
    const shown = parseInt(document.querySelector(".thread-count").textContent);
    if (shown in window.painted) return;
    window.painted[shown] = null;
    requestAnimationFrame(() => {
      const channel = new MessageChannel();
      channel.port1.onmessage = () => {
        window.painted[shown] = (performance.timeOrigin + performance.now()) / 1000;
      };
      channel.port2.postMessage(0);
    });
  };
  new MutationObserver(look).observe(document.querySelector("main"), { subtree: true, childList: true });
}"""


def measure(bench: Bench) -> list[Figure]:
    """Comments at irregular moments, each seen on the page."""
    with reader(bench) as stage, sync_playwright() as playwright:
        stage.fill(FOLLOWERS)
        browser = playwright.chromium.launch(executable_path=provision.browser(), args=FLAGS)
        try:
            page = browser.new_page(base_url=stage.url)
            page.goto(stage.path)
            page.wait_for_selector(".thread-count")
            painted = _painted(stage, page, QUICK_COMMENTS if bench.quick else COMMENTS)
        finally:
            browser.close()
        committed = {number: world for number, (_nano, world) in stage.commits().items()}
    lags = [(painted[number] - committed[number]) * 1e3 for number in painted]
    return [
        Figure(
            f"commit to screen, one Chromium among {FOLLOWERS:,} followers, median ÷ 1 ms",
            statistics.median(lags),
            1,
            "ms",
            most=BOUND,
            aim=AIM,
            key="lag",
        ),
        Figure("the same, the slowest ÷ 1 ms", max(lags), 1, "ms", key="lag-slowest"),
    ]


def _painted(stage: ReaderStage, page: Page, comments: int) -> dict[int, float]:
    """Return the time at which each comment's number was on the screen; RuntimeError if one never was."""
    writer = Browser(stage.process.port, 1)
    writer.fetch([request_of(stage.path, *stage.form)], status=b"201")
    page.wait_for_function("() => document.querySelector('.thread-count').textContent.startsWith('1 ')")
    page.evaluate(WATCH)
    for _ in range(comments):
        time.sleep(PAUSE_SECONDS * (0.5 + random.random()))
        writer.fetch([request_of(stage.path, *stage.form)], status=b"201")
    writer.close()
    last = "(number) => window.painted[number] > 0"
    page.wait_for_function(last, arg=comments + 1, timeout=PATIENCE_SECONDS * 1e3)
    seen: dict[str, float | None] = page.evaluate("window.painted")
    return {int(number): moment for number, moment in seen.items() if moment}
