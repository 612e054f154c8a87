"""Statements of reasons for removals, and the one appeal against each."""

import pytest
from flask.testing import FlaskClient

from reader import eventlog
from reader.accounts.models import User
from reader.comments.editing.actions import edit_comment
from reader.comments.models import Comment
from reader.db.base import db
from reader.errors import Conflict, Invalid, Missing, Refused
from reader.moderation.actions import remove_comment, restore_comment, undo_decision
from reader.moderation.appeals.actions import answer_appeal, appeal
from reader.moderation.models import Decision, Reason
from reader.notifications.actions import notice
from reader.operating import audit
from tests.moderation.conftest import CANARY
from tests.support.factories import a_moderator, a_person
from tests.support.forms import errors_beside, fill_in, page
from tests.support.people import log_in


@pytest.fixture
def author(comment: Comment) -> User:
    return db.session.get_one(User, comment.author_id)


@pytest.fixture
def removal(comment: Comment, moderator: User) -> Decision:
    return remove_comment(comment.id, by=moderator, reason=Reason.SPAM, note="It sells lamps.", revision=1)


def state(comment: Comment) -> str:
    db.session.rollback()
    return db.session.get_one(Comment, comment.id, populate_existing=True).state


def test_a_removal_is_told_to_its_author(removal: Decision, author: User) -> None:
    told = eventlog.since(f"person:{author.id}", 0, limit=10)
    assert [(event.kind, event.target) for event in told] == [("decision-told", removal.element)]


def test_an_appeal_is_made_once_by_the_author_while_the_removal_stands(
    removal: Decision, comment: Comment, author: User, moderator: User
) -> None:
    with pytest.raises(Refused, match="Only whom"):
        appeal(removal.id, by=a_person(), text="Let them speak.")
    with pytest.raises(Invalid):
        appeal(removal.id, by=author, text=" ")
    with pytest.raises(Missing):
        appeal(4711, by=author, text="Which one?")
    appeal(removal.id, by=author, text="I sell nothing.")
    with pytest.raises(Conflict, match="already"):
        appeal(removal.id, by=author, text="Really nothing.")
    restored = restore_comment(comment.id, by=moderator, note="", revision=1)
    with pytest.raises(Missing):
        appeal(restored.id, by=author, text="Against what?")
    again = remove_comment(comment.id, by=moderator, reason=Reason.SPAM, note="", revision=1)
    undo_decision(again.id, by=moderator)
    with pytest.raises(Conflict, match="does not stand"):
        appeal(again.id, by=author, text="Nothing at all.")


@pytest.mark.parametrize("grant", [True, False])
def test_it_is_answered_by_somebody_else_with_a_reason_once(
    removal: Decision, comment: Comment, author: User, moderator: User, grant: bool
) -> None:
    made = appeal(removal.id, by=author, text="I sell nothing.")
    with pytest.raises(Refused, match="yourself"):
        answer_appeal(made.id, by=moderator, grant=grant, answer="I was right.")
    with pytest.raises(Refused, match="Only moderators"):
        answer_appeal(made.id, by=a_person(), grant=grant, answer="Me too.")
    with pytest.raises(Invalid):
        answer_appeal(made.id, by=a_moderator(), grant=grant, answer="")
    other = a_moderator()
    answer_appeal(made.id, by=other, grant=grant, answer="I have read it.")
    after = "published" if grant else "removed"
    assert state(comment) == after
    with pytest.raises(Conflict):
        answer_appeal(made.id, by=a_moderator(), grant=not grant, answer="I see it differently.")
    assert state(comment) == after
    assert list(audit.faults()) == []


def test_the_author_reads_why_appeals_and_reads_the_answer_by_plain_forms(
    client: FlaskClient, removal: Decision, comment: Comment, author: User
) -> None:
    log_in(client, author)
    options = page(client.get(f"/comments/{comment.id}/actions"))
    link = options.find("a", href=f"/account/decisions/{removal.id}")
    assert link is not None
    address = f"/account/decisions/{removal.id}"
    led = client.get(f"/comments/{comment.id}/statement")
    assert led.location == address
    statement = client.get(address)
    text = page(statement).get_text(" ", strip=True)
    for words in ("Spam", "It sells lamps.", "not a program", "appeal once"):
        assert words in text
    assert CANARY not in statement.text
    wrong = fill_in(client, address, f"{address}/appeal", text="")
    assert wrong.status_code == 422
    assert "Say why" in errors_beside(wrong, "text")
    assert fill_in(client, address, f"{address}/appeal", text="I sell nothing.").status_code == 303
    assert "who did not make the decision" in client.get(address).text

    log_in(client, a_moderator())
    queue = client.get("/moderation/appeals")
    assert "I sell nothing." in queue.text
    answered = fill_in(
        client,
        "/moderation/appeals/1",
        "/moderation/appeals/1",
        outcome="overturned",
        answer="You are right.",
    )
    assert answered.status_code == 303
    assert "No appeal waits" in client.get("/moderation/appeals").text
    log = client.get("/moderation/log").text
    assert "Appeal granted" in log
    assert "You are right." not in log

    log_in(client, author)
    assert "You are right." in client.get(address).text
    assert CANARY in client.get(f"/comments/{comment.id}", follow_redirects=True).text


def test_an_answer_to_an_appeal_that_is_over_is_kept_on_the_page(
    client: FlaskClient, removal: Decision, comment: Comment, author: User, moderator: User
) -> None:
    made = appeal(removal.id, by=author, text="I sell nothing.")
    log_in(client, a_moderator())
    form = page(client.get(f"/moderation/appeals/{made.id}"))
    token = form.find("input", attrs={"name": "csrf_token"})
    assert token is not None
    restore_comment(comment.id, by=moderator, note="", revision=1)
    edit_comment(comment.id, by=author, body="I sell nothing at all.", revision=1)
    sent = {"csrf_token": token["value"], "outcome": "overturned", "answer": "You are right."}
    answer = client.post(f"/moderation/appeals/{made.id}", data=sent)
    assert answer.status_code == 409
    assert "The decision was taken back" in answer.text
    assert "You are right." in answer.text


def test_nobody_else_reads_the_statement(client: FlaskClient, removal: Decision, moderator: User) -> None:
    address = f"/account/decisions/{removal.id}"
    assert client.get(address).status_code == 303
    for person in (a_person(), moderator):
        log_in(client, person)
        assert client.get(address).status_code == 404


def test_a_notification_of_a_rejected_appeal_links_to_the_reason(
    client: FlaskClient, removal: Decision, comment: Comment, author: User
) -> None:
    made = appeal(removal.id, by=author, text="I sell nothing.")
    answer_appeal(made.id, by=a_moderator(), grant=False, answer="You do.")
    notice(f"person:{author.id}")
    log_in(client, author)
    told = page(client.get("/account/notifications"))
    assert "Your appeal was turned down" in told.get_text(" ", strip=True)
    link = told.select_one(".notification-about a[href^='/account/decisions/']")
    assert link is not None
    assert "You do." in client.get(str(link["href"]), follow_redirects=True).text
