"""Refusals of a user's action. :mod:`reader.web.error_pages` answers them with a page or with problem+json."""

from collections.abc import Mapping


class Refused(Exception):
    """An action that may not happen. Nothing was written.

    ``reason`` is a sentence for the person, saying what to do; ``field`` names the input it stands beside;
    ``status`` is the HTTP answer; ``retry_after`` is in seconds. ``resend`` holds the form's fields that are to be
    changed if the person sends it once more all the same, and ``other`` a text that theirs would replace.
    """

    status = 403

    def __init__(
        self,
        reason: str,
        *,
        field: str | None = None,
        retry_after: int | None = None,
        resend: Mapping[str, str | int] | None = None,
        other: str | None = None,
    ) -> None:
        super().__init__(reason)
        self.reason = reason
        self.field = field
        self.retry_after = retry_after
        self.resend = resend
        self.other = other


class Invalid(Refused):
    """The input can't be used as it is."""

    status = 422


class Conflict(Refused):
    """Someone else changed it first, or the same request came with other content."""

    status = 409


class TooMany(Refused):
    """More than the rate allows; ``retry_after`` says when to come back."""

    status = 429


class Missing(Refused):
    """There is no such thing, or none that this viewer may know of."""

    status = 404
