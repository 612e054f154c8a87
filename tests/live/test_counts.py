"""Counts for front pages: soft, and only while somebody looks."""

from typing import Any

import gevent
import pytest
from flask import Flask

from reader.articles.models import Article, Status
from reader.factchecks.models import Citation, Claim
from reader.live import counts
from reader.live.counts import ClaimCounts, Counts
from tests.support.factories import a_claim, an_article, saved
from tests.support.threads import a_comment

Sent = list[tuple[str, str, Any]]


@pytest.fixture
def sent() -> Sent:
    return []


@pytest.fixture
def known(app: Flask, sent: Sent) -> Counts:
    return Counts(app, lambda room, event, payload: sent.append((room, event, payload)))


def test_who_joins_is_told_all_and_the_room_what_changed(known: Counts, sent: Sent) -> None:
    quiet, loud, draft = an_article(), an_article(), an_article(status=Status.DRAFT.value)
    a_comment(loud)
    assert known.join() == {str(quiet.id): 0, str(loud.id): 1}
    known.step()
    assert sent == []
    a_comment(loud)
    known.step()
    assert sent == [("front", "live:counts", {str(loud.id): 2})]
    known.step()
    assert len(sent) == 1
    assert draft.id


def test_a_new_article_is_told_when_it_is_there(known: Counts, sent: Sent) -> None:
    known.join()
    article = an_article()
    known.step()
    assert sent == [("front", "live:counts", {str(article.id): 0})]


def test_only_the_newest_articles_are_counted(known: Counts, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(counts, "ARTICLES", 2)
    articles = [an_article() for _ in range(3)]
    assert known.join() == {str(article.id): 0 for article in articles[1:]}


def test_one_greenlet_looks_while_anybody_is_there_and_none_afterwards(
    known: Counts, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However often people come and go."""
    monkeypatch.setattr(counts, "LOOK_SECONDS", 0.01)
    monkeypatch.setattr(counts, "UNHEARD_SECONDS", 0)
    looks: list[float] = []
    monkeypatch.setattr(known, "step", lambda: looks.append(1))
    for _ in range(3):
        known.join()
        known.leave()
    known.join()
    gevent.sleep(0.1)
    assert 1 <= len(looks) <= 11
    known.leave()
    gevent.sleep(0.03)
    before = len(looks)
    gevent.sleep(0.05)
    assert len(looks) == before


def test_nothing_is_looked_up_until_there_is_news(known: Counts, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(counts, "LOOK_SECONDS", 0.01)
    looks: list[int] = []
    monkeypatch.setattr(known, "step", lambda: looks.append(1))
    known.join()
    for stream, count in (
        ("person:1", 1),
        ("moderation", 1),
        ("article:1", 2),
        ("claim:1", 3),
        ("verdicts", 4),
    ):
        known.looks.note(stream)
        gevent.sleep(0.05)
        assert len(looks) == count, stream
    known.leave()


def test_a_commit_that_nobody_told_of_is_found(
    known: Counts, sent: Sent, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(counts, "LOOK_SECONDS", 0.01)
    monkeypatch.setattr(counts, "UNHEARD_SECONDS", 0.03)
    article = an_article()
    known.join()
    a_comment(article)
    with gevent.Timeout(5):
        while not sent:
            gevent.sleep(0.01)
    assert sent == [("front", "live:counts", {str(article.id): 1})]
    known.leave()


def test_a_look_that_fails_is_made_again(known: Counts, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(counts, "LOOK_SECONDS", 0.01)
    looks: list[int] = []

    def fails() -> None:
        looks.append(1)
        raise OSError("the database is away")

    monkeypatch.setattr(known, "step", fails)
    known.join()
    with gevent.Timeout(5):
        while len(looks) < 2:
            gevent.sleep(0.01)
    known.leave()


def shared_claim(*articles: Article) -> Claim:
    claim = a_claim(articles[0])
    saved(*(Citation(article_id=other.id, claim_id=claim.id, position=0) for other in articles[1:]))
    return claim


def test_comments_about_a_claim_are_told_to_each_article_that_shares_it(app: Flask, sent: Sent) -> None:
    here, there, unfollowed = an_article(), an_article(), an_article()
    claim, own = shared_claim(here, there, unfollowed), a_claim(there)
    known = ClaimCounts(app, lambda *told: sent.append(told), lambda: [here.id, there.id])
    known.step()
    sent.clear()
    a_comment(here, claim_id=claim.id)
    a_comment(there, claim_id=own.id)
    known.step()
    told = {claim.element: 1}
    assert sorted(sent) == sorted((each.stream, "live:counts", told) for each in (here, there))
    known.step()
    assert len(sent) == 2


def test_who_follows_an_article_later_is_told_what_is_known(
    app: Flask, sent: Sent, monkeypatch: pytest.MonkeyPatch
) -> None:
    here, there = an_article(), an_article()
    claim = shared_claim(here, there)
    monkeypatch.setattr(counts, "LOOK_SECONDS", 0.01)
    followed: list[int] = [there.id]
    known = ClaimCounts(app, lambda *told: sent.append(told), lambda: followed)
    a_comment(here, claim_id=claim.id)
    assert known.join(there.id) == {}
    gevent.sleep(0.1)
    assert sent == [(there.stream, "live:counts", {claim.element: 1})]
    assert known.join(there.id) == {claim.element: 1}
    followed.append(here.id)
    assert known.join(here.id) == {}, "nobody has looked for this one yet"
    gevent.sleep(0.1)
    assert sent[1:] == [(here.stream, "live:counts", {claim.element: 1})]
    followed.clear()
