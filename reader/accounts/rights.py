"""Permissions by the policy's tables and the measures in force, with the reason for each refusal."""

from __future__ import annotations

from reader import policy
from reader.accounts import passwords, queries
from reader.accounts.models import User
from reader.errors import Refused
from reader.policy import On, Who

NOT_YOURS = "You don’t have permission. Nothing was changed."
PASSWORD_DUE = (
    f"Your role asks for a password of at least {passwords.MIN_STAFF_LENGTH} characters. Choose one in your account;"
    " if yours has as many already, log out and in again. Nothing was changed."
)


def require(act: str, by: User, on: On = On.SITE, *, refusal: str = NOT_YOURS) -> None:
    """Raise :class:`Refused` unless ``by`` may do this: with ``refusal``, or what the measure says that forbids it."""
    words = fault(policy.who_may(act, on), by, refusal=refusal)
    if words is not None:
        raise Refused(words)


def fault(who: Who | None, person: User | None, *, refusal: str = NOT_YOURS) -> str | None:
    """Explain why the person, or a visitor (None), is not among those in ``who``; None if they are."""
    if who is None or not policy.is_among(person, who):
        return PASSWORD_DUE if is_password_due(who, person) else refusal
    if person is None or not who.but_not:
        return None
    return queries.in_force(person.id).words_to(who)


def is_password_due(who: Who | None, person: User | None) -> bool:
    """Return True if the person is kept from being among those in ``who`` by nothing but their password."""
    if who is None or who.role is None or person is None or not person.longer_password_due:
        return False
    return policy.has_role(person, who.role) and not policy.is_among(person, who)
