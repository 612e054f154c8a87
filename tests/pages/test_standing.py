"""Cached article bodies: a page shows what one made anew would show."""

from __future__ import annotations

import pytest
from flask import Flask
from flask.testing import FlaskClient

from reader.articles.models import Article
from reader.factchecks import offering
from reader.factchecks.actions import set_verdict
from reader.factchecks.models import Claim
from reader.factchecks.verdicts import NewVerdict, Verdict
from reader.pages import article_bodies
from reader.web import part_cache
from tests.support.factories import a_claim, altered, an_article, an_editor
from tests.support.people import log_in
from tests.support.threads import a_comment


@pytest.fixture
def article() -> Article:
    return an_article()


@pytest.fixture
def reader(client: FlaskClient) -> FlaskClient:
    """Somebody who is logged in, whom the page cache lets pass."""
    log_in(client, an_editor())
    return client


def decide(claim: Claim, verdict: Verdict, why: str) -> None:
    set_verdict(
        claim.id,
        NewVerdict(
            verdict,
            why=why,
            source_ids=[source.id for source in offering.sources_for(claim)],
            version=claim.version,
        ),
        by=an_editor(),
    )


def test_a_comment_leaves_it_standing_and_shows_in_the_counts(reader: FlaskClient, article: Article) -> None:
    claim = a_claim(article)
    assert "Discuss this claim<" in reader.get(article.path).text
    made = kept_of(article)
    a_comment(article, body="Of something else.")
    assert "Of something else." in reader.get(article.path).text
    assert kept_of(article) is made
    a_comment(article, claim_id=claim.id)
    assert "Discuss this claim (1)<" in reader.get(article.path).text
    assert kept_of(article) is not made


def test_a_verdict_shows_at_once(reader: FlaskClient, article: Article) -> None:
    claim = a_claim(article, verdict="verified")
    reader.get(article.path)
    a_comment(article)
    decide(claim, Verdict.FALSE, "It was shown to be wrong.")
    a_comment(article)
    text = reader.get(article.path).text
    assert "It was shown to be wrong." in text
    assert "1 false" in text


def test_what_no_stream_tells_is_looked_up_again_after_a_while(
    app: Flask, reader: FlaskClient, article: Article, monkeypatch: pytest.MonkeyPatch
) -> None:
    reader.get(article.path)
    altered(article, title="Another title")
    assert "Another title" not in reader.get(article.path).text
    monkeypatch.setattr(part_cache, "SECONDS", -1.0)
    part_cache.init_app(app)
    reader.get(article.path)
    altered(article, title="A third title")
    assert "A third title" in reader.get(article.path).text


def test_nothing_is_kept_of_what_only_editors_see(reader: FlaskClient, article: Article) -> None:
    altered(article, status="draft")
    assert "not published yet" in reader.get(article.path).text
    assert kept_of(article) is None
    altered(article, status="published")
    assert "not published yet" not in reader.get(article.path).text


def kept_of(article: Article) -> object:
    part = article_bodies._cache._parts().get(article.id)
    return part.value if part else None
