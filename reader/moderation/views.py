"""Requests of this feature: parse, act, respond."""

from __future__ import annotations

from flask import Blueprint, jsonify, redirect, render_template, request
from flask.typing import ResponseReturnValue

from reader import pagecache
from reader.accounts.access import person, role_required
from reader.accounts.models import Role
from reader.accounts.policy import at_least
from reader.answers import wants_json
from reader.errors import Missing, Refused
from reader.moderation import actions, policy, queries
from reader.moderation.forms import ApproveForm, DecisionForm, RemoveForm, RestoreForm
from reader.moderation.models import Decision, Reason
from reader.moderation.queries import Case, Cases
from reader.paging import LARGEST_ID, id_from

COMMENT = f"/moderation/comments/<int(max={LARGEST_ID}):comment_id>"
# The log follows no stream: its page is made again after a moment.
LOG_SECONDS = 2.0

blueprint = Blueprint("moderation", __name__)
blueprint.add_app_template_global(policy.may_moderate, "may_moderate")


@blueprint.get("/moderation/")
@role_required(Role.MODERATOR)
def cases() -> str:
    """The newest comments of the site, for moderators."""
    page = queries.recent(after=id_from(request.args.get("after")))
    return _cases(page, "/moderation/")


@blueprint.get("/moderation/removed")
@role_required(Role.MODERATOR)
def removed() -> str:
    """What is removed, for moderators."""
    page = queries.removed(after=id_from(request.args.get("after")))
    return _cases(page, "/moderation/removed")


@blueprint.get("/moderation/log")
def log() -> str:
    """Every decision, for everybody."""
    pagecache.keep(seconds=LOG_SECONDS)
    after = id_from(request.args.get("after"))
    return render_template("moderation/log.html", log=queries.log(after=after), is_first=after is None)


@blueprint.get(f"{COMMENT}/remove")
@role_required(Role.MODERATOR)
def removing(comment_id: int) -> str:
    """The form that removes a comment."""
    case = _case(comment_id)
    return _decide("remove", case, RemoveForm(formdata=None, revision=case.comment.revision))


@blueprint.post(f"{COMMENT}/remove")
@role_required(Role.MODERATOR)
def remove(comment_id: int) -> ResponseReturnValue:
    """Remove a comment."""
    form = RemoveForm()
    try:
        form.check()
        decision = actions.remove_comment(
            comment_id,
            by=person(),
            reason=Reason(form.reason.data),
            note=form.note.data or "",
            revision=form.revision.data,
        )
    except Refused as refused:
        return _refused("remove", comment_id, form, refused)
    return _done(decision)


@blueprint.get(f"{COMMENT}/restore")
@role_required(Role.MODERATOR)
def restoring(comment_id: int) -> str:
    """The form that restores a comment."""
    case = _case(comment_id)
    return _decide("restore", case, RestoreForm(formdata=None, revision=case.comment.revision))


@blueprint.post(f"{COMMENT}/restore")
@role_required(Role.MODERATOR)
def restore(comment_id: int) -> ResponseReturnValue:
    """Bring a removed comment back."""
    form = RestoreForm()
    try:
        form.check()
        decision = actions.restore_comment(
            comment_id, by=person(), note=form.note.data or "", revision=form.revision.data
        )
    except Refused as refused:
        return _refused("restore", comment_id, form, refused)
    return _done(decision)


@blueprint.get(f"{COMMENT}/approve")
@role_required(Role.MODERATOR)
def approving(comment_id: int) -> str:
    """The form that keeps a comment."""
    case = _case(comment_id)
    return _decide("approve", case, ApproveForm(formdata=None, revision=case.comment.revision))


@blueprint.post(f"{COMMENT}/approve")
@role_required(Role.MODERATOR)
def approve(comment_id: int) -> ResponseReturnValue:
    """Note that a comment was seen and is kept."""
    form = ApproveForm()
    try:
        form.check()
        decision = actions.approve_comment(
            comment_id, by=person(), note=form.note.data or "", revision=form.revision.data
        )
    except Refused as refused:
        return _refused("approve", comment_id, form, refused)
    return _done(decision)


def _cases(page: Cases, path: str) -> str:
    is_editor = at_least(person(), Role.EDITOR)
    return render_template(
        "moderation/cases.html", page=page, path=path, viewer=person(), is_editor=is_editor
    )


def _case(comment_id: int) -> Case:
    found = queries.case(comment_id)
    if found is None:
        raise Missing("There is no such comment.")
    return found


def _decide(action: str, case: Case, form: DecisionForm) -> str:
    may = {"approve": policy.may_approve, "remove": policy.may_remove, "restore": policy.may_restore}[action]
    return render_template(
        f"moderation/{action}.html",
        case=case,
        form=form,
        may=may(person(), case.comment),
        is_own=not policy.may_judge(person(), case.comment),
    )


def _refused(action: str, comment_id: int, form: DecisionForm, refused: Refused) -> ResponseReturnValue:
    """The form as it was sent, with the reason, and the comment as it is now."""
    if wants_json() or isinstance(refused, Missing):
        raise refused
    form.refuse(refused.field, refused.reason)
    return _decide(action, _case(comment_id), form), refused.status


def _done(decision: Decision) -> ResponseReturnValue:
    comment = _case(decision.comment_id or 0).comment
    if wants_json():
        return jsonify(
            id=comment.id,
            seq=comment.changed_seq,
            url=comment.path,
            state=comment.state,
            decision=decision.id,
        )
    return redirect(comment.path, 303)
