"""Requests about the queues: parse, act, respond."""

from __future__ import annotations

from urllib.parse import quote

from flask import Blueprint, Response, jsonify, make_response, redirect, render_template, request
from flask.typing import ResponseReturnValue

from reader import eventlog
from reader.accounts.access import person
from reader.accounts.models import User
from reader.articles import queries as articles
from reader.errors import Invalid, Refused
from reader.eventlog import streams
from reader.moderation import actions, queries
from reader.moderation.appeals.forms import AppealAnswerForm
from reader.moderation.models import Reason
from reader.moderation.queues import forms, lists
from reader.moderation.queues.cases import rendered, shown
from reader.moderation.queues.forms import BulkForm, Pick
from reader.moderation.queues.lists import Queue, QueueItem
from reader.moderation.queues.runs import QueueFilters
from reader.policy import may
from reader.text.english import plural
from reader.web.notices import Done, done

MAX_CARDS = 50
OFFERED = 30
_QUEUES = ", ".join(queue.value for queue in Queue)

blueprint = Blueprint("queues", __name__)
blueprint.add_app_template_global(lists.waiting, "waiting_for_moderators")


@blueprint.get("/moderation/")
def start() -> ResponseReturnValue:
    """Redirect to the first queue that is not empty."""
    waiting = lists.counts()
    return redirect(next((queue for queue in Queue if waiting[queue]), Queue.REPORTED).path)


@blueprint.get(f"/moderation/<any({_QUEUES}):name>")
def queue(name: str) -> Response:
    """Show a queue."""
    return _page(Queue(name))


@blueprint.get("/moderation/cards")
def some() -> Response:
    """Return the current cards of some cases, and the counts, to an open page."""
    head = eventlog.head(streams.MODERATION)  # read before the cards and counts
    asked = [case for case in map(QueueItem.named, request.args.getlist("id")) if case is not None]
    found = [{"target": card.element, "html": rendered(card)} for card in shown(asked[:MAX_CARDS])]
    return jsonify(head=head, counts=lists.counts(), cards=found)


@blueprint.post("/moderation/decide")
def decide() -> ResponseReturnValue:
    """Decide about all ticked comments, or about one. Refusals are listed; the rest is done."""
    form = BulkForm()
    try:
        action, picks = form.decision(request.form.getlist("pick"))
        if action == "remove" and not form.reason.data and form.do.data != "remove":
            # One comment, without a reason yet: on a page of its own.
            return redirect(
                f"/moderation/comments/{picks[0].comment_id}/remove?next={quote(form.back())}", 303
            )
        refused = [fault for pick in picks if (fault := _decided(action, pick, form, person()))]
    except Refused as error:
        return _again(form, [error.reason], error.status)
    if refused:
        summary = f"{plural(len(picks) - len(refused), 'comment')} decided, {len(refused)} not:"
        return _again(form, [summary, *dict.fromkeys(refused)], 409)
    return done(Done.DECIDED, form.back())


@blueprint.post("/moderation/decisions/<int:decision_id>/undo")
def undo(decision_id: int) -> ResponseReturnValue:
    """Undo a decision."""
    form = BulkForm()
    made = actions.undo_decision(decision_id, by=person())
    return done(Done.UNDONE, form.back(), decision=made.id, id=made.comment_id)


def _decided(action: str, pick: Pick, form: BulkForm, by: User) -> str | None:
    """Decide about one comment; return the reason if that was refused."""
    note = form.note.data or ""
    try:
        match action:
            case "approve":
                actions.approve_comment(pick.comment_id, by=by, note=note, revision=pick.revision)
            case "remove":
                reason = form.chosen()
                actions.remove_comment(
                    pick.comment_id, by=by, reason=reason, note=note, revision=pick.revision
                )
            case "restore":
                actions.restore_comment(pick.comment_id, by=by, note=note, revision=pick.revision)
            case "pin":
                actions.pin_comment(pick.comment_id, by=by, revision=pick.revision)
            case "unpin":
                actions.unpin_comment(pick.comment_id, by=by, revision=pick.revision)
    except Invalid:
        raise
    except Refused as error:
        return error.reason
    return None


def _again(form: BulkForm, faults: list[str], status: int) -> Response:
    """Show the current queue again, with the refusals."""
    name = form.back().partition("?")[0].rpartition("/")[2]
    known = {queue.value for queue in Queue}
    response = _page(Queue(name) if name in known else Queue.REPORTED, faults=faults, form=form)
    response.status_code = status
    return response


def _page(queue: Queue, *, faults: list[str] | None = None, form: BulkForm | None = None) -> Response:
    waiting = lists.waiting()  # read before the page
    chosen = forms.filters(request.args)
    page = lists.listed(queue, chosen, after=id_from_key(request.args.get("after")))
    return make_response(
        render_template(
            "moderation/queues/queue.html",
            queue=queue,
            queues=list(Queue),
            waiting=waiting,
            filters=chosen,
            watched=articles.by_ids(chosen.articles),
            offered=articles.headlines(OFFERED),
            reasons=list(Reason),
            cards=shown(page.cases),
            after=page.after,
            is_first=not request.args.get("after"),
            form=form or BulkForm(formdata=None, next=_here(queue, chosen)),
            answer=AppealAnswerForm(formdata=None),
            faults=faults or [],
            last=queries.undoable_by(person().id),
            viewer=person(),
            is_editor=may("answer_fact_report", person()),
        )
    )


def _here(queue: Queue, chosen: QueueFilters) -> str:
    return f"{queue.path}?{chosen.query}" if chosen.query else queue.path


def id_from_key(text: str | None) -> int | None:
    """Parse a key; None if ``text`` is not one, so that the queue starts at its beginning."""
    digits = (text or "").removeprefix("-")
    if not (digits.isascii() and digits.isdigit() and len(digits) <= 12):
        return None
    return int(text or "")
