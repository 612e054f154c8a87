"""The text of a removed comment reaches nobody but moderators: everybody requests every address."""

from __future__ import annotations

import email
import email.policy
import json
from collections.abc import Iterator, Mapping
from datetime import timedelta
from email.message import EmailMessage
from pathlib import Path
from uuid import uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.routing import Rule
from werkzeug.routing.converters import AnyConverter, NumberConverter

from reader import eventlog
from reader.accounts import decision_links
from reader.accounts.models import User
from reader.articles.models import Article
from reader.background import mail
from reader.clock import now, set_clock
from reader.comments.models import Comment, State
from reader.config import Settings
from reader.db.base import db
from reader.factchecks.models import Claim
from reader.live import catchup, following, rendering
from reader.moderation.actions import approve_comment, remove_comment
from reader.moderation.appeals.actions import answer_appeal, appeal
from reader.moderation.models import Decision, Reason
from reader.moderation.people.actions import NewMeasure, end_measure, take_measure
from reader.moderation.reports.actions import Complaint, report_comment
from reader.notifications import actions as notifications
from reader.notifications import mailing
from reader.notifications.models import Pace, Subject
from reader.policy import MeasureKind
from reader.publishing.exporting import write_articles, write_comments
from tests.support.factories import a_claim, a_moderator, a_person
from tests.support.people import log_in
from tests.support.threads import a_comment, a_held_comment

CANARY = f"canary{uuid4().hex}"
PAGE, PROGRAM = {"Accept": "text/html"}, {"Accept": "application/json"}


@pytest.fixture
def claim(article: Article) -> Claim:
    return a_claim(article)


@pytest.fixture
def comment(article: Article, claim: Claim) -> Comment:
    """A comment about a claim, so that it is on the claim's page as well."""
    return a_comment(article, body=f"Buy now: {CANARY}", claim_id=claim.id)


@pytest.fixture
def author(comment: Comment) -> User:
    return db.session.get_one(User, comment.author_id)


def addresses(app: Flask, article: Article, comment: Comment, author: User) -> Iterator[str]:
    """Every address that can be asked for, about this comment wherever it names one."""
    known = {
        "comment_id": comment.id,
        "stream": article.stream,
        "username": author.username,
        "name": author.username,
    }
    claim = db.session.scalar(select(Claim))
    if claim:
        yield claim.path
        yield f"/live/{claim.stream}/events?after=0"
    for rule in app.url_map.iter_rules():
        if "GET" not in (rule.methods or ()) or rule.rule.startswith("/static"):
            continue
        if rule.rule.startswith("/moderation/") and rule.rule != "/moderation/log":
            continue
        built = rule.build({name: known.get(name) or _value(rule, name, article) for name in rule.arguments})
        assert built is not None
        yield built[1]
        yield f"{built[1]}?after=0"
        yield f"{built[1]}?q={CANARY}"


def _value(rule: Rule, name: str, article: Article) -> object:
    converter = rule._converters[name]
    if isinstance(converter, AnyConverter):
        return min(converter.items)
    if isinstance(converter, NumberConverter):
        return 1
    return article.slug


def holders(client: FlaskClient, where: list[str], headers: Mapping[str, str] = PAGE) -> list[str]:
    """The addresses at which the text can be read, however they answer. What was asked is no find."""
    found = []
    for address in where:
        answer = client.get(address, follow_redirects=True, headers=headers)
        assert answer.status_code < 500, address
        if f"Buy now: {CANARY}" in answer.text.replace("<mark>", ""):
            found.append(address)
    return found


def test_before_it_is_removed_the_text_is_found(
    client: FlaskClient, article: Article, claim: Claim, comment: Comment, author: User
) -> None:
    found = holders(client, list(addresses(client.application, article, comment, author)))
    search = f"{article.path}/comments?q={CANARY}"
    pages = (article.path, author.path, claim.path, f"/comments/{comment.id}", search)
    assert {*pages, f"{article.path}/feed.xml"} <= set(found)


def test_removed_it_is_found_by_nobody_at_no_address(
    client: FlaskClient, article: Article, comment: Comment, author: User, moderator: User
) -> None:
    app, reporter = client.application, a_person()
    report_comment(comment.id, Complaint(Reason.SPAM, note="It sells."), by=reporter)
    a_comment(article, under=comment, body="Where?")
    where = list(addresses(app, article, comment, author))
    holders(client, where)  # so that whatever keeps pages has kept them
    removal: Decision = remove_comment(comment.id, by=moderator, reason=Reason.SPAM, note="", revision=1)
    appeal(removal.id, by=author, text="I sell nothing.")
    where.append(f"/account/decisions/{removal.id}")
    assert holders(client, where) == holders(client, where, PROGRAM) == []
    assert comment.element not in client.get(f"{article.path}/comments?q={CANARY}").text, (
        "not even that it was"
    )
    for person in (reporter, author, a_person()):
        reader = app.test_client()
        log_in(reader, person)
        assert holders(reader, where) == holders(reader, where, PROGRAM) == []
        assert CANARY not in reader.get(f"/live/person:{person.id}/events?after=0").text
        assert reader.get("/live/moderation/events?after=0").status_code == 404


def test_removed_it_is_in_nothing_that_is_pushed_but_to_moderators(
    article: Article, comment: Comment, author: User, moderator: User
) -> None:
    reporter = a_person()
    report_comment(comment.id, Complaint(Reason.SPAM, note="It sells."), by=reporter)
    removal = remove_comment(comment.id, by=moderator, reason=Reason.SPAM, note="", revision=1)
    appeal(removal.id, by=author, text="I sell nothing.")
    for name in (article.stream, f"person:{author.id}", f"person:{reporter.id}", "moderation"):
        stream = following.parse(name)
        assert stream is not None
        events = eventlog.since(name, 0, limit=100)
        told = f"{rendering.push(stream, 0, events)} {catchup.since(stream, 0)}"
        assert (CANARY in told) is (name == "moderation"), name
    assert not following.may_follow(following.Name("moderation"), a_person())
    assert following.may_follow(following.Name("moderation"), a_moderator())


def test_held_it_is_found_by_its_author_alone(app: Flask, client: FlaskClient, article: Article) -> None:
    author = a_person()
    holders(client, [article.path, author.path])
    held = a_held_comment(article, by=author, body=f"Buy now: {CANARY}")
    where = list(addresses(app, article, held, author))
    for person in (None, a_person(), author):
        reader = app.test_client()
        if person:
            log_in(reader, person)
        found = holders(reader, where)
        assert (article.path in found) if person is author else (found == [])


@pytest.fixture
def outbox(settings: Settings) -> Path:
    return settings.instance / mail.OUTBOX


def mailed(outbox: Path) -> dict[str, str]:
    """Return the text of all mail sent within a day, at once and as digests, by the recipient's name."""
    found: dict[str, str] = {}
    tomorrow = now() + timedelta(days=1, hours=1)
    with set_clock(lambda: tomorrow):
        mailing.send_all()
    for path in outbox.glob("*.eml"):
        message = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
        assert isinstance(message, EmailMessage)
        parts = [str(part.get_content()) for part in message.iter_parts()]
        name = str(message["To"].addresses[0].username)
        found[name] = "\n".join([found.get(name, ""), *parts])
    return found


def test_notes_and_reports_never_reach_the_person_concerned(
    app: Flask, comment: Comment, moderator: User, outbox: Path, tmp_path: Path
) -> None:
    """Nor does the reporter's name, though a measure, its reasons and an appeal follow from the report."""
    article = db.session.get_one(Article, comment.article_id)
    author = db.session.get_one(User, comment.author_id)
    note, report, reporter = (f"{each}{uuid4().hex}" for each in ("note", "report", "reporter"))
    report_comment(comment.id, Complaint(Reason.SPAM, note=report), by=a_person(reporter))
    take_measure(author.id, NewMeasure(MeasureKind.NOTE, words=note), by=moderator)
    for each in (comment, a_held_comment(article, by=author)):
        approve_comment(each.id, by=moderator, note=note, revision=1)
    warning = take_measure(author.id, NewMeasure(MeasureKind.WARNING, words="You sell lamps."), by=moderator)
    told = db.session.scalars(select(Decision).where(Decision.measure_id == warning.id)).one()
    made = appeal(told.id, by=author, text="I sell nothing.")
    answer_appeal(made.id, by=a_moderator(), grant=False, answer="You do.")
    reading = take_measure(
        author.id, NewMeasure(MeasureKind.PREMODERATION, words="Slowly.", reason=Reason.SPAM), by=moderator
    )
    end_measure(reading.id, by=moderator)
    notifications.notice_all()
    moderators, subject = app.test_client(), app.test_client()
    log_in(moderators, moderator)
    assert note in moderators.get(f"/moderation/people/{author.username}").text
    log_in(subject, author)
    where = [*addresses(app, article, comment, author), f"/account/decisions/{told.id}"]
    where += [
        f"{decision_links.decisions_of(author.id)}/{told.id}",
        f"/live/person:{author.id}/events?after=0",
    ]
    said = [subject.get(each, follow_redirects=True).text for each in where]
    assert any("You sell lamps." in text for text in said)
    stream = following.parse(f"person:{author.id}")
    assert stream is not None
    said.append(f"{rendering.push(stream, 0, eventlog.since(str(stream), 0, limit=100))}")
    said.append(mailed(outbox)[author.username])
    assert "You sell lamps." in said[-1]
    said.append(write_comments(tmp_path)[0].read_text())
    assert [text for text in said for private in (note, report, reporter) if private in text] == []


class Correspondents:
    """Recipients of mail about a comment: at once for the reply, in digests for the mention and the article."""

    def __init__(self, article: Article) -> None:
        self.mentioned, self.answered, self.follows = a_person("mina"), a_person("rona"), a_person("fay")
        self._above = a_comment(article, by=self.answered)
        notifications.notice_all()
        notifications.choose(self.mentioned, {Subject.MENTION: Pace.DAILY})
        notifications.follow(self.follows, article.stream)
        self.article = article

    def are_told(self, *, by: User, held: bool = False) -> Comment:
        """Post and return a comment that all of them are notified of; no mail about it is sent yet."""
        post = a_held_comment if held else a_comment
        text = f"@{self.mentioned.username} Buy now: {CANARY}"
        comment = post(self.article, by=by, under=self._above, body=text)
        notifications.notice_all()
        return comment


@pytest.fixture
def correspondents(article: Article) -> Correspondents:
    return Correspondents(article)


def test_until_it_is_removed_the_mails_have_it(correspondents: Correspondents, outbox: Path) -> None:
    correspondents.are_told(by=a_person())
    mails = mailed(outbox)
    assert set(mails) == {"rona", "mina", "fay"}
    for told in ("rona", "mina"):
        assert CANARY in mails[told]


def test_removed_it_is_in_no_mail_that_goes_out_afterwards(
    correspondents: Correspondents, outbox: Path, moderator: User
) -> None:
    author, reporter = a_person("alma"), a_person("bruno")
    comment = correspondents.are_told(by=author)
    report_comment(comment.id, Complaint(Reason.SPAM, note="It sells."), by=reporter)
    remove_comment(comment.id, by=moderator, reason=Reason.SPAM, note="", revision=1)
    notifications.notice_all()
    mails = mailed(outbox)
    assert {"alma", "bruno"} <= set(mails), "the author is given the reason, the reporter the outcome"
    assert [name for name, text in mails.items() if CANARY in text] == []


def test_removed_it_is_on_no_page_of_those_who_were_notified(
    app: Flask, correspondents: Correspondents, moderator: User
) -> None:
    comment = correspondents.are_told(by=a_person())
    where = list(addresses(app, correspondents.article, comment, correspondents.mentioned))
    readers = []
    for person in (correspondents.mentioned, correspondents.answered, correspondents.follows):
        reader = app.test_client()
        log_in(reader, person)
        assert correspondents.article.title in reader.get("/account/notifications").text
        assert comment.path in holders(reader, where)
        readers.append(reader)
    remove_comment(comment.id, by=moderator, reason=Reason.SPAM, note="", revision=1)
    for reader in readers:
        assert holders(reader, where) == holders(reader, where, PROGRAM) == []


def test_held_it_is_mailed_to_nobody(correspondents: Correspondents, outbox: Path) -> None:
    correspondents.are_told(by=a_person(), held=True)
    assert mailed(outbox) == {}


def test_removed_or_held_it_leaves_by_no_export(
    article: Article, comment: Comment, moderator: User, tmp_path: Path
) -> None:
    a_held_comment(article, body=f"Held: {CANARY}")
    remove_comment(comment.id, by=moderator, reason=Reason.SPAM, note="", revision=1)
    list(write_articles(tmp_path, [article.slug]))
    path, _ = write_comments(tmp_path)
    lines = [json.loads(line) for line in path.read_text().splitlines()]
    assert {line["state"]: line["body"] for line in lines} == {State.REMOVED: None, State.HELD: None}
    files = [each for each in tmp_path.iterdir() if each.is_file()]
    assert {each.name for each in files} == {f"{article.slug}.md", "comments.jsonl"}
    assert not [each.name for each in files if CANARY in each.read_text()]
