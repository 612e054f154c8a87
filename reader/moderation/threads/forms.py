"""The shape of a decision about a discussion as it is sent."""

from __future__ import annotations

from datetime import UTC, datetime

from flask_wtf import FlaskForm
from wtforms import BooleanField, DateTimeLocalField, IntegerField, StringField
from wtforms.validators import NumberRange, Optional

from reader.moderation.threads.actions import SLOWEST, SLOWNESS, Wish

MOMENT = ["%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M"]


class ThreadForm(FlaskForm):
    """How a discussion is to be."""

    closed = BooleanField("Closed")
    slow_seconds = IntegerField(
        "Slow mode: seconds between two comments of one person",
        default=0,
        validators=[Optional(), NumberRange(0, SLOWEST, SLOWNESS)],
    )
    premoderated = BooleanField("A moderator reads each comment first")
    until = DateTimeLocalField("Until (UTC)", validators=[Optional()], format=MOMENT)
    why = StringField("Why, for everybody to read")
    closes_at = DateTimeLocalField("Closes by itself at (UTC)", validators=[Optional()], format=MOMENT)

    @property
    def wish(self) -> Wish:
        """What it says."""
        return Wish(
            closed=self.closed.data,
            slow_seconds=self.slow_seconds.data or 0,
            premoderated=self.premoderated.data,
            until=_aware(self.until.data),
            closes_at=_aware(self.closes_at.data),
            why=self.why.data or "",
        )


def _aware(moment: datetime | None) -> datetime | None:
    return moment.replace(tzinfo=UTC) if moment else None
