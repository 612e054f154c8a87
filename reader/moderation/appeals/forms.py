"""Forms for an appeal, and for its answer."""

from __future__ import annotations

from flask_wtf import FlaskForm
from wtforms import RadioField, TextAreaField
from wtforms.fields import SelectChoice
from wtforms.validators import InputRequired, Length

from reader.errors import Invalid
from reader.moderation.actions import LONG_NOTE
from reader.moderation.models import LONGEST_NOTE, AppealOutcome

DECIDE = "Decide one way or the other."


class _Checked(FlaskForm):
    def check(self) -> None:
        """Raise :class:`Invalid` for the first field that does not validate."""
        if not self.validate():
            name, faults = next(iter(self.errors.items()))
            raise Invalid(str(faults[0]), field=name)


class AppealForm(_Checked):
    """An appeal: the person's reason why the decision was wrong."""

    text = TextAreaField("Why was it wrong?", validators=[Length(max=LONGEST_NOTE, message=LONG_NOTE)])


class AnswerForm(_Checked):
    """The answer to an appeal: its outcome, and the reason."""

    outcome = RadioField(
        "What becomes of it?",
        choices=[
            SelectChoice(
                AppealOutcome.OVERTURNED.value, "Granted: the decision was wrong, and is taken back"
            ),
            SelectChoice(AppealOutcome.UPHELD.value, "Turned down: the decision stands"),
        ],
        validators=[InputRequired(DECIDE)],
    )
    answer = TextAreaField("Your reason", validators=[Length(max=LONGEST_NOTE, message=LONG_NOTE)])
