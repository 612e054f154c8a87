"""Forms that decide and reword a claim. Whether a verdict may be set is for :mod:`reader.factchecks.guards`."""

from __future__ import annotations

import datetime as dt

from wtforms import (
    BooleanField,
    FieldList,
    Form,
    FormField,
    HiddenField,
    IntegerField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
    ValidationError,
)
from wtforms.fields import SelectChoice
from wtforms.validators import AnyOf, InputRequired, Length, Optional, Regexp

from reader.errors import Invalid, Refused
from reader.factchecks.actions import NO_ADDRESS
from reader.factchecks.appearances import Appearance, web_address
from reader.factchecks.kinds import About, SourceKind
from reader.factchecks.models import Claim
from reader.factchecks.verdicts import NewSource, NewVerdict, Verdict
from reader.factchecks.wording import NewWording, Wording
from reader.web.forms import CheckedForm

MAX_REASON_LENGTH = 1000
DAY = r"\d{4}-\d{2}-\d{2}$"
ABOUT = {"": "Not said", About.STATEMENT.value: "Whether it was said", About.FACT.value: "Whether it is true"}
KINDS = {"": "Not known", **{kind.value: kind.value.capitalize() for kind in SourceKind}}


class VerdictForm(CheckedForm):
    """A verdict with its reason, the sources chosen among those offered, and room for one new source."""

    verdict = StringField(
        "Verdict",
        validators=[AnyOf([verdict.value for verdict in Verdict], message="Choose one of the verdicts.")],
    )
    why = TextAreaField(
        "Why",
        validators=[Length(max=MAX_REASON_LENGTH, message="Say it in %(max)d characters.")],
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
    replaces = HiddenField()

    @classmethod
    def about(cls, claim: Claim) -> VerdictForm:
        """The form as it stands before anything is typed."""
        sources = [source.id for source in claim.sources]
        return cls(formdata=None, verdict=claim.verdict, sources=sources, version=claim.version)

    def decision(self) -> NewVerdict:
        """Return the verdict as it was filled in. Raise :class:`Invalid` for a wrong shape."""
        self.check()
        return NewVerdict(
            Verdict(self.verdict.data),
            why=self.why.data or "",
            source_ids=self.sources.data or [],
            version=self.version.data,
            new_source=self._new_source(),
        )

    def validate_source_kind(self, field: SelectField) -> None:
        """Take what is offered, or nothing at all."""
        if field.data and field.data not in KINDS:
            raise ValidationError("Choose one of the kinds, or “Not known”.")

    def _new_source(self) -> NewSource | None:
        publisher, title, url = (
            (field.data or "").strip()
            for field in (self.source_publisher, self.source_title, self.source_url)
        )
        if not (publisher or title or url):
            return None
        kind = self.source_kind.data
        return NewSource(publisher, title, url or None, SourceKind(kind) if kind else None)


class AppearanceForm(Form):
    """One place where a claim was made."""

    at = StringField("Day", validators=[Optional(), Regexp(DAY, message="Write the day as 2026-01-31.")])
    where = StringField("Title", validators=[Length(max=500)])
    url = StringField("Address", validators=[Length(max=2000)])

    def appearance(self) -> Appearance | None:
        """The appearance; None for a row that was left empty. :class:`Invalid` for a wrong one."""
        at, where, url = ((field.data or "").strip() for field in (self.at, self.where, self.url))
        if not (at or where or url):
            return None
        if url and not web_address(url):
            raise Invalid(NO_ADDRESS, field="said")
        if not where and not url:
            raise Invalid("Say where it was made: a title, or an address.", field="said")
        try:
            day = dt.date.fromisoformat(at) if at else None
        except ValueError:
            raise Invalid("There is no such day. Write it as 2026-01-31.", field="said") from None
        return Appearance(at=day, where=where or None, url=url or None)


class RevisionForm(CheckedForm):
    """Form for changing what a claim says, apart from its verdict, with the reason."""

    UNSEEN = frozenset({"said"})

    text = TextAreaField(
        "Claim",
        validators=[
            InputRequired("A claim needs its text."),
            Length(max=2000, message="Say it in %(max)d characters."),
        ],
    )
    short = StringField("Short form", validators=[Length(max=75, message="Say it in %(max)d characters.")])
    about = SelectField(
        "What was checked", choices=[SelectChoice(*kind) for kind in ABOUT.items()], validate_choice=False
    )
    claimant_name = StringField("Who made it", validators=[Length(max=200)])
    claimant_url = StringField("Their address", validators=[Length(max=2000)])
    said = FieldList(FormField(AppearanceForm), label="Where it was made, first one first")
    reason = TextAreaField(
        "Why the words change",
        validators=[Length(max=MAX_REASON_LENGTH, message="Say it in %(max)d characters.")],
    )
    typo = BooleanField("Only a typo was mended")
    version = IntegerField(
        widget=HiddenField.widget,
        validators=[InputRequired("This form is broken. Open the claim’s page again.")],
    )
    replaces = HiddenField()

    @classmethod
    def about_claim(cls, claim: Claim) -> RevisionForm:
        """The form as it stands before anything is typed, with room for one more appearance."""
        said = [
            {"at": each.at.isoformat() if each.at else "", "where": each.where or "", "url": each.url or ""}
            for each in (*claim.appearances, Appearance())
        ]
        return cls(
            formdata=None,
            text=claim.text,
            short=claim.short,
            about=claim.about or "",
            claimant_name=claim.claimant_name,
            claimant_url=claim.claimant_url,
            said=said,
            version=claim.version,
        )

    def revision(self) -> NewWording:
        """Return the words as they were filled in. Raise :class:`Invalid` for a wrong shape."""
        self.check()
        name, url = _line(self.claimant_name), _line(self.claimant_url)
        if url and not web_address(url):
            raise Invalid(NO_ADDRESS, field="claimant_url")
        if url and not name:
            raise Invalid("Say who it is.", field="claimant_name")
        if self.about.data and self.about.data not in ABOUT:
            raise Invalid("Choose one of these.", field="about")
        said = [entry.form.appearance() for entry in self.said]
        text = _line(self.text)
        if not text:
            raise Invalid("A claim needs its text.", field="text")
        wording = Wording(
            text=text,
            short=_line(self.short),
            about=self.about.data or None,
            claimant_name=name,
            claimant_url=url,
            said=tuple(appearance for appearance in said if appearance),
        )
        return NewWording(wording, why=self.reason.data or "", version=self.version.data, typo=self.typo.data)

    def refuse(self, refused: Refused, *, field: str | None = None) -> None:
        """Put the reason of a refusal beside its field, or above the form where it is about none."""
        super().refuse(refused, field="reason" if refused.field == "why" else field)


def _line(field: StringField) -> str | None:
    """Return what was typed as one line; None if that is empty."""
    return " ".join((field.data or "").replace("\0", "").split()) or None
