"""How programs are answered: whether one is asking, and problem+json (RFC 9457) for what went wrong."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from flask import Response, json, request

PROBLEM = "application/problem+json"
_PROGRAMS = ("application/json", PROBLEM)


def wants_json() -> bool:
    """Whether this request is a program's: it prefers JSON to a page, or the address has nothing else."""
    if request.path.startswith("/live/"):
        return True
    accepted = request.accept_mimetypes
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
