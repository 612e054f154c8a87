"""Pieces of a page that are the same bytes for everyone.

A fragment is a macro of a feature's ``_macros.html``, rendered without request, viewer or token. The page, the
push and the catch-up all use the same macro, so they can't differ. URLs in it are relative and written out.
"""

from typing import Any

from flask import current_app
from markupsafe import Markup

# What a macro must not use: it would differ from viewer to viewer, or need a request. A test looks for these.
FORBIDDEN = frozenset(
    {"current_user", "request", "session", "g", "csrf_token", "url_for", "get_flashed_messages", "config"}
)


def render(template: str, macro: str, *args: Any, **kwargs: Any) -> Markup:
    """The macro ``macro`` of ``template``, called with the arguments. KeyError if there is no such macro."""
    module = current_app.jinja_env.get_template(template).module
    return Markup(vars(module)[macro](*args, **kwargs).strip())  # noqa: S704 - the template escaped it
