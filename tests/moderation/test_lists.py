"""The queues: their contents, order and pages."""

from collections.abc import Callable
from contextlib import suppress
from random import Random
from uuid import uuid4

import pytest
from sqlalchemy import func, insert, select

from reader.accounts.models import User
from reader.articles.models import Article
from reader.comments.actions import delete_comment
from reader.comments.editing.actions import edit_comment
from reader.comments.marking import marked
from reader.comments.models import Comment, Finding
from reader.config import Settings
from reader.db.base import db
from reader.db.transactions import transaction
from reader.errors import Refused
from reader.moderation.actions import (
    approve_comment,
    pin_comment,
    remove_comment,
    restore_comment,
    undo_decision,
)
from reader.moderation.models import Decision, Reason
from reader.moderation.queues import lists, runs
from reader.moderation.queues.cards import cards
from reader.moderation.queues.lists import Queue
from reader.moderation.queues.runs import QueueFilters
from reader.moderation.reports.actions import Complaint, report_comment
from reader.moderation.words.actions import save_words
from tests.support.factories import a_person, an_article, saved
from tests.support.queries import counted, explained
from tests.support.threads import a_comment, a_held_comment, comments

MANY = 5100


@pytest.fixture
def settings(each_engine: Settings) -> Settings:
    return each_engine


def report(comment: Comment, by: User | None = None, reason: Reason = Reason.SPAM) -> None:
    report_comment(comment.id, Complaint(reason), by=by or a_person())


def ids(queue: Queue, filters: QueueFilters | None = None) -> list[int]:
    return [case.comment_id or 0 for case in lists.listed(queue, filters or QueueFilters()).cases]


def test_the_reported_queue_ranks_trusted_reports_rules_then_the_rest(
    article: Article, moderator: User
) -> None:
    doubtful = a_person()
    for comment in comments(article, 2):
        report(comment, doubtful)
        approve_comment(comment.id, by=moderator, revision=1)
    last, found, second, first = comments(article, 4)
    report(last, doubtful)
    saved(
        Finding(
            comment_id=found.id, revision=1, rule="suspect-words", outcome="report", words="said", waits=True
        )
    )
    report(first)
    report(second)
    report(first)
    assert ids(Queue.REPORTED) == [first.id, second.id, found.id, last.id]
    approve_comment(found.id, by=moderator, revision=1)
    remove_comment(first.id, by=moderator, reason=Reason.SPAM, note="", revision=1)
    assert ids(Queue.REPORTED) == [second.id, last.id]


@pytest.mark.parametrize("after", [1, runs.SUSPECT + 1, runs.LATER + 1])
def test_reported_queue_goes_on_from_any_key(after: int, article: Article) -> None:
    first, second = comments(article, 2)
    report(first)
    report(second)
    found = [case.comment_id for case in lists.listed(Queue.REPORTED, QueueFilters(), after=after).cases]
    assert found == [
        each.id for each in (first, second) if lists.keys_of([each.id])[each.id]["reported"] > after
    ]


def test_every_comment_says_in_which_queues_it_is_and_counts_agree(article: Article, moderator: User) -> None:
    plain, gone = comments(article, 2)
    report(plain)
    remove_comment(gone.id, by=moderator, reason=Reason.HATE, note="", revision=1)
    held = a_held_comment(article, by=a_person())
    found = lists.keys_of([plain.id, gone.id, held.id])
    assert {each: set(keys) for each, keys in found.items()} == {
        plain.id: {"reported", "unreviewed"},
        gone.id: {"removed"},
        held.id: {"held"},
    }
    assert lists.counts() == {"reported": 1, "held": 1, "unreviewed": 1, "appeals": 0, "removed": 1}


def test_pages_of_a_queue_repeat_nothing_and_omit_nothing(article: Article) -> None:
    made = [comment.id for comment in comments(article, 2 * lists.PAGE + 3)]
    shown: list[int] = []
    after = None
    for _ in range(3):
        page = lists.listed(Queue.UNREVIEWED, QueueFilters(), after=after)
        shown += [case.comment_id or 0 for case in page.cases]
        after = page.after
    assert after is None
    assert shown == made[::-1]


def test_filters_select_cases_by_article_person_and_reason(article: Article) -> None:
    other, person = an_article(), a_person()
    here, there = a_comment(article, by=person), a_comment(other)
    report(here, reason=Reason.SPAM)
    report(there, reason=Reason.HATE)
    assert ids(Queue.REPORTED, QueueFilters(articles=(other.id,))) == [there.id]
    assert ids(Queue.REPORTED, QueueFilters(articles=(article.id, other.id))) == [here.id, there.id]
    assert ids(Queue.REPORTED, QueueFilters(author_id=person.id)) == [here.id]
    assert ids(Queue.REPORTED, QueueFilters(reason=Reason.HATE)) == [there.id]


@pytest.fixture
def crowded(article: Article, moderator: User) -> list[int]:
    """Comments that nobody has looked at, one of them held, two suspect, below many that are all decided about; the
    ids of those that can be read.
    """
    save_words("suspect", "scheme", by=moderator, version=0)
    old = [a_comment(article, body=f"A scheme, or {each}.").id for each in range(2)]
    a_held_comment(article)
    columns = {
        each.key: each for each in Comment.__table__.columns if each.key not in ("id", "submission_id")
    }
    first = db.session.execute(select(*columns.values()).where(Comment.id == old[0])).mappings().one()
    with transaction() as session:
        session.execute(
            insert(Comment),
            [{**first, "reviewed": 1, "submission_id": str(uuid4())} for _ in range(MANY)],
        )
    return old


def test_what_nobody_has_looked_at_is_found_below_any_number_of_others(crowded: list[int]) -> None:
    assert ids(Queue.UNREVIEWED) == crowded[::-1]
    assert ids(Queue.REPORTED) == crowded
    assert lists.counts() == {"reported": 2, "held": 1, "unreviewed": 2, "appeals": 0, "removed": 0}


@pytest.mark.usefixtures("crowded")
def test_it_is_found_by_an_index_of_what_waits_alone_and_in_its_order() -> None:
    for queue, index in (
        (Queue.UNREVIEWED, "ix_comments_unreviewed"),
        (Queue.HELD, "ix_comments_held"),
        (Queue.REPORTED, "ix_reports_trusted"),
        (Queue.REMOVED, "ix_decisions_removals"),
    ):
        for after in (None, -MANY if queue in (Queue.UNREVIEWED, Queue.REMOVED) else MANY):
            plan = plan_of(queue, after)
            assert index in plan, plan
            assert "SORT" not in plan.upper(), plan
            assert "SCAN comments\n" not in f"{plan}\n", plan
    assert "ix_findings_waiting" in plan_of(Queue.REPORTED)


def plan_of(queue: Queue, after: int | None = None) -> str:
    """Return the database's plan for finding all that is on a page of the queue."""
    runs = [run.rows(QueueFilters(), few=None, after=after) for run in lists._RUNS[queue]()]
    return "\n".join(explained(query.limit(lists.PAGE + 1)) for query in runs)


@pytest.mark.usefixtures("app")
def test_later_removals_of_a_comment_are_looked_up_by_the_comment() -> None:
    assert "ix_decisions_comment_id" in plan_of(Queue.REMOVED)


def test_removals_that_were_not_the_last_are_passed_over_in_stretches(
    article: Article, moderator: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(runs, "STRETCH", 2)
    gone = comments(article, 3)
    for time in range(3):
        for comment in gone:
            remove_comment(comment.id, by=moderator, reason=Reason.SPAM, note="", revision=1)
            if time < 2:
                restore_comment(comment.id, by=moderator, note="", revision=1)
    for filters in (QueueFilters(), QueueFilters(reason=Reason.SPAM)):
        found, after, pages = [], None, 0
        while pages == 0 or after is not None:
            page = lists.listed(Queue.REMOVED, filters, after=after)
            found += [case.comment_id for case in page.cases]
            after, pages = page.after, pages + 1
        assert found == [comment.id for comment in gone[::-1]]
        assert pages == 5


def test_a_queue_asks_the_same_of_the_database_however_much_is_in_it(article: Article) -> None:
    sent = []
    for number in (1, 2 * lists.PAGE):
        comments(article, number)
        with counted() as statements:
            ids(Queue.UNREVIEWED)
            lists.counts()
        sent.append(len(statements))
    assert sent[0] == sent[1]


def looked_at() -> set[int]:
    """The comments that can be read and that somebody has decided about as they are now, by all that was decided."""
    seen = set()
    for comment in db.session.scalars(select(Comment).where(Comment.state == "published")):
        last = db.session.scalars(
            select(Decision)
            .where(Decision.comment_id == comment.id, Decision.actor_id.isnot(None))
            .order_by(Decision.id.desc())
            .limit(1)
        ).one_or_none()
        if last and last.revision == comment.revision and last.action != "reopen":
            seen.add(comment.id)
    return seen


@pytest.mark.parametrize("seed", range(3))
def test_the_unreviewed_queue_holds_exactly_what_nobody_decided_about(
    seed: int, article: Article, moderator: User
) -> None:
    """After each of many random acts."""
    random, author = Random(seed), a_person()
    acts: list[Callable[[Comment], object]] = [
        lambda each: approve_comment(each.id, by=moderator, revision=each.revision),
        lambda each: remove_comment(
            each.id, by=moderator, reason=Reason.SPAM, note="", revision=each.revision
        ),
        lambda each: restore_comment(each.id, by=moderator, note="", revision=each.revision),
        lambda each: pin_comment(each.id, by=moderator, revision=each.revision),
        lambda each: edit_comment(each.id, by=author, body=str(random.random()), revision=each.revision),
        lambda each: undo_decision(last_decision(each), by=moderator),
        lambda each: delete_comment(each.id, by=author),
        lambda each: report(each),
    ]
    made = comments(article, 6, by=author) + [a_held_comment(article, by=author) for _ in range(2)]
    for _ in range(60):
        comment = db.session.get_one(Comment, random.choice(made).id, populate_existing=True)
        with suppress(Refused):
            random.choices(acts, weights=[3, 2, 2, 1, 3, 3, 1, 1])[0](comment)
        db.session.rollback()
        readable = set(db.session.scalars(select(Comment.id).where(Comment.state == "published")))
        assert set(ids(Queue.UNREVIEWED)) == readable - looked_at()


def last_decision(comment: Comment) -> int:
    found = select(func.max(Decision.id)).where(Decision.comment_id == comment.id)
    return db.session.scalar(found) or 0


def test_cards_cost_the_same_however_many_there_are(article: Article) -> None:
    made = comments(article, 20)
    for comment in made:
        report(comment)
    sent = []
    for number in (1, 20):
        with counted() as statements:
            cards([comment.id for comment in made[:number]])
        sent.append(len(statements))
    assert sent[0] == sent[1]


def test_words_that_a_rule_found_are_marked_in_the_text_and_nowhere_else() -> None:
    html = '<p>Free &amp; easy: <a href="https://free.example">FREE</a> lamps</p>'
    assert marked(html, ["free", "& easy"]) == (
        '<p><mark>Free</mark> <mark>&amp; easy</mark>: <a href="https://free.example"><mark>FREE</mark></a> lamps</p>'
    )
    assert marked(html, []) == html
