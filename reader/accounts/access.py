"""Who is asking, and what a view demands of them.

A visitor is sent to the log-in page and comes back afterwards; somebody whose role doesn't do is refused.
"""

from __future__ import annotations

import functools
import unicodedata
from collections.abc import Callable
from typing import ParamSpec, TypeVar
from urllib.parse import quote, urlsplit

from flask import make_response, redirect, render_template, request
from flask_login import current_user
from werkzeug.wrappers import Response

from reader.accounts import policy
from reader.accounts.forms import LoginForm
from reader.accounts.kept import Kept
from reader.accounts.models import Role, User
from reader.answers import problem, wants_json
from reader.errors import Refused
from reader.extensions import login_manager

P = ParamSpec("P")
R = TypeVar("R")

LONGEST_ADDRESS = 2000
ENTRANCE = "Log in first, then send this again."
_NAMES = {Role.MODERATOR: "moderators", Role.EDITOR: "editors", Role.ADMIN: "admins", Role.READER: "members"}


def viewer() -> User | None:
    """The logged-in person, None for a visitor."""
    return current_user._get_current_object() if current_user.is_authenticated else None


def person() -> User:
    """The logged-in person, in a view that demands one. RuntimeError elsewhere."""
    found = viewer()
    if found is None:
        raise RuntimeError("this view needs @login_required")
    return found


def login_required(view: Callable[P, R]) -> Callable[P, R | Response]:
    """Let only logged-in people through."""
    return role_required(Role.READER)(view)


def role_required(role: Role) -> Callable[[Callable[P, R]], Callable[P, R | Response]]:
    """Let only people with this role, or one that is trusted with more, through."""

    def decorate(view: Callable[P, R]) -> Callable[P, R | Response]:
        @functools.wraps(view)
        def guarded(*args: P.args, **kwargs: P.kwargs) -> R | Response:
            found = viewer()
            if found is None:
                return to_login()
            if not policy.at_least(found, role):
                raise Refused(refusal(role))
            return view(*args, **kwargs)

        return guarded

    return decorate


def refusal(role: Role) -> str:
    """What somebody is told who is trusted with less than this."""
    return f"This is for {_NAMES[role]} only. Nothing was changed."


def to_login() -> Response:
    """Send a visitor to the log-in page, which keeps the text they sent; a program is told in words."""
    if wants_json():
        return problem(401, ENTRANCE)
    kept = Kept.sent(request)
    if kept is not None:
        form = LoginForm(formdata=None, data={"next": _way_back()})
        return make_response(render_template("accounts/login.html", form=form, kept=kept), 401)
    return redirect(f"/login?next={quote(_way_back())}", 303)


# A form whose token was forgotten together with the session goes the same way.
login_manager.unauthorized_handler(to_login)


def _way_back() -> str:
    """Where a visitor goes on after logging in: here; after a form, which is lost, the page it stood on."""
    if request.method in ("GET", "HEAD"):
        query = request.query_string.decode("ascii", "replace")
        return local_path(quote(request.path) + (f"?{query}" if query else "")) or "/"
    came_from = urlsplit(request.referrer or "")
    if came_from.netloc != request.host:
        return "/"
    return local_path(came_from._replace(scheme="", netloc="").geturl()) or "/"


def local_path(address: str | None) -> str | None:
    """``address`` where it is certainly one of this site, to go on to; else None.

    Browsers read ``\\`` as ``/`` and drop control characters, so that much of what looks local leads away.
    """
    if not address or len(address) > LONGEST_ADDRESS or address[0] != "/" or address[:2] == "//":
        return None
    if "\\" in address or any(unicodedata.category(letter)[0] in "CZ" for letter in address):
        return None
    try:
        parts = urlsplit(address)
    except ValueError:
        return None
    return None if parts.scheme or parts.netloc else address
