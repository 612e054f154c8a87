"""The shape of what is sent to notifications."""

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
    """What was read: everything up to the latest that was seen, or one."""

    through = IntegerField(validators=[InputRequired(), NumberRange(0, MAX_ID)])
    only = IntegerField(validators=[Optional(), NumberRange(0, MAX_ID)])


class MailForm(FlaskForm):
    """How soon one wants mail, for each subject."""

    decision = SelectField(Subject.DECISION.label, choices=_PACES)
    report = SelectField(Subject.REPORT.label, choices=_PACES)
    reply = SelectField(Subject.REPLY.label, choices=_PACES)
    mention = SelectField(Subject.MENTION.label, choices=_PACES)
    verdict = SelectField(Subject.VERDICT.label, choices=_PACES)
    comment = SelectField(Subject.COMMENT.label, choices=_PACES)

    def show(self, chosen: Mapping[Subject, Pace]) -> None:
        """Fill the form with what was chosen."""
        for subject, pace in chosen.items():
            self[subject.value].data = pace.value

    @property
    def chosen(self) -> dict[Subject, Pace]:
        """What is chosen now."""
        return {subject: Pace(self[subject.value].data) for subject in Subject}
