"""For operators and their machines: does it live, is it ready, how is it doing."""

from __future__ import annotations

import hmac

from flask import Blueprint, Response, request
from sqlalchemy.exc import SQLAlchemyError

from reader import config
from reader.db import schema
from reader.errors import Missing
from reader.web import metrics

LOOPBACK = ("127.0.0.1", "::1", "::ffff:127.0.0.1")

blueprint = Blueprint("health", __name__)


def _text(body: str, status: int = 200) -> Response:
    return Response(
        f"{body}\n", status, {"Cache-Control": "no-store"}, content_type="text/plain; charset=utf-8"
    )


@blueprint.get("/livez")
def livez() -> Response:
    """Say that the process answers."""
    return _text("alive")


@blueprint.get("/readyz")
def readyz() -> Response:
    """Say whether the database answers and has the schema that this version needs."""
    try:
        schema.require()
    except schema.NotCurrent as error:
        return _text(error.reason, 503)
    except SQLAlchemyError:
        return _text("The database does not answer.", 503)
    return _text("ready")


@blueprint.get("/metrics")
def show_metrics() -> Response:
    """Give the numbers to this machine, or to whoever has the token; to others the page does not exist."""
    if not (_has_token() or _from_here()):
        raise Missing("There is no such page.")
    return metrics.report()


def _has_token() -> bool:
    token = config.current().metrics_token
    given = request.authorization.token if request.authorization else None
    return token is not None and given is not None and hmac.compare_digest(token.encode(), given.encode())


def _from_here() -> bool:
    # A proxy on this machine that we weren't told of makes the whole world look local, but names its client.
    if config.current().trusted_proxies == 0 and {"X-Forwarded-For", "Forwarded"} & set(
        request.headers.keys()
    ):
        return False
    return request.remote_addr in LOOPBACK
