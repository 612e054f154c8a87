"""Forms of the queues: one decision, or the same one about all ticked comments."""

from __future__ import annotations

from typing import NamedTuple

from werkzeug.datastructures import MultiDict
from wtforms import HiddenField, SelectField, TextAreaField
from wtforms.fields import SelectChoice
from wtforms.validators import Length

from reader.accounts import queries as accounts
from reader.accounts.access import local_path
from reader.db.keyset import id_from
from reader.errors import Invalid
from reader.moderation.actions import LONG_NOTE
from reader.moderation.forms import BROKEN, CHOOSE
from reader.moderation.models import MAX_NOTE_LENGTH, Reason
from reader.moderation.queues.lists import Queue
from reader.moderation.queues.runs import QueueFilters
from reader.web.forms import CheckedForm

MAX_SELECTED = 100
MAX_ARTICLES = 5
TICK = "Tick the comments that you mean."
BULK = ("approve", "remove")
SINGLE = ("approve", "remove", "restore", "pin", "unpin")


class Pick(NamedTuple):
    """A comment, and the revision judged."""

    comment_id: int
    revision: int


class BulkForm(CheckedForm):
    """A decision about one or many comments: ``do`` is an action, or an action with its one comment."""

    do = HiddenField()
    next = HiddenField()
    reason = SelectField(
        "Reason",
        choices=[
            SelectChoice("", "Reason to remove…"),
            *(SelectChoice(reason.value, reason.label) for reason in Reason),
        ],
    )
    note = TextAreaField("In your own words", validators=[Length(max=MAX_NOTE_LENGTH, message=LONG_NOTE)])

    def back(self) -> str:
        """Return the path of the page that the form was sent from."""
        return local_path(self.next.data) or Queue.REPORTED.path

    def decision(self, picked: list[str]) -> tuple[str, list[Pick]]:
        """The action and what it is about. :class:`Invalid` where either is missing."""
        self.check()
        action, _, one = (self.do.data or "").partition(":")
        if action not in (SINGLE if one else BULK):
            raise Invalid(BROKEN)
        picks = [_pick(text) for text in ([one] if one else picked[:MAX_SELECTED])]
        if not picks:
            raise Invalid(TICK)
        return action, picks

    def chosen(self) -> Reason:
        """Return the reason of a removal. Raises :class:`Invalid` if there is none."""
        if not self.reason.data:
            raise Invalid(CHOOSE, field="reason")
        return Reason(self.reason.data)


def filters(args: MultiDict[str, str]) -> QueueFilters:
    """Parse the filters from a query string, ignoring invalid values."""
    articles = [number for number in map(id_from, args.getlist("article")) if number is not None]
    name = args.get("author", "").strip()
    author = accounts.user_by_name(name) if name else None
    reason = args.get("reason", "")
    return QueueFilters(
        articles=tuple(dict.fromkeys(articles))[:MAX_ARTICLES],
        # A name that nobody has finds nothing.
        author_id=(author.id if author else 0) if name else None,
        author=(author.username if author else name) if name else None,
        reason=Reason(reason) if reason in {known.value for known in Reason} else None,
    )


def _pick(text: str) -> Pick:
    comment, _, revision = text.partition(".")
    comment_id, number = id_from(comment), id_from(revision)
    if comment_id is None or number is None:
        raise Invalid(BROKEN)
    return Pick(comment_id, number)
