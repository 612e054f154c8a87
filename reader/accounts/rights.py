"""Permissions by the policy's tables and the measures in force, with the reason for each refusal."""

from __future__ import annotations

from reader import policy
from reader.accounts import queries
from reader.accounts.models import User
from reader.errors import Refused
from reader.policy import On, Who

NOT_YOURS = "You don’t have permission. Nothing was changed."


def require(act: str, by: User, on: On = On.SITE, *, refusal: str = NOT_YOURS) -> None:
    """Raise :class:`Refused` unless ``by`` may do this: with ``refusal``, or what the measure says that forbids it."""
    words = fault(policy.who_may(act, on), by, refusal=refusal)
    if words is not None:
        raise Refused(words)


def fault(who: Who | None, person: User | None, *, refusal: str = NOT_YOURS) -> str | None:
    """Explain why the person, or a visitor (None), is not among those in ``who``; None if they are."""
    if who is None or not policy.is_among(person, who):
        return refusal
    if person is None or not who.but_not:
        return None
    return queries.in_force(person.id).words_to(who)
