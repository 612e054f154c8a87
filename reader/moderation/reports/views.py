"""Requests about reports: parse, act, respond."""

from __future__ import annotations

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from reader.accounts.access import person
from reader.comments import queries as comments
from reader.comments.actions import NO_COMMENT
from reader.comments.comment_view import Alone
from reader.comments.views import COMMENT
from reader.db.keyset import id_from
from reader.errors import Missing, Refused
from reader.factchecks import told
from reader.moderation.models import Reason
from reader.moderation.reports import actions, policy, queries
from reader.moderation.reports.forms import ReportForm
from reader.web.answers import form_again, wants_json
from reader.web.notices import Done, done
from reader.web.rate_limits import this_request

PAGE = "moderation/reports/report.html"

blueprint = Blueprint("reports", __name__)


@blueprint.get(f"{COMMENT}/report")
def reporting(comment_id: int) -> str:
    """Show the form to report a comment; once the viewer has reported it, the outcome."""
    found = _alone(comment_id)
    form = ReportForm(formdata=None, revision=found.comment.revision)
    return render_template(PAGE, form=form, **_page(found))


@blueprint.post(f"{COMMENT}/report")
def report(comment_id: int) -> ResponseReturnValue:
    """Report a comment to the moderators, or, if its facts are wrong, to the editors."""
    found, form = _alone(comment_id), ReportForm()
    try:
        form.check()
        origin, note, revision = this_request(), form.note.data or "", form.revision.data
        if form.about_facts:
            actions.report_facts(comment_id, by=person(), note=note, revision=revision, origin=origin)
        else:
            complaint = actions.Complaint(Reason(form.reason.data), note, revision)
            actions.report_comment(comment_id, complaint, by=person(), origin=origin)
    except Refused as refused:
        if wants_json() or isinstance(refused, Missing):
            raise
        # What is shown with a refusal is read after it, as is the revision that the form is sent with next.
        shown = _page(_alone(comment_id))
        return form_again(PAGE, form, refused if refused.field not in form.errors else None, **shown)
    here = f"{found.comment.path}/report"
    return done(Done.REPORTED, here, status=201, id=comment_id, seq=found.comment.changed_seq, url=here)


@blueprint.get("/account/reports")
def own() -> str:
    """List one's own reports with their outcomes."""
    after = id_from(request.args.get("after"))
    return render_template(
        "moderation/reports/own.html",
        page=queries.own(person().id, after=after),
        fact_reports=told.fact_reports_of(person().id) if after is None else (),
        is_first=after is None,
    )


def _alone(comment_id: int) -> Alone:
    found = comments.alone(comment_id)
    if found is None:
        raise Missing(NO_COMMENT)
    return found


def _page(found: Alone) -> dict[str, object]:
    comment = found.comment
    return {
        "alone": found,
        "may": policy.may_report(person(), comment),
        "is_own": comment.author_id == person().id,
        "filed": queries.filed_by(person().id, comment.id, comment.revision),
    }
