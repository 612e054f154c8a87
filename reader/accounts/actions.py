"""Every write of people and of their sessions."""

from __future__ import annotations

import secrets
from datetime import timedelta
from typing import Any

from sqlalchemy import delete, false, func, select, update
from sqlalchemy.exc import IntegrityError

from reader import eventlog
from reader.accounts import names, passwords, queries, rights
from reader.accounts.models import LoginSession, Measure, Mute, OpenSession, User, token_hash
from reader.clock import now
from reader.db.base import db
from reader.db.transactions import transaction
from reader.errors import Conflict, Invalid, Refused
from reader.eventlog import Kind, streams
from reader.policy import MeasureKind, On, Role, is_demotion, rank, whose
from reader.text import letters
from reader.web.rate_limits import RequestOrigin, hit

TOKEN_BYTES = 32
MAX_AGENT_LENGTH = 300
REMEMBERED = timedelta(days=30)
NOT_REMEMBERED = timedelta(hours=24)
SEEN_EVERY = timedelta(minutes=5)
MAX_MUTED = 500


class Banned(Refused):
    """Somebody may not log in; ``person_id`` is who, as far as they have shown that they are."""

    def __init__(self, reason: str, person_id: int) -> None:
        super().__init__(reason)
        self.person_id = person_id


def register(
    username: str, email: str, password: str, *, role: Role = Role.READER, origin: RequestOrigin | None = None
) -> User:
    """Make a person known. Invalid or Conflict names the field and what to do; TooMany from one network."""
    if origin is not None:
        hit("register", origin.network)
    username, email = names.clean_name(username), names.clean_email(email)
    passwords.check(password, role, username=username, email=email)
    person = User(
        username=username,
        username_key=letters.key(username),
        email=email,
        email_key=letters.key(email),
        password_hash=passwords.hashed(password),
        role=role.value,
    )
    try:
        with transaction() as session:
            _refuse_taken(username, email)
            session.add(person)
    except IntegrityError:
        # Somebody was as quick with the same name or address; by now their row can be seen.
        _refuse_taken(username, email)
        raise
    return person


def _refuse_taken(username: str, email: str) -> None:
    if queries.user_by_name(username):
        raise Conflict(f"The name “{username}” is taken. Choose another one.", field="username")
    if queries.user_by_email(email):
        raise Conflict(
            "Somebody has registered with this address. If it was you, log in with it.", field="email"
        )


def authenticate(login: str, password: str, *, origin: RequestOrigin | None = None) -> User:
    """The person who has this name or address and this password.

    Invalid, without saying which is wrong; TooMany after too many guesses; Banned. The first takes the same time where
    there is no such person.
    """
    if origin is not None:
        hit("login", origin.network)
    person = queries.user_by_login(login)
    hit("login", person.element if person else f"nobody:{letters.key(login)}")
    if not passwords.matches(password, person.password_hash if person else None) or person is None:
        raise Invalid("The name or the password is wrong. Check your password and try again.")
    _refuse_banned(person)
    learned: dict[str, Any] = {}
    if passwords.is_dated(person.password_hash):
        learned["password_hash"] = passwords.hashed(password)
    if person.longer_password_due and passwords.is_long_enough(password, person.role):
        learned["longer_password_due"] = False
    if learned:
        with transaction() as session:
            session.execute(
                update(User)
                .where(User.id == person.id, User.password_hash == person.password_hash)
                .values(learned)
            )
    return person


def change_password(person: User, *, current: str, new: str) -> None:
    """Give ``person`` a new password and end all their sessions.

    Invalid where the current one is wrong; TooMany after too many guesses at it.
    """
    rights.require("change_password", person, On.OWN)
    hit("login", person.element)
    if not passwords.matches(current, person.password_hash):
        raise Invalid("This is not your current password.", field="current")
    passwords.check(new, person.role, username=person.username, email=person.email)
    # Perhaps somebody gives the person a role just now.
    is_due = false() if passwords.is_long_enough(new, Role.ADMIN) else User.role != Role.READER.value
    renewed = passwords.hashed(new)
    with transaction() as session:
        eventlog.lock(streams.ACCESS)
        session.execute(
            update(User).where(User.id == person.id).values(password_hash=renewed, longer_password_due=is_due)
        )
        _end_all(person, by=person)


def lifetime(*, remember: bool) -> timedelta:
    """Lifetime of a session, counted from its last use; if remembered, from its log-in."""
    return REMEMBERED if remember else NOT_REMEMBERED


def open_session(
    person: User, remember: bool = False, user_agent: str = "", *, replacing: OpenSession | None = None
) -> str:
    """Log ``person`` in on one device, ending the session ``replacing``; the token for its cookie."""
    token = secrets.token_urlsafe(TOKEN_BYTES)
    with transaction() as session:
        # A ban takes this row: either it sees the new session, or the session sees the ban.
        session.execute(select(User.id).where(User.id == person.id).with_for_update(read=True))
        _refuse_banned(person)
        if replacing is not None:
            eventlog.lock(streams.ACCESS)
            _end(replacing.id, of=replacing.person.id, by=person)
        session.execute(
            delete(LoginSession).where(LoginSession.user_id == person.id, LoginSession.expires_at <= now())
        )
        session.add(
            LoginSession(
                user_id=person.id,
                token_hash=token_hash(token),
                remember=remember,
                user_agent=user_agent[:MAX_AGENT_LENGTH],
                expires_at=now() + lifetime(remember=remember),
            )
        )
    return token


def see_session(session: OpenSession) -> None:
    """Note, at most every ``SEEN_EVERY``, that a session is in use; one not remembered lasts longer for it."""
    at = now()
    if at - session.seen_at < SEEN_EVERY:
        return
    values = {"seen_at": at}
    if not session.remember:
        values["expires_at"] = at + NOT_REMEMBERED
    with transaction() as work:
        work.execute(update(LoginSession).where(LoginSession.id == session.id).values(values))


def end_session(session_id: int, *, by: User) -> bool:
    """End one session of ``by``, its sockets included. False where they have no such session (any more)."""
    rights.require("end_session", by, On.OWN)
    with transaction():
        eventlog.lock(streams.ACCESS)
        return _end(session_id, of=by.id, by=by)


def end_other_sessions(but: OpenSession, *, by: User) -> int:
    """End all sessions of ``by`` but this one; how many."""
    rights.require("end_other_sessions", by, whose(by, but.person.id))
    with transaction() as session:
        eventlog.lock(streams.ACCESS)
        others = session.scalars(
            select(LoginSession.id).where(LoginSession.user_id == by.id, LoginSession.id != but.id)
        ).all()
        for session_id in others:
            _end(session_id, of=by.id, by=by)
    return len(others)


def end_all_sessions(person: User, *, by: User | None) -> None:
    """End every session of ``person``, their sockets included. Without ``by`` a command does."""
    if by is not None:
        rights.require("end_all_sessions", by, whose(by, person.id))
    with transaction():
        eventlog.lock(streams.ACCESS)
        _end_all(person, by=by)


def set_role(person: User, role: Role, *, by: User | None) -> None:
    """Give ``person`` a role. What they lose by it, their open sockets lose at once. Without ``by`` a command does.

    A reader's password may be too short for staff. Nobody knows until it is typed, so they act as readers until then.
    """
    if by is not None:
        rights.require("set_role", by, rank(by, person))
    with transaction() as session:
        eventlog.lock(streams.ACCESS)
        before = Role(session.scalars(select(User.role).where(User.id == person.id)).one())
        changes: dict[str, Any] = {"role": role.value}
        if before == Role.READER or role == Role.READER:
            changes["longer_password_due"] = role != Role.READER
        session.execute(update(User).where(User.id == person.id).values(changes))
        if is_demotion(before, role):
            _tell(person.element, by=by)


def mute(other: User, *, by: User) -> None:
    """Fold everything that ``other`` writes away for ``by`` alone. To have muted them before is no fault."""
    rights.require("mute", by, whose(by, other.id), refusal="You can’t mute yourself.")
    with transaction() as session:
        # Two requests of one person follow each other.
        session.execute(select(User.id).where(User.id == by.id).with_for_update())
        if queries.has_muted(by, other.id):
            return
        count = session.scalar(select(func.count()).select_from(Mute).where(Mute.person_id == by.id)) or 0
        if count >= MAX_MUTED:
            raise Refused(f"You have muted {MAX_MUTED} people, and no more can be. Unmute somebody first.")
        session.add(Mute(person_id=by.id, muted_id=other.id))


def unmute(other: User, *, by: User) -> None:
    """Show ``by`` again what ``other`` writes."""
    rights.require("unmute", by, whose(by, other.id))
    with transaction() as session:
        session.execute(delete(Mute).where(Mute.person_id == by.id, Mute.muted_id == other.id))


def acknowledge(measure_id: int, *, by: User) -> None:
    """Say that one has read a warning. To have said so before is no fault, nor that it was taken back."""
    rights.require("acknowledge", by, On.OWN)
    with transaction() as session:
        session.execute(
            update(Measure)
            .where(
                Measure.id == measure_id,
                Measure.person_id == by.id,
                Measure.kind == MeasureKind.WARNING.value,
                Measure.seen_at.is_(None),
            )
            .values(seen_at=now())
        )


def end_access(person_id: int, *, by: User, cut_only: bool = False) -> None:
    """Within a transaction that has locked ``access``: end all sessions of a person, or only cut their sockets."""
    if not cut_only:
        db.session.execute(delete(LoginSession).where(LoginSession.user_id == person_id))
    _tell(f"person-{person_id}", by=by)


def _refuse_banned(person: User) -> None:
    silence = queries.in_force(person.id)
    if silence.ban is not None:
        raise Banned(silence.silence or "", person.id)


def set_shortcuts(person: User, *, on: bool) -> None:
    """Let the keyboard's shortcuts act on the person's pages, or not."""
    rights.require("set_shortcuts", person, On.OWN)
    with transaction() as session:
        session.get_one(User, person.id).shortcuts = on


def _end(session_id: int, *, of: int, by: User) -> bool:
    ended = db.session.scalar(
        delete(LoginSession)
        .where(LoginSession.id == session_id, LoginSession.user_id == of)
        .returning(LoginSession.id)
    )
    if ended is not None:
        _tell(f"session-{session_id}", by=by)
    return ended is not None


def _end_all(person: User, *, by: User | None) -> None:
    db.session.execute(delete(LoginSession).where(LoginSession.user_id == person.id))
    _tell(person.element, by=by)


def _tell(target: str, *, by: User | None) -> None:
    eventlog.append(Kind.ACCESS_ENDED, streams.ACCESS, target, actor_id=by.id if by else None)
