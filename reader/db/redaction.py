"""Redaction of values in database errors: a value may be a session's token.

Values get into an error's text in three ways. SQLAlchemy adds the parameters, which ``hide_parameters`` prevents.
PostgreSQL adds a DETAIL ("Key (email)=(…) already exists") or a CONTEXT, and quotes what it can't read as a number or
a date. Errors are logged in many places, also by libraries, so the values are removed where the error is raised.
"""

from __future__ import annotations

import re
from typing import Any

import psycopg
from sqlalchemy import Engine, ExceptionContext, event

_QUOTED = re.compile(r'".*"', re.DOTALL)
# SQLSTATEs of this class are about a value, and quote it.
_ABOUT_VALUES = "22"


def init_engine(engine: Engine) -> None:
    """Have the errors of an engine tell no values."""
    event.listen(engine, "handle_error", _on_error)


def redact(error: BaseException) -> None:
    """Take the values out of what a driver's error says. SQLite's has none."""
    if not isinstance(error, psycopg.Error):
        return
    words = error.diag.message_primary or str(error).partition("\n")[0]
    if (error.sqlstate or "").startswith(_ABOUT_VALUES):
        words = _QUOTED.sub("“…”", words)
    error.args = (words,)


def _on_error(context: ExceptionContext) -> None:
    redact(context.original_exception)
    wrapped: Any = context.sqlalchemy_exception
    if wrapped is not None and isinstance(context.original_exception, psycopg.Error):
        kind = type(context.original_exception)
        wrapped.args = (f"({kind.__module__}.{kind.__name__}) {context.original_exception}",)
