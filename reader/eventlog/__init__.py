"""The event log: what happened, in order, per stream. See the README beside this file."""

from reader.eventlog.kinds import Kind
from reader.eventlog.log import (
    append,
    head,
    heads,
    lock,
    on_append,
    on_news,
    only,
    publish_hint,
    since,
    upcoming,
)
from reader.eventlog.models import Event, Stream

__all__ = [
    "Event",
    "Kind",
    "Stream",
    "append",
    "head",
    "heads",
    "lock",
    "on_append",
    "on_news",
    "only",
    "publish_hint",
    "since",
    "upcoming",
]
