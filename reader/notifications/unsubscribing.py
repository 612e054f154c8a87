"""The link in every mail that ends all mail to its reader."""

from __future__ import annotations

from flask import current_app
from itsdangerous import BadSignature, URLSafeSerializer

from reader import config
from reader.background import mail

_SALT = "unsubscribe"


def link_for(person_id: int) -> str:
    """Return the signed address that ends all mail to the person without a log-in, and does nothing else."""
    token = _signer().dumps(person_id)
    return f"{mail.address_of_site(config.current())}/unsubscribe/{token!s}"


def person_of(token: str) -> int | None:
    """Return the id of the person whose mail the address ends; None if it was not signed here."""
    try:
        person_id = _signer().loads(token)
    except BadSignature:
        return None
    return person_id if isinstance(person_id, int) else None


def _signer() -> URLSafeSerializer:
    return URLSafeSerializer(current_app.config["SECRET_KEY"], salt=_SALT)
