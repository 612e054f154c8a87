"""Every write of reports. Decisions end them (:mod:`reader.moderation.actions`), or that the comment is gone."""

from __future__ import annotations

from reader import config, eventlog
from reader.accounts import rights
from reader.accounts.models import User
from reader.clock import now
from reader.comments import queries as comments
from reader.comments.actions import NO_COMMENT, change_state, locked
from reader.comments.models import Comment, State
from reader.db.base import db
from reader.db.transactions import transaction
from reader.errors import Conflict, Invalid, Missing
from reader.eventlog import Kind, streams
from reader.factchecks import actions as factchecks
from reader.factchecks.models import FactReport
from reader.moderation import queries as decisions
from reader.moderation.actions import NEEDS_NOTE, record, tidy
from reader.moderation.models import Action, Reason, Report, ReportOutcome
from reader.moderation.reports import policy, queries
from reader.policy import whose

OWN = "This is your own comment. You can delete it, but not report it."
GONE = "This comment is not there to be read any more, so there is nothing left to report."
EDITED = "Its author has changed this comment meanwhile. Read it again; what you wrote is kept."
TWICE = "You have reported this comment already. A moderator sees it."


def report_comment(
    comment_id: int, *, by: User, reason: Reason, note: str, revision: int | None = None
) -> Report:
    """File a report on what the comment says now, which is what ``revision`` said, where that is given.

    The same report again is the same report; another one on the same revision a :class:`Conflict`, as is an edit
    meanwhile. On a revision that a moderator has seen and kept, the report is answered at once. Enough reports by
    readers whose word counts hide the comment until a moderator has looked.
    """
    note = tidy(note)
    if reason is Reason.OTHER and not note:
        raise Invalid(NEEDS_NOTE, field="note")
    with transaction() as session:
        comment = _reported("report_comment", locked(comment_id), by=by, revision=revision)
        before = queries.report_by(by.id, comment.id, comment.revision)
        if before is not None:
            if (before.reason, before.note or "") != (reason.value, note):
                raise Conflict(TWICE)
            return before
        kept = decisions.approval(comment.id, comment.revision)
        report = Report(
            comment_id=comment.id,
            revision=comment.revision,
            reporter_id=by.id,
            reason=reason.value,
            note=note or None,
            trusted=queries.records([by.id])[by.id].is_trusted,
            at=now(),
        )
        session.add(report)
        if kept is not None:
            report.outcome, report.decision_id, report.decided_at = ReportOutcome.KEPT.value, kept.id, kept.at
            return report
        session.flush()
        if _is_enough(comment):
            change_state(comment, State.HELD, Kind.COMMENT_HELD, by=None)
            record(comment, Action.HOLD, by=None, reason=reason, before=State.PUBLISHED)
        eventlog.lock(streams.MODERATION)
        eventlog.append(Kind.REPORT_FILED, streams.MODERATION, comment.element, actor_id=by.id)
    return report


def report_facts(comment_id: int, *, by: User, note: str, revision: int | None = None) -> FactReport:
    """Tell the editors that the comment is wrong about the facts. Raises what :func:`report_comment` raises."""
    note = tidy(note)
    comment = db.session.get(Comment, comment_id)
    if comment is None:
        raise Missing(NO_COMMENT)
    _reported("report_facts", comment, by=by, revision=revision)
    return factchecks.report_facts(
        comment_id=comment.id,
        revision=comment.revision,
        article_id=comment.article_id,
        claim_id=comment.claim_id,
        by=by,
        note=note,
    )


def end_reports(comment: Comment, *, by: User) -> None:
    """End the open reports on a comment that its author is deleting, and tell who filed them; moderators are told of
    each such comment, because it may be on their screens for whatever reason.
    """
    if not comment.is_placed:
        return
    reports = decisions.open_reports(comment.id)
    eventlog.lock(*(streams.person(report.reporter_id) for report in reports), streams.MODERATION)
    for report in reports:
        report.outcome, report.decided_at = ReportOutcome.DELETED.value, now()
        stream = streams.person(report.reporter_id)
        eventlog.append(Kind.REPORT_DECIDED, stream, report.element, actor_id=by.id)
    eventlog.append(Kind.COMMENT_DELETED, streams.MODERATION, comment.element, actor_id=by.id)


def _is_enough(comment: Comment) -> bool:
    """Whether so many readers whose word counts have reported this revision that it is hidden for now."""
    threshold = config.current().reports_to_hold
    trusted = [
        report
        for report in decisions.open_reports(comment.id)
        if report.trusted and report.revision == comment.revision
    ]
    return 0 < threshold <= len(trusted)


def _reported(act: str, comment: Comment, *, by: User, revision: int | None) -> Comment:
    """The comment, if it is there to be reported, as it was read."""
    if comments.alone(comment.id) is None:
        raise Missing(NO_COMMENT)
    rights.require(act, by, whose(by, comment.author_id), refusal=OWN)
    if not policy.may_report(by, comment):
        raise Conflict(GONE)
    if revision is not None and comment.revision != revision:
        raise Conflict(EDITED)
    return comment
