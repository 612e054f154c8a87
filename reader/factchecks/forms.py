"""Form for answering a reader's report."""

from flask_wtf import FlaskForm
from wtforms import TextAreaField
from wtforms.validators import Length

MAX_ANSWER_LENGTH = 1000


class FactReportAnswerForm(FlaskForm):
    """An editor's answer to a reader's report."""

    answer = TextAreaField(
        "Your answer", validators=[Length(max=MAX_ANSWER_LENGTH, message="Say it in %(max)d characters.")]
    )
