"""Every measure against a person, with the decision about it: all or nothing."""

from __future__ import annotations

from dataclasses import dataclass
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
from reader.moderation import decisions
from reader.moderation.actions import NEEDS_NOTE, tidy
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


@dataclass(frozen=True)
class NewMeasure:
    """A measure that a moderator wants to take: what is imposed, why, until when.

    A ban ``with_comments`` also orders the removal of all their comments by :mod:`reader.moderation.bulk_removal`.
    """

    kind: MeasureKind
    words: str
    reason: Reason | None = None
    until: datetime | None = None
    with_comments: bool = False


def take_measure(person_id: int, new: NewMeasure, *, by: User) -> Measure:
    """Take a measure against a person, effective at once; it replaces one of the same kind that is in force.

    Raises :class:`Invalid` if something is missing, :class:`Refused` if ``by`` may not act on them.
    """
    kind, reason, words = new.kind, new.reason, tidy(new.words)
    until = None if kind in ENDLESS else new.until
    clears = new.with_comments and kind is MeasureKind.BAN
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
        decisions.about_measure(measure, Action(kind.value), by=by, note=words)
        if kind in (MeasureKind.BAN, MeasureKind.SUSPENSION):
            end_access(person_id, by=by, cut_only=kind is MeasureKind.SUSPENSION)
    return measure


def end_measure(measure_id: int, *, by: User, words: str = "", with_comments: bool = False) -> Measure:
    """End a measure, and ``with_comments`` restore what it removed. Raises :class:`Conflict` if it has ended."""
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
        decisions.about_measure(measure, Action(f"end-{measure.kind}"), by=by, note=words)
    return measure


def _stop_bringing_back(person_id: int) -> Measure | None:
    """Cancel the restoration of comments removed by an earlier ban, and return that ban, if there is one."""
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
    """Lock the person against posting and logging in, if ``by`` may do this to them; raise otherwise."""
    eventlog.lock(streams.ACCESS, streams.person(person_id), streams.MODERATION)
    person = db.session.scalars(
        select(User).where(User.id == person_id).with_for_update(key_share=True)
    ).one_or_none()
    if person is None:
        raise Missing(NOBODY)
    rights.require(act, by, rank(by, person), refusal=NOT_YOURS)


def end(measure: Measure, *, by: User, with_comments: bool = False) -> None:
    """End a measure against a :func:`judged` person, and close an open appeal against it as moot.

    Comments removed with a ban are restored if ``with_comments``, and otherwise stay removed.
    """
    measure.ended_at = now()
    brings_back = with_comments and measure.kind == MeasureKind.BAN
    measure.clearing = Clearing.RESTORE.value if brings_back else None
    for decision_id in decisions.moot(Decision.measure_id == measure.id, Decision.person_id.is_not(None)):
        eventlog.append(Kind.CASE_DECIDED, streams.MODERATION, f"decision-{decision_id}", actor_id=by.id)
