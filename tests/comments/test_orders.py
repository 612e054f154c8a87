"""The orders of a thread: pages follow each other in each of them, stay what they are, and cost the same."""

from __future__ import annotations

import re
from collections.abc import Iterator
from random import Random

import pytest
from flask import Flask
from sqlalchemy import update

from reader.articles.models import Article
from reader.comments import orders, queries
from reader.comments.models import Comment
from reader.comments.windows import PAGE, Sort, Spot, Window
from reader.config import Settings
from reader.db.base import db
from reader.db.transactions import transaction
from tests.support.factories import a_claim, an_article
from tests.support.queries import counted, explained
from tests.support.threads import a_comment, a_random_tree, comments


@pytest.fixture
def settings(each_engine: Settings) -> Settings:
    return each_engine


def recommended(made: list[Comment], *, random: Random) -> dict[int, int]:
    """Give the comments some recommendations each, many of them equally many; how many, by id."""
    counts = {comment.id: random.randrange(4) for comment in made}
    with transaction() as session:
        session.execute(update(Comment), [{"id": each, "recommendations": counts[each]} for each in counts])
    return counts


def pages(article: Article, window: Window | None) -> Iterator[list[int]]:
    """The ids on each page, from this one on."""
    while window is not None:
        page = queries.page(article, window)
        yield [node.comment.id for node in page.nodes]
        window = page.next


@pytest.mark.parametrize("sort", Sort)
def test_pages_follow_each_other_without_gap_or_repetition_in_every_order(
    sort: Sort, article: Article
) -> None:
    made = comments(article, 2 * PAGE + 3)
    counts = recommended(made, random=Random(3))
    by = {
        Sort.NEWEST: lambda each: -each,
        Sort.OLDEST: lambda each: each,
        Sort.RECOMMENDED: lambda each: (-counts[each], -each),
    }
    found = list(pages(article, Window(sort=sort)))
    assert [len(each) for each in found] == [PAGE, PAGE, 3]
    assert [each for page in found for each in page] == sorted(counts, key=by[sort])


@pytest.mark.parametrize("sort", Sort)
def test_the_way_back_leads_through_the_same_pages(sort: Sort, article: Article) -> None:
    recommended(comments(article, 2 * PAGE + 3), random=Random(4))
    found = list(pages(article, Window(sort=sort)))
    last = Window(sort=sort)
    while (after := queries.page(article, last).next) is not None:
        last = after
    back: Window | None = last
    seen = []
    while back is not None:
        page = queries.page(article, back)
        seen.append([node.comment.id for node in page.nodes])
        back = page.previous
    assert seen == found[::-1]


@pytest.mark.parametrize("sort", [Sort.NEWEST, Sort.OLDEST])
def test_a_later_page_stays_what_it_is_while_comments_arrive(sort: Sort, article: Article) -> None:
    recommended(comments(article, 2 * PAGE), random=Random(5))
    later = queries.page(article, Window(sort=sort)).next
    assert later
    before = next(pages(article, later))
    comments(article, 3)
    assert next(pages(article, later))[:PAGE] == before


def test_new_comments_belong_on_the_page_where_their_order_puts_them(
    article: Article,
) -> None:
    """That is the first page, or the last one where the oldest comes first."""
    comments(article, PAGE + 1)
    takes = {
        sort: [
            queries.page(article, window).takes_arrivals
            for window in (Window(sort=sort), queries.page(article, Window(sort=sort)).next)
        ]
        for sort in Sort
    }
    assert takes == {
        Sort.NEWEST: [True, False],
        Sort.OLDEST: [False, True],
        Sort.RECOMMENDED: [True, False],
    }


def test_recommended_comments_keep_their_order_below_later_arrivals(article: Article) -> None:
    made = [comment.id for comment in comments(article, PAGE + 2)]
    first = queries.page(article, Window(sort=Sort.RECOMMENDED))
    shown = tuple(node.comment.id for node in first.nodes)
    assert first.newest == made[-1]
    assert first.next == Window(sort=Sort.RECOMMENDED, after=Spot(shown[-1]))
    with transaction() as session:
        session.execute(update(Comment).where(Comment.id == shown[9]).values(recommendations=7))
    since = [a_comment(article).id for _ in range(2)]
    window = Window(sort=Sort.RECOMMENDED, through=first.next.after, shown=shown, beyond=first.newest)
    again = queries.page(article, window)
    assert [node.comment.id for node in again.nodes] == [*since[::-1], *shown]
    assert (again.newest, again.next) == (first.newest, first.next)
    fresh = queries.page(article, Window(sort=Sort.RECOMMENDED))
    assert [node.comment.id for node in fresh.nodes][:2] == [shown[9], since[1]]


def test_what_the_window_names_from_another_thread_is_not_shown(article: Article) -> None:
    here, there = a_comment(article), a_comment(an_article())
    reply = a_comment(article, under=here)
    page = queries.page(article, Window(sort=Sort.RECOMMENDED, shown=(there.id, reply.id, here.id)))
    assert [node.comment.id for node in page.nodes] == [here.id]


@pytest.mark.parametrize("sort", Sort)
def test_a_thread_is_read_about_one_claim_alone_in_every_order(sort: Sort, article: Article) -> None:
    claim, other = a_claim(article), a_claim(article)
    about = [a_comment(article, claim_id=claim.id).id for _ in range(3)]
    reply = a_comment(article, under=a_comment(article, claim_id=other.id))
    a_comment(article, under=db.session.get_one(Comment, about[1]))
    page = queries.page(article, Window(sort=sort, claim=claim.slug))
    assert [node.comment.id for node in page.nodes] == (about if sort == Sort.OLDEST else about[::-1])
    assert [len(node.replies) for node in page.nodes] == [0, 1, 0]
    assert reply.id not in about
    assert queries.page(article, Window(sort=sort, claim="no-such-claim")).nodes == ()


def asked_for(article: Article, window: Window) -> int:
    db.session.rollback()
    db.session.refresh(article)
    with counted() as statements:
        queries.page(article, window)
    return len(statements)


@pytest.mark.parametrize("sort", Sort)
def test_every_order_asks_the_database_as_often_for_any_thread(sort: Sort, app: Flask) -> None:
    asked = set()
    for size in (1, 10, 400):
        article = an_article()
        made = a_random_tree(article, size, random=Random(6), answers=0.5)
        asked.add(asked_for(article, Window(sort=sort)))
        later = Window(sort=sort, after=Spot(made[len(made) // 2].id))
        # A place among the most recommended is a count and an id: two runs of the index, forwards and back.
        assert asked_for(article, later) <= (7 if sort == Sort.RECOMMENDED else 5)
    assert len(asked) == 1
    assert asked.pop() <= 5


@pytest.mark.parametrize("sort", Sort)
def test_every_order_is_read_from_an_index(sort: Sort, article: Article) -> None:
    a_claim(article)
    recommended(a_random_tree(article, 300, random=Random(7), answers=0.5), random=Random(7))
    for window in (
        Window(sort=sort),
        Window(sort=sort, after=Spot(150, 1 if sort == Sort.RECOMMENDED else 0)),
    ):
        for query in orders.ordered(article.id, window):
            plan = explained(query.limit(PAGE + 1))
            assert "ix_comments_" in plan, plan
            assert "SORT" not in plan.upper().replace("SORT=", ""), plan


@pytest.mark.parametrize(
    ("sort", "index"),
    [
        (Sort.NEWEST, "ix_comments_top_by_claim"),
        (Sort.OLDEST, "ix_comments_top_by_claim"),
        (Sort.RECOMMENDED, "ix_comments_top_by_claim_recommendations"),
    ],
)
def test_every_order_of_what_is_about_a_claim_is_read_from_its_own_index(
    sort: Sort, index: str, article: Article
) -> None:
    claim = a_claim(article)
    recommended(a_random_tree(article, 300, random=Random(8), answers=0.5), random=Random(8))
    after = Spot(150, 1 if sort == Sort.RECOMMENDED else 0)
    for window in (Window(sort=sort, claim=claim.slug), Window(sort=sort, claim=claim.slug, after=after)):
        for query in orders.ordered(article.id, window):
            plan = explained(query.limit(PAGE + 1))
            assert re.search(rf"\b{index}\b", plan), plan
            assert "SORT" not in plan.upper().replace("SORT=", ""), plan
