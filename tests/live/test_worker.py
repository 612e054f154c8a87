"""Races within the worker: other greenlets run whenever it asks the database."""

from datetime import timedelta

import gevent
import pytest
from flask import Flask
from sqlalchemy import update

from reader import eventlog
from reader.accounts import actions as accounts
from reader.accounts import queries as people
from reader.accounts.models import LoginSession, OpenSession, User
from reader.articles.models import Status
from reader.clock import now
from reader.db.transactions import transaction
from reader.eventlog import Kind, streams
from reader.extensions import socketio
from reader.live import following, rendering, worker
from reader.live.wire import dispatch, fanout
from reader.live.worker import LiveWorker, NotJoined
from tests.support.factories import a_person, an_article
from tests.support.threads import a_comment


class Server:
    """Stands in for the Socket.IO server: it notes who is disconnected, and which rooms they were in."""

    def __init__(self) -> None:
        self.disconnected: list[str] = []
        self.rooms: dict[str, set[str]] = {}

    def enter_room(self, sid: str, room: str) -> None:
        self.rooms.setdefault(room, set()).add(sid)

    def leave_room(self, sid: str, room: str) -> None:
        self.rooms[room].discard(sid)


@pytest.fixture
def server(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Server:
    found = Server()
    monkeypatch.setattr(socketio, "server", found)
    monkeypatch.setattr(dispatch, "cut", lambda _server, sid: found.disconnected.append(sid))
    return found


@pytest.fixture
def here(app: Flask, server: Server) -> LiveWorker:
    return worker.of(app)


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    monkeypatch.setattr(fanout, "send", lambda room, event, _payload: found.append((room, event)))
    return found


def test_a_session_that_ends_during_its_lookup_admits_only_a_visitor(
    here: LiveWorker, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    person = a_person()
    token = accounts.open_session(person)
    look_up = people.session_by_token

    def ended_meanwhile(token: str) -> OpenSession | None:
        found = look_up(token)
        if found is None:
            return None
        accounts.end_session(found.id, by=person)
        here.tails[streams.ACCESS].step()  # nobody to cut yet
        return found

    monkeypatch.setattr(people, "session_by_token", ended_meanwhile)
    here.admit("sid", token)
    assert server.disconnected == []
    accounts.open_session(person)
    accounts.end_all_sessions(person, by=person)
    here.tails[streams.ACCESS].step()
    assert server.disconnected == [], "the socket was admitted as a visitor's"


def test_the_end_of_all_sessions_cuts_every_socket_of_the_person(here: LiveWorker, server: Server) -> None:
    person = a_person()
    for sid in ("one", "two"):
        here.admit(sid, accounts.open_session(person))
    here.admit("visitor", None)
    here.admit("other", accounts.open_session(a_person()))
    accounts.end_all_sessions(person, by=person)
    here.tails[streams.ACCESS].step()
    assert sorted(server.disconnected) == ["one", "two"]


def test_a_session_that_expires_takes_its_sockets_along(here: LiveWorker, server: Server) -> None:
    person = a_person()
    for sid, remember in (("expired", False), ("kept", True)):
        here.admit(sid, accounts.open_session(person, remember=remember))
    here.admit("visitor", None)
    room = f"person:{person.id}"
    here.join("expired", room)
    here.join("kept", room)
    here.cut_expired()
    assert server.disconnected == []
    with transaction() as session:
        session.execute(
            update(LoginSession)
            .where(LoginSession.remember.is_(False))
            .values(expires_at=now() - timedelta(seconds=1))
        )
    here.cut_expired()
    assert server.disconnected == ["expired"]
    assert server.rooms[room] == {"kept"}


def test_a_socket_that_is_cut_leaves_all_its_rooms(here: LiveWorker, server: Server) -> None:
    person, article = a_person(), an_article()
    rooms = (article.stream, f"person:{person.id}")
    here.admit("cut", accounts.open_session(person))
    here.admit("other", None)
    for room in rooms:
        here.join("cut", room)
    here.join("other", article.stream)
    accounts.end_all_sessions(person, by=person)
    here.tails[streams.ACCESS].step()
    assert server.disconnected == ["cut"]
    assert {room: members for room, members in server.rooms.items() if members} == {article.stream: {"other"}}
    with pytest.raises(NotJoined, match="closed"):
        here.join("cut", article.stream)


def test_a_socket_that_closes_while_it_joins_leaves_nothing_behind(
    here: LiveWorker, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    article = an_article()
    here.admit("sid", None)

    def closes(_name: following.Name, _viewer: User | None) -> bool:
        here.forget("sid")
        return True

    monkeypatch.setattr(following, "may_follow", closes)
    with pytest.raises(NotJoined, match="closed"):
        here.join("sid", article.stream)
    assert article.stream not in here.tails
    assert not any(server.rooms.values())


def test_joins_share_one_check_and_none_succeeds_once_an_article_is_gone(
    here: LiveWorker, sent: list[tuple[str, str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    article = an_article()
    asked: list[following.Name] = []
    may_follow = following.may_follow

    def asks(name: following.Name, viewer: User | None) -> bool:
        asked.append(name)
        return may_follow(name, viewer)

    monkeypatch.setattr(following, "may_follow", asks)
    for sid in ("one", "two", "three"):
        here.admit(sid, None)
        here.join(sid, article.stream)
    assert len(asked) == 1
    with transaction():
        eventlog.lock(article.stream)
        article.status = Status.DRAFT.value
        eventlog.append(Kind.ARTICLE_REVISED, article.stream, "article", actor_id=None)
    here.tails[article.stream].step()
    here.admit("late", None)
    with pytest.raises(NotJoined, match="no such stream"):
        here.join("late", article.stream)


def test_that_a_stream_may_be_followed_is_asked_again_after_a_while(
    here: LiveWorker, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(worker, "KNOWN_SECONDS", 0.0)
    article = an_article()
    here.admit("one", None)
    here.join("one", article.stream)
    monkeypatch.setattr(following, "may_follow", lambda _name, _viewer: False)
    here.admit("two", None)
    with pytest.raises(NotJoined, match="no such stream"):
        here.join("two", article.stream)


def test_tails_end_with_the_last_socket_and_not_before(here: LiveWorker) -> None:
    article = an_article()
    for sid in ("one", "two"):
        here.admit(sid, None)
        here.join(sid, article.stream)
    here.join("one", article.stream)
    here.forget("one")
    assert article.stream in here.tails
    here.leave("two", article.stream)
    here.leave("two", article.stream)
    assert article.stream not in here.tails
    here.forget("two")


def test_nothing_is_lost_between_the_acknowledged_head_and_the_first_push(
    here: LiveWorker, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A commit at any moment of the join is either included in the acknowledged head or pushed."""
    article = an_article()
    a_comment(article)
    pushed: list[int] = []
    monkeypatch.setattr(
        fanout, "send", lambda _room, _event, push: pushed.extend(range(push["from"] + 1, push["to"] + 1))
    )
    may_follow, enter = following.may_follow, here._enter

    def commits_before(name: following.Name, viewer: User | None) -> bool:
        a_comment(article)
        return may_follow(name, viewer)

    def commits_between(*args: object) -> bool:
        a_comment(article)
        tail.step()
        return enter(*args)  # type: ignore[arg-type]

    monkeypatch.setattr(following, "may_follow", commits_before)
    here.admit("first", None)
    head = here.join("first", article.stream)["head"]
    tail = here.tails[article.stream]
    a_comment(article)
    tail.step()
    assert [head, *pushed] == list(range(2, 2 + 1 + len(pushed)))
    monkeypatch.setattr(here, "_enter", commits_between)
    here.admit("second", None)
    head = here.join("second", article.stream)["head"]
    assert head == tail.last == pushed[-1]


def test_a_head_is_told_a_while_after_it_changed_and_not_again(
    here: LiveWorker, sent: list[tuple[str, str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(worker, "HEAD_SECONDS", 0.01)
    article = an_article()
    told = (article.stream, "live:head")
    here.admit("sid", None)
    here.join("sid", article.stream)
    for _ in range(2):
        with gevent.Timeout(5):
            while told not in sent:
                gevent.sleep(0.01)
        gevent.sleep(0.1)
        assert sent.count(told) == 1
        sent.clear()
        here.tails[article.stream].last += 1


def test_every_kind_of_event_has_its_place_in_what_pages_are_told() -> None:
    shown = frozenset[Kind]().union(
        *(
            kinds
            for name, kinds in vars(rendering).items()
            if name.endswith("_KINDS") and isinstance(kinds, frozenset)
        )
    )
    # What changes in queues and lists is seen when they are opened.
    unseen = {
        Kind.REPORT_FILED,
        Kind.REPORT_DECIDED,
        Kind.CASE_DECIDED,
        Kind.DECISION_TOLD,
        Kind.APPEAL_FILED,
        Kind.ACCESS_ENDED,
    }
    assert shown == set(Kind) - unseen
