"""Forms of notifications."""

from __future__ import annotations

from collections.abc import Mapping

from flask_wtf import FlaskForm
from wtforms import IntegerField, SelectField
from wtforms.fields import SelectChoice
from wtforms.validators import InputRequired, NumberRange, Optional

from reader.db.keyset import MAX_ID
from reader.notifications.models import Pace, Subject

_PACES = [SelectChoice(pace.value, pace.label) for pace in Pace]


class ReadForm(FlaskForm):
    """Notifications that were read: all up to the latest seen, or one."""

    through = IntegerField(validators=[InputRequired(), NumberRange(0, MAX_ID)])
    only = IntegerField(validators=[Optional(), NumberRange(0, MAX_ID)])


class MailForm(FlaskForm):
    """Delivery frequency of mail for each subject."""

    decision = SelectField(Subject.DECISION.label, choices=_PACES)
    report = SelectField(Subject.REPORT.label, choices=_PACES)
    reply = SelectField(Subject.REPLY.label, choices=_PACES)
    mention = SelectField(Subject.MENTION.label, choices=_PACES)
    verdict = SelectField(Subject.VERDICT.label, choices=_PACES)
    comment = SelectField(Subject.COMMENT.label, choices=_PACES)

    def show(self, chosen: Mapping[Subject, Pace]) -> None:
        """Fill the form with the stored choices."""
        for subject, pace in chosen.items():
            self[subject.value].data = pace.value

    @property
    def chosen(self) -> dict[Subject, Pace]:
        """Choices in the submitted form."""
        return {subject: Pace(self[subject.value].data) for subject in Subject}
