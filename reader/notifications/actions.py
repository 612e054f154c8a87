"""Every write of notifications: notifying, marking as read, following, choosing mail.

A job notifies people from the event log, after an event's commit. ``noticed`` stores the last event of each stream that
was processed, and moves on once everybody was notified; a notification has its event as a key. So a job that was killed
is done again, by any process: nobody is left out, and nobody is notified twice.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import delete, insert, update
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.orm import Session

from reader import eventlog
from reader.accounts import rights
from reader.accounts.models import User
from reader.clock import now
from reader.db.base import Model
from reader.db.transactions import transaction
from reader.eventlog import Event, Kind, streams
from reader.notifications import queries
from reader.notifications.delivery_frequency import due
from reader.notifications.models import Follow, MailChoice, Noticed, Notification, Pace, Subject
from reader.notifications.recipients import Batch, News
from reader.policy import On

BELL = "bell"
EVENTS = 25
# Number of people notified in one transaction, so that other writers get their turn.
PEOPLE = 50

# Each engine's insert that supports ON CONFLICT.
_INSERT: dict[str, Callable[[type[Model]], Any]] = {"sqlite": sqlite_insert, "postgresql": postgresql_insert}


def notice(stream: str) -> int:
    """Notify people of all new events of the stream; return the number of events."""
    count, last = 0, queries.noticed(stream)
    while events := eventlog.since(stream, last, limit=EVENTS):
        for event, news in Batch(stream, events):
            _tell(event, news)
        count, last = count + len(events), events[-1].seq
        with transaction() as session:
            _put(session, Noticed, {"stream": stream}, {"seq": last})
        if len(events) < EVENTS:
            break  # what came since has a job of its own
    return count


def notice_all() -> int:
    """Notify people of the new events of every stream, even if the job for it was lost; return their number."""
    return sum(notice(stream) for stream in queries.behind(limit=EVENTS))


def _tell(event: Event, news: News) -> None:
    for subject in Subject:
        people = sorted(person_id for person_id, reason in news.told.items() if reason is subject)
        for some in _chunks(people):
            _tell_some(event, news, subject, some)


def _tell_some(event: Event, news: News, subject: Subject, people: Sequence[int]) -> None:
    if subject is Subject.COMMENT:
        _count_up(event, people)
    paces = queries.paces(subject, among=people)
    left = set(people) - queries.told_by(event.stream, event.seq, subject, among=people)
    if not left:
        return
    with transaction() as session:
        eventlog.lock(*map(streams.person, left))
        left -= queries.told_by(event.stream, event.seq, subject, among=left)
        for person_id in left:
            session.execute(
                insert(Notification).values(
                    person_id=person_id,
                    subject=subject.value,
                    stream=event.stream,
                    seq=event.seq,
                    event=event.kind,
                    actor_id=news.by,
                    article_id=news.article_id,
                    comment_id=news.comment_id,
                    claim_id=news.claim_id,
                    at=event.at,
                    mail_at=due(paces[person_id], now()),
                )
            )
            _tell_bell(person_id)


def _count_up(event: Event, people: Sequence[int]) -> None:
    """Add one to unread notifications of new comments; the bell counts these already."""
    with transaction() as session:
        session.execute(
            update(Notification)
            .where(
                Notification.stream == event.stream,
                Notification.subject == Subject.COMMENT.value,
                Notification.person_id.in_(people),
                Notification.read_at.is_(None),
                Notification.seq < event.seq,
            )
            .values(count=Notification.count + 1, seq=event.seq)
        )


def read(person: User, *, through: int, only: int | None = None) -> None:
    """Mark the person's notifications as read, up to the one with the id ``through``; or ``only`` one."""
    rights.require("read", person, On.OWN)
    with transaction() as session:
        eventlog.lock(streams.person(person.id))
        unread = update(Notification).where(
            Notification.person_id == person.id, Notification.read_at.is_(None), Notification.id <= through
        )
        if only is not None:
            unread = unread.where(Notification.id == only)
        if session.execute(unread.values(read_at=now()).returning(Notification.id)).all():
            _tell_bell(person.id)


def follow(person: User, stream: str) -> None:
    """Follow a stream; does nothing if the person follows it already."""
    rights.require("follow", person)
    values = {"person_id": person.id, "stream": stream, "since": now()}
    with transaction() as session:
        session.execute(_INSERT[_engine(session)](Follow).values(values).on_conflict_do_nothing())


def unfollow(person: User, stream: str) -> None:
    """Unfollow a stream."""
    rights.require("unfollow", person)
    with transaction() as session:
        session.execute(delete(Follow).where(Follow.person_id == person.id, Follow.stream == stream))


def choose(person: User, paces: Mapping[Subject, Pace]) -> None:
    """Store the person's delivery frequencies, and apply them to notifications that wait to be mailed, too."""
    rights.require("choose", person, On.OWN)
    _choose(person.id, paces)


def stop_mail(person_id: int) -> None:
    """End all mail to the person. No log-in is needed: the link in a mail is enough."""
    _choose(person_id, dict.fromkeys(Subject, Pace.NEVER))


def _choose(person_id: int, paces: Mapping[Subject, Pace]) -> None:
    with transaction() as session:
        for subject, pace in paces.items():
            keys = {"person_id": person_id, "subject": subject.value}
            _put(session, MailChoice, keys, {"pace": pace.value})
            waiting = update(Notification).where(
                Notification.person_id == person_id,
                Notification.subject == subject.value,
                Notification.mail_at.is_not(None),
            )
            session.execute(waiting.values(mail_at=due(pace, now())))


def _tell_bell(person_id: int) -> None:
    eventlog.append(Kind.BELL_CHANGED, streams.person(person_id), BELL, actor_id=None)


def _put(session: Session, model: type[Model], keys: dict[str, Any], values: dict[str, Any]) -> None:
    """Insert a row, or update the one with these keys."""
    statement = _INSERT[_engine(session)](model).values({**keys, **values})
    session.execute(statement.on_conflict_do_update(index_elements=list(keys), set_=values))


def _engine(session: Session) -> str:
    return session.get_bind().dialect.name


def _chunks(people: Sequence[int]) -> Iterator[Sequence[int]]:
    return (people[start : start + PEOPLE] for start in range(0, len(people), PEOPLE))
