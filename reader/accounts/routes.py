"""The guard of all addresses: only who may use one, by the policy's table, goes on."""

from __future__ import annotations

from flask import request
from werkzeug.wrappers import Response

from reader import policy
from reader.accounts import access, rights, sessions
from reader.errors import Refused

CLOSED = "Nobody may use this address."


def guard() -> Response | None:
    """Before a request: a visitor is sent to log in, whoever may not use the address is refused."""
    if request.endpoint is None:
        return None
    who = policy.ROUTES.get(request.endpoint)
    if who is None:
        raise Refused(CLOSED)
    if who.role is None:
        return None
    person = sessions.viewer()
    if person is None:
        return access.to_login()
    words = rights.fault(who, person, refusal=access.refusal(who.role))
    if words is not None:
        raise Refused(words)
    return None
