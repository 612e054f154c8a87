"""Measures on a discussion, with their public descriptions."""

from reader.enums import DescribedEnum
from reader.moderation.models import Action


class ThreadMeasure(DescribedEnum):
    """A measure, named as in the log. ``label`` is its name on pages, ``means`` its consequences."""

    label: str
    means: str

    CLOSE = Action.CLOSE.value, "Closed", "You can read it, and nothing is added to it."
    CLOSE_LATER = Action.CLOSE_LATER.value, "Closes by itself", "At a time that is set, it is closed."
    SLOW = (
        Action.SLOW.value,
        "Slow mode",
        "Each person waits for a while between two comments; for how long is written above the form.",
    )
    READ_FIRST = (
        Action.READ_FIRST.value,
        "Pre-moderated",
        "What you write waits until a moderator has read it, and stands in its place afterwards.",
    )
