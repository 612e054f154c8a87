"""Requests of this feature: parse, act, respond."""

from __future__ import annotations

from flask import Blueprint, Response, jsonify, request

from reader.accounts.access import person
from reader.articles import queries as articles
from reader.comments.visiting import actions
from reader.db.keyset import id_from
from reader.errors import Missing

NOTHING = '<svg xmlns="http://www.w3.org/2000/svg" width="1" height="1"/>'

blueprint = Blueprint("visiting", __name__)
# A limit that scripts read from a data attribute.
LIMITS = {"visit_pause_seconds": int(actions.PAUSE.total_seconds())}
blueprint.record_once(lambda setup: setup.app.jinja_env.globals.update(LIMITS))


@blueprint.post("/articles/<slug>/visit")
def visit(slug: str) -> Response:
    """The page's script tells that the thread has been in view, up to a comment."""
    return jsonify(up_to=_note(slug, request.form.get("up_to")))


@blueprint.get("/articles/<slug>/visit.svg")
def seen(slug: str) -> Response:
    """The same without script: a picture of nothing, which only a page that is really shown asks for."""
    _note(slug, request.args.get("up_to"))
    return Response(NOTHING, mimetype="image/svg+xml")


def _note(slug: str, text: str | None) -> int:
    article, up_to = articles.published_by_slug(slug), id_from(text)
    if article is None or up_to is None:
        raise Missing("There is no such discussion.")
    actions.visit(article.id, by=person(), up_to=up_to)
    return up_to
