"""Forms for decisions about comments."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from werkzeug.datastructures import MultiDict
from wtforms import HiddenField, IntegerField, SelectField, TextAreaField
from wtforms.fields import SelectChoice
from wtforms.validators import InputRequired, Length

from reader.moderation import policy
from reader.moderation.actions import LONG_NOTE
from reader.moderation.models import MAX_NOTE_LENGTH, Action, Reason
from reader.moderation.queries import LogFilters
from reader.web.forms import CheckedForm

BROKEN = "This form is broken. Open the page again and decide from there."
CHOOSE = "Choose a reason."


class DecisionForm(CheckedForm):
    """A decision about the revision that the moderator has read."""

    UNSEEN = frozenset({"revision"})

    note = TextAreaField("In your own words", validators=[Length(max=MAX_NOTE_LENGTH, message=LONG_NOTE)])
    revision = IntegerField(widget=HiddenField.widget, validators=[InputRequired(BROKEN)])

    next = HiddenField()

    def judged(self) -> dict[str, Any]:
        """Return the arguments common to all decisions: the revision judged, and the moderator's note."""
        return {"revision": self.revision.data, "note": self.note.data or ""}


class ApproveForm(DecisionForm):
    """An approval."""


class RemoveForm(DecisionForm):
    """A removal, with its reason."""

    reason = SelectField(
        "Reason",
        choices=[
            SelectChoice("", "Choose…"),
            *(SelectChoice(reason.value, reason.label) for reason in Reason),
        ],
        validators=[InputRequired(CHOOSE)],
    )


class RestoreForm(DecisionForm):
    """A restoration."""


class PinForm(DecisionForm):
    """A pin, or its removal."""


# Each decision about a comment: its form, and who may make it.
FORMS: dict[str, type[DecisionForm]] = {
    "approve": ApproveForm,
    "remove": RemoveForm,
    "restore": RestoreForm,
    "pin": PinForm,
    "unpin": PinForm,
}
MAY = {
    "approve": policy.may_approve,
    "remove": policy.may_remove,
    "restore": policy.may_restore,
    "pin": policy.may_pin,
    "unpin": policy.may_unpin,
}


def log_filters(args: MultiDict[str, str]) -> LogFilters:
    """Parse the log's filters from a query string, ignoring invalid values."""
    action, reason, month = (args.get(name, "") for name in ("action", "reason", "month"))
    try:
        first = datetime.strptime(month, "%Y-%m").replace(tzinfo=UTC) if month else None
    except ValueError:
        first = None
    return LogFilters(
        action=Action(action) if action in {known.value for known in Action} else None,
        reason=Reason(reason) if reason in {known.value for known in Reason} else None,
        month=first,
    )
