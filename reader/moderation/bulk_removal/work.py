"""Bulk removal's jobs for the job queue."""

from __future__ import annotations

from flask import Flask

from reader.background import jobs
from reader.moderation.bulk_removal import actions

# Seconds between looks for operations that a request or a killed process left behind.
LOOK_SECONDS = 5


def init_app(app: Flask) -> None:
    """Register the job that continues pending bulk operations, in this or any other process.

    It does one part and asks for the next, so that other jobs get their turn.
    """
    queue = jobs.of(app)

    def work() -> None:
        if actions.work_on_all():
            queue.ask("clearing")

    queue.add("clearing", work, every=LOOK_SECONDS)
