"""A client whose requests are as far from each other as on a server."""

from typing import Any

from flask import has_app_context
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from reader.db.base import db


class Client(FlaskClient):
    """Gives each request an application context of its own, though the test has one open.

    Otherwise Flask would reuse the test's, and with it ``g``: who is logged in, form tokens, loaded rows.
    Afterwards the test reads its rows anew, as the request has left them.
    """

    def open(self, *args: Any, **kwargs: Any) -> TestResponse:
        """Send a request."""
        with self.application.app_context():
            response = super().open(*args, **kwargs)
        if has_app_context():
            db.session.rollback()
            db.session.expire_all()
        return response
