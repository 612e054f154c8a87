"""A text sent after the session had ended: the log-in form carries it along, and it is offered again afterwards.

It is held in hidden fields of the form: in no address, no cookie and no table. After logging in it is offered on a page
with a form of its own, to be reviewed and sent by hand, so that nobody can be made to post by luring them here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

from flask import Request

from reader.web import origins

PREFIX = "kept-"
ADDRESS = f"{PREFIX}address"
TEXT = "body"
# What else a form of a text says: what it answers, what it is about, what tells a retry, what it was written over.
FIELDS = ("parent_id", "claim_id", "submission_id", "revision")


@dataclass(frozen=True)
class PendingSubmission:
    """A text, and the form that it was sent by."""

    address: str
    body: str
    fields: Mapping[str, str]

    @classmethod
    def sent(cls, request: Request) -> Self | None:
        """The submission of this request, if it came from a page of this site and carries a text; else None."""
        body = request.form.get(TEXT) if request.method == "POST" else None
        if not body or not origins.is_from_here():
            return None
        return cls._read(request.path, body, request.form, "")

    @classmethod
    def carried(cls, request: Request) -> Self | None:
        """The submission carried along by the log-in form. Its address is not checked: it may lead anywhere."""
        address, body = request.form.get(ADDRESS), request.form.get(PREFIX + TEXT)
        return cls._read(address, body, request.form, PREFIX) if address and body else None

    @classmethod
    def _read(cls, address: str, body: str, form: Mapping[str, str], prefix: str) -> Self:
        return cls(address, body, {name: form[prefix + name] for name in FIELDS if prefix + name in form})

    @property
    def hidden(self) -> Mapping[str, str]:
        """The hidden fields of the log-in form."""
        others = {PREFIX + name: value for name, value in self.fields.items()}
        return {ADDRESS: self.address, PREFIX + TEXT: self.body, **others}
