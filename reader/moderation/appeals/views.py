"""Requests about statements and appeals: parse, act, respond.

Banned people cannot log in; a signed key in the address opens the same pages to them.
"""

from __future__ import annotations

from dataclasses import dataclass

from flask import Blueprint, Response, make_response, redirect, render_template, request
from flask.typing import ResponseReturnValue

from reader.accounts import decision_links
from reader.accounts import queries as accounts
from reader.accounts.access import person
from reader.accounts.models import User
from reader.comments.views import COMMENT
from reader.db.keyset import MAX_ID, id_from
from reader.errors import Missing, Refused
from reader.moderation.actions import NO_DECISION
from reader.moderation.appeals import actions, queries
from reader.moderation.appeals.forms import AppealAnswerForm, AppealForm
from reader.moderation.bulk_removal import queries as clearing
from reader.moderation.models import AppealOutcome
from reader.moderation.queues.cases import shown
from reader.moderation.queues.lists import Queue, QueueItem
from reader.web.answers import form_again, wants_json
from reader.web.notices import Done, done

ID = f"<int(max={MAX_ID}):"
OWN = "/account/decisions"
DECISION = f"{OWN}/{ID}decision_id>"
KEYED = "/decisions/<key>"
KEYED_DECISION = f"{KEYED}/{ID}decision_id>"
APPEAL = f"/moderation/appeals/{ID}appeal_id>"
LIST = "moderation/appeals/own.html"
PAGE = "moderation/appeals/statement.html"
ANSWER = "moderation/appeals/answer.html"
NO_KEY = (
    "This link is not one of ours, or was cut short on its way. Copy the whole of it from the mail, or log in:"
    " if you may not, you are given another one there."
)

blueprint = Blueprint("appeals", __name__)


@dataclass(frozen=True)
class StatementPlace:
    """Person who reads the pages, and the path of the pages for them."""

    person: User
    path: str

    def of(self, decision_id: int) -> str:
        """Return the address of a statement."""
        return f"{self.path}/{decision_id}"


@blueprint.get(OWN)
def own() -> Response:
    """List the decisions about the logged-in person and their comments."""
    return _own(_mine())


@blueprint.get(DECISION)
def statement(decision_id: int) -> ResponseReturnValue:
    """Show what was decided, why, and how to appeal; later decisions on the same case redirect here."""
    return _statement(_mine(), decision_id)


@blueprint.post(f"{DECISION}/appeal")
def appeal(decision_id: int) -> ResponseReturnValue:
    """Appeal against a decision."""
    return _appeal(_mine(), decision_id)


@blueprint.get(f"{COMMENT}/statement")
def statement_on(comment_id: int) -> ResponseReturnValue:
    """Redirect to the statement about one's own comment; if there is none, to the comment."""
    decision_id = queries.statement_on(comment_id, person_id=person().id)
    return redirect(_mine().of(decision_id) if decision_id else f"/comments/{comment_id}")


@blueprint.get(f"/account/measures/{ID}measure_id>")
def statement_of(measure_id: int) -> ResponseReturnValue:
    """Redirect to the statement about a measure against oneself."""
    decision_id = queries.statement_of(measure_id, person_id=person().id)
    return redirect(_mine().of(decision_id) if decision_id else OWN)


@blueprint.get(KEYED)
def keyed_own(key: str) -> ResponseReturnValue:
    """List the decisions about a banned person."""
    place = _keyed(key)
    return _own(place) if place else redirect(OWN, 303)


@blueprint.get(KEYED_DECISION)
def keyed_statement(key: str, decision_id: int) -> ResponseReturnValue:
    """Show a decision about a banned person."""
    place = _keyed(key)
    return _statement(place, decision_id) if place else redirect(f"{OWN}/{decision_id}", 303)


@blueprint.post(f"{KEYED_DECISION}/appeal")
def keyed_appeal(key: str, decision_id: int) -> ResponseReturnValue:
    """Appeal against a decision as a banned person."""
    place = _keyed(key)
    return _appeal(place, decision_id) if place else redirect(f"{OWN}/{decision_id}", 303)


@blueprint.get(APPEAL)
def answering(appeal_id: int) -> str:
    """Show an appeal, with its case and the decision that it is about."""
    return render_template(ANSWER, **_answering(appeal_id), form=AppealAnswerForm(formdata=None))


@blueprint.post(APPEAL)
def answer(appeal_id: int) -> ResponseReturnValue:
    """Decide an appeal."""
    form = AppealAnswerForm()
    try:
        form.check()
        grant = form.outcome.data == AppealOutcome.OVERTURNED
        made = actions.answer_appeal(appeal_id, by=person(), grant=grant, answer=form.answer.data or "")
    except Refused as refused:
        if wants_json() or isinstance(refused, Missing):
            raise
        fault = refused if refused.field not in form.errors else None
        return form_again(ANSWER, form, fault, **_answering(appeal_id))
    return done(Done.APPEAL_ANSWERED, Queue.APPEALS.path, decision=made.id)


def _mine() -> StatementPlace:
    return StatementPlace(person(), OWN)


def _keyed(key: str) -> StatementPlace | None:
    """Return the place of a banned person; None if they can log in again, which voids their key."""
    person_id = decision_links.person_of(key)
    whose = accounts.user_by_id(person_id) if person_id is not None else None
    if whose is None:
        raise Missing(NO_KEY)
    if accounts.in_force(whose.id).ban is None:
        return None
    return StatementPlace(whose, decision_links.decisions_of(whose.id))


def _own(place: StatementPlace) -> Response:
    after = id_from(request.args.get("after"))
    told = queries.statements(place.person.id, after=after)
    return _private(render_template(LIST, told=told, place=place, is_first=after is None))


def _statement(place: StatementPlace, decision_id: int) -> ResponseReturnValue:
    if queries.statement(decision_id, person_id=place.person.id) is None:
        earlier = queries.leads_to(decision_id, person_id=place.person.id, at=place.path)
        if earlier is not None:
            return redirect(earlier)
    return _private(render_template(PAGE, **_stated(place, decision_id), form=AppealForm(formdata=None)))


def _appeal(place: StatementPlace, decision_id: int) -> ResponseReturnValue:
    form = AppealForm()
    try:
        form.check()
        made = actions.appeal(decision_id, by=place.person, text=form.text.data or "")
    except Refused as refused:
        if wants_json() or isinstance(refused, Missing):
            raise
        fault = refused if refused.field not in form.errors else None
        return form_again(PAGE, form, fault, **_stated(place, decision_id))
    here = place.of(decision_id)
    return done(Done.APPEALED, here, status=201, appeal=made.id, url=here)


def _stated(place: StatementPlace, decision_id: int) -> dict[str, object]:
    found = queries.statement(decision_id, person_id=place.person.id)
    if found is None:
        raise Missing(NO_DECISION)
    measure_id, is_comment = found.decision.measure_id, found.decision.comment_id is not None
    ban_id = (
        queries.statement_of(measure_id, person_id=place.person.id) if measure_id and is_comment else None
    )
    gone = clearing.number_removed(measure_id) if measure_id and not is_comment else 0
    return {"statement": found, "place": place, "ban_id": ban_id, "gone": gone}


def _private(page: str) -> Response:
    response = make_response(page)
    # A key identifies a person without a session, so shared caches could take the request for a visitor's.
    response.headers["Cache-Control"] = "private, no-store"
    return response


def _answering(appeal_id: int) -> dict[str, object]:
    found = queries.appeal_by_id(appeal_id)
    if found is None:
        raise Missing(actions.NO_APPEAL)
    decision = found.decision
    return {
        "appeal": found,
        "card": shown([QueueItem.of(decision)])[0],
        "is_decider": decision.actor_id == person().id,
        "is_own": found.author_id == person().id,
    }
