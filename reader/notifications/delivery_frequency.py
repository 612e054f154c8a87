"""Due times of mail by delivery frequency: digests go out on the hour, or in the morning."""

from __future__ import annotations

from datetime import datetime, timedelta

from reader.notifications.models import Pace

MORNING = 6  # the hour, in UTC, of daily mail


def due(pace: Pace, at: datetime) -> datetime | None:
    """Return the earliest time to mail something that happened at ``at``; None if no mail is wanted."""
    if pace is Pace.AT_ONCE:
        return at
    if pace is Pace.HOURLY:
        return at.replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
    if pace is Pace.DAILY:
        morning = at.replace(hour=MORNING, minute=0, second=0, microsecond=0)
        return morning if morning > at else morning + timedelta(days=1)
    return None
