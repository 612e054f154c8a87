"""The session of a request, and responses that open or end one.

Flask-Login asks :func:`load_user` and serves for ``current_user`` alone: its own cookies are not used.
"""

from __future__ import annotations

from flask import Request, g, has_request_context, request
from werkzeug.wrappers import Response

from reader import config
from reader.accounts import actions, queries
from reader.accounts.models import OpenSession, User
from reader.extensions import login_manager
from reader.web import cookies


def current() -> OpenSession | None:
    """The session of this request; looked up once."""
    if "login_session" not in g:
        token = request.cookies.get(cookies.login_cookie(config.current()))
        g.login_session = queries.session_by_token(token) if token else None
    found: OpenSession | None = g.login_session
    return found


def required() -> OpenSession:
    """The session of this request, at an address that takes one. RuntimeError elsewhere."""
    found = current()
    if found is None:
        raise RuntimeError("this address is open to visitors: ask for the current one")
    return found


def viewer() -> User | None:
    """The person behind this request: whose session it belongs to, or who has logged in with it."""
    if "viewer" not in g:
        session = current()
        g.viewer = session.person if session is not None else None
    found: User | None = g.viewer
    return found


def in_templates() -> dict[str, User | None]:
    """Tell every page who reads it; a mail is read by nobody who has sent a request.

    Flask-Login's own way takes a twentieth of a page, for cookies that are not used here.
    """
    return {"current_user": viewer() if has_request_context() else None}


def load_user(_request: Request) -> User | None:
    """The same for Flask-Login."""
    return viewer()


login_manager.request_loader(load_user)


def note_use() -> None:
    """Before a request is answered: its session is in use."""
    session = current()
    if session is not None:
        actions.see_session(session)


def open_in(
    response: Response, person: User, *, remember: bool, replacing: OpenSession | None = None
) -> None:
    """Log ``person`` in with this response, by a new token: one that somebody planted is worth nothing.

    The session that the browser had before, ``replacing``, ends.
    """
    token = actions.open_session(
        person, remember=remember, user_agent=request.user_agent.string, replacing=replacing
    )
    seconds = int(actions.lifetime(remember=True).total_seconds()) if remember else None
    cookies.set_login(response, token, config.current(), seconds=seconds)


def login_for_request(person: User) -> None:
    """Answer the rest of this request to ``person``, who has logged in with it."""
    g.viewer = g._login_user = person


def close_in(response: Response) -> None:
    """Take the log-in out of the browser. Ending the session on the server is the caller's action."""
    cookies.drop_login(response, config.current())
