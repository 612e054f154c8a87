"""Requests about decisions: parse, act, respond."""

from __future__ import annotations

from collections.abc import Callable

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from reader.accounts.access import local_path, person
from reader.db.keyset import MAX_ID, id_from
from reader.errors import Missing, Refused
from reader.moderation import actions, policy, queries
from reader.moderation.forms import FORMS, MAY, DecisionForm, log_filters
from reader.moderation.models import PRIVATE, Action, Decision, Reason
from reader.moderation.queries import Case
from reader.moderation.queues.lists import Queue
from reader.policy import On, whose
from reader.web import page_cache
from reader.web.answers import wants_json
from reader.web.notices import Done, done

_ACTIONS = ", ".join(FORMS)
COMMENT = f"/moderation/comments/<int(max={MAX_ID}):comment_id>"
_DONE = {
    "approve": Done.APPROVED,
    "remove": Done.REMOVED,
    "restore": Done.RESTORED,
    "pin": Done.PINNED,
    "unpin": Done.UNPINNED,
}
# The log follows no stream: its page is made again after a moment.
LOG_SECONDS = 2.0

blueprint = Blueprint("moderation", __name__)
blueprint.add_app_template_global(policy.may_moderate, "may_moderate")


@blueprint.get("/moderation/log")
def log() -> str:
    """Show the public log of decisions."""
    page_cache.keep(seconds=LOG_SECONDS)
    after = id_from(request.args.get("after"))
    wanted = log_filters(request.args)
    return render_template(
        "moderation/log.html",
        log=queries.log(wanted, after=after),
        is_first=after is None,
        wanted=wanted,
        actions=[action for action in Action if action not in PRIVATE],
        reasons=list(Reason),
    )


@blueprint.get(f"{COMMENT}/<any({_ACTIONS}):action>")
def deciding(comment_id: int, action: str) -> str:
    """Show the form for a decision about a comment, on a page of its own."""
    case = _case(comment_id)
    form = FORMS[action](
        formdata=None, revision=case.comment.revision, next=local_path(request.args.get("next"))
    )
    return _decide(action, case, form)


@blueprint.post(f"{COMMENT}/remove")
def remove(comment_id: int) -> ResponseReturnValue:
    """Remove a comment."""

    def act(form: DecisionForm) -> Decision:
        reason = Reason(form.reason.data)
        return actions.remove_comment(comment_id, by=person(), reason=reason, **form.judged())

    return _acted("remove", comment_id, act)


@blueprint.post(f"{COMMENT}/restore")
def restore(comment_id: int) -> ResponseReturnValue:
    """Restore a removed comment."""
    return _acted(
        "restore",
        comment_id,
        lambda form: actions.restore_comment(comment_id, by=person(), **form.judged()),
    )


@blueprint.post(f"{COMMENT}/approve")
def approve(comment_id: int) -> ResponseReturnValue:
    """Approve a comment, which publishes a held one."""
    return _acted(
        "approve",
        comment_id,
        lambda form: actions.approve_comment(comment_id, by=person(), **form.judged()),
    )


@blueprint.post(f"{COMMENT}/<any(pin, unpin):action>")
def pin(comment_id: int, action: str) -> ResponseReturnValue:
    """Pin a comment in its thread, or unpin it."""
    act = actions.pin_comment if action == "pin" else actions.unpin_comment
    return _acted(action, comment_id, lambda form: act(comment_id, by=person(), revision=form.revision.data))


def _acted(action: str, comment_id: int, act: Callable[[DecisionForm], Decision]) -> ResponseReturnValue:
    """Decide, and respond; if refused, with the form as submitted and the comment as it is now."""
    form = FORMS[action]()
    try:
        form.check()
        decision = act(form)
    except Refused as refused:
        if wants_json() or isinstance(refused, Missing):
            raise
        form.refuse(refused)
        return _decide(action, _case(comment_id), form), refused.status
    comment = _case(comment_id).comment
    # What was never published stands in no thread.
    place = comment.path if comment.is_placed else Queue.HELD.path
    return done(
        _DONE[action],
        local_path(form.next.data) or place,
        id=comment.id,
        seq=comment.changed_seq,
        url=place,
        state=comment.state,
        decision=decision.id,
    )


def _case(comment_id: int) -> Case:
    found = queries.case(comment_id)
    if found is None:
        raise Missing("There is no such comment.")
    return found


def _decide(action: str, case: Case, form: DecisionForm) -> str:
    return render_template(
        "moderation/decide.html",
        action=action,
        case=case,
        form=form,
        may=MAY[action](person(), case.comment),
        is_own=whose(person(), case.comment.author_id) is On.OWN,
    )
