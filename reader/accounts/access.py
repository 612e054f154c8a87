"""The viewer of a page for members, refusals by role, and the redirect through the log-in page and back."""

from __future__ import annotations

import unicodedata
from urllib.parse import quote, urlsplit

from flask import make_response, redirect, render_template, request
from werkzeug.wrappers import Response

from reader.accounts.forms import LoginForm
from reader.accounts.models import User
from reader.accounts.pending_submission import PendingSubmission
from reader.accounts.sessions import viewer
from reader.extensions import login_manager
from reader.policy import Role
from reader.web import origins
from reader.web.answers import problem, wants_json

MAX_ADDRESS_LENGTH = 2000
ENTRANCE = "Log in first, then send this again."
_NAMES = {Role.MODERATOR: "moderators", Role.EDITOR: "editors", Role.ADMIN: "admins", Role.READER: "members"}


def person() -> User:
    """The logged-in person, at an address that takes one. RuntimeError elsewhere."""
    found = viewer()
    if found is None:
        raise RuntimeError("this address is open to visitors: ask for the viewer")
    return found


def refusal(role: Role) -> str:
    """Refusal shown to somebody whose role is below ``role``."""
    return f"This is for {_NAMES[role]} only. Nothing was changed."


def to_login() -> Response:
    """Send a visitor to the log-in page, which keeps the text they sent; a program is told in words."""
    if wants_json():
        return problem(401, ENTRANCE)
    kept = PendingSubmission.sent(request)
    if kept is not None:
        form = LoginForm(formdata=None, data={"next": _way_back()})
        return make_response(render_template("accounts/login.html", form=form, kept=kept), 401)
    return redirect(f"/login?next={quote(_way_back())}", 303)


# A form whose token was forgotten together with the session goes the same way.
login_manager.unauthorized_handler(to_login)


def _way_back() -> str:
    """Return the address to go to after log-in: this one; after a form, which is lost, that of the page it was on."""
    if request.method in ("GET", "HEAD"):
        query = request.query_string.decode("ascii", "replace")
        return local_path(quote(request.path) + (f"?{query}" if query else "")) or "/"
    if not origins.is_here(request.referrer or ""):
        return "/"
    came_from = urlsplit(request.referrer or "")
    return local_path(came_from._replace(scheme="", netloc="").geturl()) or "/"


def local_path(address: str | None) -> str | None:
    """``address`` where it is certainly one of this site, to go on to; else None.

    Browsers read ``\\`` as ``/`` and drop control characters, so that much of what looks local leads away.
    """
    if not address or len(address) > MAX_ADDRESS_LENGTH or address[0] != "/" or address[:2] == "//":
        return None
    if "\\" in address or any(unicodedata.category(letter)[0] in "CZ" for letter in address):
        return None
    try:
        parts = urlsplit(address)
    except ValueError:
        return None
    return None if parts.scheme or parts.netloc else address
