"""Access to views by role, and the redirect of visitors to the log-in page."""

import pytest
from flask import Flask
from flask.testing import FlaskClient

from reader import policy
from reader.accounts.access import local_path, person
from reader.accounts.sessions import viewer
from reader.policy import MEMBERS, MODERATORS, Role, at_least
from tests.support.factories import a_moderator, a_person
from tests.support.forms import fill_in, form_on, values_of
from tests.support.people import log_in

JSON = {"Accept": "application/json"}


@pytest.fixture
def done(app: Flask, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Addresses that are not for everybody; the list names who has got through."""
    through: list[str] = []

    def members() -> str:
        through.append(person().username)
        return "members"

    def moderators() -> str:
        through.append(person().username)
        return "moderators"

    for view, who in ((members, MEMBERS), (moderators, MODERATORS)):
        app.add_url_rule(f"/{view.__name__}", view.__name__, view, methods=["GET", "POST"])
        monkeypatch.setitem(policy.ROUTES, view.__name__, who)
    return through


def token(client: FlaskClient) -> str:
    """A form token of this client."""
    opened = client.get("/login", follow_redirects=True)
    action = "/login" if opened.request.path == "/login" else "/logout"
    return values_of(form_on(opened, action))["csrf_token"]


def test_a_role_holds_what_those_before_it_hold() -> None:
    for rank, role in enumerate(Role):
        someone = type("Someone", (), {"is_authenticated": True, "role": role.value, "acts_as": role.value})()
        assert [at_least(someone, other) for other in Role] == [other <= rank for other in range(len(Role))]
    assert not any(at_least(None, role) for role in Role)


def test_a_visitor_is_sent_to_log_in_and_comes_back_with_the_query(
    done: list[str], client: FlaskClient
) -> None:
    answer = client.get("/members?a=1&b=two%20words")
    assert answer.status_code == 303
    assert answer.location == "/login?next=/members%3Fa%3D1%26b%3Dtwo%2520words"
    assert client.get(answer.location).status_code == 200
    assert done == []


def test_a_visitor_who_sent_a_form_comes_back_to_the_page_it_stood_on(
    done: list[str], client: FlaskClient
) -> None:
    answer = client.post(
        "/members",
        data={"csrf_token": token(client)},
        headers={"Referer": "http://localhost/articles/x?after=5"},
    )
    assert answer.location == "/login?next=/articles/x%3Fafter%3D5"
    assert done == []


@pytest.mark.parametrize("referrer", ["http://localhost//evil.example", ""])
def test_a_visitor_never_comes_back_to_another_site(
    referrer: str, done: list[str], client: FlaskClient
) -> None:
    answer = client.post("/members", data={"csrf_token": token(client)}, headers={"Referer": referrer})
    assert answer.location == "/login?next=/"
    assert done == []


def test_a_visitors_form_from_another_site_is_refused(done: list[str], client: FlaskClient) -> None:
    elsewhere = {"Referer": "http://evil.example/articles/x"}
    answer = client.post("/members", data={"csrf_token": token(client)}, headers=elsewhere)
    assert answer.status_code == 400
    assert "Location" not in answer.headers
    assert done == []


def test_a_program_without_a_session_gets_401_in_json(done: list[str], client: FlaskClient) -> None:
    answer = client.get("/members", headers=JSON)
    assert answer.status_code == 401
    assert answer.mimetype == "application/problem+json"
    assert answer.get_json()["status"] == 401
    assert done == []


def test_a_reader_at_a_moderators_route_gets_403_and_nothing_happens(
    done: list[str], client: FlaskClient
) -> None:
    log_in(client, a_person())
    for answer in (
        client.get("/moderators"),
        client.post("/moderators", data={"csrf_token": token(client)}),
    ):
        assert answer.status_code == 403
        assert "moderators only" in answer.text
    assert done == []


def test_a_program_with_too_low_a_role_gets_403_in_json(done: list[str], client: FlaskClient) -> None:
    log_in(client, a_person())
    answer = client.get("/moderators", headers=JSON)
    assert answer.status_code == 403
    assert answer.mimetype == "application/problem+json"
    assert "moderators" in answer.get_json()["detail"]


def test_who_has_the_role_gets_through(done: list[str], client: FlaskClient) -> None:
    log_in(client, a_moderator("Mia"))
    assert client.get("/moderators").text == "moderators"
    assert client.get("/members").text == "members"
    assert done == ["Mia", "Mia"]


def test_a_demoted_moderator_is_refused_at_the_next_request(done: list[str], client: FlaskClient) -> None:
    from reader.accounts import actions

    moderator = a_moderator("Mia")
    log_in(client, moderator)
    actions.set_role(moderator, Role.READER, by=None)
    assert client.get("/moderators").status_code == 403
    assert done == []


def test_one_requests_viewer_is_not_the_next_ones(app: Flask, done: list[str], client: FlaskClient) -> None:
    log_in(client, a_person("Ada"))
    assert client.get("/members").status_code == 200
    assert app.test_client().get("/members").status_code == 303
    with app.test_request_context():
        assert viewer() is None
        with pytest.raises(RuntimeError, match="open to visitors"):
            person()


ATTACKS = [
    "https://evil.example/",
    "//evil.example/",
    "///evil.example/",
    "/\\evil.example/",
    "\\\\evil.example/",
    "/\t/evil.example/",
    "\t//evil.example/",
    "/\n/evil.example",
    "/\r\nSet-Cookie: a=b",
    " //evil.example",
    " /evil",
    "/articles/x\\..",
    "javascript:alert(1)",
    "JaVaScRiPt:alert(1)",
    "data:text/html,x",
    "evil.example",
    "articles/x",
    "http:evil.example",
    "/\x00",
    "/\N{ZERO WIDTH SPACE}/evil.example",
    "/\N{LINE SEPARATOR}evil",
    "/" + "x" * 3000,
    "//[",
    "",
]


@pytest.mark.parametrize("address", ATTACKS)
def test_no_way_back_leads_away(address: str) -> None:
    assert local_path(address) is None


@pytest.mark.parametrize(
    "address",
    [
        "/",
        "/articles/x",
        "/articles/x#comments",
        "/articles/x?after=5&sort=oldest#comment-7",
        "/search?q=a%20b:c",
        "/ü",
    ],
)
def test_a_way_back_may_be_any_address_of_the_site(address: str) -> None:
    assert local_path(address) == address


@pytest.mark.parametrize("address", [attack for attack in ATTACKS if "\x00" not in attack])
def test_who_logs_in_over_a_bad_link_comes_to_the_front_page(address: str, client: FlaskClient) -> None:
    log_in(client, a_person())
    assert client.get("/login", query_string={"next": address}).location == "/"


def test_a_bad_next_in_the_form_itself_leads_to_the_front_page(client: FlaskClient) -> None:
    answer = fill_in(
        client,
        "/register",
        "/register",
        username="Ada",
        email="ada@example.org",
        password="four words walk home",
        next="//evil.example",
    )
    assert answer.location == "/"


@pytest.mark.parametrize("address", ["/login", "/register"])
def test_forms_keep_next_in_a_field_and_no_query_in_their_action(address: str, client: FlaskClient) -> None:
    form = form_on(client.get(f"{address}?next=/articles/x%23comments"), address)
    assert values_of(form)["next"] == "/articles/x#comments"
    assert form["method"] == "post"
