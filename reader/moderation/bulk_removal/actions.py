"""Remove all comments of a banned person, and restore them, one comment at a time.

The measure stores the pending operation, the comments themselves store what is done. So the work can be stopped or
killed anywhere, and several workers may do it at once: a request, the job queue, a waiting moderator. Each comment has
a transaction of its own, so no discussion is locked for longer than that takes.
"""

from __future__ import annotations

import time

import structlog
from sqlalchemy import update
from sqlalchemy.exc import OperationalError
from sqlalchemy.exc import TimeoutError as NoConnectionFree

from reader import eventlog
from reader.accounts import rights
from reader.accounts.models import Clearing, Measure, User
from reader.comments.actions import change_state, locked
from reader.comments.models import State
from reader.db.transactions import transaction
from reader.errors import Conflict, Missing
from reader.eventlog import Kind, streams
from reader.moderation import decisions
from reader.moderation.actions import NOT_MODERATOR
from reader.moderation.bulk_removal import queries
from reader.moderation.bulk_removal.queries import Progress
from reader.moderation.decisions import Judgement
from reader.moderation.models import Action, Reason
from reader.policy import rank

# Number of comments per request or job, which takes about half a second.
BATCH = 100
# A request does no more once this is over: in a busy discussion each comment waits for its turn.
AT_ONCE_SECONDS = 2.0
STOPPED = "This has been stopped meanwhile."

log = structlog.get_logger(__name__)


def begin(measure_id: int) -> None:
    """Do within a request what can be done at once, and leave the rest to the job queue.

    The measure itself stands by then, so a database that is too busy for this is no error of the request.
    """
    try:
        work_on(measure_id, seconds=AT_ONCE_SECONDS)
    except (OperationalError, NoConnectionFree) as error:
        log.warning("clearing-postponed", measure=measure_id, fault=str(error))


def go_on(measure_id: int, *, by: User) -> Progress:
    """Process a batch of a measure's comments for a waiting moderator; return the progress."""
    whom = queries.whom(measure_id)
    if whom is None:
        raise Missing("There is no such measure.")
    rights.require("go_on", by, rank(by, whom), refusal=NOT_MODERATOR)
    begin(measure_id)
    return queries.progress(measure_id)


def work_on_all() -> int:
    """Process a batch of comments of each measure with a pending operation; return their number."""
    return sum(work_on(measure_id) for measure_id in queries.unfinished())


def work_on(measure_id: int, *, seconds: float = float("inf")) -> int:
    """Process at most ``BATCH`` comments of a measure's pending operation; return their number.

    No comment is begun when the ``seconds`` are over.
    """
    end = time.monotonic() + seconds
    wanted, count = queries.wanted(measure_id), 0
    if wanted is None:
        return 0
    decide = _remove if wanted is Clearing.REMOVE else _bring_back
    ids = queries.left(measure_id, wanted, limit=BATCH)
    for comment_id in ids:
        if time.monotonic() > end:
            return count
        try:
            count += decide(comment_id, measure_id)
        except Conflict:
            return count
    if len(ids) < BATCH:
        _finish(measure_id, wanted)
    return count


def _remove(comment_id: int, measure_id: int) -> bool:
    """Remove a comment as part of the ban, unless it was removed or decided about since; return True if removed."""
    with transaction():
        comment = locked(comment_id)
        ban = queries.decision(measure_id, Clearing.REMOVE)
        if comment.state not in queries.STANDING or queries.is_decided_since(comment_id, ban):
            return False
        before = State(comment.state)
        change_state(comment, State.REMOVED, Kind.COMMENT_REMOVED, by=ban.actor)
        reason = Reason(ban.reason) if ban.reason else None
        judgement = Judgement(Action.REMOVE, before, reason, part_of=ban)
        decisions.about_comment(comment, judgement, by=ban.actor)
        _require(measure_id, Clearing.REMOVE)
    return True


def _bring_back(comment_id: int, measure_id: int) -> bool:
    """Undo a removal that was part of the ban, unless the comment was decided about since; return True if undone."""
    with transaction():
        comment = locked(comment_id)
        removal = queries.removal_by(measure_id, comment_id)
        if removal is None or comment.state != State.REMOVED:
            return False
        end = queries.decision(measure_id, Clearing.RESTORE)
        waits = removal.before == State.HELD
        if waits:
            change_state(comment, State.HELD, Kind.COMMENT_HELD, by=end.actor)
        else:
            change_state(comment, State.PUBLISHED, Kind.COMMENT_RESTORED, by=end.actor)
        action = Action.REOPEN if waits else Action.RESTORE
        judgement = Judgement(action, State.REMOVED, undoes=removal, part_of=end)
        decisions.about_comment(comment, judgement, by=end.actor)
        _require(measure_id, Clearing.RESTORE)
    return True


def _require(measure_id: int, wanted: Clearing) -> None:
    """Raise :class:`Conflict` if the operation was cancelled; a change of it locks the moderators' stream."""
    if queries.wanted(measure_id) is not wanted:
        raise Conflict(STOPPED)


def _finish(measure_id: int, wanted: Clearing) -> None:
    """Clear the pending operation, if no comment is left."""
    with transaction() as session:
        eventlog.lock(streams.MODERATION)
        if not queries.left(measure_id, wanted, limit=1):
            session.execute(
                update(Measure)
                .where(Measure.id == measure_id, Measure.clearing == wanted.value)
                .values(clearing=None)
            )
