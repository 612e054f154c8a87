"""Requests of somebody who changes what they wrote, and what helps in writing."""

from __future__ import annotations

from flask import Blueprint, jsonify, make_response, render_template, request
from flask import Response as FlaskResponse
from werkzeug.wrappers import Response

from reader.accounts import rights
from reader.accounts.access import person
from reader.clock import now
from reader.comments import policy, queries, references
from reader.comments.comment_view import Alone
from reader.comments.drafts import previewed
from reader.comments.editing import actions
from reader.comments.forms import EditForm
from reader.comments.models import State
from reader.comments.views import COMMENT, alone, told
from reader.db.keyset import id_from
from reader.errors import Conflict, Missing, Refused
from reader.policy import whose
from reader.web.answers import wants_json, with_retry
from reader.web.forms import prepare_resend
from reader.web.notices import Done
from reader.web.rate_limits import this_request

blueprint = Blueprint("editing", __name__)


@blueprint.get(f"{COMMENT}/edit")
def edit_form(comment_id: int) -> Response:
    """The form to change one's own comment with, on a page of its own."""
    found = alone(comment_id)
    rights.require(
        "edit_comment", person(), whose(person(), found.comment.author_id), refusal=actions.NOT_YOURS
    )
    if found.comment.is_tombstone:
        raise Conflict(actions.GONE)
    if not policy.is_fresh(found.comment, at=now()):
        raise Conflict(actions.TOO_LATE)
    form = EditForm(formdata=None, body=queries.body_of(comment_id), revision=found.comment.revision)
    return _page(found, form)


@blueprint.post(f"{COMMENT}/edit")
def edit(comment_id: int) -> Response:
    """Change one's own comment, or show what it would be; where that is refused, the form with the text."""
    form = EditForm()
    body = form.body.data or ""
    try:
        form.check()
        if form.preview.data:
            html = previewed(body, by=person(), origin=this_request())
            if wants_json():
                return jsonify(html=html)
            return _page(alone(comment_id), form, preview=html)
        comment = actions.edit_comment(
            comment_id,
            by=person(),
            body=body,
            revision=form.revision.data or 0,
            origin=this_request(),
        )
    except Refused as refused:
        if wants_json() or isinstance(refused, Missing):
            raise
        return _again(comment_id, form, refused)
    return told(Done.EDIT_HELD if comment.state == State.HELD else Done.EDITED, comment)


@blueprint.get("/comments/names")
def names() -> Response:
    """Names that begin as somebody has begun to type one."""
    found = references.beginning_with(
        request.args.get("q", ""),
        article_id=id_from(request.args.get("article")),
        viewer=person(),
        origin=this_request(),
    )
    return jsonify(names=list(found))


def _again(comment_id: int, form: EditForm, refused: Refused) -> Response:
    """Show the refused form as it was sent."""
    prepare_resend(form, refused)
    response = _page(alone(comment_id), form, error=refused.reason)
    response.status_code = refused.status
    return with_retry(response, refused.retry_after)


def _page(
    found: Alone, form: EditForm, *, error: str | None = None, preview: str | None = None
) -> FlaskResponse:
    """Render the form; after a conflict with the text that it would replace, for its author's eyes only."""
    comment = found.comment
    is_shown = form.replaces.data and comment.author_id == person().id and policy.is_alive(comment)
    page = render_template(
        "comments/edit.html",
        alone=found,
        form=form,
        error=error,
        preview=preview,
        other=queries.body_of(comment.id) if is_shown else None,
    )
    return make_response(page)
