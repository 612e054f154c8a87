"""The key by which somebody who is banned, and so can't log in, comes to what was decided about them.

It is signed, is good for nothing else, and opens nothing any more once its person can log in again. It stands in mails
and on the log-in page, there for whoever knew the password.
"""

from __future__ import annotations

from flask import current_app
from itsdangerous import BadSignature, URLSafeSerializer

_SALT = "decisions"


def decisions_of(person_id: int) -> str:
    """The address at which the person reads what was decided about them, without a log-in."""
    return f"/decisions/{_signer().dumps(person_id)!s}"


def person_of(key: str) -> int | None:
    """Return the id of the person the key is for; None if it was not signed here."""
    try:
        person_id = _signer().loads(key)
    except BadSignature:
        return None
    return person_id if isinstance(person_id, int) else None


def _signer() -> URLSafeSerializer:
    return URLSafeSerializer(current_app.config["SECRET_KEY"], salt=_SALT)
