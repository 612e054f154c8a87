"""The shape of what is sent. What a text may say is checked by :mod:`reader.comments.drafts`."""

from __future__ import annotations

from uuid import UUID

from flask_wtf import FlaskForm
from wtforms import HiddenField, TextAreaField, ValidationError
from wtforms.validators import AnyOf

from reader.comments.posting.actions import Draft
from reader.db.keyset import id_from
from reader.web.forms import CheckedForm

BROKEN = "This form is broken. Open the page again and send your text from there."


class IdField(HiddenField):
    """The id of something, or nothing."""

    data: int | None

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read the number; empty is none."""
        text = valuelist[0] if valuelist else ""
        if not text:
            self.data = None
            return
        self.data = id_from(text)
        if self.data is None:
            raise ValueError(BROKEN)


class PreviewField(HiddenField):
    """The name of the button that asks for a preview: whether it was pressed."""

    data: bool

    def process_formdata(self, valuelist: list[str]) -> None:
        """Pressed is anything but nothing."""
        self.data = bool(valuelist and valuelist[0])


class TokenlessForm(CheckedForm):
    """A checked form that looks at no token."""

    class Meta(FlaskForm.Meta):
        """Nothing of its own about tokens: that of every request that writes was looked at before, and no template
        takes one from here.
        """

        csrf = False


class CommentForm(TokenlessForm):
    """A comment: its text, which comment it answers and which claim it is about, and what tells a retry."""

    body = TextAreaField("Your comment")
    preview = PreviewField()
    parent_id = IdField()
    claim_id = IdField()
    submission_id = HiddenField()

    @property
    def draft(self) -> Draft:
        """The comment as it was sent."""
        return Draft(self.body.data or "", self.submission_id.data, self.parent_id.data, self.claim_id.data)

    def validate_submission_id(self, field: HiddenField) -> None:
        """Take any UUID, and keep it in the one form that can be compared."""
        try:
            field.data = str(UUID(field.data or ""))
        except ValueError:
            raise ValidationError(BROKEN) from None


class RecommendForm(TokenlessForm):
    """The state that is wanted, so that a second click of the same button changes nothing."""

    recommended = HiddenField(validators=[AnyOf(("yes", "no"), message=BROKEN)])

    @property
    def wanted(self) -> bool:
        """Return True if the person wants to recommend, False if to take that back."""
        return bool(self.recommended.data == "yes")


class EditForm(TokenlessForm):
    """Another text for a comment, over the revision that was on the screen."""

    body = TextAreaField("Your comment")
    preview = PreviewField()
    revision = IdField()
    replaces = HiddenField()
