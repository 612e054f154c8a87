"""Requests of this feature: parse, act, respond."""

from flask import Blueprint, Response, jsonify, request

from reader.accounts.sessions import viewer
from reader.db import replica
from reader.errors import Invalid, Missing
from reader.live import catchup, following
from reader.web import page_cache

blueprint = Blueprint("live", __name__)

KEPT_SECONDS = 2.0
MAX_NUMBER = 2**53  # numbers that a browser counts exactly


@blueprint.get("/live/<stream>/events")
def events(stream: str) -> Response:
    """Return the changes in a stream after a number, to anyone who may follow it."""
    name = following.parse(stream)
    if name is not None:
        # A push may be ahead of the replica: who asks for what led up to it must get that.
        replica.leave_if_behind(lambda: following.head(name))
    if name is None or not following.may_follow(name, viewer() if name.is_private else None):
        raise Missing("There is no such stream.")
    told = catchup.since(name, _after(request.args.get("after", "")))
    if not name.is_private:
        # When a connection was lost, many ask after the same number.
        page_cache.keep({str(name): told["head"]}, seconds=KEPT_SECONDS)
    answer = jsonify(told)
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _after(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) <= 16) or int(text) > MAX_NUMBER:
        raise Invalid("after must be the number of the last event that the page knows.", field="after")
    return int(text)
