"""Writing, answering and deleting through requests: plain forms, programs, and every refusal."""

from __future__ import annotations

from uuid import uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from reader import eventlog
from reader.accounts.models import User
from reader.articles.models import Article
from reader.clock import now
from reader.comments import policy, queries
from reader.comments.actions import delete_comment
from reader.comments.models import SHOWN, Comment, Thread
from reader.comments.screening.rules import MAX_LENGTH
from reader.comments.windows import BRANCH, PAGE
from reader.config import Settings
from reader.db.base import db
from reader.db.keyset import MAX_ID
from reader.db.transactions import transaction
from reader.moderation.actions import remove_comment
from reader.moderation.models import Reason
from tests.conftest import SECRET
from tests.support.factories import a_claim, a_moderator, a_person, an_article
from tests.support.forms import errors_beside, fill_in, form_on, page, values_of
from tests.support.people import log_in
from tests.support.threads import a_comment, comments

JSON = {"Accept": "application/json"}


@pytest.fixture
def settings(sqlite_settings: Settings) -> Settings:
    return Settings(instance=sqlite_settings.instance, secret_key=SECRET, limit_comments="20/minute")


@pytest.fixture
def ada(client: FlaskClient, author: User) -> FlaskClient:
    """The browser of somebody who is logged in."""
    log_in(client, author)
    return client


def rows() -> int:
    return db.session.scalar(select(func.count()).select_from(Comment)) or 0


def form_of(client: FlaskClient, article: Article) -> dict[str, str]:
    """The composer on the article's page, as it would be sent."""
    return values_of(form_on(client.get(article.path), f"{article.path}/comments"))


def send(client: FlaskClient, article: Article, values: dict[str, str]) -> TestResponse:
    return client.post(f"{article.path}/comments", data=values, headers=JSON)


def test_a_comment_is_written_by_a_plain_form_and_leads_back_to_it(
    ada: FlaskClient, article: Article
) -> None:
    answer = fill_in(ada, article.path, f"{article.path}/comments", body="Plain and **simple**.")
    assert answer.status_code == 303
    comment_id = db.session.scalars(select(Comment.id)).one()
    assert answer.location == f"/comments/{comment_id}"
    there = ada.get(answer.location)
    assert there.location == f"{article.path}#comment-{comment_id}"
    item = page(ada.get(there.location)).find(id=f"comment-{comment_id}")
    assert item
    assert "Plain and simple." in item.get_text()


def test_a_visitor_is_sent_to_log_in_and_comes_back_to_the_article(
    client: FlaskClient, article: Article
) -> None:
    note = page(client.get(article.path)).select_one(".thread-note")
    assert note
    assert note.get_text(" ", strip=True) == (
        "You need to be registered and logged in to comment on articles."
    )
    back = f"?next={article.path}%23comments"
    assert [link["href"] for link in note.find_all("a")] == [f"/register{back}", f"/login{back}"]


def test_without_a_session_or_a_token_nothing_is_written(
    client: FlaskClient, article: Article, author: User
) -> None:
    values = {"body": "Hello", "submission_id": str(uuid4())}
    assert client.post(f"{article.path}/comments", data=values).status_code == 400
    log_in(client, author)
    token = form_of(client, article)["csrf_token"]
    assert client.post(f"{article.path}/comments", data=values).status_code == 400
    other = client.application.test_client()
    assert other.post(f"{article.path}/comments", data={**values, "csrf_token": token}).status_code == 400
    assert rows() == 0


def test_a_program_is_told_number_and_address(ada: FlaskClient, article: Article) -> None:
    answer = send(ada, article, {**form_of(ada, article), "body": "Hello"})
    comment = db.session.scalars(select(Comment)).one()
    assert answer.status_code == 201
    assert answer.get_json() == {
        "id": comment.id,
        "seq": eventlog.head(article.stream),
        "url": f"/comments/{comment.id}",
        "state": "published",
        "told": "Your comment is posted.",
    }
    assert answer.headers["Cache-Control"] == "private, no-store"


def test_a_repeated_submission_gets_the_same_answer_or_a_conflict(ada: FlaskClient, article: Article) -> None:
    """It is a conflict if the text is another one."""
    values = {**form_of(ada, article), "body": "Once."}
    first, again = send(ada, article, values), send(ada, article, values)
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.get_json() == again.get_json()
    other = send(ada, article, {**values, "body": "Twice."})
    assert (other.status_code, other.mimetype) == (409, "application/problem+json")
    assert rows() == 1


def test_a_conflict_says_what_to_change_to_send_it_anew(ada: FlaskClient, article: Article) -> None:
    values = {**form_of(ada, article), "body": "Once."}
    first = send(ada, article, values).get_json()
    ada.post(f"{first['url']}/delete", data={"csrf_token": values["csrf_token"]})
    refused = send(ada, article, values)
    assert (refused.status_code, refused.mimetype) == (409, "application/problem+json")
    assert "deleted it since" in refused.get_json()["detail"]
    anew = send(ada, article, {**values, **refused.get_json()["resend"]})
    assert anew.status_code == 201
    assert anew.get_json()["id"] != first["id"]


def test_after_a_conflict_the_form_can_be_sent_once_more(ada: FlaskClient, article: Article) -> None:
    values = {**form_of(ada, article), "body": "Once."}
    action = f"{article.path}/comments"
    ada.post(action, data=values)
    refused = ada.post(action, data={**values, "body": "Twice."})
    assert refused.status_code == 409
    again = values_of(form_on(refused, action))
    assert again["body"].strip() == "Twice."
    assert ada.post(action, data=again).status_code == 303
    assert rows() == 2


@pytest.mark.parametrize(
    ("body", "says"),
    [
        ("", "nothing to read"),
        (" \r\n\t", "nothing to read"),
        ("x" * (MAX_LENGTH + 1), "too long"),
    ],
)
def test_a_text_that_cannot_be_posted_is_kept_with_the_error_beside_it(
    ada: FlaskClient, article: Article, body: str, says: str
) -> None:
    action = f"{article.path}/comments"
    answer = fill_in(ada, article.path, action, body=body)
    assert answer.status_code == 422
    assert says in errors_beside(answer, "body")
    field = page(answer).find(id="body")
    assert field
    assert field["aria-invalid"] == "true"
    assert "body-error" in str(field["aria-describedby"])
    assert values_of(form_on(answer, action))["body"].strip() == body.strip()
    assert article.title in answer.text
    told = send(ada, article, {**form_of(ada, article), "body": body})
    assert (told.status_code, told.get_json()["field"]) == (422, "body")
    assert rows() == 0


def test_the_longest_text_in_any_script_is_posted(ada: FlaskClient, article: Article) -> None:
    for letter in ("x", "字", "😀"):
        answer = send(ada, article, {**form_of(ada, article), "body": letter * MAX_LENGTH})
        assert answer.status_code == 201, letter


@pytest.mark.parametrize("raw", [b"body=%ED%A0%80", b"body=%FF%FE", b"body=\xff\xfe", b"body=one%00two"])
def test_bytes_that_are_no_text_are_no_fault_of_the_site(
    ada: FlaskClient, article: Article, raw: bytes
) -> None:
    values = form_of(ada, article)
    rest = f"&csrf_token={values['csrf_token']}&submission_id={values['submission_id']}".encode()
    answer = ada.post(
        f"{article.path}/comments",
        data=raw + rest,
        content_type="application/x-www-form-urlencoded",
        headers=JSON,
    )
    assert answer.status_code in (201, 400, 422)


@pytest.mark.parametrize(
    "broken",
    [
        {"submission_id": ""},
        {"submission_id": "not a uuid"},
        {"parent_id": "x"},
        {"parent_id": "-1"},
        {"parent_id": str(MAX_ID + 1)},
        {"claim_id": "1 or 1"},
        {"claim_id": "9" * 40},
        {"parent_id": "4711"},
        {"claim_id": "4711"},
    ],
)
def test_a_broken_form_is_refused_in_words(
    ada: FlaskClient, article: Article, broken: dict[str, str]
) -> None:
    values = {**form_of(ada, article), "body": "Kept.", **broken}
    told = send(ada, article, values)
    assert (told.status_code, told.get_json()["field"]) == (422, next(iter(broken)))
    shown = ada.post(f"{article.path}/comments", data=values)
    assert shown.status_code == 422
    assert "Kept." in shown.text
    assert rows() == 0


def test_a_closed_thread_says_so_and_refuses_what_is_sent(ada: FlaskClient, article: Article) -> None:
    values = {**form_of(ada, article), "body": "Too late."}
    first = a_comment(article)
    with transaction() as session:
        session.get_one(Thread, article.id).closed_at = now()
    answer = ada.post(f"{article.path}/comments", data=values)
    assert answer.status_code == 403
    assert "Too late." in answer.text
    assert "closed" in errors_beside(answer, "body")
    assert send(ada, article, values).status_code == 403
    assert ada.get(f"{first.path}/reply").status_code == 403
    # The form stays, for when the discussion is opened again; a stylesheet hides it while it is closed.
    assert page(ada.get(article.path)).select_one("#comments > #thread-state[data-closed] ~ [data-composer]")


def test_whoever_writes_too_often_is_told_when_to_go_on_and_keeps_the_text(
    ada: FlaskClient, article: Article
) -> None:
    values = form_of(ada, article)
    for number in range(20):
        values["submission_id"] = str(uuid4())
        assert send(ada, article, {**values, "body": f"Comment {number}."}).status_code == 201
    values.update(submission_id=str(uuid4()), body="One too many.")
    told = send(ada, article, values)
    assert told.status_code == 429
    assert 0 < int(told.headers["Retry-After"]) <= 60
    shown = ada.post(f"{article.path}/comments", data=values)
    assert shown.status_code == 429
    assert 0 < int(shown.headers["Retry-After"]) <= 60
    assert "One too many." in shown.text
    somebody = ada.application.test_client()
    log_in(somebody, a_person())
    assert send(somebody, article, {**form_of(somebody, article), "body": "Me, too."}).status_code == 201


def test_an_article_that_nobody_sees_has_no_thread(ada: FlaskClient, article: Article) -> None:
    values = {**form_of(ada, article), "body": "Hello"}
    draft = an_article(status="draft")
    for path in (draft.path, "/articles/none"):
        assert ada.post(f"{path}/comments", data=values).status_code == 404
        assert ada.get(f"{path}/comments").status_code == 404
    assert rows() == 0


def test_the_address_of_the_form_leads_to_the_thread(client: FlaskClient, article: Article) -> None:
    assert client.get(f"{article.path}/comments").location == f"{article.path}#comments"


def test_a_comment_is_answered_on_a_page_of_its_own(ada: FlaskClient, article: Article) -> None:
    parent = a_comment(article, body="Who counted them?")
    asked = ada.get(f"{parent.path}/reply")
    assert "Who counted them?" in asked.text
    answer = fill_in(ada, f"{parent.path}/reply", f"{article.path}/comments", body="The clerk.")
    assert answer.status_code == 303
    (top,) = queries.page(article).nodes
    assert [node.comment.html for node in top.replies] == ['<p dir="auto">The clerk.</p>']


def test_a_reply_that_is_refused_keeps_what_it_answers(ada: FlaskClient, article: Article) -> None:
    parent = a_comment(article, body="Who counted them?")
    claim = a_claim(article)
    values = form_of(ada, article) | {"parent_id": str(parent.id), "claim_id": str(claim.id), "body": " "}
    refused = ada.post(f"{article.path}/comments", data=values)
    assert refused.status_code == 422
    assert "Who counted them?" in refused.text
    kept = values_of(form_on(refused, f"{article.path}/comments"))
    assert {name: kept[name] for name in ("parent_id", "claim_id", "submission_id")} == {
        name: values[name] for name in ("parent_id", "claim_id", "submission_id")
    }


def test_a_reply_to_a_comment_just_removed_keeps_its_text(ada: FlaskClient, article: Article) -> None:
    """The removed comment's text is not shown."""
    parent = a_comment(article, body="the canary sings")
    values = form_of(ada, article) | {"parent_id": str(parent.id), "body": "I disagree."}
    remove_comment(parent.id, by=a_moderator(), reason=Reason.SPAM, note="", revision=1)
    refused = ada.post(f"{article.path}/comments", data=values)
    assert refused.status_code == 403
    assert "I disagree." in refused.text
    assert "canary" not in refused.text
    asked = ada.get(f"{parent.path}/reply")
    assert asked.status_code == 403
    assert "canary" not in asked.text


def test_a_permalink_leads_to_the_page_and_the_branch_of_its_comment(
    client: FlaskClient, article: Article
) -> None:
    person = a_person()
    top = a_comment(article, by=person)
    replies = [a_comment(article, by=person, under=top) for _ in range(BRANCH + 5)]
    comments(article, 2 * PAGE, by=person)
    for comment in (top, replies[0], replies[SHOWN], replies[-1]):
        led = client.get(comment.path)
        assert led.status_code == 302
        assert led.headers["Cache-Control"] == "private, no-store"
        assert led.location.endswith(f"#comment-{comment.id}")
        shown = page(client.get(led.location))
        assert shown.find(id=f"comment-{comment.id}") is not None


def test_the_links_to_more_replies_lead_through_all_of_them(client: FlaskClient, article: Article) -> None:
    person = a_person()
    top = a_comment(article, by=person)
    replies = {a_comment(article, by=person, under=top).element for _ in range(2 * BRANCH + 5)}
    comments(article, PAGE, by=person)
    address, seen = f"{top.path}/replies", set()
    while address:
        led = client.get(address)
        assert led.status_code == 302
        shown = page(client.get(led.location))
        branch = shown.find(id=f"replies-{top.id}")
        assert branch
        seen |= {str(item["id"]) for item in branch.find_all("li")}
        link = shown.select_one(f"#more-{top.id} a")
        address = str(link["href"]) if link else ""
    assert seen == replies


@pytest.mark.parametrize("more", ["", "/replies", "/reply", "/actions", "/delete"])
@pytest.mark.parametrize("number", ["4711", str(MAX_ID), str(MAX_ID + 1), "9" * 30, "0"])
def test_a_comment_that_is_not_there_is_not_found(ada: FlaskClient, number: str, more: str) -> None:
    assert ada.get(f"/comments/{number}{more}").status_code == 404


@pytest.mark.parametrize("after", ["x", "-1", "9" * 30, str(MAX_ID)])
def test_a_made_up_number_of_replies_does_no_harm(client: FlaskClient, article: Article, after: str) -> None:
    comment = a_comment(article)
    led = client.get(f"{comment.path}/replies?after={after}")
    assert client.get(led.location).status_code == 200


def test_ones_own_comment_is_deleted_by_a_plain_form(
    ada: FlaskClient, article: Article, author: User
) -> None:
    comment = a_comment(article, by=author, body="I take this back.")
    asked = ada.get(f"{comment.path}/delete")
    assert "I take this back." in asked.text
    assert fill_in(ada, f"{comment.path}/delete", f"{comment.path}/delete").status_code == 303
    shown = ada.get(article.path).text
    assert "I take this back." not in shown
    assert "This comment was deleted by its author." in shown
    assert ada.get(f"{comment.path}/delete").status_code == 302


def test_a_program_deletes_and_is_told_the_number(ada: FlaskClient, article: Article, author: User) -> None:
    comment = a_comment(article, by=author)
    token = form_of(ada, article)["csrf_token"]
    answer = ada.post(f"{comment.path}/delete", data={"csrf_token": token}, headers=JSON)
    assert (answer.status_code, answer.get_json()["state"]) == (200, "deleted")
    assert answer.get_json()["seq"] == eventlog.head(article.stream)


def test_the_comment_of_another_is_not_deleted(ada: FlaskClient, article: Article) -> None:
    comment = a_comment(article)
    token = form_of(ada, article)["csrf_token"]
    assert ada.get(f"{comment.path}/delete").status_code == 403
    assert ada.post(f"{comment.path}/delete", data={"csrf_token": token}).status_code == 403
    assert not queries.by_ids([comment.id])[comment.id].is_tombstone


def offered(client: FlaskClient, comment: Comment) -> set[str]:
    """Addresses of the forms on the comment's page of actions."""
    main = page(client.get(f"{comment.path}/actions")).find("main")
    assert main
    return {str(form["action"]) for form in main.find_all("form")}


def test_everybody_is_offered_what_they_may_do(app: Flask, article: Article, author: User) -> None:
    comment = a_comment(article, by=author)
    reply, delete, mute = f"{article.path}/comments", f"{comment.path}/delete", f"{author.path}/mute"
    report = f"{comment.path}/report"
    recommend = f"{comment.path}/recommend"
    remove, restore, approve, pin = (
        f"/moderation{comment.path}/{what}" for what in ("remove", "restore", "approve", "pin")
    )
    clients = {}
    for name, person in {"author": author, "reader": a_person(), "moderator": a_moderator()}.items():
        clients[name] = app.test_client()
        log_in(clients[name], person)
    visitor = app.test_client()

    assert offered(visitor, comment) == set()
    assert offered(clients["author"], comment) == {reply, delete}
    assert offered(clients["reader"], comment) == {reply, recommend, report, mute}
    assert offered(clients["moderator"], comment) == {reply, recommend, mute, remove, approve, pin}

    remove_comment(comment.id, by=a_moderator(), reason=Reason.SPAM, note="", revision=1)
    assert offered(clients["author"], comment) == offered(clients["reader"], comment) == set()
    assert offered(clients["moderator"], comment) == {restore}

    gone = a_comment(article, by=author)
    delete_comment(gone.id, by=author)
    assert offered(clients["author"], gone) == offered(clients["moderator"], gone) == set()


def test_a_visitor_reads_how_to_take_part_and_gets_no_cookie(client: FlaskClient, article: Article) -> None:
    comment = a_comment(article)
    answer = client.get(f"{comment.path}/actions")
    links = [str(link["href"]) for link in page(answer).select(".thread-note a")]
    assert links == [f"/{way}?next={comment.path}/actions" for way in ("register", "login")]
    assert "Set-Cookie" not in answer.headers


def test_a_moderators_own_comment_is_theirs_to_delete_and_not_to_judge(app: Flask, article: Article) -> None:
    moderator = a_moderator()
    own = a_comment(article, by=moderator)
    client = app.test_client()
    log_in(client, moderator)
    assert offered(client, own) == {f"{article.path}/comments", f"{own.path}/delete"}


def test_a_text_deleted_by_its_author_is_nowhere_not_even_for_moderators(
    app: Flask, article: Article, author: User
) -> None:
    comment = a_comment(article, by=author, body="the canary sings")
    delete_comment(comment.id, by=author)
    for person in (None, author, a_moderator()):
        client = app.test_client()
        if person:
            log_in(client, person)
        for path in (
            article.path,
            comment.path,
            f"{comment.path}/actions",
            f"{comment.path}/delete",
            f"{article.path}/feed.xml",
            f"/live/{article.stream}/events?after=0",
            "/moderation/",
            "/moderation/removed",
            f"/moderation/comments/{comment.id}/remove",
            f"/moderation/comments/{comment.id}/restore",
        ):
            assert "canary" not in client.get(path, follow_redirects=True).text, path


def test_scripts_read_the_limits_of_comments_from_the_page(ada: FlaskClient, article: Article) -> None:
    shown = page(ada.get(article.path))
    assert shown.select("textarea[data-max-length]")[0]["data-max-length"] == str(MAX_LENGTH)
    assert shown.select("#mine")[0]["data-editable-seconds"] == str(int(policy.EDITABLE.total_seconds()))
