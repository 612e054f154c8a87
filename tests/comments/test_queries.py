"""Pages of a thread, compared with a naive tree; permalinks; and the number of queries."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from random import Random

import pytest
from flask import Flask

from reader.articles.models import Article
from reader.comments import queries
from reader.comments.comment_view import Node
from reader.comments.models import DEEPEST, SHOWN, Comment
from reader.comments.windows import BRANCH, PAGE, Opened, Spot, Window
from reader.config import Settings
from reader.db.base import db
from reader.db.transactions import transaction
from reader.factchecks.models import Claim
from reader.factchecks.verdicts import Verdict
from reader.moderation.actions import remove_comment
from reader.moderation.models import Reason
from tests.support.factories import a_claim, a_moderator, a_person, an_article
from tests.support.queries import counted
from tests.support.threads import a_comment, a_held_comment, a_random_tree, comments

TREE = 300
Shape = tuple[int, list["Shape"]]


@pytest.fixture
def settings(each_engine: Settings) -> Settings:
    return each_engine


def shape(nodes: Sequence[Node]) -> list[Shape]:
    return [(node.comment.id, shape(node.replies)) for node in nodes]


def every(nodes: Sequence[Node]) -> Iterator[Node]:
    for node in nodes:
        yield node
        yield from every(node.replies)


def ids(nodes: Sequence[Node]) -> set[int]:
    return {node.comment.id for node in every(nodes)}


class Naive:
    """The same thread, put together from nothing but who answered whom."""

    def __init__(self, made: Sequence[Comment]) -> None:
        self.under: dict[int | None, list[int]] = {None: []}
        self.above: dict[int, int | None] = {}
        for comment in made:
            place = comment.parent_id
            if place is not None and self.depth(place) == DEEPEST:
                place = self.above[place]
            self.above[comment.id] = place
            self.under[comment.id] = []
            self.under[place].append(comment.id)

    def depth(self, comment_id: int) -> int:
        above = self.above[comment_id]
        return 0 if above is None else 1 + self.depth(above)

    def shape(self, tops: Sequence[int], opened: Sequence[int] = ()) -> list[Shape]:
        """The tree below ``tops`` as a page shows it, with the first replies, or more of them where opened."""
        return [
            (top, self.shape(self.under[top][: BRANCH if top in opened else SHOWN], opened)) for top in tops
        ]


def test_a_page_shows_what_a_naive_tree_shows(article: Article) -> None:
    random = Random(1)
    made = a_random_tree(article, TREE, random=random, answers=0.8)
    naive = Naive(made)
    newest = naive.under[None][::-1]
    assert shape(queries.page(article).nodes) == naive.shape(newest[:PAGE])
    for _ in range(20):
        opened = [comment.id for comment in random.sample(made, 8)]
        window = Window(opened=tuple(Opened(comment_id) for comment_id in opened))
        assert shape(queries.page(article, window).nodes) == naive.shape(newest[:PAGE], opened)


def test_each_row_knows_its_place_as_the_naive_tree_does(article: Article) -> None:
    made = a_random_tree(article, TREE, random=Random(2), answers=0.9)
    naive = Naive(made)
    folded: set[int] = set()
    for comment in made:
        under = naive.above[comment.id]
        assert (comment.under_id, comment.depth) == (under, naive.depth(comment.id))
        nth = naive.under[under].index(comment.id) + 1 if under else 0
        assert comment.nth == nth
        if under in folded or nth > SHOWN:
            folded.add(comment.id)
        assert comment.folded == (comment.id in folded)
    assert max(comment.depth for comment in made) == DEEPEST
    assert folded


def test_pages_follow_each_other_without_gap_or_repetition(article: Article) -> None:
    made = [comment.id for comment in comments(article, 2 * PAGE + 3)]
    seen: list[int] = []
    window: Window | None = Window()
    befores: list[Window | None] = []
    while window is not None:
        page = queries.page(article, window)
        seen += [node.comment.id for node in page.nodes]
        befores.append(page.previous)
        assert page.takes_arrivals == (window == Window())
        window = page.next
    assert seen == made[::-1]
    assert befores == [None, Window(), Window(after=Spot(made[-PAGE]))]


def test_comments_that_arrive_do_not_shift_a_page(article: Article) -> None:
    comments(article, PAGE + 5)
    older = queries.page(article).next
    before = shape(queries.page(article, older).nodes)
    comments(article, 7)
    assert shape(queries.page(article, older).nodes) == before


def test_a_page_goes_through_to_the_comment_that_is_asked_for(article: Article) -> None:
    made = [comment.id for comment in comments(article, PAGE + 10)]
    page = queries.page(article, Window(through=Spot(made[3])))
    assert [node.comment.id for node in page.nodes] == made[:2:-1]
    assert page.next == Window(after=Spot(made[3]))
    assert queries.page(article, Window(through=Spot(made[0]))).next is None
    shorter = queries.page(article, Window(through=Spot(made[-2])))
    assert [node.comment.id for node in shorter.nodes] == made[:-3:-1]


def test_an_opened_branch_is_shown_by_stretches(article: Article) -> None:
    author = a_person()
    top = a_comment(article)
    replies = [a_comment(article, by=author, under=top).id for _ in range(2 * BRANCH + 5)]
    for start in (0, BRANCH, 2 * BRANCH):
        (node,) = queries.page(article, Window(opened=(Opened(top.id, start),))).nodes
        assert [each.comment.id for each in node.replies] == replies[start : start + BRANCH]
        assert (node.earlier, node.through) == (start, min(start + BRANCH, len(replies)))
        assert node.before == max(0, start - BRANCH)
    (folded,) = queries.page(article).nodes
    assert [each.comment.id for each in folded.replies] == replies[:SHOWN]


def test_the_last_depth_goes_on_flat_and_names_whom_it_answers(article: Article) -> None:
    chain = [a_comment(article, by=a_person("depth0"))]
    for depth in range(1, DEEPEST + 3):
        chain.append(a_comment(article, by=a_person(f"depth{depth}"), under=chain[-1]))
    shown = queries.by_ids(comment.id for comment in chain)
    assert [comment.depth for comment in chain] == [0, 1, 2, 3, 4, 4, 4]
    assert {shown[comment.id].under_id for comment in chain[DEEPEST:]} == {chain[DEEPEST - 1].id}
    assert [shown[comment.id].answers for comment in chain] == [None] * 5 + ["depth4", "depth5"]


def test_the_permalink_of_every_comment_opens_a_page_that_shows_it(article: Article) -> None:
    made = a_random_tree(article, TREE, random=Random(4), answers=0.85)
    deep = made[0]
    made += [a_comment(article, by=a_person(), under=deep) for _ in range(BRANCH + 2)]
    for comment in made:
        place = queries.place_of(comment.id)
        assert place
        assert comment.id in ids(queries.page(article, place.window).nodes), comment.id
        assert place.path.startswith(article.path)
        assert place.path.endswith(f"#comment-{comment.id}")


def test_a_comment_on_the_first_page_has_a_plain_permalink(article: Article) -> None:
    *_, last = comments(article, PAGE)
    place = queries.place_of(last.id)
    assert place
    assert place.path == f"{article.path}#comment-{last.id}"


def test_a_permalink_into_an_article_that_nobody_sees_leads_nowhere(article: Article) -> None:
    comment = a_comment(article)
    with transaction() as session:
        session.get_one(Article, article.id).status = "draft"
    assert queries.place_of(comment.id) is None
    assert queries.alone(comment.id) is None
    assert queries.place_of(4711) is None


def test_a_removed_text_is_not_even_loaded(article: Article) -> None:
    comment = a_comment(article, body="canary-in-the-mine")
    reply = a_comment(article, under=comment)
    remove_comment(comment.id, by=a_moderator(), reason=Reason.SPAM, note="", revision=1)
    (node,) = queries.page(article).nodes
    assert node.comment.is_tombstone
    assert node.comment.html is None
    assert [each.comment.id for each in node.replies] == [reply.id]
    assert "canary" not in repr((node, queries.by_ids([comment.id]), queries.alone(comment.id)))


def test_a_held_comment_is_not_part_of_the_thread(article: Article) -> None:
    held, other = a_held_comment(article), a_comment(article)
    assert ids(queries.page(article).nodes) == {other.id}
    assert queries.by_ids([held.id]) == {}
    assert queries.place_of(held.id) is None


def test_a_comment_shows_its_claim_with_the_verdict_then_and_now(article: Article) -> None:
    claim = a_claim(article, verdict="reported", short="In short")
    comment = a_comment(article, claim_id=claim.id)
    with transaction() as session:
        session.get_one(Claim, claim.id).verdict = "verified"
    about = queries.by_ids([comment.id])[comment.id].about
    assert about
    assert (about.words, about.path) == ("In short", claim.path)
    assert (about.then, about.now) == (Verdict.REPORTED, Verdict.VERIFIED)


def test_the_comments_that_show_a_claim_are_found_newest_first(article: Article) -> None:
    claim, other = a_claim(article), a_claim(article)
    made = [a_comment(article, claim_id=claim.id).id for _ in range(3)]
    a_comment(article, claim_id=other.id)
    a_comment(article)
    assert queries.mentions([claim.slug], article_id=article.id, limit=2) == [
        (made[2], claim.slug),
        (made[1], claim.slug),
    ]


def test_counts_are_given_for_every_article_asked_for(article: Article) -> None:
    other = an_article()
    comments(article, 2)
    assert queries.counts([article.id, other.id]) == {article.id: 2, other.id: 0}


def asked_for(article: Article, window: Window) -> int:
    db.session.rollback()
    db.session.refresh(article)
    with counted() as statements:
        queries.page(article, window)
    return len(statements)


def test_a_page_takes_as_many_queries_for_1000_comments_as_for_10(app: Flask) -> None:
    small, large = an_article(), an_article()
    few = a_random_tree(small, 10, random=Random(5))
    many = a_random_tree(large, 1000, random=Random(5))
    assert asked_for(small, Window()) == asked_for(large, Window()) <= 4
    for article, made in ((small, few), (large, many)):
        place = queries.place_of(made[len(made) // 2].id)
        assert place
        assert asked_for(article, place.window) <= 5
        opened = tuple(Opened(comment.id) for comment in made[:10])
        assert asked_for(article, Window(opened=opened)) <= 4
