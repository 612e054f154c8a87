"""Form for a word list."""

from flask_wtf import FlaskForm
from wtforms import HiddenField, IntegerField, TextAreaField
from wtforms.validators import InputRequired
from wtforms.widgets import HiddenInput


class WordsForm(FlaskForm):
    """A word list, with the version that was read."""

    words = TextAreaField("Words and phrases, one a line")
    version = IntegerField(widget=HiddenInput(), validators=[InputRequired()])
    replaces = HiddenField()
