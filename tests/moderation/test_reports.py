"""Reports: permissions, what ends them, answers to reporters, and trust in reporters."""

from dataclasses import replace

import pytest
from bs4 import BeautifulSoup
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from reader import eventlog
from reader.accounts.models import User
from reader.articles.models import Article
from reader.comments import queries as comments
from reader.comments.actions import delete_comment
from reader.comments.editing.actions import edit_comment
from reader.comments.models import Comment
from reader.config import Settings
from reader.db.base import db
from reader.errors import Conflict, Invalid, Missing, Refused
from reader.factchecks.actions import answer_fact_report
from reader.moderation.actions import approve_comment, remove_comment
from reader.moderation.models import Decision, Reason, Report, ReportOutcome
from reader.moderation.queues.lists import counts
from reader.moderation.reports.actions import Complaint, report_comment
from reader.moderation.reports.policy import Record
from reader.moderation.reports.queries import records
from reader.operating import audit
from tests.support.factories import a_person, altered, an_editor
from tests.support.forms import errors_beside, fill_in, page
from tests.support.people import log_in
from tests.support.threads import a_comment


@pytest.fixture
def settings(each_engine: Settings) -> Settings:
    return each_engine


def report(comment: Comment, by: User | None = None, reason: Reason = Reason.SPAM, note: str = "") -> Report:
    return report_comment(
        comment.id, Complaint(reason, note=note, revision=comment.revision), by=by or a_person()
    )


def remove(comment: Comment, by: User) -> None:
    remove_comment(comment.id, by=by, reason=Reason.SPAM, note="", revision=comment.revision)


def test_a_report_is_told_to_moderators_and_not_in_the_thread(article: Article, comment: Comment) -> None:
    before = eventlog.head(article.stream)
    report(comment)
    told = eventlog.since("moderation", 0, limit=10)
    assert [(event.kind, event.target) for event in told] == [("report-filed", comment.element)]
    assert eventlog.head(article.stream) == before


def test_a_repeated_report_is_the_same_and_a_different_one_is_refused(comment: Comment) -> None:
    """On the same revision."""
    reader = a_person()
    assert report(comment, reader).id == report(comment, reader).id
    with pytest.raises(Conflict, match="already"):
        report(comment, reader, Reason.HATE)
    assert eventlog.head("moderation") == 1


def test_what_its_author_changed_since_is_read_again_first(comment: Comment) -> None:
    with pytest.raises(Conflict, match="Read it again"):
        report_comment(comment.id, Complaint(Reason.SPAM, revision=7), by=a_person())


def test_own_removed_and_unknown_comments_cannot_be_reported(comment: Comment, moderator: User) -> None:
    with pytest.raises(Refused, match="your own"):
        report(comment, db.session.get_one(User, comment.author_id))
    remove(comment, moderator)
    with pytest.raises(Conflict, match="not there"):
        report(comment)
    with pytest.raises(Missing):
        report_comment(4711, Complaint(Reason.SPAM), by=a_person())


def test_a_comment_on_an_article_that_is_not_public_cannot_be_reported(
    article: Article, comment: Comment
) -> None:
    altered(db.session.get_one(Article, article.id), status="draft")
    with pytest.raises(Missing):
        report(comment)


def test_other_needs_words(comment: Comment) -> None:
    with pytest.raises(Invalid) as refusal:
        report(comment, reason=Reason.OTHER)
    assert refusal.value.field == "note"


@pytest.mark.parametrize(("removes", "outcome"), [(True, ReportOutcome.UPHELD), (False, ReportOutcome.KEPT)])
def test_a_decision_ends_the_reports_and_each_reporter_is_told(
    comment: Comment, moderator: User, removes: bool, outcome: ReportOutcome
) -> None:
    filed = [report(comment), report(comment)]
    if removes:
        remove(comment, moderator)
    else:
        approve_comment(comment.id, by=moderator, revision=1)
    for each in filed:
        db.session.refresh(each)
        assert each.outcome == outcome
        told = eventlog.since(f"person:{each.reporter_id}", 0, limit=10)
        assert [(event.kind, event.target) for event in told] == [("report-decided", each.element)]


def test_a_report_on_an_approved_revision_is_answered_at_once(comment: Comment, moderator: User) -> None:
    """Moderators are not notified, and it does not count for or against the reporter."""
    approve_comment(comment.id, by=moderator, revision=1)
    before = eventlog.head("moderation")
    late = report(comment)
    assert late.outcome == ReportOutcome.KEPT
    assert eventlog.head("moderation") == before
    assert records([late.reporter_id])[late.reporter_id] == Record()


def test_a_report_on_a_revision_that_its_author_replaced_was_never_judged(
    comment: Comment, moderator: User
) -> None:
    early = report(comment)
    altered(db.session.get_one(Comment, comment.id), revision=2)
    approve_comment(comment.id, by=moderator, revision=2)
    db.session.refresh(early)
    assert early.outcome == ReportOutcome.MOOT


def test_a_report_on_what_its_author_deletes_ends_and_its_reporter_is_told(
    client: FlaskClient, article: Article
) -> None:
    author = a_person()
    comment, other = (a_comment(article, by=author) for _ in range(2))
    reader, second = a_person(), a_person()
    early, _, kept = report(comment, reader), report(comment, second), report(other, reader)
    report(edit_comment(comment.id, by=author, body="Better lamps.", revision=1), second)
    assert counts()["reported"] == 2
    before = eventlog.head("moderation")
    for _ in range(2):
        delete_comment(comment.id, by=author)
    for each in db.session.scalars(select(Report).where(Report.comment_id == comment.id)):
        assert (each.outcome, each.decided_at is not None) == (ReportOutcome.DELETED, True)
    assert db.session.get_one(Report, kept.id).outcome is None
    assert counts()["reported"] == 1
    (told,) = eventlog.since("moderation", before, limit=9)
    assert (told.kind, told.target) == ("comment-deleted", comment.element)
    (told,) = eventlog.since(f"person:{reader.id}", 0, limit=9)
    assert (told.kind, told.target) == ("report-decided", early.element)
    assert len(eventlog.since(f"person:{second.id}", 0, limit=9)) == 2
    assert records([reader.id])[reader.id] == Record()
    log_in(client, reader)
    assert "Its author deleted the comment before anybody had looked." in client.get("/account/reports").text
    assert list(audit.faults()) == []


def test_to_approve_what_is_approved_is_refused_and_says_so(comment: Comment, moderator: User) -> None:
    approve_comment(comment.id, by=moderator, revision=1)
    with pytest.raises(Conflict, match="approved already"):
        approve_comment(comment.id, by=moderator, revision=1)


def test_false_reports_cost_a_reporter_trust_and_right_ones_restore_it(
    article: Article, moderator: User
) -> None:
    reader = a_person()
    trusted = []
    for right in (False, False, True, False, True, True):
        comment = a_comment(article)
        trusted.append(report(comment, reader).trusted)
        if right:
            remove(comment, moderator)
        else:
            approve_comment(comment.id, by=moderator, revision=1)
    assert trusted == [True, True, False, True, False, True]
    assert records([reader.id])[reader.id] == Record(upheld=3, kept=3)


def test_a_reader_reports_by_a_plain_form_and_reads_the_outcome(
    client: FlaskClient, comment: Comment, moderator: User
) -> None:
    """In their account."""
    log_in(client, a_person())
    address = f"/comments/{comment.id}/report"
    wrong = fill_in(client, f"/comments/{comment.id}/actions", address, note="It sells lamps.", reason="")
    assert wrong.status_code == 422
    assert "Choose" in errors_beside(wrong, "reason")
    assert "It sells lamps." in page(wrong).find(id="note").text  # type: ignore[union-attr]
    done = fill_in(client, address, address, note="It sells lamps.", reason="spam")
    assert (done.status_code, done.location) == (303, address)
    assert "You reported it" in client.get(address).text
    assert "Nobody has looked yet." in client.get("/account/reports").text
    remove(comment, moderator)
    assert "looked at the comment and removed it" in client.get("/account/reports").text


def test_a_program_is_told_in_its_language(client: FlaskClient, comment: Comment) -> None:
    log_in(client, a_person())
    token = page(client.get("/account/")).find("input", {"name": "csrf_token"})
    sent = {"csrf_token": token["value"], "reason": "spam"}  # type: ignore[index]
    headers = {"Accept": "application/json"}
    answer = client.post(f"/comments/{comment.id}/report", data=sent, headers=headers)
    assert (answer.status_code, answer.get_json()["id"]) == (201, comment.id)
    again = client.post(f"/comments/{comment.id}/report", data={**sent, "reason": "hate"}, headers=headers)
    assert (again.status_code, again.mimetype) == (409, "application/problem+json")


def test_what_is_wrong_about_the_facts_goes_to_the_editors_who_answer(
    client: FlaskClient, comment: Comment
) -> None:
    reader, editor = a_person(), an_editor()
    log_in(client, reader)
    address = f"/comments/{comment.id}/report"
    assert fill_in(client, address, address, reason="facts").status_code == 422
    assert fill_in(client, address, address, reason="facts", note="It burnt in 1871.").status_code == 303
    assert eventlog.head("moderation") == 0
    assert client.get("/desk/reports").status_code == 403

    log_in(client, editor)
    desk = client.get("/desk/reports")
    assert "It burnt in 1871." in desk.text
    assert fill_in(client, "/desk/reports", "/desk/reports/1/seen").status_code == 303
    assert fill_in(client, "/desk/reports", "/desk/reports/1/answer", answer=" ").status_code == 422
    assert (
        fill_in(client, "/desk/reports", "/desk/reports/1/answer", answer="You are right.").status_code == 303
    )
    assert "Nothing waits" in client.get("/desk/reports").text
    assert "You are right." in client.get("/desk/reports?answered=yes").text
    with pytest.raises(Conflict):
        answer_fact_report(1, by=editor, answer="Twice.")

    log_in(client, reader)
    own = BeautifulSoup(client.get("/account/reports").data, "html.parser").get_text(" ", strip=True)
    assert "The editors answered" in own
    assert "You are right." in own
    told = eventlog.since(f"person:{reader.id}", 0, limit=10)
    assert [(event.kind, event.target) for event in told] == [("report-decided", "fact-report-1")]


def test_enough_trusted_reports_hide_a_comment_until_it_is_reviewed(
    app: Flask, article: Article, comment: Comment, moderator: User
) -> None:
    app.config["READER"] = replace(app.config["READER"], reports_to_hold=2)
    doubtful = a_person()
    for _ in range(2):
        other = a_comment(article)
        report(other, doubtful)
        approve_comment(other.id, by=moderator, revision=1)
    report(comment, doubtful)
    report(comment)
    assert state(comment) == "published"
    report(comment)
    assert state(comment) == "held"
    assert comments.by_ids([comment.id])[comment.id].html is None
    last = db.session.scalars(select(Decision).order_by(Decision.id.desc())).first()
    assert last is not None
    assert (last.action, last.is_automatic, last.reason) == ("hold", True, "spam")
    approve_comment(comment.id, by=moderator, revision=1)
    assert state(comment) == "published"
    assert list(audit.faults()) == []


def state(comment: Comment) -> str:
    return db.session.get_one(Comment, comment.id, populate_existing=True).state
