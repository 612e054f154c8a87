"""Answers to visitors from the replica, if there is one.

All of one request comes from one of the two databases. A request is a visitor's if it only reads and has no log-in
cookie. What the replica can't answer, the primary is asked: a request that only reads can be answered once more from
the beginning. So visitors never see that the replica is down, slow, or had to break off a query.
"""

from __future__ import annotations

from collections.abc import Callable

from flask import Flask, current_app, request
from flask.typing import ResponseReturnValue
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as NoConnectionFree

from reader import config
from reader.db import replica
from reader.web import access_log, cookies

# What is asked about one comment: the page it is asked from may have been told of it before the replica.
NEVER = ("/comments/",)


def init_app(app: Flask) -> None:
    """Send visitors' requests to the replica, if there is one."""
    if replica.of(app) is None:
        return
    app.before_request(_choose)
    app.dispatch_request = _with_another_try(app.dispatch_request)  # type: ignore[method-assign]


def _choose() -> None:
    is_visitor = cookies.login_cookie(config.current()) not in request.cookies
    is_read = request.method in ("GET", "HEAD") and not request.path.startswith(NEVER)
    if is_visitor and is_read and _health().may_be_asked():
        replica.enter()


def _with_another_try(answer: Callable[[], ResponseReturnValue]) -> Callable[[], ResponseReturnValue]:
    """Have what the replica could not answer answered anew, by the primary."""

    def answer_somehow() -> ResponseReturnValue:
        try:
            answered = answer()
            replica.leave()
            return answered
        except (DBAPIError, NoConnectionFree) as error:
            if not replica.is_read():
                raise
            _health().has_failed(error, path=access_log.shown(request.path))
        replica.give_up()
        return answer()

    return answer_somehow


def _health() -> replica.Replica:
    found = replica.of(current_app)
    assert found is not None
    return found
