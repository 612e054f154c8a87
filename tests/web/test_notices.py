"""After every act the next page confirms it, once; text that can't be sent is given back."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import NamedTuple

import pytest
from flask import Flask
from flask.testing import FlaskClient

from reader.accounts.models import User
from reader.articles.models import Article
from reader.clock import now
from reader.comments.actions import delete_comment
from reader.comments.models import Comment
from reader.db.base import db
from reader.moderation.actions import approve_comment, remove_comment, restore_comment
from reader.moderation.appeals.actions import answer_appeal, appeal
from reader.moderation.models import Reason
from reader.moderation.people.actions import NewMeasure, take_measure
from reader.moderation.reports.actions import report_facts
from reader.moderation.threads.actions import ThreadSettings, set_thread
from reader.policy import MeasureKind
from reader.web.notices import Done
from tests.support.factories import a_claim, a_moderator, a_person, an_article, an_editor
from tests.support.forms import fill_in, page
from tests.support.people import log_in
from tests.support.threads import a_comment

PASSWORD = "four words walk home"
LATER = now() + timedelta(days=1)


class Stage(NamedTuple):
    """Somebody's browser, an article, and a comment of theirs and one of another."""

    client: FlaskClient
    person: User
    article: Article
    own: Comment
    other: Comment


def stage(app: Flask, person: User) -> Stage:
    app.config["WTF_CSRF_ENABLED"] = False
    client, article = app.test_client(), an_article()
    log_in(client, person)
    return Stage(client, person, article, a_comment(article, by=person), a_comment(article))


def said(client: FlaskClient, address: str) -> str | None:
    """Return what the page says was done."""
    answer = client.get(address, follow_redirects=True)
    assert answer.status_code == 200
    line = page(answer).select_one(".said[role=status]")
    return line.get_text(" ", strip=True) if line else None


Send = Callable[[Stage], tuple[str, dict[str, str]]]


def removal(there: Stage) -> int:
    comment = a_comment(there.article, by=there.person)
    return remove_comment(comment.id, by=a_moderator(), reason=Reason.SPAM, note="", revision=1).id


def warning(there: Stage) -> int:
    return take_measure(there.person.id, NewMeasure(MeasureKind.WARNING, words="Mind."), by=a_moderator()).id


READERS: list[tuple[Done, Send]] = [
    (Done.POSTED, lambda at: (f"{at.article.path}/comments", {"body": "Hi.", "submission_id": "1" * 32})),
    (Done.EDITED, lambda at: (f"{at.own.path}/edit", {"body": "Hi.", "revision": "1"})),
    (Done.DELETED, lambda at: (f"{at.own.path}/delete", {})),
    (Done.RECOMMENDED, lambda at: (f"{at.other.path}/recommend", {"recommended": "yes"})),
    (Done.NOT_RECOMMENDED, lambda at: (f"{at.other.path}/recommend", {"recommended": "no"})),
    (Done.REPORTED, lambda at: (f"{at.other.path}/report", {"reason": "spam", "note": ""})),
    (Done.APPEALED, lambda at: (f"/account/decisions/{removal(at)}/appeal", {"text": "I sell nothing."})),
    (Done.MUTED, lambda at: (f"{a_person().path}/mute", {})),
    (Done.UNMUTED, lambda at: (f"{a_person().path}/unmute", {})),
    (Done.FOLLOWED, lambda at: (f"{at.article.path}/follow", {"follow": "on"})),
    (Done.UNFOLLOWED, lambda at: (f"{a_claim(at.article).path}/follow", {"follow": "off"})),
    (Done.NOTIFICATIONS_READ, lambda at: ("/account/notifications/read", {"through": "1"})),
    (Done.SHORTCUTS_ON, lambda at: ("/account/shortcuts", {"shortcuts": "on"})),
    (Done.SHORTCUTS_OFF, lambda at: ("/account/shortcuts", {"shortcuts": "off"})),
    (Done.OTHER_SESSIONS_ENDED, lambda at: ("/account/sessions/end-others", {})),
    (Done.WARNING_CONFIRMED, lambda at: (f"/account/warnings/{warning(at)}", {})),
]


def decides(act: str, **form: str) -> Send:
    return lambda at: (f"/moderation{at.other.path}/{act}", {"revision": "1", **form})


def undoes(at: Stage) -> tuple[str, dict[str, str]]:
    kept = approve_comment(at.other.id, by=at.person, note="", revision=1)
    return f"/moderation/decisions/{kept.id}/undo", {}


def answers(at: Stage) -> tuple[str, dict[str, str]]:
    author = a_person()
    gone = remove_comment(
        a_comment(at.article, by=author).id, by=a_moderator(), reason=Reason.SPAM, note="", revision=1
    )
    made = appeal(gone.id, by=author, text="I sell nothing.")
    return f"/moderation/appeals/{made.id}", {"outcome": "upheld", "answer": "It stays."}


def ends(at: Stage) -> tuple[str, dict[str, str]]:
    taken = take_measure(a_person().id, NewMeasure(MeasureKind.WARNING, words="Mind."), by=at.person)
    return f"/moderation/measures/{taken.id}/end", {}


def desk(act: str, **form: str) -> Send:
    def send(at: Stage) -> tuple[str, dict[str, str]]:
        report = report_facts(at.other.id, by=a_person(), note="See page 7.")
        return f"/desk/reports/{report.id}/{act}", form

    return send


STAFF: list[tuple[Done, Send]] = [
    (Done.APPROVED, decides("approve")),
    (Done.REMOVED, decides("remove", reason="spam", note="")),
    (Done.PINNED, decides("pin")),
    (
        Done.DECIDED,
        lambda at: ("/moderation/decide", {"do": "approve", "pick": f"{at.other.id}.1", "reason": ""}),
    ),
    (Done.UNDONE, undoes),
    (Done.APPEAL_ANSWERED, answers),
    (
        Done.MEASURE_TAKEN,
        lambda at: (
            f"/moderation/people/{a_person().username}/measures",
            {"kind": "warning", "words": "Mind.", "lasts": "24h", "reason": "spam"},
        ),
    ),
    (Done.MEASURE_ENDED, ends),
    (
        Done.DISCUSSION_CHANGED,
        lambda at: (
            f"/moderation/articles/{at.article.slug}",
            {"slow_seconds": "30", "why": "It goes too fast."},
        ),
    ),
    (
        Done.WORDS_SAVED,
        lambda at: ("/moderation/words/banned", {"words": "blimey", "act": "save", "version": "0"}),
    ),
    (Done.FACT_REPORT_SEEN, desk("seen")),
    (Done.FACT_REPORT_ANSWERED, desk("answer", answer="You are right.")),
    (
        Done.VERDICT_SET,
        lambda at: (
            f"{a_claim(at.article, verdict='reported', sourced=False).path}/verdict",
            {"verdict": "disputed", "why": "Two say so.", "version": "1"},
        ),
    ),
    (
        Done.CLAIM_REVISED,
        lambda at: (
            f"{a_claim(at.article).path}/text",
            {"text": "Other words.", "reason": "We had misread it.", "version": "1"},
        ),
    ),
]


@pytest.mark.parametrize(
    ("act", "send", "is_staff"),
    [*((act, send, False) for act, send in READERS), *((act, send, True) for act, send in STAFF)],
    ids=lambda value: value.name if isinstance(value, Done) else "",
)
def test_the_page_after_an_act_says_once_that_it_is_done(
    app: Flask, act: Done, send: Send, is_staff: bool
) -> None:
    at = stage(app, an_editor() if is_staff else a_person())
    path, form = send(at)
    answer = at.client.post(path, data=form)
    assert answer.status_code == 303, answer.text
    assert said(at.client, answer.location) == act.value
    assert said(at.client, answer.location) is None


def test_a_changed_password_is_said(client: FlaskClient) -> None:
    fill_in(client, "/register", "/register", username="alma", email="a@example.org", password=PASSWORD)
    assert said(client, "/") == Done.REGISTERED
    new = "other words, just as good"
    answer = fill_in(client, "/account/", "/account/password", current=PASSWORD, password=new)
    assert said(client, answer.location) == Done.NEW_PASSWORD


def test_a_notice_is_for_whoever_acted_and_nothing_else_can_be_said(app: Flask) -> None:
    at = stage(app, a_person())
    at.client.set_cookie("done", "You won")
    assert said(at.client, at.article.path) is None
    visitor = app.test_client()
    visitor.set_cookie("done", "posted")
    assert said(visitor, at.article.path) is None


def test_deleting_is_asked_about_on_a_page_of_its_own(app: Flask) -> None:
    at = stage(app, a_person())
    options = page(at.client.get(f"{at.own.path}/actions"))
    assert [form["method"] for form in options.find_all("form", action=f"{at.own.path}/delete")] == ["get"]
    assert "can’t be brought back" in at.client.get(f"{at.own.path}/delete").text


def given_back(at: Stage, path: str, **form: str) -> str:
    """Return the typed texts that the page refusing a form shows, read-only or in the form again."""
    answer = at.client.post(path, data=form)
    assert answer.status_code >= 400
    return " ".join(each.text.strip() for each in page(answer).find_all("textarea"))


TEXT = "What I had to say about this."


def test_what_is_refused_is_given_back(app: Flask) -> None:
    """Without scripts the page that refuses a form shows the typed text, whatever the field and the reason."""
    at = stage(app, a_person())
    moderator = a_moderator()
    comments = f"{at.article.path}/comments"
    new = {"body": TEXT, "submission_id": "2" * 32}
    assert TEXT in given_back(at, "/articles/none/comments", **new)
    assert TEXT in given_back(at, "/comments/999999/edit", body=TEXT, revision="1")
    assert TEXT in given_back(at, "/comments/999999/report", reason="spam", note=TEXT)
    gone = removal(at)
    appeal(gone, by=at.person, text="I sell nothing.")
    assert TEXT in given_back(at, f"/account/decisions/{gone}/appeal", text=TEXT)
    set_thread(at.article, ThreadSettings(closed=True, why="Enough was said."), by=moderator)
    assert TEXT in given_back(at, comments, **new)
    set_thread(at.article, ThreadSettings(), by=moderator)
    delete_comment(at.other.id, by=db.session.get_one(User, at.other.author_id))
    assert TEXT in given_back(at, f"{at.other.path}/report", reason="other", note=TEXT)
    assert TEXT in given_back(at, comments, parent_id=str(at.other.id), **new)
    take_measure(
        at.person.id,
        NewMeasure(MeasureKind.SUSPENSION, words="Rest.", reason=Reason.SPAM, until=LATER),
        by=moderator,
    )
    assert TEXT in given_back(at, comments, **new)
    delete_comment(at.own.id, by=at.person)
    assert TEXT in given_back(at, f"{at.own.path}/edit", body=TEXT, revision="1")


def test_what_a_moderator_or_editor_wrote_too_late_is_given_back(app: Flask) -> None:
    at = stage(app, an_editor())
    path, _ = answers(at)
    appealed = int(path.rpartition("/")[2])
    answer_appeal(appealed, by=a_moderator(), grant=False, answer="It stays.")
    assert TEXT in given_back(at, path, outcome="upheld", answer=TEXT)
    report, _ = desk("answer")(at)
    assert at.client.post(report, data={"answer": "You are right."}).status_code == 303
    assert TEXT in given_back(at, report, answer=TEXT)
    remove_comment(at.other.id, by=a_moderator(), reason=Reason.SPAM, note="", revision=1)
    judged = f"/moderation{at.other.path}/remove"
    assert TEXT in given_back(at, judged, reason="spam", note=TEXT, revision="1")
    restore_comment(at.other.id, by=a_moderator(), note="", revision=1)
    restored = f"/moderation{at.other.path}/restore"
    assert TEXT in given_back(at, restored, note=TEXT, revision="1")
