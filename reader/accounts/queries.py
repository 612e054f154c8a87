"""Every read of people and of their sessions."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import cast

from sqlalchemy import ColumnElement, Table, and_, bindparam, or_, select
from sqlalchemy.orm import joinedload

from reader.accounts.measures import InForce
from reader.accounts.models import LoginSession, Measure, Mute, OpenSession, User, token_hash
from reader.clock import now
from reader.db import keyset
from reader.db.base import db
from reader.db.keyset import Cursor
from reader.db.prepared import Prepared
from reader.policy import MeasureKind
from reader.text import letters

MAX_IDS_PER_QUERY = 500
# People on one page of those whom somebody has muted.
MUTED = 50


@dataclass(frozen=True)
class MutedPeople:
    """Some of the people whom somebody has muted, the last one first, and where they go on."""

    people: Sequence[User]
    after: Cursor | None


_PERSON = [each.key for each in cast(Table, User.__table__).columns]
# Every request of somebody who is logged in asks this.
_BY_TOKEN = Prepared(
    select(
        *(getattr(User, name) for name in _PERSON),
        LoginSession.id.label("session_id"),
        LoginSession.remember,
        LoginSession.seen_at,
    )
    .join(LoginSession, LoginSession.user_id == User.id)
    .where(LoginSession.token_hash == bindparam("token"), LoginSession.expires_at > bindparam("now"))
)


def user_by_id(user_id: int) -> User | None:
    """The person with this id."""
    return db.session.get(User, user_id)


def user_by_name(name: str) -> User | None:
    """The person with this name, however it is written."""
    return db.session.scalar(select(User).where(User.username_key == letters.key(name)))


def users_by_keys(keys: Collection[str]) -> dict[str, User]:
    """By the key of their names, the people who have them; keys of nobody are left out."""
    found = db.session.scalars(select(User).where(User.username_key.in_(keys)))
    return {user.username_key: user for user in found}


def user_by_email(email: str) -> User | None:
    """The person with this address, however it is written."""
    return db.session.scalar(select(User).where(User.email_key == letters.key(email)))


def user_by_login(login: str) -> User | None:
    """The person who logs in as ``login``: a name, or an address (names hold no ``@``)."""
    return user_by_email(login) if "@" in login else user_by_name(login)


def people() -> Sequence[User]:
    """Everybody, in the order in which they came."""
    return db.session.scalars(select(User).order_by(User.id)).all()


def session_by_token(token: str) -> OpenSession | None:
    """The session that a cookie's token opens, with its person; none where it was ended or is over."""
    row = _BY_TOKEN.row(db.session.connection(), {"token": token_hash(token), "now": now()})
    if row is None:
        return None
    person = User(**{name: getattr(row, name) for name in _PERSON})
    return OpenSession(row.session_id, row.remember, row.seen_at, person)


def open_session_ids(ids: Sequence[int]) -> set[int]:
    """Those of the sessions that have neither ended nor expired."""
    found: set[int] = set()
    for start in range(0, len(ids), MAX_IDS_PER_QUERY):
        some = ids[start : start + MAX_IDS_PER_QUERY]
        statement = select(LoginSession.id).where(LoginSession.id.in_(some), LoginSession.expires_at > now())
        found.update(db.session.scalars(statement))
    return found


def sessions_of(user: User) -> Sequence[LoginSession]:
    """A person's sessions that are not over, the one seen last first."""
    return db.session.scalars(
        select(LoginSession)
        .where(LoginSession.user_id == user.id, LoginSession.expires_at > now())
        .order_by(LoginSession.seen_at.desc(), LoginSession.id.desc())
    ).all()


def muted_by(person: User) -> Sequence[int]:
    """The ids of the people whom ``person`` has muted."""
    return db.session.scalars(
        select(Mute.muted_id).where(Mute.person_id == person.id).order_by(Mute.muted_id)
    ).all()


def has_muted(person: User | None, author_id: int) -> bool:
    """Return True if ``person`` has muted the author."""
    return person is not None and db.session.get(Mute, (person.id, author_id)) is not None


def who_muted(author_id: int, *, among: Collection[int]) -> set[int]:
    """Those of the people ``among`` who have muted the author: nothing by the author is brought to them."""
    if not among:
        return set()
    return set(
        db.session.scalars(
            select(Mute.person_id).where(Mute.muted_id == author_id, Mute.person_id.in_(among))
        )
    )


def muted_people(person: User, *, after: Cursor | None = None, limit: int = MUTED) -> MutedPeople:
    """The people whom ``person`` has muted, the last one first, from ``after`` on."""
    query = (
        select(User, Mute.at)
        .join(Mute, Mute.muted_id == User.id)
        .where(Mute.person_id == person.id)
        .order_by(Mute.at.desc(), Mute.muted_id.desc())
        .limit(limit + 1)
    )
    rows = db.session.execute(query.where(after.older(Mute.at, Mute.muted_id)) if after else query).all()
    shown, last = keyset.page(rows, limit)
    return MutedPeople([row.User for row in shown], Cursor(last.at, last.User.id) if last else None)


def holds() -> ColumnElement[bool]:
    """SQL condition that a measure is in force now; never a note, which is for moderators and binds nobody."""
    return and_(
        Measure.kind != MeasureKind.NOTE.value,
        Measure.ended_at.is_(None),
        Measure.seen_at.is_(None),
        or_(Measure.until.is_(None), Measure.until > now()),
    )


def in_force(person_id: int) -> InForce:
    """The measures in force on the person."""
    query = select(Measure).where(Measure.person_id == person_id, holds()).order_by(Measure.id)
    return InForce(db.session.scalars(query).all())


def measures_of(person_id: int) -> Sequence[Measure]:
    """List the person's measures that haven't ended, or have comments left to clear, latest first."""
    return db.session.scalars(
        select(Measure)
        .where(Measure.person_id == person_id, or_(Measure.ended_at.is_(None), Measure.clearing.is_not(None)))
        .options(joinedload(Measure.by, innerjoin=True))
        .order_by(Measure.id.desc())
    ).all()
