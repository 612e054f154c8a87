"""The guard of all addresses: only who may use one, by the policy's table, goes on."""

from __future__ import annotations

from flask import redirect, request
from werkzeug.wrappers import Response

from reader import policy
from reader.accounts import access, rights, sessions
from reader.errors import Refused
from reader.web.answers import wants_json

CLOSED = "Nobody may use this address."


def guard() -> Response | None:
    """Before a request: a visitor is sent to log in, whoever may not use the address is refused.

    Whoever lacks nothing but a longer password is sent to where it can be chosen.
    """
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
    if rights.is_password_due(who, person) and request.method == "GET" and not wants_json():
        return redirect("/account/", 303)
    words = rights.fault(who, person, refusal=access.refusal(who.role))
    if words is not None:
        raise Refused(words)
    return None
