"""Requests of moderators about people: parse, act, respond."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from reader.accounts import queries as accounts
from reader.accounts.access import person
from reader.accounts.models import User
from reader.db.keyset import MAX_ID, id_from
from reader.errors import Missing, Refused
from reader.moderation.bulk_removal import actions as clearing
from reader.moderation.models import Reason
from reader.moderation.people import actions, policy, queries
from reader.moderation.people.actions import NewMeasure
from reader.moderation.people.forms import EndForm, MeasureForm
from reader.policy import MeasureKind
from reader.web.answers import form_again, wants_json
from reader.web.notices import Done, done

PAGE = "moderation/people/person.html"

blueprint = Blueprint("moderated_people", __name__)


@blueprint.get("/moderation/people/<username>")
def show(username: str) -> str:
    """Show a person as moderators see them, with the measures that can be taken."""
    return render_template(PAGE, form=MeasureForm(formdata=None), **_page(username))


@blueprint.post("/moderation/people/<username>/measures")
def take(username: str) -> ResponseReturnValue:
    """Take a measure against a person."""
    form = MeasureForm()
    other = accounts.user_by_name(username)
    if other is None:
        raise Missing(actions.NOBODY)
    if not form.validate():
        return form_again(PAGE, form, **_page(username))
    try:
        _take(other, form)
    except Refused as refused:
        if wants_json():
            raise
        return form_again(PAGE, form, refused, **_page(username))
    return done(Done.MEASURE_TAKEN, _page_of(other.username), username=other.username)


@blueprint.post(f"/moderation/measures/<int(max={MAX_ID}):measure_id>/end")
def end(measure_id: int) -> ResponseReturnValue:
    """End a measure."""
    form = EndForm()
    measure = actions.end_measure(measure_id, by=person(), with_comments=bool(form.with_comments.data))
    clearing.begin(measure_id)
    other = accounts.user_by_id(measure.person_id)
    name = other.username if other else ""
    return done(Done.MEASURE_ENDED, _page_of(name), username=name)


def _take(other: User, form: MeasureForm) -> None:
    new = NewMeasure(
        MeasureKind(form.kind.data),
        words=form.words.data or "",
        reason=Reason(form.reason.data) if form.reason.data else None,
        until=form.end,
        with_comments=bool(form.remove_comments.data),
    )
    measure = actions.take_measure(other.id, new, by=person())
    # Nearly everybody's comments are done with by that; many are left to the job queue.
    clearing.begin(measure.id)


def _page(username: str) -> dict[str, Any]:
    page = queries.page_of(
        username,
        after=id_from(request.args.get("after")),
        decided_after=id_from(request.args.get("decided_after")),
    )
    if page is None:
        raise Missing(actions.NOBODY)
    return {"page": page, "may": policy.may_measure(person(), page.person)}


def _page_of(username: str) -> str:
    return f"/moderation/people/{username}"
