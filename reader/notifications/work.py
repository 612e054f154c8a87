"""What of this feature is done by the job queue, and how it hears that there is something to do."""

from __future__ import annotations

from flask import Flask

from reader import eventlog
from reader.background import jobs
from reader.notifications import actions, mailing

# How long after an event people are told at most, if no job was queued for it; and how often mail goes out.
LOOK_SECONDS = 2
MAIL_SECONDS = 10
_NOTICED = ("article:", "claim:", "person:")


def init_app(app: Flask) -> None:
    """Have people told of what is committed, here or in any other process."""
    queue = jobs.of(app)
    queue.add("notice", actions.notice)
    queue.add("notice-all", actions.notice_all, every=LOOK_SECONDS)
    queue.add("mail", mailing.send_all, every=MAIL_SECONDS)

    def hear(stream: str, _head: int) -> None:
        if stream.startswith(_NOTICED):
            queue.ask("notice", stream)

    eventlog.on_append(app, hear)
