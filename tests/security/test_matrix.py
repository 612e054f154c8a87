"""The matrix: everybody who can come, at every address, with every action on every thing, in every kind of room.

What is right is written down once, in :mod:`reader.policy`.
"""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import get_type_hints

import pytest
from flask import Flask
from werkzeug.routing import Rule

from reader import policy
from reader.accounts.measures import InForce
from reader.accounts.models import Measure, User
from reader.moderation.models import Action
from reader.policy import ACTS, ROUTES, MeasureKind, On, Role
from tests.architecture.source import modules, name
from tests.architecture.test_routes import address, rules
from tests.security.cells import CELLS, Stage
from tests.security.standings import STANDINGS
from tests.support.factories import a_person
from tests.support.people import log_in

# Steps of actions, whose callers have asked, and the way in.
STEPS = {
    "change_state",
    "end",
    "end_reports",
    "judged",
    "known",
    "open_session",
    "pin",
    "publish_held",
    "end_access",
    "take_measure",
}
# What is named in the table otherwise than as a function.
NAMED = {"reply", "post_unscreened", "see_revisions", "preview", *MeasureKind, *Action}


@pytest.fixture(autouse=True)
def forms_need_no_token(app: Flask) -> None:
    app.config["WTF_CSRF_ENABLED"] = False


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


@pytest.mark.parametrize("who", STANDINGS)
def test_each_address_is_open_to_whom_the_table_says(app: Flask, who: str) -> None:
    standing = STANDINGS[who]
    person = standing.arrive()
    standing.suffer(person)
    wrong = []
    for rule, method in doors(app):
        client = app.test_client()
        if person is not None and not standing.is_outside:
            log_in(client, person)
        answer = client.open(address(rule), method=method)
        to_login = answer.status_code == 401 or (answer.location or "").startswith("/login?next=")
        if standing.is_among(ROUTES[rule.endpoint]):
            right = answer.status_code not in (401, 403, 500) and not to_login
        else:
            right = to_login if standing.is_outside else answer.status_code == 403
        if not right:
            wrong.append((method, rule.rule, answer.status_code))
    assert wrong == []


def test_the_policys_table_of_acts_names_every_persons_action_and_no_other() -> None:
    done = set()
    for path in modules():
        if path.name == "actions.py":
            module = import_module(name(path).removesuffix(".py").replace("/", "."))
            for function in vars(module).values():
                if inspect.isfunction(function) and function.__module__ == module.__name__:
                    hints = {**get_type_hints(function), "return": None}
                    if not function.__name__.startswith("_") and {User, User | None} & set(hints.values()):
                        done.add(function.__name__)
    assert done >= STEPS
    assert done - STEPS - set(ACTS) == set()
    assert set(ACTS) - done - NAMED == set()


def test_every_action_is_tried_on_all_that_the_table_tells_apart() -> None:
    assert set(CELLS) == set(ACTS)
    ranks = {On.BELOW, On.ABOVE}
    for act, (targets, _) in CELLS.items():
        tried = {on for each in targets for on in ([each] if isinstance(each, On) else ranks)}
        assert set(ACTS[act]) <= tried, act


@pytest.mark.parametrize("who", STANDINGS)
def test_actions_on_own_and_others_things_are_allowed_as_the_table_says(
    app: Flask, who: str, tmp_path: Path
) -> None:
    standing = STANDINGS[who]
    wrong = []
    for act, (targets, prepare) in CELLS.items():
        for target in targets:
            stage = Stage(app, standing, tmp_path)
            on = stage.stands(target)
            if on is None:
                continue
            attempt = prepare(stage, target)
            standing.suffer(stage.person)
            if attempt() is not standing.is_among(ACTS[act].get(on)):
                wrong.append((act, target))
    assert wrong == []


@pytest.mark.parametrize("act", [act for act in ACTS if ACTS[act]])
def test_an_action_whose_line_is_gone_is_refused_to_everybody(
    act: str, app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """So it is the table that decides, and nothing beside it."""
    targets, prepare = CELLS[act]
    trusted = STANDINGS["admin"]
    allowed = [each for each in targets if Stage(app, trusted, tmp_path).stands(each) in ACTS[act]]
    for target in allowed:
        stage = Stage(app, trusted, tmp_path)
        attempt = prepare(stage, target)
        with monkeypatch.context() as patched:
            patched.setitem(policy.ACTS, act, {})
            assert not attempt()
    assert allowed


def test_a_measure_that_takes_a_right_away_says_so_in_words() -> None:
    for who in {who for cells in ACTS.values() for who in cells.values()} | set(ROUTES.values()):
        for kind in who.but_not:
            assert InForce([Measure(kind=kind.value)]).words_to(who)
