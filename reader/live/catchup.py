"""Changes that a page needs which knows a stream up to some number."""

from __future__ import annotations

from typing import TypedDict

from reader import eventlog
from reader.live import following, rendering

# More changes than this cost more than the page that shows their result.
MAX_TARGETS = 40
MAX_EVENTS = 1000


class Answer(TypedDict):
    """The body of ``GET /live/<stream>/events``. With ``reset`` there are no events: fetch the page."""

    stream: str
    after: int
    head: int
    reset: bool
    events: list[rendering.ChangedElement]


def since(name: following.Name, after: int) -> Answer:
    """Everything that changed in the stream after number ``after``, each target once, as it is now."""
    head = following.head(name)
    # The log ends before what the page claims to know: it was restored from a backup, so nothing is certain.
    reset = after > head
    events = [] if reset else eventlog.since(str(name), after, limit=MAX_EVENTS + 1)
    if len(events) > MAX_EVENTS or len({event.target for event in events}) > MAX_TARGETS:
        reset, events = True, []
    if events:
        head = events[-1].seq  # what was appended since the head was read is told as well
    return Answer(
        stream=str(name),
        after=after,
        head=head,
        reset=reset,
        events=rendering.entries(name, events),
    )
