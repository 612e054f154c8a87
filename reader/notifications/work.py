"""Jobs of notifications for the job queue, and the hint that queues them."""

from __future__ import annotations

from flask import Flask

from reader import eventlog
from reader.background import jobs
from reader.notifications import actions, mailing

# Longest delay of a notification whose job was not queued, and seconds between rounds of mail.
LOOK_SECONDS = 5
MAIL_SECONDS = 10
_NOTICED = ("article:", "claim:", "person:")


def init_app(app: Flask) -> None:
    """Register the jobs that send notifications of committed events, in this or any other process."""
    queue = jobs.of(app)
    queue.add("notice", actions.notice)
    queue.add("notice-all", actions.notice_all, every=LOOK_SECONDS)
    queue.add("mail", mailing.send_all, every=MAIL_SECONDS)

    def hear(stream: str, _head: int) -> None:
        if stream.startswith(_NOTICED):
            queue.ask("notice", stream)

    eventlog.on_append(app, hear)
