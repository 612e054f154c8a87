"""``reader log check``: silent about a site that is sound, and never about one that isn't."""

import pytest
from flask import Flask
from sqlalchemy import delete, insert, update

from reader.comments.actions import delete_comment
from reader.comments.models import Comment, Thread
from reader.comments.posting.actions import Draft, post_comment
from reader.comments.recommending.actions import recommend
from reader.config import Settings
from reader.db.transactions import transaction
from reader.eventlog import Event, Kind, Stream
from reader.factchecks.models import Claim
from reader.operating import audit
from tests.support.factories import a_claim, a_person, an_article

pytestmark = pytest.mark.usefixtures("lively")


@pytest.fixture
def settings(each_engine: Settings) -> Settings:
    return each_engine


@pytest.fixture
def lively(app: Flask) -> None:
    """A thread with an answer, a comment about a claim, and a tombstone; and a thread that nobody wrote in."""
    article, person = an_article(), a_person()
    an_article()
    claim = a_claim(article)
    first, _ = post_comment(article, by=person, draft=Draft(body="First.", submission_id="1"))
    post_comment(article, by=person, draft=Draft(body="An answer.", submission_id="2", parent_id=first.id))
    post_comment(article, by=person, draft=Draft(body="On the claim.", submission_id="3", claim_id=claim.id))
    recommend(2, by=a_person())
    delete_comment(first.id, by=person)


def test_a_sound_site_has_no_fault() -> None:
    assert list(audit.faults()) == []


def test_a_missing_event_is_found() -> None:
    with transaction() as session:
        session.execute(delete(Event).where(Event.stream == "article:1", Event.seq == 2))
    stream, comment = audit.faults()
    assert stream == "Stream article:1 says its head is 5, and has 4 events, numbered 1 to 5."
    assert comment == "Comment 2 was last changed by event 2 of article:1; the log says 0."


def test_a_head_behind_its_events_is_found() -> None:
    with transaction() as session:
        session.execute(update(Stream).where(Stream.name == "article:1").values(head=3))
    assert list(audit.faults()) == ["Stream article:1 says its head is 3, and has 5 events, numbered 1 to 5."]


def test_a_stream_that_begins_late_is_found() -> None:
    with transaction() as session:
        session.execute(insert(Stream).values(name="person:1", head=1))
        session.execute(
            insert(Event).values(stream="person:1", seq=2, kind=Kind.ACCESS_ENDED.value, target="person-1")
        )
    assert list(audit.faults()) == ["Stream person:1 says its head is 1, and has 1 events, numbered 2 to 2."]


def test_a_comment_that_the_log_knows_nothing_of_is_found() -> None:
    with transaction() as session:
        session.execute(update(Comment).where(Comment.id == 1).values(changed_seq=1))
    assert list(audit.faults()) == ["Comment 1 was last changed by event 1 of article:1; the log says 5."]


def test_a_thread_that_miscounts_is_found() -> None:
    with transaction() as session:
        session.execute(update(Thread).values(published=3))
    assert list(audit.faults()) == ["The thread of article 1 counts 3 of 3 comments; there are 2 of 3."]


def test_a_thread_that_is_missing_is_found() -> None:
    with transaction() as session:
        session.execute(delete(Thread))
    assert list(audit.faults()) == ["Article 1 has comments, and no thread that counts them."]


def test_replies_that_are_miscounted_are_found() -> None:
    with transaction() as session:
        session.execute(update(Comment).where(Comment.id == 1).values(replies=0))
    assert list(audit.faults()) == ["Comment 1 counts 0 replies; there are 1."]


def test_recommendations_that_are_miscounted_are_found() -> None:
    with transaction() as session:
        session.execute(update(Comment).where(Comment.id == 2).values(recommendations=2))
    assert list(audit.faults()) == ["Comment 2 counts 2 recommendations; there are 1."]


def test_a_claim_that_miscounts_its_comments_is_found() -> None:
    with transaction() as session:
        slug = session.execute(update(Claim).values(comments=5).returning(Claim.slug)).scalar_one()
    assert list(audit.faults()) == [f"Claim {slug} counts 5 comments; there are 1."]
