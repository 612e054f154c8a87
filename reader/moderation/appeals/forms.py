"""Forms for an appeal, and for its answer."""

from __future__ import annotations

from wtforms import RadioField, TextAreaField
from wtforms.fields import SelectChoice
from wtforms.validators import InputRequired, Length

from reader.moderation.actions import LONG_NOTE
from reader.moderation.models import MAX_NOTE_LENGTH, AppealOutcome
from reader.web.forms import CheckedForm

DECIDE = "Decide one way or the other."


class AppealForm(CheckedForm):
    """An appeal: the person's reason why the decision was wrong."""

    text = TextAreaField("Why was it wrong?", validators=[Length(max=MAX_NOTE_LENGTH, message=LONG_NOTE)])


class AppealAnswerForm(CheckedForm):
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
    answer = TextAreaField("Your reason", validators=[Length(max=MAX_NOTE_LENGTH, message=LONG_NOTE)])
