"""The queues: what is in each, in which order, and page by page."""

import pytest

from reader.accounts.models import User
from reader.articles.models import Article
from reader.comments.models import Comment, Finding
from reader.config import Settings
from reader.moderation.actions import approve_comment, remove_comment
from reader.moderation.models import Reason
from reader.moderation.queues import lists
from reader.moderation.queues.cards import cards, marked
from reader.moderation.queues.lists import Filters, Queue
from reader.moderation.reports.actions import report_comment
from tests.support.factories import a_person, an_article, saved
from tests.support.queries import counted
from tests.support.threads import a_comment, a_held_comment, comments


@pytest.fixture
def settings(each_engine: Settings) -> Settings:
    return each_engine


def report(comment: Comment, by: User | None = None, reason: Reason = Reason.SPAM) -> None:
    report_comment(comment.id, by=by or a_person(), reason=reason, note="")


def ids(queue: Queue, filters: Filters | None = None) -> list[int]:
    return [case.comment_id or 0 for case in lists.listed(queue, filters or Filters()).cases]


def test_what_trusted_readers_reported_comes_first_then_what_rules_found_then_the_rest(
    article: Article, moderator: User
) -> None:
    doubtful = a_person()
    for comment in comments(article, 2):
        report(comment, doubtful)
        approve_comment(comment.id, by=moderator, revision=1)
    last, found, second, first = comments(article, 4)
    report(last, doubtful)
    saved(Finding(comment_id=found.id, revision=1, rule="suspect-words", outcome="report", words="said"))
    report(first)
    report(second)
    report(first)
    assert ids(Queue.REPORTED) == [first.id, second.id, found.id, last.id]
    approve_comment(found.id, by=moderator, revision=1)
    remove_comment(first.id, by=moderator, reason=Reason.SPAM, note="", revision=1)
    assert ids(Queue.REPORTED) == [second.id, last.id]


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


def test_a_queue_goes_on_from_its_last_key_with_nothing_twice_and_nothing_left_out(article: Article) -> None:
    made = [comment.id for comment in comments(article, 2 * lists.PAGE + 3)]
    shown: list[int] = []
    after = None
    for _ in range(3):
        page = lists.listed(Queue.UNREVIEWED, Filters(), after=after)
        shown += [case.comment_id or 0 for case in page.cases]
        after = page.after
    assert after is None
    assert shown == made[::-1]


def test_filters_leave_what_is_on_these_articles_by_this_person_or_for_this_reason(article: Article) -> None:
    other, person = an_article(), a_person()
    here, there = a_comment(article, by=person), a_comment(other)
    report(here, reason=Reason.SPAM)
    report(there, reason=Reason.HATE)
    assert ids(Queue.REPORTED, Filters(articles=(other.id,))) == [there.id]
    assert ids(Queue.REPORTED, Filters(articles=(article.id, other.id))) == [here.id, there.id]
    assert ids(Queue.REPORTED, Filters(author_id=person.id)) == [here.id]
    assert ids(Queue.REPORTED, Filters(reason=Reason.HATE)) == [there.id]


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
