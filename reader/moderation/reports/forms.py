"""Form for a report."""

from __future__ import annotations

from flask_wtf import FlaskForm
from wtforms import HiddenField, IntegerField, SelectField, TextAreaField
from wtforms.fields import SelectChoice
from wtforms.validators import InputRequired, Length, Optional

from reader.errors import Invalid
from reader.moderation.actions import LONG_NOTE
from reader.moderation.models import LONGEST_NOTE, Reason

# This reason goes to the editors, who check facts, not to the moderators.
FACTS = "facts"
CHOOSE = "Choose what is wrong with it."


class ReportForm(FlaskForm):
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
    note = TextAreaField("In your own words", validators=[Length(max=LONGEST_NOTE, message=LONG_NOTE)])
    revision = IntegerField(widget=HiddenField.widget, validators=[Optional()])

    def check(self) -> None:
        """Raise :class:`Invalid` for the first field that does not validate."""
        if not self.validate():
            name, faults = next(iter(self.errors.items()))
            raise Invalid(str(faults[0]), field=name)

    @property
    def about_facts(self) -> bool:
        """True if the report goes to the editors."""
        return bool(self.reason.data == FACTS)
