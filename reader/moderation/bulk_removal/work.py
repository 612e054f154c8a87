"""What of this feature is done by the job queue."""

from __future__ import annotations

from flask import Flask

from reader.background import jobs
from reader.moderation.bulk_removal import actions

# It is looked for so often, and each time some is done: others have jobs, too.
LOOK_SECONDS = 1


def init_app(app: Flask) -> None:
    """Have what is left to do with comments done, here or in any other process."""
    jobs.of(app).add("clearing", actions.work_on_all, every=LOOK_SECONDS)
