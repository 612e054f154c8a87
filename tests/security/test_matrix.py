"""The matrix: everybody who can come, at every address, and with every action on their own and on others' things."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from uuid import uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.routing import Rule

from reader.accounts import actions as accounts
from reader.accounts.models import User
from reader.articles.models import Article
from reader.clock import now
from reader.comments.models import Comment
from reader.live import streams
from reader.moderation.people.actions import take_measure
from reader.policy import ROUTES, MeasureKind, Role, is_among
from tests.architecture.test_routes import address, rules
from tests.support.factories import a_person, an_article
from tests.support.people import log_in
from tests.support.threads import a_comment

LATER = timedelta(days=1)


def measured(kind: MeasureKind) -> Callable[[], User]:
    def made() -> User:
        person = a_person()
        by = a_person(role=Role.ADMIN)
        until = now() + LATER if kind is MeasureKind.SUSPENSION else None
        take_measure(person.id, by=by, kind=kind, words="So.", until=until)
        return person

    return made


def muted() -> User:
    person = a_person()
    accounts.mute(person, by=a_person())
    return person


def staff(role: Role) -> Callable[[], User]:
    return lambda: a_person(role=role)


WHO: dict[str, Callable[[], User | None]] = {
    "visitor": lambda: None,
    "reader": a_person,
    "muted": muted,
    "warned": measured(MeasureKind.WARNING),
    "held": measured(MeasureKind.PREMODERATION),
    "suspended": measured(MeasureKind.SUSPENSION),
    "banned": measured(MeasureKind.BAN),
    "moderator": staff(Role.MODERATOR),
    "editor": staff(Role.EDITOR),
    "admin": staff(Role.ADMIN),
}


def doors(app: Flask) -> Iterator[tuple[Rule, str]]:
    for rule in rules(app):
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            yield rule, method


def test_an_address_without_a_line_is_closed_to_everybody(app: Flask) -> None:
    app.add_url_rule("/new", "new", lambda: "open")
    client = app.test_client()
    assert client.get("/new").status_code == 403
    log_in(client, a_person(role=Role.ADMIN))
    assert client.get("/new").status_code == 403


@pytest.mark.parametrize("who", WHO)
def test_each_address_is_open_to_whom_the_table_says(app: Flask, who: str) -> None:
    app.config["WTF_CSRF_ENABLED"] = False
    person = WHO[who]()
    in_site = person is not None and who != "banned"
    wrong = []
    for rule, method in doors(app):
        client = app.test_client()
        if in_site and person is not None:
            log_in(client, person)
        answer = client.open(address(rule), method=method)
        who_may = ROUTES[rule.endpoint]
        to_login = answer.status_code == 401 or (answer.location or "").startswith("/login?next=")
        if who_may.role is None or (in_site and is_among(person, who_may)):
            right = answer.status_code not in (401, 403, 500) and not to_login
        else:
            right = answer.status_code == 403 if in_site else to_login
        if not right:
            wrong.append((method, rule.rule, answer.status_code))
    assert wrong == []


# What becomes of each action, by who does it: on one's own comment, and on somebody else's.
STAFF = ("moderator", "editor", "admin")
ACTS: dict[tuple[str, str], dict[str, int]] = {
    ("post", "thread"): {
        "visitor": 401,
        "banned": 401,
        "warned": 403,
        "suspended": 403,
        "held": 202,
        "": 201,
    },
    ("edit", "own"): {"suspended": 403, "": 200},
    ("delete", "own"): {"": 200},
    ("recommend", "own"): {"": 403},
    ("report", "own"): {"": 403},
    ("remove", "own"): {"": 403},
    ("edit", "other"): {"visitor": 401, "banned": 401, "": 403},
    ("delete", "other"): {"visitor": 401, "banned": 401, "": 403},
    ("recommend", "other"): {"visitor": 401, "banned": 401, "suspended": 403, "": 200},
    ("report", "other"): {"visitor": 401, "banned": 401, "suspended": 403, "": 201},
    ("remove", "other"): {"visitor": 401, "banned": 401, **dict.fromkeys(STAFF, 200), "": 403},
    ("restore", "other"): {"visitor": 401, "banned": 401, **dict.fromkeys(STAFF, 409), "": 403},
    ("warn", "reader"): {"visitor": 401, "banned": 401, **dict.fromkeys(STAFF, 200), "": 403},
    ("warn", "moderator"): {"visitor": 401, "banned": 401, "editor": 200, "admin": 200, "": 403},
    ("warn", "admin"): {"visitor": 401, "banned": 401, "": 403},
    ("close", "thread"): {"visitor": 401, "banned": 401, **dict.fromkeys(STAFF, 200), "": 403},
}


def sent(act: str, comment: Comment, article: Article, other: User) -> tuple[str, dict[str, str]]:
    """Where an action is posted to, and what with."""
    if act == "post":
        return f"{article.path}/comments", {"body": "Hello.", "submission_id": str(uuid4())}
    if act == "warn":
        form = {"kind": "warning", "words": "So.", "reason": "", "lasts": "24h"}
        return f"/moderation/people/{other.username}/measures", form
    if act == "close":
        return f"/moderation/articles/{article.slug}", {"closed": "y", "slow_seconds": "0"}
    form = {"revision": "1", "reason": "spam", "body": "Another text.", "recommended": "yes", "note": ""}
    prefix = "/moderation" if act in ("remove", "restore") else ""
    return f"{prefix}{comment.path}/{act}", form


@pytest.mark.parametrize("who", WHO)
def test_each_action_on_ones_own_and_on_others_things_ends_as_written_down(app: Flask, who: str) -> None:
    app.config["WTF_CSRF_ENABLED"] = False
    wrong = {}
    for (act, on), expected in ACTS.items():
        if on == "own" and who in ("visitor", "banned"):
            continue
        article, author = an_article(), a_person()
        person = WHO[who]() if on != "own" else None
        if on == "own":
            # Their comment is older than the measure.
            person = owner = a_person(role=Role(who)) if who in STAFF else a_person()
            comment = a_comment(article, by=owner)
            if who == "suspended":
                by = a_person(role=Role.ADMIN)
                take_measure(owner.id, by=by, kind=MeasureKind.SUSPENSION, words="", until=now() + LATER)
        else:
            comment = a_comment(article, by=author)
        other = a_person(role=Role(on)) if on in ("reader", "moderator", "admin") else author
        client = app.test_client()
        if person is not None and who != "banned":
            log_in(client, person)
        where, form = sent(act, comment, article, other)
        answer = client.post(where, data=form, headers={"Accept": "application/json"})
        if answer.status_code != expected.get(who, expected[""]):
            wrong[act, on] = answer.status_code
    assert wrong == {}


@pytest.mark.parametrize("who", WHO)
def test_each_stream_is_followed_by_whom_it_is_for(app: Flask, client: FlaskClient, who: str) -> None:
    article, draft = an_article(), an_article(status="draft")
    person, other = WHO[who](), a_person()
    rooms = {
        article.stream: True,
        draft.stream: False,
        f"person:{other.id}": False,
        "access": False,
        "nonsense": False,
    }
    rooms["moderation"] = who in STAFF
    if person is not None:
        rooms[f"person:{person.id}"] = True
    found = {}
    for room in rooms:
        name = streams.parse(room)
        found[room] = name is not None and streams.may_follow(name, person)
    assert found == rooms
