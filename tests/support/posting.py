"""Posting to a served site as a browser does: with the cookie of a session and the token of the page's form."""

from __future__ import annotations

from uuid import uuid4

import requests
from bs4 import BeautifulSoup

from reader.accounts import actions
from reader.accounts.models import User
from reader.articles.models import Article
from reader.web import cookies
from tests.support.sites import Site

PATIENCE = 10.0


class Poster:
    """Somebody who is logged in on ``site`` and has opened ``article``."""

    def __init__(self, site: Site, person: User, article: Article) -> None:
        self.site, self.address = site.url, f"{site.url}{article.path}"
        self.session = requests.Session()
        self.session.cookies.set(cookies.login_cookie(site.settings), actions.open_session(person))
        page = BeautifulSoup(self.session.get(self.address, timeout=PATIENCE).text, "html.parser")
        self._token = str(page.select_one("form[data-composer] [name=csrf_token]")["value"])  # type: ignore[index]

    def post(self, body: str, *, submission_id: str | None = None) -> requests.Response:
        """Send a comment as the page's script does."""
        return self.session.post(
            f"{self.address}/comments",
            data={"csrf_token": self._token, "body": body, "submission_id": submission_id or str(uuid4())},
            headers={"Accept": "application/json", "Referer": self.address},
            timeout=PATIENCE,
        )

    def send(self, path: str, **form: str) -> requests.Response:
        """Send any other form of the site's, as a program does."""
        return self.session.post(
            f"{self.site}{path}",
            data={"csrf_token": self._token, **form},
            headers={"Accept": "application/json", "Referer": self.address},
            timeout=PATIENCE,
        )

    def close(self) -> None:
        """Let go of the connection."""
        self.session.close()
