"""Addresses that articles had before: they lead to the present ones, with all that stands below them."""

from __future__ import annotations

from flask import Blueprint, Response, redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from reader.articles import queries as articles
from reader.errors import Missing
from reader.web import error_pages

BELOW_ARTICLES = "/articles/<slug>"
# Method and body are kept, so a form of a page opened before the move is still posted.
PERMANENTLY = 308

blueprint = Blueprint("moved", __name__)


@blueprint.app_errorhandler(Missing)
def missing(fault: Missing) -> Response | AnyResponse:
    """Lead from a former address of an article to the present one; say elsewhere what is missing."""
    path = _present_path()
    return redirect(path, PERMANENTLY) if path else error_pages.refused(fault)


def _present_path() -> str | None:
    rule, given = request.url_rule, request.view_args or {}
    if rule is None or BELOW_ARTICLES not in rule.rule:
        return None
    slug = articles.present_slug(given["slug"])
    if slug is None:
        return None
    path = url_for(rule.endpoint, **{**given, "slug": slug})
    query = request.query_string.decode("latin-1")
    return f"{path}?{query}" if query else path
