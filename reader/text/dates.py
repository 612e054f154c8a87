"""Times as people read them: in words, in UTC, and for machines. Scripts make them local and relative."""

from calendar import month_name
from datetime import UTC, date, datetime, time

from markupsafe import Markup

# In English: only setlocale() changes these names, and nothing here calls it.
MONTHS = tuple(month_name)[1:]


def day(moment: date) -> str:
    """The day, as ``4 May 2026``."""
    return f"{moment.day} {MONTHS[moment.month - 1]} {moment.year}"


def stamp(moment: datetime) -> str:
    """The instant for machines, as ``2026-05-04T09:30:00Z``."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def when(moment: datetime, style: str = "relative") -> Markup:
    """A ``<time>`` for an instant, the same for every reader.

    The ``style`` is what the script makes of it, where there is one: ``relative`` (``3 minutes ago``, for
    what people do), ``day`` (the reader's own calendar, for what was published) or ``minute`` (for logs).
    """
    instant = moment.astimezone(UTC)
    words = day(instant) if style == "day" else f"{day(instant)}, {instant:%H:%M} UTC"
    return Markup('<time datetime="{}" data-when="{}">{}</time>').format(stamp(moment), style, words)


def on_day(moment: date) -> Markup:
    """A ``<time>`` for a calendar day, which is the same everywhere and no script changes."""
    return Markup('<time datetime="{}">{}</time>').format(moment.isoformat(), day(moment))


def whole_day(moment: datetime) -> date | None:
    """Return the day if only the day is known, which is stored as midnight in UTC; else None."""
    instant = moment.astimezone(UTC)
    return instant.date() if instant.time() == time() else None


def exact(moment: datetime) -> str:
    """The instant for machines; where only the day is known, the day."""
    known = whole_day(moment)
    return known.isoformat() if known else stamp(moment)


def known(moment: datetime, style: str = "day") -> Markup:
    """A ``<time>`` as :func:`when` makes it; where only the day is known, that day, the same everywhere."""
    known = whole_day(moment)
    return on_day(known) if known else when(moment, style)
