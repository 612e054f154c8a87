"""One's own sessions, seen and ended; the news of each end, for those who hold sockets."""

import pytest
from flask import Flask
from flask.testing import FlaskClient

from reader import eventlog
from reader.accounts import actions, devices, queries
from reader.accounts.models import User
from reader.config import Settings
from reader.db.base import db
from reader.eventlog import Kind, streams
from reader.policy import Role
from tests.support.factories import a_moderator, a_person
from tests.support.forms import errors_beside, fill_in, form_on, page, values_of
from tests.support.people import log_in

GOOD = "four words walk home"
BETTER = "five other words stay out"


@pytest.fixture
def settings(each_engine: Settings) -> Settings:
    return each_engine


@pytest.fixture
def ada(app: Flask) -> User:
    return actions.register("Ada", "ada@example.org", GOOD)


def is_logged_in(client: FlaskClient) -> bool:
    return client.get("/account/").status_code == 200


def id_of(token: str) -> int:
    """The id of the session that a token opens."""
    session = queries.session_by_token(token)
    assert session is not None
    return session.id


def ended() -> list[str]:
    """Targets of the ``access`` stream's events, which all end access, in order."""
    db.session.rollback()
    events = eventlog.since(streams.ACCESS, 0, limit=100)
    assert {event.kind for event in events} <= {Kind.ACCESS_ENDED}
    return [event.target for event in events]


def test_the_page_lists_ones_own_sessions_and_says_which_this_is(
    ada: User, client: FlaskClient, app: Flask
) -> None:
    log_in(app.test_client(), a_person())
    actions.open_session(ada, user_agent="Mozilla/5.0 (Android 14) Gecko/1 Firefox/140.0")
    log_in(client, ada)
    listed = [entry.get_text(" ", strip=True) for entry in page(client.get("/account/")).select(".session")]
    assert len(listed) == 2
    assert sum("this device" in entry for entry in listed) == 1
    assert sum("Firefox on Android" in entry and "last seen" in entry for entry in listed) == 1


def test_a_session_ended_elsewhere_is_refused_at_once(ada: User, client: FlaskClient, app: Flask) -> None:
    stolen = app.test_client()
    token = log_in(stolen, ada)
    log_in(client, ada)
    assert is_logged_in(stolen)
    session_id = id_of(token)
    answer = fill_in(client, "/account/", f"/account/sessions/{session_id}/end")
    assert answer.location == "/account/"
    assert not is_logged_in(stolen)
    assert is_logged_in(client)
    assert ended() == [f"session-{session_id}"]


def test_all_other_sessions_end_and_this_one_stays(ada: User, client: FlaskClient, app: Flask) -> None:
    others = [app.test_client() for _ in range(3)]
    stranger = app.test_client()
    log_in(stranger, a_person())
    for other in others:
        log_in(other, ada)
    log_in(client, ada)
    fill_in(client, "/account/", "/account/sessions/end-others")
    assert is_logged_in(client)
    assert is_logged_in(stranger)
    assert not any(is_logged_in(other) for other in others)
    assert len(ended()) == 3


def test_ending_this_session_logs_out(ada: User, client: FlaskClient) -> None:
    token = log_in(client, ada)
    session_id = id_of(token)
    answer = fill_in(client, "/account/", f"/account/sessions/{session_id}/end")
    assert answer.location == "/"
    assert not is_logged_in(client)


def test_nobody_ends_somebody_elses_session(ada: User, client: FlaskClient, app: Flask) -> None:
    token = log_in(app.test_client(), ada)
    session_id = id_of(token)
    log_in(client, a_moderator())
    sent = values_of(form_on(client.get("/account/"), "/logout"))
    assert client.post(f"/account/sessions/{session_id}/end", data=sent).status_code == 404
    assert queries.session_by_token(token) is not None
    assert ended() == []


def test_logging_out_is_news_for_those_who_hold_sockets(ada: User, client: FlaskClient) -> None:
    token = log_in(client, ada)
    session_id = id_of(token)
    fill_in(client, "/account/", "/logout")
    assert ended() == [f"session-{session_id}"]


def test_an_ended_sessions_id_is_never_used_again(ada: User) -> None:
    first = id_of(actions.open_session(ada))
    actions.end_session(first, by=ada)
    assert id_of(actions.open_session(ada)) > first


def test_a_new_password_ends_every_session_but_keeps_this_device(
    ada: User, client: FlaskClient, app: Flask
) -> None:
    other = app.test_client()
    log_in(other, ada)
    before = log_in(client, ada, remember=True)
    answer = fill_in(client, "/account/", "/account/password", current=GOOD, password=BETTER)
    assert answer.status_code == 303
    assert "Max-Age=2592000" in answer.headers["Set-Cookie"]
    assert is_logged_in(client)
    assert not is_logged_in(other)
    assert queries.session_by_token(before) is None
    assert actions.authenticate("Ada", BETTER)
    assert ended() == [ada.element]


def test_a_new_password_needs_the_present_one(ada: User, client: FlaskClient) -> None:
    log_in(client, ada)
    answer = fill_in(client, "/account/", "/account/password", current="not the present one", password=BETTER)
    assert answer.status_code == 422
    assert "current password" in errors_beside(answer, "current")
    assert actions.authenticate("Ada", GOOD)
    assert ended() == []


def test_a_new_password_must_be_a_good_one(ada: User, client: FlaskClient) -> None:
    log_in(client, ada)
    answer = fill_in(client, "/account/", "/account/password", current=GOOD, password="ada@example.org")
    assert answer.status_code == 422
    assert "first thing" in errors_beside(answer, "password")
    assert actions.authenticate("Ada", GOOD)


def test_ending_all_of_a_persons_sessions_is_one_piece_of_news(ada: User, client: FlaskClient) -> None:
    log_in(client, ada)
    actions.end_all_sessions(ada, by=None)
    assert not is_logged_in(client)
    assert ended() == [ada.element]


def test_a_session_that_is_ended_twice_is_told_of_once(ada: User, client: FlaskClient) -> None:
    session_id = id_of(log_in(client, ada))
    assert actions.end_session(session_id, by=ada)
    assert not actions.end_session(session_id, by=ada)
    assert ended() == [f"session-{session_id}"]


@pytest.mark.usefixtures("client")
def test_a_demotion_cuts_sockets_and_a_promotion_does_not() -> None:
    person = a_person()
    for role in (Role.MODERATOR, Role.EDITOR, Role.ADMIN, Role.ADMIN):
        actions.set_role(person, role, by=None)
    assert ended() == []
    actions.set_role(person, Role.READER, by=None)
    assert ended() == [person.element]


@pytest.mark.parametrize("address", ["/account/"])
def test_a_visitor_is_asked_to_log_in_and_comes_back(address: str, client: FlaskClient) -> None:
    assert client.get(address).location == "/login?next=/account/"


@pytest.mark.parametrize(
    ("user_agent", "name"),
    [
        ("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0", "Firefox on Linux"),
        (
            "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0"
            " Safari/537.36 Edg/140.0",
            "Edge on Windows",
        ),
        (
            "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605 Version/18.0 Mobile Safari/604",
            "Safari on iPhone",
        ),
        (
            "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15) AppleWebKit/537.36 Chrome/140.0 Safari/537.36",
            "Chrome on macOS",
        ),
        ("curl/8.0", "A browser"),
        ("", "A browser"),
    ],
)
def test_a_device_is_named_by_its_browser_and_system(user_agent: str, name: str) -> None:
    assert devices.name(user_agent) == name
