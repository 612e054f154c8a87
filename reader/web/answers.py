"""Answers to what was sent and can't be taken: the form again for people, problem+json (RFC 9457) for programs."""

from __future__ import annotations

from functools import lru_cache
from http import HTTPStatus
from typing import Any

from flask import Response, json, make_response, render_template, request
from flask_wtf import FlaskForm
from werkzeug.datastructures import MIMEAccept
from werkzeug.http import parse_accept_header

from reader.errors import Refused
from reader.web.forms import prepare_resend

PROBLEM = "application/problem+json"
_PROGRAMS = ("application/json", PROBLEM)
_UNPROCESSABLE = 422


def wants_json() -> bool:
    """Return True if the request is a program's: it prefers JSON to a page, or the address has nothing else."""
    if request.path.startswith("/live/"):
        return True
    return _prefers_json(request.headers.get("Accept", ""))


@lru_cache(256)
def _prefers_json(accept: str) -> bool:
    accepted = parse_accept_header(accept, MIMEAccept)
    return max(accepted[kind] for kind in _PROGRAMS) > accepted["text/html"]


def problem(status: int, detail: str, **members: Any) -> Response:
    """An error as problem+json; ``members`` that are None are left out."""
    content = {
        "type": "about:blank",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": detail,
        **{name: value for name, value in members.items() if value is not None},
    }
    return Response(json.dumps(content), status=status, mimetype=PROBLEM)


def refused(fault: Refused) -> Response:
    """A refusal as problem+json."""
    return with_retry(
        problem(
            fault.status,
            fault.reason,
            field=fault.field,
            retry_after=fault.retry_after,
            resend=fault.resend,
            other=fault.other,
        ),
        fault.retry_after,
    )


def with_retry(response: Response, seconds: int | None) -> Response:
    """The response, saying when to come back where that is known."""
    if seconds is not None:
        response.headers["Retry-After"] = str(seconds)
    return response


def form_again(template: str, form: FlaskForm, fault: Refused | None = None, **context: Any) -> Response:
    """The page with the form as it was filled in and what is wrong with it; passwords are not sent back.

    Without ``fault`` the form's own checks have failed. A ``fault`` stands beside the field that it names, else
    above the form.
    """
    if fault is not None:
        place(fault, form)
    status = fault.status if fault is not None else _UNPROCESSABLE
    if wants_json():
        errors = {name: " ".join(found) for name, found in form.errors.items() if name is not None}
        return (
            refused(fault) if fault is not None else problem(status, " ".join(errors.values()), errors=errors)
        )
    response = make_response(render_template(template, form=form, **context), status)
    return with_retry(response, fault.retry_after if fault is not None else None)


def place(fault: Refused, form: FlaskForm) -> None:
    """Write a refusal beside the field that it names, or above the form."""
    if fault.field in form:
        form[fault.field].errors = [*form[fault.field].errors, fault.reason]
    else:
        form.form_errors.append(fault.reason)
    prepare_resend(form, fault)
