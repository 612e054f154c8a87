"""Being logged in, without going through the form each time."""

from flask.testing import FlaskClient

from reader.accounts import actions
from reader.accounts.models import User
from reader.web import cookies


def log_in(client: FlaskClient, person: User, *, remember: bool = False) -> str:
    """Open a session for ``person`` and give ``client`` its cookie; the token."""
    settings = client.application.config["READER"]
    token = actions.open_session(person, remember=remember, user_agent="Test")
    client.set_cookie(cookies.login_cookie(settings), token, secure=settings.secure, httponly=True)
    return token
