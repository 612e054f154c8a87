"""When mail of each pace is due: digests go out at the full hour, and in the morning."""

from __future__ import annotations

from datetime import datetime, timedelta

from reader.notifications.models import Pace

MORNING = 6  # the hour, in UTC, of daily mail


def due(pace: Pace, at: datetime) -> datetime | None:
    """From when on what happened at ``at`` may be mailed; None where it isn't wanted by mail."""
    if pace is Pace.AT_ONCE:
        return at
    if pace is Pace.HOURLY:
        return at.replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
    if pace is Pace.DAILY:
        morning = at.replace(hour=MORNING, minute=0, second=0, microsecond=0)
        return morning if morning > at else morning + timedelta(days=1)
    return None
