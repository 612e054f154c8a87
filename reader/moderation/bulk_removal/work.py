"""Bulk removal's jobs for the job queue."""

from __future__ import annotations

from flask import Flask

from reader.background import jobs
from reader.moderation.bulk_removal import actions

# Seconds between runs, each of which does one part, so that other jobs get their turn.
LOOK_SECONDS = 1


def init_app(app: Flask) -> None:
    """Register the job that continues pending bulk operations, in this or any other process."""
    jobs.of(app).add("clearing", actions.work_on_all, every=LOOK_SECONDS)
