"""Readers who don't read: what waits for them, and whether what they get in the end is whole."""

from __future__ import annotations

import json
import time
from urllib.request import urlopen

from tests.bench.measuring import Bench, Figure
from tests.bench.reader_stage import reader

FOLLOWERS, DEAF = 200, 20
SIZE = 16_000
RATE, BURSTS = 50, 400  # 6.4 MB: more than may wait, beyond the 4 MB that the kernel takes
MAX_BYTES = 1 << 20
CATCH_UP_SECONDS = 5


def measure(bench: Bench) -> list[Figure]:
    """A flood of large pushes at a room, in which some are deaf for as long as it lasts."""
    waiting = 0
    with reader(bench) as stage:
        stage.fill(FOLLOWERS - DEAF)
        stage.crowd.narrow()
        stage.fill(DEAF)
        stage.crowd.deafen(DEAF)
        stage.go(RATE, BURSTS, size=SIZE)
        end = time.monotonic() + BURSTS / RATE + 1
        while time.monotonic() < end:
            stage.crowd.idle(0.1)
            with urlopen(f"http://127.0.0.1:{stage.process.port}/facts", timeout=30) as answer:
                waiting = max(waiting, json.load(answer)["waiting"])
        heard = stage.crowd.hear((FOLLOWERS - DEAF) * BURSTS, 30)
        stage.crowd.listen()
        after = stage.crowd.idle(CATCH_UP_SECONDS)
    if heard.delivered < (FOLLOWERS - DEAF) * BURSTS:
        raise RuntimeError(f"others did not get everything: {heard}")
    return [
        Figure("torn streams of slow readers ÷ 1", after.torn, 1, "", most=0, key="torn"),
        Figure(
            "bytes that waited for one slow reader ÷ 1 MiB", waiting, MAX_BYTES, "B", most=1, key="waiting"
        ),
        Figure(f"slow readers cut off ÷ {DEAF} there were", after.lost, DEAF, "", key="cut"),
    ]
