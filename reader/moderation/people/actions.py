"""Every measure on a person: its row, the decision in the log, and who is told, all or nothing."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select

from reader import eventlog
from reader.accounts import queries as accounts
from reader.accounts import rights
from reader.accounts.actions import end_access
from reader.accounts.models import Clearing, Measure, User
from reader.clock import now
from reader.db.base import db
from reader.db.transactions import transaction
from reader.errors import Conflict, Invalid, Missing
from reader.eventlog import Kind, streams
from reader.moderation.actions import NEEDS_NOTE, moot, tidy
from reader.moderation.models import Action, Decision, Reason
from reader.policy import MeasureKind, rank

NOBODY = "There is nobody of this name."
NOT_YOURS = (
    "Nobody acts on themselves, nor on people who are trusted with as much or more. Nothing was changed."
)
NEEDS_REASON = "Choose a reason: the person is told, and the public log names it."
NEEDS_WORDS = "Say it in words: they are what it is about."
NEEDS_END = "Say until when."
PAST = "This time is over already. Choose a later one."
OVER = "This measure has ended already."
# Measures without an end of their own, whose words are their reason.
ENDLESS = frozenset({MeasureKind.NOTE, MeasureKind.WARNING})


def take_measure(
    person_id: int,
    *,
    by: User,
    kind: MeasureKind,
    words: str,
    reason: Reason | None = None,
    until: datetime | None = None,
    with_comments: bool = False,
) -> Measure:
    """Do something to a person, from now on; it takes the place of what is in force of the same kind.

    A ban ``with_comments`` wants all of theirs removed, which :mod:`reader.moderation.bulk_removal` does.
    :class:`Invalid` where something is missing, :class:`Refused` where ``by`` may not act on them.
    """
    words = tidy(words)
    until = None if kind in ENDLESS else until
    clears = with_comments and kind is MeasureKind.BAN
    _check(kind, words, reason, until)
    with transaction() as session:
        judged(kind.value, person_id, by=by)
        before = next((each for each in accounts.in_force(person_id).measures if each.kind == kind), None)
        if before is not None:
            clears = clears or before.clearing == Clearing.REMOVE
            end(before, by=by)
        elif clears:
            before = _stop_bringing_back(person_id)
        measure = Measure(
            person_id=person_id,
            kind=kind.value,
            reason=reason.value if reason else None,
            words=words or None,
            until=until,
            by_id=by.id,
            at=now(),
            replaces_id=before.id if before else None,
            clearing=Clearing.REMOVE.value if clears else None,
        )
        session.add(measure)
        session.flush()
        record(measure, Action(kind.value), by=by, note=words)
        if kind in (MeasureKind.BAN, MeasureKind.SUSPENSION):
            end_access(person_id, by=by, cut_only=kind is MeasureKind.SUSPENSION)
    return measure


def end_measure(measure_id: int, *, by: User, words: str = "", with_comments: bool = False) -> Measure:
    """Undo a measure, and ``with_comments`` what was removed with it. :class:`Conflict` where it has ended."""
    words = tidy(words)
    found = db.session.get(Measure, measure_id)
    if found is None:
        raise Missing("There is no such measure.")
    with transaction() as session:
        judged("end_measure", found.person_id, by=by)
        measure = session.get_one(Measure, measure_id, populate_existing=True)
        if measure.ended_at is not None:
            raise Conflict(OVER)
        end(measure, by=by, with_comments=with_comments)
        record(measure, Action(f"end-{measure.kind}"), by=by, note=words)
    return measure


def _stop_bringing_back(person_id: int) -> Measure | None:
    """The ban of which comments are still being brought back, if there is one: they stay removed, by the next ban."""
    found = db.session.scalar(
        select(Measure)
        .where(Measure.person_id == person_id, Measure.clearing == Clearing.RESTORE.value)
        .order_by(Measure.id.desc())
        .limit(1)
    )
    if found is not None:
        found.clearing = None
    return found


def _check(kind: MeasureKind, words: str, reason: Reason | None, until: datetime | None) -> None:
    if kind in ENDLESS and not words:
        raise Invalid(NEEDS_WORDS, field="words")
    if kind not in ENDLESS and reason is None:
        raise Invalid(NEEDS_REASON, field="reason")
    if reason is Reason.OTHER and not words:
        raise Invalid(NEEDS_NOTE, field="words")
    if kind is MeasureKind.SUSPENSION and until is None:
        raise Invalid(NEEDS_END, field="lasts")
    if until is not None and until <= now():
        raise Invalid(PAST, field="until")


def judged(act: str, person_id: int, *, by: User) -> None:
    """Lock the person against posts and log-ins of theirs, if ``by`` may do this to them."""
    eventlog.lock(streams.ACCESS, streams.person(person_id), streams.MODERATION)
    person = db.session.scalars(
        select(User).where(User.id == person_id).with_for_update(key_share=True)
    ).one_or_none()
    if person is None:
        raise Missing(NOBODY)
    rights.require(act, by, rank(by, person), refusal=NOT_YOURS)


def end(measure: Measure, *, by: User, with_comments: bool = False) -> None:
    """End a measure on a :func:`judged` person. An appeal against it that nobody has answered is beside the point.
    What was removed with a ban is brought back ``with_comments``, and else stays as it is.
    """
    measure.ended_at = now()
    brings_back = with_comments and measure.kind == MeasureKind.BAN
    measure.clearing = Clearing.RESTORE.value if brings_back else None
    for decision_id in moot(Decision.measure_id == measure.id, Decision.person_id.is_not(None)):
        eventlog.append(Kind.CASE_DECIDED, streams.MODERATION, f"decision-{decision_id}", actor_id=by.id)


def record(measure: Measure, action: Action, *, by: User, note: str) -> Decision:
    """Write a decision about a measure on a :func:`judged` person down, and tell it: to the moderators, and to
    whom it is about, unless it is a note.
    """
    decision = Decision(
        at=now(),
        actor_id=by.id,
        actor_role=by.role,
        action=action.value,
        reason=measure.reason,
        note=note or None,
        person_id=measure.person_id,
        subject_id=measure.person_id,
        measure_id=measure.id,
        until=measure.until,
    )
    session = db.session()
    session.add(decision)
    session.flush()
    stream, target = streams.person(measure.person_id), f"person-{measure.person_id}"
    if measure.kind != MeasureKind.NOTE:
        eventlog.append(Kind.MEASURE_TAKEN, stream, target, actor_id=by.id)
        eventlog.append(Kind.DECISION_TOLD, stream, decision.element, actor_id=by.id)
    eventlog.append(Kind.MEASURE_TAKEN, streams.MODERATION, target, actor_id=by.id)
    return decision
