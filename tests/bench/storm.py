"""A hundred comments a second in one thread that thousands follow, all on one worker: from commit to count."""

from __future__ import annotations

import math
import time
from itertools import count

from tests.bench.measuring import Bench, Browser, Figure
from tests.bench.posting import request_of
from tests.bench.reader_stage import ReaderStage, reader

FOLLOWERS = 5_000
RATE, SECONDS, QUICK_SECONDS = 100, 10, 4
AT_ONCE = 4
SETTLE_SECONDS = 3
A_SECOND = 1.0
PART = 0.99


def measure(bench: Bench) -> list[Figure]:
    """Comments posted over HTTP to the worker that also tells everybody."""
    posts = RATE * (QUICK_SECONDS if bench.quick else SECONDS)
    with reader(bench) as stage:
        stage.fill(FOLLOWERS)
        stage.crowd.note()
        before = stage.process.cpu()
        seconds = _post(stage, posts)
        stage.crowd.idle(SETTLE_SECONDS)
        cpu = stage.process.cpu() - before
        committed = {number: nano for number, (nano, _world) in stage.commits().items()}
        late = sorted(
            (moment - committed[number]) / 1e9
            for first, last, moment in stage.crowd.pushes(bench.folder)
            for number in range(first + 1, last + 1)
        )
    if len(committed) != posts or len(late) != posts * FOLLOWERS:
        raise RuntimeError(f"of {posts} comments {len(committed)} were stored; {len(late)} were told")
    at_p99 = late[math.ceil(len(late) * PART) - 1]
    return [
        Figure(
            f"{RATE} comments a second, {FOLLOWERS:,} followers: commit to count, 99th percentile ÷ one second",
            at_p99,
            A_SECOND,
            "s",
            most=1,
            key="storm-p99",
        ),
        Figure(
            "the same, comments a second that were posted ÷ meant",
            posts / seconds,
            RATE,
            "1/s",
            least=0.95,
            key="storm-rate",
        ),
        Figure("the same, cores used ÷ one", cpu / (seconds + SETTLE_SECONDS), 1, "", key="storm-cores"),
    ]


def _post(stage: ReaderStage, posts: int) -> float:
    """Post at the rate, or as fast as is answered; how long it took."""
    browser = Browser(stage.process.port, AT_ONCE)
    start, numbers = time.monotonic(), count()
    while (number := next(numbers)) * AT_ONCE < posts:
        time.sleep(max(0, start + number * AT_ONCE / RATE - time.monotonic()))
        browser.fetch([request_of(stage.path, *stage.form) for _ in range(AT_ONCE)], status=b"201")
    browser.close()
    return time.monotonic() - start
