"""Staff need longer passwords: who comes to a role with a shorter one acts as a reader until it is changed."""

from pathlib import Path

import pytest
from flask.testing import FlaskClient
from flask_migrate import downgrade, upgrade

from reader.accounts import actions, passwords
from reader.accounts.models import User
from reader.app import create_app
from reader.config import Settings
from reader.db.base import db
from reader.errors import Invalid, Refused
from reader.live import following
from reader.moderation import actions as moderation
from reader.policy import Role
from tests.publishing.files import GOOD as ARTICLE
from tests.publishing.files import put
from tests.support.factories import a_person, altered, an_article
from tests.support.forms import errors_beside, fill_in, page
from tests.support.people import log_in
from tests.support.threads import a_comment

SHORT = "kx9-vq2 mz7 p"
LONG = "four words walk home"
JSON = {"Accept": "application/json"}


def promoted(password: str, role: Role = Role.MODERATOR) -> User:
    """Somebody who registered as a reader, with a session or without, and was given a role since."""
    person = actions.register("mia", "mia@example.org", password)
    actions.set_role(person, role, by=None)
    return stored(person)


def stored(person: User) -> User:
    """The person as they are in the database."""
    return db.session.get_one(User, person.id, populate_existing=True)


def told(client: FlaskClient) -> str:
    """Message at the top of the account page."""
    found = page(client.get("/account/")).select_one("main .notice")
    return found.get_text(" ", strip=True) if found else ""


@pytest.mark.usefixtures("app")
@pytest.mark.parametrize("role", [Role.MODERATOR, Role.EDITOR, Role.ADMIN])
def test_staff_are_made_with_long_passwords_only(role: Role) -> None:
    with pytest.raises(Invalid, match="at least 15"):
        actions.register("mia", "mia@example.org", SHORT, role=role)
    assert not actions.register("mia", "mia@example.org", LONG, role=role).longer_password_due


@pytest.mark.usefixtures("app")
def test_a_reader_may_have_a_shorter_one() -> None:
    assert not actions.register("mia", "mia@example.org", SHORT).longer_password_due


def test_a_promoted_reader_acts_as_a_reader_until_the_password_is_known(client: FlaskClient) -> None:
    log_in(client, promoted(LONG, Role.EDITOR))
    for address in ("/moderation/", "/desk/reports"):
        answer = client.get(address)
        assert (answer.status_code, answer.location) == (303, "/account/")
    assert page(client.get("/")).select("header a[href='/moderation/']") == []
    assert "at least 15 characters" in told(client)
    answer = client.get("/moderation/", headers=JSON)
    assert answer.status_code == 403
    assert "at least 15 characters" in answer.get_json()["detail"]


def test_a_log_in_with_a_long_password_gives_the_rights(client: FlaskClient) -> None:
    promoted(LONG)
    answer = fill_in(client, "/login", "/login", login="mia", password=LONG)
    assert answer.location == "/"
    assert told(client) == ""
    assert client.get("/moderation/words/banned").status_code == 200


def test_a_log_in_with_a_short_password_leads_to_the_change(client: FlaskClient) -> None:
    promoted(SHORT)
    answer = fill_in(client, "/login?next=/about", "/login", login="mia", password=SHORT)
    assert (answer.status_code, answer.location) == (303, "/account/")
    assert "at least 15 characters" in told(client)
    assert client.get("/about").status_code == 200
    assert client.get("/moderation/").location == "/account/"


def test_the_change_asks_for_a_long_one_and_gives_the_rights(client: FlaskClient) -> None:
    promoted(SHORT)
    fill_in(client, "/login", "/login", login="mia", password=SHORT)
    answer = fill_in(client, "/account/", "/account/password", current=SHORT, password=f"{SHORT}!")
    assert "at least 15" in errors_beside(answer, "password")
    assert client.get("/moderation/").location == "/account/"
    answer = fill_in(client, "/account/", "/account/password", current=SHORT, password=LONG)
    assert answer.status_code == 303
    assert told(client) == ""
    assert client.get("/moderation/words/banned").status_code == 200


@pytest.mark.usefixtures("app")
def test_acts_and_rooms_are_closed_as_pages_are() -> None:
    comment = a_comment(an_article(), by=a_person())
    person = promoted(LONG)
    room = following.parse("moderation")
    assert room
    assert not following.may_follow(room, person)
    with pytest.raises(Refused):
        moderation.approve_comment(comment.id, by=person, revision=1)
    actions.authenticate("mia", LONG)
    assert following.may_follow(room, stored(person))


@pytest.mark.usefixtures("app")
def test_commands_ask_for_no_password(tmp_path: Path) -> None:
    assert put(tmp_path, ARTICLE, by=promoted(LONG, Role.EDITOR))
    moderator = a_person(role=Role.MODERATOR)
    altered(moderator, longer_password_due=True)
    with pytest.raises(Refused):
        put(tmp_path, ARTICLE, by=moderator)


@pytest.mark.usefixtures("app")
def test_only_a_step_from_the_readers_asks_for_it() -> None:
    person = actions.register("mia", "mia@example.org", LONG, role=Role.MODERATOR)
    actions.set_role(person, Role.ADMIN, by=None)
    assert not stored(person).longer_password_due
    actions.set_role(person, Role.READER, by=None)
    assert not stored(person).longer_password_due
    actions.set_role(person, Role.EDITOR, by=None)
    actions.set_role(person, Role.ADMIN, by=None)
    assert stored(person).longer_password_due
    actions.set_role(person, Role.READER, by=None)
    assert not stored(person).longer_password_due


@pytest.mark.usefixtures("app")
def test_a_wrong_long_password_shows_nothing() -> None:
    person = promoted(SHORT)
    with pytest.raises(Invalid):
        actions.authenticate("mia", LONG)
    assert stored(person).longer_password_due


@pytest.mark.usefixtures("app")
def test_a_short_change_while_a_role_is_given_is_still_due() -> None:
    """The form was filled in by a reader; they are a moderator when it is stored."""
    person = actions.register("mia", "mia@example.org", LONG)
    as_reader = User(**{each.key: getattr(person, each.key) for each in User.__table__.columns})
    actions.set_role(person, Role.MODERATOR, by=None)
    altered(stored(person), longer_password_due=False)
    actions.change_password(as_reader, current=LONG, new=SHORT)
    assert stored(person).longer_password_due


def test_an_upgrade_asks_all_staff_and_no_reader(each_engine: Settings) -> None:
    app = create_app(each_engine)
    with app.app_context():
        people = {role: a_person(role=role).id for role in Role}
        db.session.remove()
        downgrade(revision="0024")
        upgrade()
        due = {role: db.session.get_one(User, id_).longer_password_due for role, id_ in people.items()}
        assert due == {role: role != Role.READER for role in Role}
        db.session.remove()
        db.engine.dispose()


def test_lengths_are_those_of_the_manual() -> None:
    assert [passwords.min_length(role) for role in Role] == [10, 15, 15, 15]
