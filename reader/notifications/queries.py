"""Every read of notifications, follows and mail choices."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import joinedload, raiseload

from reader.accounts.models import User
from reader.comments import queries as comments
from reader.comments.comment_view import CommentView
from reader.db import keyset
from reader.db.base import db
from reader.eventlog import Event, Kind, Stream, streams
from reader.moderation.models import Decision
from reader.notifications.models import Follow, MailChoice, Noticed, Notification, Pace, Subject
from reader.notifications.sentences import Item, item
from reader.text.markdown import own_words

PAGE = 25
# Streams whose events may cause notifications.
_TOLD = ("article:%", "claim:%", "person:%")


@dataclass(frozen=True)
class Bell:
    """Number of unread notifications of a person, as of the number ``head`` of their stream."""

    stream: str
    head: int
    unread: int


@dataclass(frozen=True)
class NotificationsPage:
    """A page of a person's notifications, latest first, and the id of the one that the next page follows."""

    items: Sequence[Item]
    unread: int
    after: int | None


def unread(person_id: int) -> int:
    """Return the number of unread notifications of the person."""
    return db.session.scalars(
        select(func.count()).where(Notification.person_id == person_id, Notification.read_at.is_(None))
    ).one()


def bell(person_id: int) -> Bell:
    """Return the bell in a page's header, in one query: head and count as of one instant."""
    stream = streams.person(person_id)
    head = select(Stream.head).where(Stream.name == stream).scalar_subquery()
    count = (
        select(func.count())
        .where(Notification.person_id == person_id, Notification.read_at.is_(None))
        .scalar_subquery()
    )
    row = db.session.execute(select(func.coalesce(head, 0).label("head"), count.label("unread"))).one()
    return Bell(stream, row.head, row.unread)


def page(person: User, *, after: int | None = None) -> NotificationsPage:
    """Return a page of the person's notifications. ``after`` is the id of one."""
    found = _found(
        Notification.person_id == person.id,
        *([Notification.id < after] if after is not None else []),
        limit=PAGE + 1,
    )
    shown, last = keyset.page(found, PAGE)
    return NotificationsPage(_items(shown), unread(person.id), last.id if last else None)


def in_mail(mail_id: int) -> Sequence[Item]:
    """Return the notifications that a mail carries and that are still unread, the earliest first; at most 100."""
    found = _found(Notification.mail_id == mail_id, Notification.read_at.is_(None), limit=100)
    return _items(found[::-1])


def _found(*conditions: ColumnElement[bool], limit: int) -> Sequence[Notification]:
    return db.session.scalars(
        select(Notification)
        .where(*conditions)
        .order_by(Notification.id.desc())
        .limit(limit)
        .options(
            joinedload(Notification.actor),
            joinedload(Notification.article),
            joinedload(Notification.claim),
            raiseload("*"),
        )
    ).all()


def _items(found: Sequence[Notification]) -> Sequence[Item]:
    shown = comments.by_ids(each.comment_id for each in found if each.comment_id is not None)
    decisions = _decisions([each.id for each in found if each.subject == Subject.DECISION])
    return [
        item(each, text=_text(shown.get(each.comment_id or 0)), decision=decisions.get(each.id))
        for each in found
    ]


def _text(comment: CommentView | None) -> str | None:
    """Return the text of a comment without quotations; None if the comment cannot be read."""
    return None if comment is None or comment.html is None else own_words(comment.html)


def _decisions(ids: Collection[int]) -> Mapping[int, Decision]:
    """Return the decision that each notification is about: the one that its event names."""
    events = db.session.execute(
        select(Notification.id, Event.target)
        .join(Event, and_(Event.stream == Notification.stream, Event.seq == Notification.seq))
        .where(Notification.id.in_(ids), Event.kind == Kind.DECISION_TOLD.value)
    )
    named = {row.id: int(row.target.rpartition("-")[2]) for row in events}
    found = db.session.scalars(select(Decision).where(Decision.id.in_(named.values())))
    decisions = {decision.id: decision for decision in found}
    return {each: decisions[number] for each, number in named.items() if number in decisions}


def followers(stream: str) -> Sequence[int]:
    """Return the ids of the people who follow the stream."""
    return db.session.scalars(select(Follow.person_id).where(Follow.stream == stream)).all()


def is_following(person: User, stream: str) -> bool:
    """Return True if the person follows the stream."""
    return db.session.get(Follow, (person.id, stream)) is not None


def told_of(comment_id: int, subjects: Collection[Subject]) -> Sequence[int]:
    """Return the ids of the people notified of the comment under one of the subjects."""
    return db.session.scalars(
        select(Notification.person_id).where(
            Notification.comment_id == comment_id, Notification.subject.in_([each.value for each in subjects])
        )
    ).all()


def told_by(stream: str, seq: int, subject: Subject, *, among: Collection[int]) -> set[int]:
    """Return those ``among`` the people who were notified of the event; new comments count up to the last one."""
    number = Notification.seq >= seq if subject is Subject.COMMENT else Notification.seq == seq
    is_it = or_(Notification.seq == seq, (Notification.subject == subject.value) & number)
    return set(
        db.session.scalars(
            select(Notification.person_id).where(
                Notification.stream == stream, Notification.person_id.in_(among), is_it
            )
        )
    )


def paces(subject: Subject, *, among: Collection[int]) -> dict[int, Pace]:
    """Return the delivery frequency of the subject for each of the people."""
    chosen = db.session.execute(
        select(MailChoice.person_id, MailChoice.pace).where(
            MailChoice.subject == subject.value, MailChoice.person_id.in_(among)
        )
    )
    return dict.fromkeys(among, subject.pace) | {person_id: Pace(pace) for person_id, pace in chosen}


def choices(person_id: int) -> dict[Subject, Pace]:
    """Return the person's delivery frequency for each subject."""
    rows = db.session.execute(
        select(MailChoice.subject, MailChoice.pace).where(MailChoice.person_id == person_id)
    )
    chosen = {row.subject: Pace(row.pace) for row in rows}
    return {subject: chosen.get(subject.value, subject.pace) for subject in Subject}


def noticed(stream: str) -> int:
    """Return the number of the last event of the stream that was processed; 0 if none was."""
    return db.session.scalar(select(Noticed.seq).where(Noticed.stream == stream)) or 0


def behind(*, limit: int) -> Sequence[str]:
    """Return the names of streams with events that are still to be processed."""
    return db.session.scalars(
        select(Stream.name)
        .outerjoin(Noticed, Noticed.stream == Stream.name)
        .where(or_(*map(Stream.name.like, _TOLD)), Stream.head > func.coalesce(Noticed.seq, 0))
        .limit(limit)
    ).all()


def due_people(at: datetime, *, limit: int) -> Sequence[int]:
    """Return the ids of the people to whom mail is due."""
    return db.session.scalars(
        select(Notification.person_id).where(Notification.mail_at <= at).distinct().limit(limit)
    ).all()
