"""The site's two cookies, named and marked in one place.

``login`` holds a session's token; ``form`` is Flask's signed session and holds only the form tokens' secret.
Where the site runs on HTTPS both are ``__Host-`` cookies: no other host and no plain connection can set them.
"""

from flask import Flask
from flask import Response as FlaskResponse
from flask.sessions import SecureCookieSessionInterface, SessionMixin
from itsdangerous import URLSafeTimedSerializer
from werkzeug.wrappers import Response

from reader.config import Settings


def login_cookie(settings: Settings) -> str:
    """The name of the cookie that somebody is logged in by."""
    return _name("login", settings)


def form_cookie(settings: Settings) -> str:
    """The name of the cookie that form tokens are checked with."""
    return _name("form", settings)


def _name(name: str, settings: Settings) -> str:
    return f"__Host-{name}" if settings.secure else name


class FormSession(SecureCookieSessionInterface):
    """Flask's session, without its word on caching: looking into it doesn't make a page personal."""

    def __init__(self) -> None:
        self._serializer: URLSafeTimedSerializer | None = None

    def get_signing_serializer(self, app: Flask) -> URLSafeTimedSerializer | None:
        """What signs the cookie: made once, since the key is one for the life of the application."""
        if self._serializer is None:
            self._serializer = super().get_signing_serializer(app)
        return self._serializer

    def save_session(self, app: Flask, session: SessionMixin, response: FlaskResponse) -> None:
        """Set or delete the cookie where that is new."""
        if session.modified:
            super().save_session(app, session, response)


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
    """Log the browser in; it forgets at its end where ``seconds`` is None."""
    response.set_cookie(
        login_cookie(settings),
        token,
        max_age=seconds,
        secure=settings.secure,
        httponly=True,
        samesite="Lax",
        path="/",
    )


def drop_login(response: Response, settings: Settings) -> None:
    """Log the browser out."""
    response.delete_cookie(
        login_cookie(settings), secure=settings.secure, httponly=True, samesite="Lax", path="/"
    )
