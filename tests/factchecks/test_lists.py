"""The index of claims, publishers and corrections: what is public, what fits, and where a page goes on."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial

import pytest

from reader.articles.models import Article, Tagging, Topic
from reader.config import Settings
from reader.db.base import db
from reader.factchecks import lists, queries
from reader.factchecks.lists import ClaimFilters
from reader.factchecks.models import Citation, Claim, Correction, Publisher
from reader.factchecks.verdicts import Verdict
from reader.pages.claim_page import queries as claim_page
from reader.text.english import up_to
from tests.support.factories import a_claim, altered, an_article, saved
from tests.support.queries import counted

DAY = datetime(2026, 3, 1, tzinfo=UTC)

pytestmark = pytest.mark.usefixtures("app")


@pytest.fixture
def settings(each_engine: Settings) -> Settings:
    return each_engine


def slugs(index: lists.Index) -> list[str]:
    return [claim.slug for claim in index.claims]


def tagged(article: Article, slug: str) -> Article:
    topic = Topic(slug=slug)
    saved(topic)
    saved(Tagging(article_id=article.id, topic_id=topic.id, position=0))
    return article


def test_the_index_has_the_latest_check_first() -> None:
    article = an_article()
    for number in range(3):
        a_claim(article, slug=f"claim-{number}", listed_at=DAY + timedelta(days=number))
    assert slugs(lists.index(ClaimFilters())) == ["claim-2", "claim-1", "claim-0"]


def test_its_pages_join_without_gap_or_overlap_even_where_times_are_equal() -> None:
    article = an_article()
    expected = {a_claim(article, listed_at=DAY).slug for _ in range(7)}
    seen: list[str] = []
    after = None
    while True:
        page = lists.index(ClaimFilters(), after=after, limit=3)
        seen += slugs(page)
        after = page.after
        if after is None:
            break
    assert len(seen) == 7
    assert set(seen) == expected


def test_claims_of_articles_that_nobody_may_see_are_in_no_list() -> None:
    draft = an_article(status="draft")
    claim = a_claim(draft)
    saved(Correction(article_id=draft.id, position=0, kind="update", text="Later."))
    assert slugs(lists.index(ClaimFilters())) == []
    assert lists.index(ClaimFilters()).verdicts == []
    assert lists.publishers().cited == []
    assert lists.corrections().corrections == []
    assert queries.recent_changes(10) == []
    assert queries.claim_by_slug(claim.slug) is None
    assert not queries.is_public(claim.id)


def test_a_claim_waits_until_its_own_article_is_public() -> None:
    owner, public = an_article(status="draft"), an_article()
    claim = a_claim(owner)
    saved(Citation(article_id=public.id, claim_id=claim.id, position=0))
    assert slugs(lists.index(ClaimFilters())) == []
    assert queries.claims_of(public.id) == []
    altered(owner, was_public=True)
    assert slugs(lists.index(ClaimFilters())) == [claim.slug]
    assert [article.id for article in claim_page.articles_citing(claim.id).articles] == [public.id]


def test_filters_can_be_joined() -> None:
    rainy = tagged(an_article(), "weather")
    wanted = a_claim(rainy, verdict="false")
    a_claim(rainy, verdict="verified")
    a_claim(an_article(), verdict="false")
    source = queries.sources_of(rainy.id)[0].source.publisher.slug
    for filters in (
        ClaimFilters(Verdict.FALSE, "weather"),
        ClaimFilters(Verdict.FALSE, source=source),
        ClaimFilters(topic="weather", source=source),
        ClaimFilters(Verdict.FALSE, "weather", source),
    ):
        assert slugs(lists.index(filters)) == [wanted.slug], filters
    assert slugs(lists.index(ClaimFilters(topic="none"))) == []


def test_verdicts_are_counted_within_the_other_filters() -> None:
    rainy = tagged(an_article(), "weather")
    for verdict in ("false", "verified", "false"):
        a_claim(rainy, verdict=verdict)
    a_claim(an_article(), verdict="mixed")
    index = lists.index(ClaimFilters(Verdict.FALSE, "weather"))
    assert list(index.verdicts) == [(Verdict.VERIFIED, 1), (Verdict.FALSE, 2)]
    assert [topic.slug for topic in index.topics] == ["weather"]


def test_publishers_are_counted_with_what_rests_on_them() -> None:
    article = an_article()
    claim = a_claim(article)
    (cited,) = lists.publishers().cited
    assert (cited.sources, cited.claims) == (1, 1)
    (entry,), after = lists.sources_by(cited.publisher)
    assert [resting.slug for resting in entry.claims] == [claim.slug]
    assert entry.source.article.id == article.id
    assert after is None


def test_publishers_go_on_by_slug_and_can_be_entered_at_a_letter() -> None:
    article = an_article()
    for name in ("apple", "pear", "quince", "zebra"):
        claim = a_claim(article)
        altered(claim_publisher(claim), slug=name, name=name.upper())
    saved(Publisher(slug="nobody-cites-it", name="Nobody"))

    def shown(**start: str) -> tuple[list[str], str | None]:
        page = lists.publishers(limit=2, **start)
        return [cited.publisher.slug for cited in page.cited], page.after

    assert shown() == (["apple", "pear"], "pear")
    assert shown(after="pear") == (["quince", "zebra"], None)
    assert shown(first="n") == (["pear", "quince"], "quince")


def test_numbers_are_not_counted_beyond_a_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lists, "MAX_COUNTED", 2)
    article = an_article()
    claims = [a_claim(article) for _ in range(4)]
    publisher = claim_publisher(claims[0])
    for entry in queries.sources_of(article.id):
        altered(entry.source, publisher_id=publisher.id)
    (cited,) = lists.publishers().cited
    assert (cited.sources, cited.claims) == (3, 3)
    assert lists.index(ClaimFilters()).verdicts == [(Verdict.VERIFIED, 3)]
    assert [up_to(number, 2) for number in (1, 2, 3)] == ["1", "2", "2+"]


@pytest.mark.parametrize("few", [0, 100])
def test_index_is_the_same_whether_its_filters_leave_few_or_many(
    few: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("reader.articles.queries.FEW", few)
    rainy = tagged(an_article(), "weather")
    inside = [a_claim(rainy, checked_at=DAY + timedelta(days=n)).slug for n in range(5)]
    a_claim(an_article(), checked_at=DAY + timedelta(days=9))
    a_claim(tagged(an_article(status="draft"), "snow"), checked_at=DAY)
    first = lists.index(ClaimFilters(topic="weather"), limit=3)
    second = lists.index(ClaimFilters(topic="weather"), limit=3, after=first.after)
    assert slugs(first) + slugs(second) == inside[::-1]
    assert second.after is None
    assert slugs(lists.index(ClaimFilters(topic="snow"))) == []


def test_index_looks_no_further_than_a_stretch_and_says_where_to_go_on(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("reader.articles.queries.FEW", 0)
    monkeypatch.setattr(lists, "STRETCH", 3)
    old = a_claim(tagged(an_article(), "weather"), checked_at=DAY)
    for number in range(1, 5):
        a_claim(an_article(), checked_at=DAY + timedelta(days=number))
    first = lists.index(ClaimFilters(topic="weather"))
    assert slugs(first) == []
    assert slugs(lists.index(ClaimFilters(topic="weather"), after=first.after)) == [old.slug]


def claim_publisher(claim: Claim) -> Publisher:
    (source,) = (entry.source for entry in queries.sources_of(claim.article_id) if claim in entry.claims)
    return source.publisher


def test_a_publishers_sources_go_on_page_by_page() -> None:
    article = an_article()
    claims = [a_claim(article) for _ in range(3)]
    publisher = queries.sources_of(article.id)[0].source.publisher
    for entry in queries.sources_of(article.id):
        altered(entry.source, publisher_id=publisher.id)
    first, after = lists.sources_by(publisher, limit=2)
    second, end = lists.sources_by(publisher, after=after, limit=2)
    assert len(claims) == len(first) + len(second) == len({entry.source.id for entry in [*first, *second]})
    assert end is None


def test_corrections_go_on_page_by_page_dated_or_not() -> None:
    old, new = an_article(stored_at=DAY), an_article(stored_at=DAY + timedelta(days=5))
    saved(
        Correction(article_id=old.id, position=0, kind="update", text="Third", placed_at=old.stored_at),
        Correction(article_id=new.id, position=0, kind="update", text="First", placed_at=new.stored_at),
        Correction(article_id=old.id, position=1, kind="update", text="Second", at=DAY + timedelta(days=2)),
    )
    texts: list[str] = []
    after = None
    while True:
        page = lists.corrections(after=after, limit=1)
        texts += [correction.text for correction in page.corrections]
        after = page.after
        if after is None:
            break
    assert texts == ["First", "Second", "Third"]


@pytest.mark.parametrize("many", [1, 6])
def test_the_number_of_queries_does_not_grow_with_what_is_found(many: int) -> None:
    article = an_article()
    slugs = [a_claim(article).slug for _ in range(many)]
    publisher = lists.publishers().cited[0].publisher
    reads: dict[Callable[[], object], int] = {
        partial(lists.index, ClaimFilters()): 6,
        partial(queries.claims_of, article.id): 2,
        partial(queries.sources_of, article.id): 2,
        partial(claim_page.life_of, slugs[0]): 6,
        partial(queries.recent_changes, 10): 1,
        partial(lists.sources_by, publisher): 2,
        partial(lists.corrections): 1,
    }
    for read, most in reads.items():
        db.session.expunge_all()
        with counted() as statements:
            read()
        assert len(statements) <= most, statements
