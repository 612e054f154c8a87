"""Forms that are refused as a whole: their first error is raised, and stands beside its field."""

from __future__ import annotations

from typing import Any, ClassVar

from flask_wtf import FlaskForm

from reader.errors import Invalid, Refused


class CheckedForm(FlaskForm):
    """A form whose first error is raised as :class:`Invalid`."""

    # Fields that nobody sees: what is wrong with them stands above the form.
    UNSEEN: ClassVar[frozenset[str]] = frozenset()

    def check(self) -> None:
        """Raise :class:`Invalid` for the first field that doesn't have the right shape."""
        if not self.validate():
            name, errors = next(iter(self.errors.items()))
            raise Invalid(_first(errors), field=name)

    def refuse(self, refused: Refused, *, field: str | None = None) -> None:
        """Put the reason of a refusal beside its field, or above the form where it is about none."""
        field = field or refused.field
        if field in self._fields and field not in self.UNSEEN:
            self[field].errors = [refused.reason]
        else:
            self.form_errors.append(refused.reason)
        prepare_resend(self, refused)


def prepare_resend(form: FlaskForm, refused: Refused) -> None:
    """Fill in what the form needs to be sent once more all the same."""
    for name, value in (refused.resend or {}).items():
        if name in form:
            form[name].data, form[name].raw_data = value, None


def _first(errors: Any) -> str:
    """Return the first error of a field, or of the fields in it."""
    while not isinstance(errors, str):
        errors = next(iter(errors.values())) if isinstance(errors, dict) else next(filter(None, errors))
    return errors
