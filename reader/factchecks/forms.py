"""The shape of what is sent. Whether a verdict may be set is for :mod:`reader.factchecks.guards`."""

from __future__ import annotations

from typing import Any

from flask_wtf import FlaskForm
from wtforms import (
    HiddenField,
    IntegerField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
    ValidationError,
)
from wtforms.fields import SelectChoice
from wtforms.validators import AnyOf, InputRequired, Length

from reader.errors import Invalid
from reader.factchecks.actions import NewSource
from reader.factchecks.models import Claim, SourceKind
from reader.factchecks.verdicts import Verdict

LONGEST_REASON = 1000
KINDS = {"": "Not known", **{kind.value: kind.value.capitalize() for kind in SourceKind}}


class VerdictForm(FlaskForm):
    """A verdict with its reason, the sources chosen among those offered, and room for one new source."""

    verdict = StringField(
        "Verdict",
        validators=[AnyOf([verdict.value for verdict in Verdict], message="Choose one of the verdicts.")],
    )
    why = TextAreaField(
        "Why",
        validators=[Length(max=LONGEST_REASON, message="Say it in %(max)d characters.")],
    )
    sources = SelectMultipleField("Sources it rests on", coerce=int, validate_choice=False)
    source_publisher = StringField("Publisher", validators=[Length(max=200)])
    source_title = StringField("Title", validators=[Length(max=500)])
    source_url = StringField("Address", validators=[Length(max=2000)])
    source_kind = SelectField(
        "Kind", choices=[SelectChoice(*kind) for kind in KINDS.items()], default="", validate_choice=False
    )
    version = IntegerField(
        widget=HiddenField.widget,
        validators=[InputRequired("This form is broken. Open the claim’s page again.")],
    )

    @classmethod
    def about(cls, claim: Claim) -> VerdictForm:
        """The form as it stands before anything is typed."""
        sources = [source.id for source in claim.sources]
        return cls(formdata=None, verdict=claim.verdict, sources=sources, version=claim.version)

    def decision(self) -> dict[str, Any]:
        """What to give to :func:`reader.factchecks.actions.set_verdict`. :class:`Invalid` for a wrong shape."""
        if not self.validate():
            name, faults = next(iter(self.errors.items()))
            raise Invalid(str(faults[0]), field=name)
        return {
            "verdict": Verdict(self.verdict.data),
            "why": self.why.data or "",
            "source_ids": self.sources.data or [],
            "version": self.version.data,
            "new_source": self._new_source(),
        }

    def validate_source_kind(self, field: SelectField) -> None:
        """Take what is offered, or nothing at all."""
        if field.data and field.data not in KINDS:
            raise ValidationError("Choose one of the kinds, or “Not known”.")

    def refuse(self, field: str | None, reason: str) -> None:
        """Put the reason of a refusal beside its field, or above all where it is about none."""
        if field in self._fields:
            self[field].errors = [reason]
        else:
            self.form_errors.append(reason)

    def _new_source(self) -> NewSource | None:
        publisher, title, url = (
            (field.data or "").strip()
            for field in (self.source_publisher, self.source_title, self.source_url)
        )
        if not (publisher or title or url):
            return None
        kind = self.source_kind.data
        return NewSource(publisher, title, url or None, SourceKind(kind) if kind else None)


class AnswerForm(FlaskForm):
    """What an editor found out about a reader's report."""

    answer = TextAreaField(
        "Your answer", validators=[Length(max=LONGEST_REASON, message="Say it in %(max)d characters.")]
    )
