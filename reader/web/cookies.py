"""The site's three cookies, named and marked in one place.

``login`` holds a session's token; ``form`` is Flask's signed session and holds only the form tokens' secret, and for
which login it was made: with another one, or without, it is worth nothing; ``done`` names, for a minute at most, what
the next page says was done. Where the site runs on HTTPS all are ``__Host-`` cookies: no other host and no plain
connection can set them.
"""

from datetime import UTC, datetime, timedelta
from functools import lru_cache
from hashlib import sha256
from typing import Any

from flask import Flask, Request, g, request
from flask import Response as FlaskResponse
from flask import session as form_session
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface, SessionMixin
from itsdangerous import BadSignature, URLSafeTimedSerializer
from werkzeug.wrappers import Response

from reader.config import Settings

MAX_KNOWN = 2048
DONE_SECONDS = 60
OWNER = "login"
OWNER_LENGTH = 16


def login_cookie(settings: Settings) -> str:
    """The name of the cookie that somebody is logged in by."""
    return _name("login", settings)


def form_cookie(settings: Settings) -> str:
    """The name of the cookie that form tokens are checked with."""
    return _name("form", settings)


def done_cookie(settings: Settings) -> str:
    """The name of the cookie that says what was done by the form before this page."""
    return _name("done", settings)


def _name(name: str, settings: Settings) -> str:
    return f"__Host-{name}" if settings.secure else name


class FormSession(SecureCookieSessionInterface):
    """Flask's session, without its word on caching: looking into it doesn't make a page personal.

    A browser sends the same cookie with each request, so what the latest ones hold is remembered: to check a signature
    costs more than to look up what somebody is logged in by.
    """

    def __init__(self) -> None:
        self._serializer: URLSafeTimedSerializer | None = None
        self._known = lru_cache(MAX_KNOWN)(self._read)

    def open_session(self, app: Flask, request: Request) -> SecureCookieSession | None:
        """Content of the request's cookie; empty if it isn't signed by this site, is too old or of another log-in."""
        value = request.cookies.get(self.get_cookie_name(app))
        try:
            content, at = self._known(app, value) if value else ({}, None)
        except BadSignature:
            return self.session_class()
        if at is not None and not timedelta(0) <= datetime.now(UTC) - at <= app.permanent_session_lifetime:
            return self.session_class()
        if content.get(OWNER) != _owner(request.cookies.get(login_cookie(app.config["READER"]))):
            return self.session_class()
        return self.session_class(content)

    def _read(self, app: Flask, value: str) -> tuple[dict[str, Any], datetime | None]:
        """Content of a cookie, and the time of its signature. Raises BadSignature if it isn't this site's."""
        signer = self.get_signing_serializer(app)
        return signer.loads(value, return_timestamp=True) if signer is not None else ({}, None)

    def get_signing_serializer(self, app: Flask) -> URLSafeTimedSerializer | None:
        """Return the signer of the cookie: made once, as the application's key never changes."""
        if self._serializer is None:
            self._serializer = super().get_signing_serializer(app)
        return self._serializer

    def save_session(self, app: Flask, session: SessionMixin, response: FlaskResponse) -> None:
        """Set or delete the cookie where that is new."""
        if session.modified:
            if session:
                login = request.cookies.get(login_cookie(app.config["READER"]))
                session[OWNER] = _owner(g.get("new_login", login))
            super().save_session(app, session, response)


def _owner(token: str | None) -> str | None:
    """Return a digest that identifies the login with this token but does not reveal the token."""
    return sha256(token.encode()).hexdigest()[:OWNER_LENGTH] if token else None


def init_app(app: Flask) -> None:
    """Name and mark Flask's own cookie."""
    settings: Settings = app.config["READER"]
    app.session_interface = FormSession()
    app.config.update(
        SESSION_COOKIE_NAME=form_cookie(settings),
        SESSION_COOKIE_SECURE=settings.secure,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_PATH="/",
    )


def set_login(response: Response, token: str, settings: Settings, *, seconds: int | None) -> None:
    """Log the browser in, and invalidate the forms shown before.

    With ``seconds`` None the login ends with the browser session.
    """
    _forget_forms(token)
    _set(response, login_cookie(settings), token, settings, seconds=seconds)


def drop_login(response: Response, settings: Settings) -> None:
    """Log the browser out, and invalidate the forms shown before."""
    _forget_forms(None)
    _drop(response, login_cookie(settings), settings)


def set_done(response: Response, act: str, settings: Settings) -> None:
    """Have the next page say that this was done."""
    _set(response, done_cookie(settings), act, settings, seconds=DONE_SECONDS)


def drop_done(response: Response, settings: Settings) -> None:
    """Forget what was done: a page has said it."""
    _drop(response, done_cookie(settings), settings)


def _set(response: Response, name: str, value: str, settings: Settings, *, seconds: int | None) -> None:
    """Set a cookie that scripts can't read and other sites don't send along."""
    response.set_cookie(
        name, value, max_age=seconds, secure=settings.secure, httponly=True, samesite="Lax", path="/"
    )


def _drop(response: Response, name: str, settings: Settings) -> None:
    """Delete a cookie, marked as it was when it was set."""
    response.delete_cookie(name, secure=settings.secure, httponly=True, samesite="Lax", path="/")


def _forget_forms(token: str | None) -> None:
    """Bind form tokens to the login with this token, and drop all earlier ones, planted or of the last login."""
    form_session.clear()
    g.pop("csrf_token", None)
    g.new_login = token
