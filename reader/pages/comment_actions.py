"""What one may do with a comment, on a page of its own: two features decide about that, so it is composed here.

It is the only part of a thread that differs from viewer to viewer; the thread itself only links to it.
"""

from __future__ import annotations

from uuid import uuid4

from flask import Blueprint, render_template

from reader.accounts import queries as accounts
from reader.accounts.access import viewer
from reader.accounts.models import User
from reader.comments import policy
from reader.comments import queries as comments
from reader.comments.models import Thread
from reader.comments.shown import Shown
from reader.comments.views import COMMENT
from reader.errors import Missing
from reader.moderation import policy as moderation
from reader.moderation.forms import FORMS, MAY, DecisionForm
from reader.moderation.reports import policy as reports
from reader.moderation.reports.forms import ReportForm
from reader.moderation.reports.queries import filed_by

blueprint = Blueprint("comment_actions", __name__)


@blueprint.get(f"{COMMENT}/actions")
def actions(comment_id: int) -> str:
    """A form for each thing that this viewer may do."""
    who = viewer()
    found = comments.alone(comment_id, viewer=who)
    if found is None:
        raise Missing("There is no such comment.")
    comment = found.comment
    return render_template(
        "pages/comment_actions.html",
        comment=comment,
        article=found.article,
        viewer=who,
        may_reply=policy.may_reply(who, comment, found.thread),
        may_recommend=policy.may_recommend(who, comment),
        recommends=who is not None and bool(comments.recommended_by(who, [comment_id])),
        may_delete=policy.may_delete(who, comment),
        # Who may decide need not report.
        report=ReportForm(formdata=None, revision=comment.revision)
        if reports.may_report(who, comment) and not moderation.may_moderate(who)
        else None,
        reported=filed_by(who.id, comment_id, comment.revision) if who else None,
        decisions=_decisions(who, comment, found.thread),
        may_mute=who is not None and not comment.is_tombstone and not policy.is_author(who, comment),
        is_muted=accounts.has_muted(who, comment.author_id),
        submission_id=uuid4(),
    )


def _decisions(who: User | None, comment: Shown, thread: Thread) -> dict[str, DecisionForm]:
    """What the viewer may decide about the comment, each with its form."""
    may = [action for action, allowed in MAY.items() if allowed(who, comment)]
    is_pinned = thread.pinned_id == comment.id
    senseless = {"pin" if is_pinned else "unpin"}
    return {action: FORMS[action](formdata=None) for action in may if action not in senseless}
