"""Form for a report."""

from __future__ import annotations

from wtforms import HiddenField, IntegerField, SelectField, TextAreaField
from wtforms.fields import SelectChoice
from wtforms.validators import InputRequired, Length, Optional

from reader.moderation.actions import LONG_NOTE
from reader.moderation.models import MAX_NOTE_LENGTH, Reason
from reader.web.forms import CheckedForm

# This reason goes to the editors, who check facts, not to the moderators.
FACTS = "facts"
CHOOSE = "Choose what is wrong with it."


class ReportForm(CheckedForm):
    """A report on the revision of a comment that was read."""

    reason = SelectField(
        "What is wrong with it?",
        choices=[
            SelectChoice("", "Choose…"),
            SelectChoice(FACTS, "Incorrect about the facts"),
            *(SelectChoice(reason.value, reason.label) for reason in Reason),
        ],
        validators=[InputRequired(CHOOSE)],
    )
    note = TextAreaField("In your own words", validators=[Length(max=MAX_NOTE_LENGTH, message=LONG_NOTE)])
    revision = IntegerField(widget=HiddenField.widget, validators=[Optional()])

    @property
    def about_facts(self) -> bool:
        """True if the report goes to the editors."""
        return bool(self.reason.data == FACTS)
