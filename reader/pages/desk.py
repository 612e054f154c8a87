"""Readers' reports to the editors, beside the comments that they are about: two features hold these."""

from __future__ import annotations

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from reader.accounts.access import person
from reader.comments import queries as comments
from reader.db import keyset
from reader.db.keyset import MAX_ID, id_from
from reader.errors import Invalid, Missing, Refused
from reader.factchecks import actions, told
from reader.factchecks.forms import FactReportAnswerForm
from reader.web.answers import form_again
from reader.web.notices import Done, done

PAGE = 25
LIST = "/desk/reports"
REPORT = f"{LIST}/<int(max={MAX_ID}):report_id>"

blueprint = Blueprint("desk", __name__)


@blueprint.get(LIST)
def reports() -> str:
    """List reports that wait for an answer, or those that have one."""
    return render_template(
        "pages/desk_reports.html", **_list(), failed=None, form=FactReportAnswerForm(formdata=None)
    )


@blueprint.post(f"{REPORT}/seen")
def seen(report_id: int) -> ResponseReturnValue:
    """Note that somebody looks into it."""
    report = actions.see_fact_report(report_id, by=person())
    return done(Done.FACT_REPORT_SEEN, f"{LIST}#{report.element}")


@blueprint.post(f"{REPORT}/answer")
def answer(report_id: int) -> ResponseReturnValue:
    """Tell the reader what came of it."""
    form = FactReportAnswerForm()
    try:
        if not form.validate():
            raise Invalid(str(form.answer.errors[0]))
        actions.answer_fact_report(report_id, by=person(), answer=form.answer.data or "")
    except Missing:
        raise
    except Refused as refused:
        return form_again("pages/desk_reports.html", form, refused, **_list(), failed=report_id)
    return done(Done.FACT_REPORT_ANSWERED, LIST)


def _list() -> dict[str, object]:
    answered = request.args.get("answered") == "yes"
    after = id_from(request.args.get("after"))
    found, last = keyset.page(told.fact_reports(answered=answered, after=after, limit=PAGE + 1), PAGE)
    shown = comments.by_ids({report.comment_id for report in found})
    return {
        "entries": [(report, shown.get(report.comment_id)) for report in found],
        "after": last.id if last else None,
        "answered": answered,
    }
