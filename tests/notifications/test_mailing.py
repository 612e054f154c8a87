"""Mail: its due time, its content as the standard library parses it, and that it is sent once."""

from __future__ import annotations

import email
import email.policy
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from reader.background import mail
from reader.background.mail import MailFault
from reader.clock import set_clock
from reader.comments.actions import delete_comment
from reader.config import Settings
from reader.db.base import db
from reader.moderation.models import Reason
from reader.moderation.people.actions import NewMeasure, end_measure, take_measure
from reader.notifications import actions, mailing, queries, unsubscribing
from reader.notifications.delivery_frequency import due
from reader.notifications.models import Mail, Pace, Subject
from reader.policy import MeasureKind
from tests.notifications.conftest import Stage
from tests.support.factories import altered
from tests.support.forms import form_on

NOON = datetime(2026, 11, 25, 12, 10, tzinfo=UTC)
SITE = "https://a-newspaper-with-a-long-name.at-a-host-that-no-header-has-room-for.example"


@dataclass
class Time:
    """The time, as the test moves it on."""

    now: datetime = NOON

    def passes(self, **some: float) -> None:
        self.now += timedelta(**some)


@pytest.fixture
def settings(sqlite_settings: Settings) -> Settings:
    return replace(sqlite_settings, base_url=SITE, site_name="The Daily Check")


@pytest.fixture(autouse=True)
def time() -> Iterator[Time]:
    time = Time()
    with set_clock(lambda: time.now):
        yield time


@pytest.fixture
def outbox(settings: Settings) -> Path:
    return settings.instance / mail.OUTBOX


def mails(outbox: Path) -> list[EmailMessage]:
    """Every mail, the first first, as a mail program reads it."""
    read = [
        email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
        for path in outbox.glob("*.eml")
    ]
    assert all(isinstance(message, EmailMessage) and message.defects == [] for message in read)
    return sorted(read, key=lambda message: str(message["Message-ID"]))


def part(message: EmailMessage, kind: str) -> str:
    """The text of one of its two parts."""
    assert message.get_content_type() == "multipart/alternative"
    kinds = [each.get_content_type() for each in message.iter_parts()]
    assert kinds == ["text/plain", "text/html"]
    found = message.get_body((kind,))
    assert found is not None
    return str(found.get_content()).replace("\r\n", "\n")


def work() -> int:
    """Do the work of the job queue; return the number of mails sent."""
    actions.notice_all()
    return mailing.send_all()


def test_a_reply_is_mailed_at_once_in_plain_text_and_html(stage: Stage, outbox: Path) -> None:
    answer = stage.says("bruno", "Nine *fathoms* & a half.", under=stage.says("alma"))
    assert work() == 1
    (message,) = mails(outbox)
    assert message["To"] == "alma <alma@example.org>"
    assert message["From"] == f"The Daily Check <no-reply@{SITE.removeprefix('https://')}>"
    assert message["Subject"] == "bruno replied to you: The harbour"
    assert message["Date"].datetime == NOON
    assert message["List-Id"] == f"<notifications.{SITE.removeprefix('https://')}>"
    assert message["Auto-Submitted"] == "auto-generated"
    raw = next(outbox.iterdir()).read_bytes()
    assert raw.isascii()
    assert max(map(len, raw.split(b"\n"))) <= 998
    required = ("From", "To", "Subject", "Date", "Message-ID", "MIME-Version", "List-Unsubscribe")
    for name in required:
        assert len(message.get_all(name, [])) == 1, name
    plain, html = part(message, "plain"), part(message, "html")
    assert "bruno replied to you.\nThe harbour\n  “Nine fathoms & a half.”\n" in plain
    assert f"\n{SITE}{answer.path}\n" in plain
    assert '<p dir="auto">Nine fathoms &amp; a half.</p>' in html
    assert f'<a dir="auto" href="{SITE}{answer.path}">The harbour</a>' in html
    (row,) = db.session.scalars(select(Mail))
    assert (row.attempts, row.due_at, row.sent_at, row.fault) == (1, None, NOON, None)
    assert work() == 0, "it was sent once"


def test_it_can_be_ended_by_one_click_of_the_mail_program(
    stage: Stage, outbox: Path, client: FlaskClient
) -> None:
    mine = stage.says("alma")
    stage.says("bruno", under=mine)
    work()
    (message,) = mails(outbox)
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    address = str(message["List-Unsubscribe"]).strip("<>")
    assert address in part(message, "plain")
    path = address.removeprefix(SITE)
    asked = client.get(path, base_url=SITE)
    assert asked.headers["Cache-Control"] == "private, no-store"
    assert form_on(asked, path)["method"] == "post"
    stage.says("carla", under=mine)
    assert work() == 1, "asking ended nothing"
    stage.says("dora", under=mine)
    actions.notice_all()
    ended = client.post(path, base_url=SITE, data={"List-Unsubscribe": "One-Click"})
    assert ended.status_code == 200
    assert work() == 0, "what was on its way as well"
    assert set(queries.choices(stage["alma"].id).values()) == {Pace.NEVER}
    assert queries.unread(stage["alma"].id) == 3, "in the page it is told as ever"
    assert queries.choices(stage["bruno"].id)[Subject.REPLY] is Pace.AT_ONCE


def test_a_banned_person_is_mailed_why_with_a_link_that_needs_no_log_in(
    stage: Stage, outbox: Path, client: FlaskClient
) -> None:
    """Only if they want mail about decisions; whoever can log in again gets the ordinary link."""
    actions.choose(stage["bruno"], {Subject.DECISION: Pace.NEVER})
    for name in ("alma", "bruno"):
        measure = take_measure(
            stage[name].id,
            NewMeasure(MeasureKind.BAN, words="Enough now.", reason=Reason.SPAM),
            by=stage["moira"],
        )
    assert work() == 1
    (message,) = mails(outbox)
    assert message["To"] == "alma <alma@example.org>"
    assert message["Subject"] == "A moderator banned you: Why, and how to appeal"
    plain = part(message, "plain")
    assert "Enough now." in plain
    (address,) = [line for line in plain.splitlines() if line.startswith(f"{SITE}/decisions/")]
    assert address in part(message, "html")
    assert "You were banned" in client.get(address.removeprefix(SITE), base_url=SITE).text
    end_measure(measure.id, by=stage["moira"])
    actions.choose(stage["bruno"], {Subject.DECISION: Pace.AT_ONCE})
    take_measure(stage["bruno"].id, NewMeasure(MeasureKind.WARNING, words="Once more."), by=stage["moira"])
    assert work() == 1
    told = part(mails(outbox)[-1], "plain")
    assert f"{SITE}/account/decisions/" in told
    assert "Once more." in told


@pytest.mark.usefixtures("stage")
def test_a_link_that_was_not_signed_here_ends_nothing(client: FlaskClient) -> None:
    for token in ("1", "MQ.forged", unsubscribing.link_for(999).rsplit("/", 1)[1]):
        for answer in (
            client.get(f"/unsubscribe/{token}", base_url=SITE),
            client.post(f"/unsubscribe/{token}", base_url=SITE),
        ):
            assert answer.status_code == 404


def test_what_was_removed_before_it_was_sent_is_in_no_part_of_it(stage: Stage, outbox: Path) -> None:
    actions.choose(stage["alma"], {Subject.REPLY: Pace.HOURLY})
    mine = stage.says("alma")
    gone = stage.says("bruno", "Regrettable words", under=mine)
    stage.says("carla", "A good answer", under=mine)
    assert work() == 0
    delete_comment(gone.id, by=stage["bruno"])
    with set_clock(lambda: NOON + timedelta(hours=1)):
        assert work() == 1
    (message,) = mails(outbox)
    assert "Regrettable" not in message.as_string()
    assert message["Subject"] == "2 notifications from The Daily Check"
    for kind in ("plain", "html"):
        assert "It can’t be read any more." in part(message, kind)
        assert "A good answer" in part(message, kind)


def test_a_digest_goes_at_its_hour_and_leaves_out_what_was_read(
    stage: Stage, outbox: Path, time: Time
) -> None:
    actions.follow(stage["carla"], stage.article.stream)
    actions.follow(stage["dora"], stage.article.stream)
    stage.says("alma")
    stage.says("bruno")
    assert work() == 0
    actions.read(stage["dora"], through=10_000)
    time.passes(hours=17, minutes=40)
    assert work() == 0, "ten to six"
    time.passes(minutes=20)
    assert work() == 1
    (message,) = mails(outbox)
    assert (message["To"], message["Subject"]) == (
        "carla <carla@example.org>",
        "2 new comments: The harbour",
    )


@pytest.mark.parametrize(
    ("pace", "expected"),
    [
        (Pace.AT_ONCE, NOON),
        (Pace.HOURLY, NOON.replace(hour=13, minute=0)),
        (Pace.DAILY, NOON.replace(day=26, hour=6, minute=0)),
        (Pace.NEVER, None),
    ],
)
def test_when_mail_of_each_pace_is_due(pace: Pace, expected: datetime | None) -> None:
    assert due(pace, NOON) == expected


def test_daily_mail_of_the_night_goes_in_the_morning() -> None:
    night = NOON.replace(hour=2)
    assert due(Pace.DAILY, night) == night.replace(hour=6, minute=0)


def test_a_refused_mail_is_retried_at_growing_intervals_then_given_up(
    stage: Stage, outbox: Path, time: Time
) -> None:
    outbox.parent.joinpath(mail.OUTBOX).write_text("no folder")
    stage.says("bruno", under=stage.says("alma"))
    assert work() == 0
    (row,) = db.session.scalars(select(Mail))
    assert (row.attempts, row.sent_at, row.due_at) == (1, None, NOON + timedelta(minutes=1))
    assert row.fault
    assert work() == 0
    db.session.refresh(row)
    assert row.attempts == 1, "not before its time"
    for pause in mailing.PAUSES:
        time.passes(seconds=pause.total_seconds())
        work()
        db.session.refresh(row)
    assert (row.attempts, row.due_at) == (len(mailing.PAUSES) + 1, None)
    assert row.fault


def test_a_mail_is_sent_after_all_once_the_server_is_back(stage: Stage, outbox: Path, time: Time) -> None:
    outbox.write_text("no folder")
    stage.says("bruno", under=stage.says("alma"))
    work()
    outbox.unlink()
    time.passes(minutes=1)
    assert work() == 1
    assert len(mails(outbox)) == 1


def test_the_second_sending_of_a_mail_is_known_as_the_first(
    stage: Stage, outbox: Path, time: Time, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The process ended between the sending and the note of it."""
    stage.says("bruno", under=stage.says("alma"))
    with monkeypatch.context() as patch:
        patch.setattr(mailing, "_note", lambda *_args, **_values: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            work()
    (first,) = mails(outbox)
    assert work() == 0, "not at once"
    time.passes(minutes=1)
    assert work() == 1
    (second,) = mails(outbox)
    assert first["Message-ID"] == second["Message-ID"]


def test_nothing_in_a_name_or_title_begins_a_header(stage: Stage, outbox: Path) -> None:
    altered(stage.article, title="The harbour\r\nBcc: everybody@example.org\n\nHello")
    altered(stage["alma"], username="alma\r\nBcc: all@example.org", email="al\"ma'@example.org")
    stage.says("bruno", "Text\n\nBcc: nobody@example.org", under=stage.says("alma"))
    assert work() == 0
    assert mails(outbox) == []
    altered(stage["alma"], username="alma, <x@example.org>", email="alma@example.org")
    with set_clock(lambda: NOON + timedelta(hours=1)):
        assert work() == 1
    (message,) = mails(outbox)
    assert message["Bcc"] is None
    assert [address.addr_spec for address in message["To"].addresses] == ["alma@example.org"]
    assert message["Subject"] == "bruno replied to you: The harbour Bcc: everybody@example.org Hello"


def test_a_server_that_is_not_there_is_a_fault_in_words(settings: Settings) -> None:
    away = replace(settings, mail_url="smtp://name:secret@127.0.0.1:1")
    with pytest.raises(MailFault, match="refused") as caught:
        mail.examine(away)
    assert "secret" not in str(caught.value)
