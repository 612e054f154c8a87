"""Answers to what went wrong: a page of the site that helps, or problem+json for programs."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, cast

import structlog
from flask import Flask, Response, g, make_response, render_template, request
from flask_login import current_user
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import OperationalError
from sqlalchemy.exc import TimeoutError as NoConnectionFree
from werkzeug.exceptions import HTTPException, MethodNotAllowed

from reader.db import query_limits
from reader.db.base import db
from reader.errors import Refused
from reader.extensions import login_manager
from reader.web import access_log, answers, origins

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Help:
    """Text of the page for a status: a heading, what happened, and what one can do."""

    heading: str
    says: str
    advice: str


HELP = {
    400: Help(
        "That request can’t be read",
        "Something in it is not as this site expects it.",
        "Go back, reload the page and try again.",
    ),
    401: Help("Log in first", "This is for people who are logged in.", "Log in, then come back."),
    403: Help(
        "You don’t have permission",
        "Your account can’t do this. Nothing was changed.",
        "If you think it should, ask those who run the site.",
    ),
    404: Help(
        "There is no such page",
        "The address may be mistyped, or the page may have moved.",
        "Look for it on the front page or in the archive.",
    ),
    405: Help(
        "That can’t be done here",
        "This address takes other requests only; most likely a form was opened as a page.",
        "Go back to the page with the form and send it from there.",
    ),
    409: Help(
        "Someone else changed this first",
        "What you were working on has changed in the meantime. Nothing of yours was stored.",
        "Go back, reload the page to see how it stands now, and decide again.",
    ),
    410: Help(
        "This page is gone", "It was here, and was taken down for good.", "The archive has what is left."
    ),
    413: Help(
        "That is too much at once",
        "What you sent is larger than this site takes.",
        "Go back, shorten it and send it again.",
    ),
    422: Help(
        "That can’t be taken as it is",
        "Something in what you sent needs another look.",
        "Go back, mend it and send it again.",
    ),
    429: Help(
        "A little slower, please",
        "You did this more often than the site allows. Nothing was stored this time.",
        "Wait a moment, go back and send it again. What you typed should still be there.",
    ),
    500: Help(
        "Something broke on our side",
        "It was not your doing. What you sent last may not have been stored.",
        "Try again in a moment. If it goes on, tell those who run the site the number below.",
    ),
    503: Help(
        "Back in a moment",
        "The site is there, but its database does not answer just now.",
        "Wait a few seconds, then reload this page.",
    ),
}
TOO_LONG = Help(
    "That took too long",
    "The site stopped looking this up, so that nobody else has to wait for it.",
    "Ask for less at once, with fewer filters or other words, or try again later.",
)
EXPIRED = Help(
    "This form had expired",
    "You have logged in or out since you opened it, or your browser keeps no cookies. Nothing was stored.",
    "Go back, copy what you typed, reload the page and send it again.",
)
AGAIN = Help(
    "This form had expired",
    "You have logged in or out since you opened it. Nothing was stored yet.",
    "What you typed is below. If you still want to send it, do so from here.",
)
FOREIGN = Help(
    "This form came from elsewhere",
    "It was not sent from a page of this site, or your browser doesn’t say from which. Nothing was stored.",
    "Open this site at its own address, and send it from there. If something in your browser hides where you come"
    " from, allow it to be told to this site.",
)
# What programs are told, and people whose page sends by a script.
OUTDATED = (
    "You have logged in or out since this page was opened. Reload it, and send this again."
    " (A program has to fetch the form again and send its csrf_token.)"
)
# What people may have written at length, and would not want to write again.
WRITTEN = ("body", "note", "why", "text", "words", "answer")
# What is never sent back to a page.
SECRETS = frozenset({"password", "current"})
BUSY_SECONDS = 5


def init_app(app: Flask) -> None:
    """Register the handlers."""
    app.register_error_handler(Refused, refused)
    app.register_error_handler(CSRFError, _expired)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(OperationalError, _unavailable)
    app.register_error_handler(NoConnectionFree, _unavailable)
    app.log_exception = _log  # type: ignore[method-assign]


def refused(fault: Refused) -> Response:
    """Say why something was refused."""
    if answers.wants_json():
        return answers.refused(fault)
    return answers.with_retry(_page(fault.status, says=fault.reason), fault.retry_after)


def _expired(fault: CSRFError) -> Response:
    is_foreign = isinstance(fault, origins.ForeignForm)
    if (
        not (is_foreign or current_user.is_authenticated)
        and request.form.get("body")
        and origins.is_from_here()
    ):
        # The session is over, and the browser has forgotten the form's secret with it: logging in comes first.
        return cast(Response, login_manager.unauthorized())
    status = fault.code or HTTPStatus.BAD_REQUEST
    if answers.wants_json():
        return answers.problem(status, fault.description if is_foreign else OUTDATED)
    if is_foreign:
        return _page(status, FOREIGN)
    # Offered only to a page of this site, so that no other site can have our button send its form.
    if not origins.is_from_here() or SECRETS & request.form.keys():
        return _page(status, EXPIRED)
    shown = {"csrf_token", *(name for name, _ in _written())}
    hidden = [(name, text) for name, text in request.form.items(multi=True) if name not in shown]
    return _page(status, AGAIN, hidden=hidden, address=request.full_path.rstrip("?"))


def _http(fault: HTTPException) -> Response:
    status = fault.code or HTTPStatus.INTERNAL_SERVER_ERROR
    # The library's own sentences are for programmers; one that a view has given is for whoever asked.
    says = fault.description if fault.description != type(fault).description else None
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        _do_without_database()
        says = None
    if answers.wants_json():
        response = answers.problem(status, says or _help(status).says, reference=g.get("reference"))
    else:
        response = _page(status, says=says)
    if isinstance(fault, MethodNotAllowed) and fault.valid_methods:
        response.allow.update(fault.valid_methods)
    return response


def _unavailable(fault: Exception) -> Response:
    _do_without_database()
    status = HTTPStatus.SERVICE_UNAVAILABLE
    is_slow = query_limits.is_exceeded(fault)
    kind, help = ("query-too-long", TOO_LONG) if is_slow else ("database-unavailable", HELP[status])
    log.error(kind, method=request.method, path=access_log.shown(request.path), fault=str(fault))
    response = answers.problem(status, help.says) if answers.wants_json() else _page(status, help)
    return answers.with_retry(response, BUSY_SECONDS)


def _do_without_database() -> None:
    """Roll back, and let the page be made without asking who is there."""
    db.session.remove()
    g.viewer, g._login_user = None, login_manager.anonymous_user()


def _log(exc_info: Any) -> None:
    """Log what nobody caught, under the number that the page shows."""
    g.reference = secrets.token_hex(4)
    path = access_log.shown(request.path)
    log.error("request-failed", reference=g.reference, method=request.method, path=path, exc_info=exc_info)


def _help(status: int) -> Help:
    if status in HELP:
        return HELP[status]
    phrase = HTTPStatus(status)
    return Help(
        phrase.phrase, phrase.description or "The server could not do that.", "Go back and try again."
    )


def _written() -> list[tuple[str, str]]:
    """Return the texts typed into a refused form, by field; none if the form itself can't be read."""
    try:
        return [(name, text) for name in WRITTEN if (text := request.form.get(name))]
    except HTTPException:
        return []


def _page(
    status: int,
    help: Help | None = None,
    *,
    says: str | None = None,
    hidden: Sequence[tuple[str, str]] = (),
    address: str | None = None,
) -> Response:
    """Make the page; with an ``address`` it offers to send what was typed there again, with what was ``hidden``."""
    help = help or _help(status)
    page = render_template(
        "errors/error.html",
        status=status,
        help=help,
        says=says or help.says,
        reference=g.get("reference"),
        written=_written(),
        hidden=hidden,
        address=address,
    )
    return make_response(page, status)
