"""Deleting one's own comment: a tombstone at any time, and the counters."""

from datetime import timedelta
from random import Random

import pytest
from sqlalchemy import select

from reader import eventlog
from reader.accounts.models import User
from reader.articles.models import Article
from reader.clock import now, set_clock
from reader.comments import queries
from reader.comments.actions import delete_comment
from reader.comments.models import Comment
from reader.config import Settings
from reader.db.base import db
from reader.errors import Conflict, Missing, Refused
from reader.moderation.actions import remove_comment, restore_comment
from reader.moderation.models import Reason
from tests.support.factories import a_claim, a_moderator, a_person
from tests.support.threads import a_comment, miscounted

STEPS = 150


@pytest.fixture
def settings(each_engine: Settings) -> Settings:
    return each_engine


def test_a_year_later_a_comment_can_still_be_deleted(article: Article, author: User) -> None:
    comment = a_comment(article, by=author)
    later = now() + timedelta(days=365)
    with set_clock(lambda: later):
        delete_comment(comment.id, by=author)
    shown = queries.by_ids([comment.id])[comment.id]
    assert (shown.state, shown.html) == ("deleted", None)


def test_a_deletion_keeps_the_replies_and_tells_once(article: Article, author: User) -> None:
    comment = a_comment(article, by=author)
    reply = a_comment(article, under=comment)
    delete_comment(comment.id, by=author)
    head = eventlog.head(article.stream)
    assert delete_comment(comment.id, by=author).changed_seq == head
    assert eventlog.head(article.stream) == head
    (top,) = queries.page(article).nodes
    assert top.comment.is_tombstone
    assert [node.comment.id for node in top.replies] == [reply.id]
    thread = queries.thread_of(article.id)
    assert (thread.published, thread.total) == (1, 2)


def test_nobody_deletes_the_comment_of_another_not_even_a_moderator(article: Article) -> None:
    comment = a_comment(article)
    for person in (a_person(), a_moderator()):
        with pytest.raises(Refused, match="Only its author"):
            delete_comment(comment.id, by=person)
    assert not queries.by_ids([comment.id])[comment.id].is_tombstone


def test_what_is_not_there_cannot_be_deleted(author: User) -> None:
    with pytest.raises(Missing):
        delete_comment(4711, by=author)


def test_a_comment_about_a_claim_is_told_and_counted_there_when_it_goes(
    article: Article, author: User
) -> None:
    claim = a_claim(article)
    comment = a_comment(article, by=author, claim_id=claim.id)
    delete_comment(comment.id, by=author)
    assert [event.kind for event in eventlog.since(claim.stream, 0, limit=10)] == [
        "comment-posted",
        "comment-deleted",
    ]
    assert list(miscounted()) == []


def test_the_text_of_a_deleted_comment_is_kept_for_nobody_to_see(article: Article, author: User) -> None:
    comment = a_comment(article, by=author, body="I was there.")
    delete_comment(comment.id, by=author)
    assert db.session.scalar(select(Comment.body)) == "I was there."
    assert "I was there" not in repr(queries.page(article))


def test_counters_are_what_counting_gives_after_anything_that_can_happen(article: Article) -> None:
    random = Random(3)
    claim = a_claim(article)
    people, moderator = [a_person() for _ in range(3)], a_moderator()
    made: list[Comment] = []
    for _ in range(STEPS):
        step = random.random()
        comment = random.choice(made) if made else None
        try:
            if comment is None or step < 0.5:
                about = random.choice([None, claim.id])
                under = comment if random.random() < 0.6 else None
                made.append(a_comment(article, by=random.choice(people), under=under, claim_id=about))
            elif step < 0.65:
                delete_comment(comment.id, by=random.choice(people))
            elif step < 0.85:
                remove_comment(comment.id, by=moderator, reason=Reason.SPAM, note="", revision=1)
            else:
                restore_comment(comment.id, by=moderator, note="", revision=1)
        except (Refused, Conflict):
            continue
    assert len(made) > STEPS / 4
    assert list(miscounted()) == []
