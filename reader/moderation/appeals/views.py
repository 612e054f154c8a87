"""Requests about statements and appeals: parse, act, respond."""

from __future__ import annotations

from flask import Blueprint, jsonify, redirect, render_template
from flask.typing import ResponseReturnValue

from reader.accounts.access import person
from reader.answers import form_again, wants_json
from reader.comments.views import COMMENT
from reader.errors import Missing, Refused
from reader.moderation.actions import NO_DECISION
from reader.moderation.appeals import actions, queries
from reader.moderation.appeals.forms import AnswerForm, AppealForm
from reader.moderation.models import Appeal, AppealOutcome
from reader.moderation.queues.cards import cards
from reader.moderation.queues.lists import Queue
from reader.paging import LARGEST_ID

ID = f"<int(max={LARGEST_ID}):"
DECISION = f"/account/decisions/{ID}decision_id>"
APPEAL = f"/moderation/appeals/{ID}appeal_id>"
PAGE = "moderation/appeals/statement.html"
ANSWER = "moderation/appeals/answer.html"

blueprint = Blueprint("appeals", __name__)


@blueprint.get("/account/decisions")
def own() -> str:
    """The decisions about what one has written."""
    return render_template("moderation/appeals/own.html", statements=queries.statements(person().id))


@blueprint.get(DECISION)
def statement(decision_id: int) -> ResponseReturnValue:
    """Why one's own comment was removed, and how to appeal; what was decided later leads there, too."""
    if queries.statement(decision_id, person_id=person().id) is None:
        place = queries.leads_to(decision_id, person_id=person().id)
        if place is not None:
            return redirect(place)
    return render_template(PAGE, statement=_statement(decision_id), form=AppealForm(formdata=None))


@blueprint.get(f"{COMMENT}/statement")
def statement_on(comment_id: int) -> ResponseReturnValue:
    """Lead to the statement about one's own comment; where there is none, to the comment."""
    decision_id = queries.statement_on(comment_id, person_id=person().id)
    return redirect(f"/account/decisions/{decision_id}" if decision_id else f"/comments/{comment_id}")


@blueprint.post(f"{DECISION}/appeal")
def appeal(decision_id: int) -> ResponseReturnValue:
    """Appeal against a decision."""
    form = AppealForm()
    try:
        form.check()
        made = actions.appeal(decision_id, by=person(), text=form.text.data or "")
    except Refused as refused:
        if wants_json() or isinstance(refused, Missing):
            raise
        shown = refused if refused.field not in form.errors else None
        return form_again(PAGE, form, shown, statement=_statement(decision_id))
    if wants_json():
        return jsonify(appeal=made.id, url=f"/account/decisions/{decision_id}"), 201
    return redirect(f"/account/decisions/{decision_id}", 303)


@blueprint.get(APPEAL)
def answering(appeal_id: int) -> str:
    """An appeal, with the comment and the decision that it is about."""
    return render_template(ANSWER, **_appeal(appeal_id), form=AnswerForm(formdata=None))


@blueprint.post(APPEAL)
def answer(appeal_id: int) -> ResponseReturnValue:
    """Decide an appeal."""
    form = AnswerForm()
    try:
        form.check()
        grant = form.outcome.data == AppealOutcome.OVERTURNED
        actions.answer_appeal(appeal_id, by=person(), grant=grant, answer=form.answer.data or "")
    except Refused as refused:
        if wants_json() or isinstance(refused, Missing):
            raise
        shown = refused if refused.field not in form.errors else None
        return form_again(ANSWER, form, shown, **_appeal(appeal_id))
    return redirect(Queue.APPEALS.path, 303)


def _statement(decision_id: int) -> queries.Statement:
    found = queries.statement(decision_id, person_id=person().id)
    if found is None:
        raise Missing(NO_DECISION)
    return found


def _appeal(appeal_id: int) -> dict[str, object]:
    found: Appeal | None = queries.appeal_by_id(appeal_id)
    if found is None or found.decision.comment_id is None:
        raise Missing(actions.NO_APPEAL)
    return {
        "appeal": found,
        "card": cards([found.decision.comment_id])[0],
        "is_decider": found.decision.actor_id == person().id,
        "is_own": found.author_id == person().id,
    }
