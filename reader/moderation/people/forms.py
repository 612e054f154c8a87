"""Forms for taking a measure against a person, and for ending it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from flask_wtf import FlaskForm
from wtforms import BooleanField, DateTimeLocalField, RadioField, SelectField, TextAreaField
from wtforms.fields import SelectChoice
from wtforms.validators import InputRequired, Length, Optional

from reader.clock import now
from reader.moderation.actions import LONG_NOTE
from reader.moderation.models import MAX_NOTE_LENGTH, Reason
from reader.policy import MeasureKind

# The first is the form's default: a measure has no end unless the moderator chooses one.
LASTS = {
    "": ("Until it is ended", None),
    "1h": ("1 hour", timedelta(hours=1)),
    "24h": ("24 hours", timedelta(hours=24)),
    "7d": ("7 days", timedelta(days=7)),
    "date": ("Until a date", None),
}


class MeasureForm(FlaskForm):
    """A measure against a person: its kind, reason and duration."""

    kind = RadioField(
        "What to do",
        choices=[SelectChoice(kind.value, kind.label) for kind in MeasureKind],
        validators=[InputRequired("Choose what to do.")],
    )
    reason = SelectField(
        "Reason",
        choices=[SelectChoice("", "Choose…"), *(SelectChoice(each.value, each.label) for each in Reason)],
    )
    words = TextAreaField("In your own words", validators=[Length(max=MAX_NOTE_LENGTH, message=LONG_NOTE)])
    lasts = SelectField(
        "For how long", choices=[SelectChoice(key, label) for key, (label, _) in LASTS.items()]
    )
    until = DateTimeLocalField(
        "Until (UTC)", validators=[Optional()], format=["%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M"]
    )
    remove_comments = BooleanField("Remove all their comments, too (with a ban)")

    @property
    def end(self) -> datetime | None:
        """Time at which the measure ends; None if it is open-ended."""
        length = LASTS[self.lasts.data or ""][1]
        if length is not None:
            return now() + length
        moment: datetime | None = self.until.data if self.lasts.data == "date" else None
        return moment.replace(tzinfo=UTC) if moment else None


class EndForm(FlaskForm):
    """The end of a measure; for a ban, with or without restoring the comments that it removed."""

    with_comments = BooleanField()
