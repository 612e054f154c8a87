"""Form for the settings of a discussion."""

from __future__ import annotations

from datetime import UTC, datetime

from flask_wtf import FlaskForm
from wtforms import BooleanField, DateTimeLocalField, IntegerField, StringField
from wtforms.validators import NumberRange, Optional

from reader.moderation.threads.actions import SLOWEST, SLOWNESS, ThreadSettings
from reader.moderation.threads.measures import ThreadMeasure

MOMENT = ["%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M"]


class ThreadForm(FlaskForm):
    """The settings of a discussion."""

    closed = BooleanField(ThreadMeasure.CLOSE.label)
    slow_seconds = IntegerField(
        f"{ThreadMeasure.SLOW.label}: seconds between two comments of one person",
        default=0,
        validators=[Optional(), NumberRange(0, SLOWEST, SLOWNESS)],
    )
    premoderated = BooleanField(ThreadMeasure.READ_FIRST.label)
    until = DateTimeLocalField("Until (UTC)", validators=[Optional()], format=MOMENT)
    why = StringField("Why, for everybody to read")
    closes_at = DateTimeLocalField(
        f"{ThreadMeasure.CLOSE_LATER.label} at (UTC)", validators=[Optional()], format=MOMENT
    )

    @property
    def wish(self) -> ThreadSettings:
        """Settings that the form contains; times are in UTC."""
        return ThreadSettings(
            closed=self.closed.data,
            slow_seconds=self.slow_seconds.data or 0,
            premoderated=self.premoderated.data,
            until=_aware(self.until.data),
            closes_at=_aware(self.closes_at.data),
            why=self.why.data or "",
        )


def _aware(moment: datetime | None) -> datetime | None:
    return moment.replace(tzinfo=UTC) if moment else None
