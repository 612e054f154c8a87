"""The page of what a viewer may do with a comment, composed here since two features decide about that.

It is the only part of a thread that differs between viewers; the thread itself only links to it.
"""

from __future__ import annotations

from uuid import uuid4

from flask import Blueprint, render_template

from reader.accounts import queries as accounts
from reader.accounts import rights
from reader.accounts.access import person
from reader.accounts.models import User
from reader.accounts.sessions import viewer
from reader.clock import now
from reader.comments import policy
from reader.comments import queries as comments
from reader.comments.comment_view import CommentView
from reader.comments.editing.queries import revisions_of
from reader.comments.models import State, Thread
from reader.comments.views import COMMENT, alone
from reader.moderation import policy as moderation
from reader.moderation.appeals.queries import statement_on
from reader.moderation.forms import FORMS, MAY, DecisionForm
from reader.moderation.reports import policy as reports
from reader.moderation.reports.forms import ReportForm
from reader.moderation.reports.queries import filed_by
from reader.policy import On, may, whose

NOT_PUBLIC = "What a comment said before is for its author and for moderators."

blueprint = Blueprint("comment_actions", __name__)


@blueprint.get(f"{COMMENT}/actions")
def actions(comment_id: int) -> str:
    """A form for each thing that this viewer may do."""
    found = alone(comment_id)
    who, comment = viewer(), found.comment
    return render_template(
        "pages/comment_actions.html",
        comment=comment,
        article=found.article,
        viewer=who,
        may_reply=policy.may_reply(who, comment, found.thread),
        may_recommend=policy.may_recommend(who, comment),
        recommends=who is not None and bool(comments.recommended_by(who, [comment_id])),
        may_edit=policy.may_edit(who, comment, at=now()),
        may_see_revisions=comment.revision > 1 and may("see_revisions", who, _revisions_of(who, comment)),
        may_delete=policy.may_delete(who, comment),
        # Who may decide need not report.
        report=ReportForm(formdata=None, revision=comment.revision)
        if reports.may_report(who, comment) and not moderation.may_moderate(who)
        else None,
        reported=filed_by(who.id, comment_id, comment.revision) if who else None,
        statement=statement_on(comment_id, person_id=who.id) if who else None,
        decisions=_decisions(who, comment, found.thread),
        may_mute=may("mute", who, whose(who, comment.author_id)) and not comment.is_tombstone,
        is_muted=accounts.has_muted(who, comment.author_id),
        submission_id=uuid4(),
    )


@blueprint.get(f"{COMMENT}/revisions")
def revisions(comment_id: int) -> str:
    """All that a comment ever said. What its author deleted is nobody's business any more."""
    found = alone(comment_id)
    on = _revisions_of(person(), found.comment)
    rights.require("see_revisions", person(), on, refusal=NOT_PUBLIC)
    return render_template(
        "pages/comment_revisions.html",
        comment=found.comment,
        article=found.article,
        revisions=revisions_of(comment_id),
    )


def _revisions_of(who: User | None, comment: CommentView) -> On:
    """Return the owner of a comment's earlier versions, as seen from ``who``.

    Those of a removed comment no longer belong to its author; those of a deleted one belong to nobody.
    """
    if policy.is_alive(comment):
        return whose(who, comment.author_id)
    return On.OTHERS if comment.state == State.REMOVED else On.HIDDEN


def _decisions(who: User | None, comment: CommentView, thread: Thread) -> dict[str, DecisionForm]:
    """Return the decisions that the viewer may take on the comment, each with its form."""
    may = [action for action, allowed in MAY.items() if allowed(who, comment)]
    is_pinned = thread.pinned_id == comment.id
    senseless = {"pin" if is_pinned else "unpin"}
    return {action: FORMS[action](formdata=None) for action in may if action not in senseless}
