"""Every write of reports, but for decisions that end them: those are in :mod:`reader.moderation.decisions`."""

from __future__ import annotations

from dataclasses import dataclass

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
from reader.factchecks.actions import ReportedComment
from reader.factchecks.models import FactReport
from reader.moderation import decisions
from reader.moderation import queries as moderation
from reader.moderation.actions import NEEDS_NOTE, tidy
from reader.moderation.decisions import Judgement
from reader.moderation.models import Action, Reason, Report, ReportOutcome
from reader.moderation.reports import policy, queries
from reader.policy import whose
from reader.web import rate_limits
from reader.web.rate_limits import RequestOrigin

OWN = "This is your own comment. You can delete it, but not report it."
GONE = "This comment is not there to be read any more, so there is nothing left to report."
EDITED = "Its author has changed this comment meanwhile. Read it again; what you wrote is kept."
TWICE = "You have reported this comment already. A moderator sees it."


@dataclass(frozen=True)
class Complaint:
    """A reader's complaint about a comment, and the revision of it that they have read, if that is known."""

    reason: Reason
    note: str = ""
    revision: int | None = None


def report_comment(
    comment_id: int, complaint: Complaint, *, by: User, origin: RequestOrigin | None = None
) -> Report:
    """File a report on the current revision of a comment, which must be that of the complaint if it names one.

    Filing the same report again returns the first; a different one on the same revision raises :class:`Conflict`, as
    does an edit in the meantime. A report on a revision that a moderator has approved is answered at once. Enough
    reports by trusted readers hide the comment until a moderator has looked.
    """
    _charge(by, origin)
    reason, note = complaint.reason, tidy(complaint.note)
    if reason is Reason.OTHER and not note:
        raise Invalid(NEEDS_NOTE, field="note")
    with transaction() as session:
        comment = _reported("report_comment", locked(comment_id), by=by, revision=complaint.revision)
        before = queries.report_by(by.id, comment.id, comment.revision)
        if before is not None:
            if (before.reason, before.note or "") != (reason.value, note):
                raise Conflict(TWICE)
            return before
        kept = moderation.approval(comment.id, comment.revision)
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
            decisions.about_comment(comment, Judgement(Action.HOLD, State.PUBLISHED, reason), by=None)
        eventlog.lock(streams.MODERATION)
        eventlog.append(Kind.REPORT_FILED, streams.MODERATION, comment.element, actor_id=by.id)
    return report


def report_facts(
    comment_id: int, *, by: User, note: str, revision: int | None = None, origin: RequestOrigin | None = None
) -> FactReport:
    """Report a factual error to the editors. Raises what :func:`report_comment` raises."""
    _charge(by, origin)
    note = tidy(note)
    comment = db.session.get(Comment, comment_id)
    if comment is None:
        raise Missing(NO_COMMENT)
    _reported("report_facts", comment, by=by, revision=revision)
    reported = ReportedComment(comment.id, comment.revision, comment.article_id, comment.claim_id)
    return factchecks.report_facts(reported, by=by, note=note)


def end_reports(comment: Comment, *, by: User) -> None:
    """End the open reports on a comment that its author is deleting, and notify the reporters.

    The moderators' stream gets an event for each such comment, reported or not: it may be on a moderator's screen.
    """
    if not comment.is_placed:
        return
    reports = moderation.open_reports(comment.id)
    eventlog.lock(*(streams.person(report.reporter_id) for report in reports), streams.MODERATION)
    for report in reports:
        report.outcome, report.decided_at = ReportOutcome.DELETED.value, now()
        stream = streams.person(report.reporter_id)
        eventlog.append(Kind.REPORT_DECIDED, stream, report.element, actor_id=by.id)
    eventlog.append(Kind.COMMENT_DELETED, streams.MODERATION, comment.element, actor_id=by.id)


def _charge(by: User, origin: RequestOrigin | None) -> None:
    rate_limits.charge("reports", str(by.id), origin=origin)


def _is_enough(comment: Comment) -> bool:
    """Return True if enough trusted readers have reported this revision for it to be hidden."""
    threshold = config.current().reports_to_hold
    trusted = [
        report
        for report in moderation.open_reports(comment.id)
        if report.trusted and report.revision == comment.revision
    ]
    return 0 < threshold <= len(trusted)


def _reported(act: str, comment: Comment, *, by: User, revision: int | None) -> Comment:
    """Return the comment, if ``by`` may report it and it is still as it was read; raise otherwise."""
    if comments.alone(comment.id) is None:
        raise Missing(NO_COMMENT)
    rights.require(act, by, whose(by, comment.author_id), refusal=OWN)
    if not policy.may_report(by, comment):
        raise Conflict(GONE)
    if revision is not None and comment.revision != revision:
        raise Conflict(EDITED, resend={"revision": comment.revision})
    return comment
