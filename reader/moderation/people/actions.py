"""Every measure on a person: its row, the decision in the log, and who is told, all or nothing."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select

from reader import eventlog
from reader.accounts import queries as accounts
from reader.accounts import rights
from reader.accounts.actions import ACCESS, shut_out
from reader.accounts.models import Measure, User
from reader.clock import now
from reader.errors import Conflict, Invalid, Missing
from reader.eventlog import Kind
from reader.extensions import db
from reader.moderation.actions import NEEDS_NOTE, STREAM, moot, remove_comment, tidy
from reader.moderation.models import Action, Decision, Reason
from reader.moderation.people import queries
from reader.policy import MeasureKind, rank
from reader.transactions import transaction

NOBODY = "There is nobody of this name."
NOT_YOURS = (
    "Nobody acts on themselves, nor on people who are trusted with as much or more. Nothing was changed."
)
NEEDS_WORDS = "Say it in words: they are what it is about."
NEEDS_END = "Say until when."
PAST = "This time is over already. Choose a later one."
OVER = "This measure has ended already."
ENDLESS = frozenset({MeasureKind.NOTE, MeasureKind.WARNING})


def take_measure(
    person_id: int,
    *,
    by: User,
    kind: MeasureKind,
    words: str,
    reason: Reason | None = None,
    until: datetime | None = None,
) -> Measure:
    """Do something to a person, from now on; it takes the place of what is in force of the same kind.

    :class:`Invalid` where something is missing, :class:`Refused` where ``by`` may not act on them.
    """
    words = tidy(words)
    until = None if kind in ENDLESS else until
    _check(kind, words, reason, until)
    with transaction() as session:
        judged(kind.value, person_id, by=by)
        for before in accounts.in_force(person_id).measures:
            if before.kind == kind:
                end(before, by=by)
        measure = Measure(
            person_id=person_id,
            kind=kind.value,
            reason=reason.value if reason else None,
            words=words or None,
            until=until,
            by_id=by.id,
            at=now(),
        )
        session.add(measure)
        session.flush()
        record(measure, Action(kind.value), by=by, note=words)
        if kind in (MeasureKind.BAN, MeasureKind.SUSPENSION):
            shut_out(person_id, by=by, cut_only=kind is MeasureKind.SUSPENSION)
    return measure


def end_measure(measure_id: int, *, by: User, words: str = "") -> Measure:
    """Undo a measure. :class:`Conflict` where it has ended."""
    words = tidy(words)
    found = db.session.get(Measure, measure_id)
    if found is None:
        raise Missing("There is no such measure.")
    with transaction() as session:
        judged("end_measure", found.person_id, by=by)
        measure = session.get_one(Measure, measure_id, populate_existing=True)
        if measure.ended_at is not None:
            raise Conflict(OVER)
        end(measure, by=by)
        record(measure, Action(f"end-{measure.kind}"), by=by, note=words)
    return measure


def remove_all(person_id: int, *, by: User, reason: Reason, note: str) -> int:
    """Remove what a banned person has published, each comment by a decision of its own, so that no discussion
    stands still meanwhile; how many there were.
    """
    with transaction():
        judged("remove_all", person_id, by=by)
    number = 0
    for comment_id, revision in queries.standing_comments(person_id):
        try:
            remove_comment(comment_id, by=by, reason=reason, note=note, revision=revision)
            number += 1
        except Conflict:
            continue  # its author, or another moderator, was first
    return number


def _check(kind: MeasureKind, words: str, reason: Reason | None, until: datetime | None) -> None:
    if kind in ENDLESS and not words:
        raise Invalid(NEEDS_WORDS, field="words")
    if reason is Reason.OTHER and not words:
        raise Invalid(NEEDS_NOTE, field="words")
    if kind is MeasureKind.SUSPENSION and until is None:
        raise Invalid(NEEDS_END, field="lasts")
    if until is not None and until <= now():
        raise Invalid(PAST, field="until")


def judged(act: str, person_id: int, *, by: User) -> None:
    """Lock the person against posts and log-ins of theirs, if ``by`` may do this to them."""
    eventlog.lock(ACCESS, f"person:{person_id}", STREAM)
    person = db.session.scalars(
        select(User).where(User.id == person_id).with_for_update(key_share=True)
    ).one_or_none()
    if person is None:
        raise Missing(NOBODY)
    rights.require(act, by, rank(by, person), refusal=NOT_YOURS)


def end(measure: Measure, *, by: User) -> None:
    """End a measure on a :func:`judged` person. An appeal against it that nobody has answered is beside the point."""
    measure.ended_at = now()
    for decision_id in moot(Decision.measure_id == measure.id):
        eventlog.append(Kind.CASE_DECIDED, STREAM, f"decision-{decision_id}", actor_id=by.id)


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
        measure_id=measure.id,
        until=measure.until,
    )
    session = db.session()
    session.add(decision)
    session.flush()
    stream, target = f"person:{measure.person_id}", f"person-{measure.person_id}"
    if measure.kind != MeasureKind.NOTE:
        eventlog.append(Kind.MEASURE_TAKEN, stream, target, actor_id=by.id)
        eventlog.append(Kind.DECISION_TOLD, stream, decision.element, actor_id=by.id)
    eventlog.append(Kind.MEASURE_TAKEN, STREAM, target, actor_id=by.id)
    return decision
