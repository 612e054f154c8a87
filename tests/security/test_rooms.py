"""The matrix of rooms, on real sockets: who may follow what, what reaches them, and when that ends."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

import pytest
from flask import Flask

from reader import eventlog
from reader.accounts import actions as accounts
from reader.accounts.models import User
from reader.articles.models import Status
from reader.config import Settings
from reader.db.transactions import transaction
from reader.eventlog import Kind
from reader.policy import ROOMS, On, Role, who_follows
from reader.web import cookies
from tests.security.standings import STANDINGS
from tests.support.factories import a_claim, a_moderator, a_person, an_article, an_editor
from tests.support.posting import Poster
from tests.support.sites import Site, a_free_port, serving
from tests.support.sockets import Socket
from tests.support.threads import a_comment

# What another process commits comes by the look at the heads: two seconds, and what one core takes.
SOON = 5.0
AT_ONCE = 1.0
QUIET = 0.3


class Room(NamedTuple):
    """A room: what it is called, of which kind it is, how it stands to who asks, and what is told there."""

    name: str
    kind: str
    on: On
    told: tuple[Kind, str] | None = None


class Stage:
    """A site that is served, with something in every kind of room."""

    def __init__(self, site: Site) -> None:
        self.site = site
        self.article, self.draft = an_article(), an_article(status=Status.DRAFT.value)
        self.claim, self.hidden = a_claim(self.article), a_claim(self.draft)
        self.other = a_person()

    def log_in(self, person: User | None) -> str:
        """The cookies of somebody who has just logged in."""
        if person is None:
            return ""
        return f"{cookies.login_cookie(self.site.settings)}={accounts.open_session(person)}"

    def socket(self, cookie: str) -> Socket:
        """A socket of whoever has these cookies."""
        return Socket(self.site.url, cookie=cookie)

    def rooms(self, person: User | None) -> list[Room]:
        """Every kind of room, as it stands to the person."""
        bell = (Kind.BELL_CHANGED, "bell")
        rooms = [
            Room("front", "front", On.SITE),
            Room(self.article.stream, "article", On.PUBLIC),
            Room(self.draft.stream, "article", On.HIDDEN, (Kind.ARTICLE_REVISED, "article")),
            Room("article:999999", "article", On.HIDDEN, (Kind.ARTICLE_REVISED, "article")),
            Room(self.claim.stream, "claim", On.PUBLIC),
            Room(self.hidden.stream, "claim", On.HIDDEN, (Kind.VERDICT_CHANGED, self.hidden.element)),
            Room(f"person:{self.other.id}", "person", On.OTHERS, bell),
            Room("verdicts", "verdicts", On.SITE, (Kind.VERDICT_CHANGED, self.claim.element)),
            Room("moderation", "moderation", On.SITE, (Kind.CASE_DECIDED, "comment-1")),
            Room("access", "access", On.SITE, (Kind.ACCESS_ENDED, "session-999999")),
            Room("nonsense", "nonsense", On.SITE),
        ]
        return rooms + ([Room(f"person:{person.id}", "person", On.OWN, bell)] if person else [])

    def something_happens(self, rooms: set[Room]) -> None:
        """A comment about a claim, which the front page counts, too; and an event in every other room."""
        a_comment(self.article, claim_id=self.claim.id)
        with transaction():
            told = {room.name: room.told for room in rooms if room.told}
            eventlog.lock(*told)
            for name, (kind, target) in told.items():
                eventlog.append(kind, name, target, actor_id=None)


@pytest.fixture
def settings(sqlite_settings: Settings) -> Settings:
    return replace(sqlite_settings, bind=f"127.0.0.1:{a_free_port()}")


@pytest.fixture
def stage(app: Flask, settings: Settings, tmp_path: Path) -> Iterator[Stage]:
    with serving(settings, tmp_path, warm=True) as site:
        yield Stage(site)


def drained(socket: Socket) -> set[str]:
    """The rooms of which anything comes until it is quiet."""
    heard = set()
    while (event := socket.next(within=QUIET)) is not None:
        heard.add(_room_of(event))
    return heard


def heard_in(socket: Socket, expected: set[str]) -> set[str]:
    """The rooms of which anything comes, waiting for those ``expected``."""
    heard: set[str] = set()
    while not heard >= expected:
        event = socket.next(within=SOON)
        if event is None:
            break
        heard.add(_room_of(event))
    return heard | drained(socket)


def _room_of(event: list[object]) -> str:
    name, payload = event
    return "front" if name == "live:counts" else str(payload["stream"])  # type: ignore[index]


def test_each_kind_of_room_is_joined_and_heard_by_whom_the_table_says(stage: Stage) -> None:
    people = {who: standing.arrive() for who, standing in STANDINGS.items()}
    all_cookies = {who: stage.log_in(person) for who, person in people.items()}
    for who, standing in STANDINGS.items():
        standing.suffer(people[who])
    rooms: set[Room] = set()
    found, right = {}, {}
    with ExitStack() as closing:
        sockets = {}
        for who, standing in STANDINGS.items():
            socket = sockets[who] = closing.enter_context(stage.socket(all_cookies[who]))
            offered = stage.rooms(people[who])
            rooms |= set(offered)
            found[who] = {room.name for room in offered if "error" not in socket.join(room.name)}
            right[who] = {room.name for room in offered if standing.is_among(who_follows(room.kind, room.on))}
        assert found == right
        assert ROOMS.keys() <= {room.kind for room in rooms}
        for socket in sockets.values():
            drained(socket)
        stage.something_happens(rooms)
        assert {who: heard_in(socket, right[who]) for who, socket in sockets.items()} == right


def test_what_a_measure_or_a_lost_role_takes_away_ends_at_once(stage: Stage) -> None:
    reader, suspended, demoted = a_person(), a_moderator(), a_moderator()
    editor = Poster(stage.site, an_editor(), stage.article)

    def suffers(person: User, kind: str, lasts: str) -> None:
        form = {"kind": kind, "words": "So.", "lasts": lasts, "reason": "spam"}
        assert editor.send(f"/moderation/people/{person.username}/measures", **form).status_code == 200

    cases: list[tuple[User, str, Callable[[], None], float, bool]] = [
        (reader, f"person:{reader.id}", lambda: suffers(reader, "ban", ""), AT_ONCE, False),
        (suspended, "moderation", lambda: suffers(suspended, "suspension", "24h"), AT_ONCE, True),
        (demoted, "moderation", lambda: accounts.set_role(demoted, Role.READER, by=None), SOON, True),
    ]
    with stage.socket("") as visitors:
        for person, room, falls, soon, is_still_in in cases:
            cookie = stage.log_in(person)
            with stage.socket(cookie) as mine:
                assert "head" in mine.join(room)
                falls()
                assert mine.is_cut(within=soon)
            with stage.socket(cookie) as again:
                assert "error" in again.join(room)
                assert ("head" in again.join(f"person:{person.id}")) is is_still_in
                assert "head" in again.join(stage.article.stream), "what is everybody's is theirs"
        assert not visitors.is_cut(within=QUIET)
    editor.close()
