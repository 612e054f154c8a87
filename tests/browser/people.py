"""People and comments that a browser test needs beside what it tries: made in this process, not by pages.

To log in or register by the forms takes three pages, and other tests do it.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from reader.accounts.actions import open_session
from reader.accounts.queries import user_by_name
from reader.app import foundation
from reader.articles.models import Article
from reader.articles.queries import published_by_slug
from reader.db.base import db
from reader.web.cookies import login_cookie
from tests.browser.window import ARTICLE, Window
from tests.support.factories import a_person
from tests.support.sites import Site


@contextmanager
def behind(site: Site) -> Iterator[Article]:
    """Act on the site from another process; the article."""
    with foundation(site.settings).app_context():
        article = published_by_slug(ARTICLE.rpartition("/")[2])
        assert article
        yield article
        db.session.remove()
        db.engine.dispose()


def logged_in(window: Window, site: Site) -> Window:
    """Log in whoever the window is named after; somebody new has just registered, and knows no password."""
    with behind(site):
        token = open_session(user_by_name(window.name) or a_person(window.name))
    window.context.add_cookies([{"name": login_cookie(site.settings), "value": token, "url": site.url}])
    return window
