"""Cards beside the words they check."""

import pytest
from bs4 import BeautifulSoup, Tag

from reader.factchecks import queries
from reader.factchecks.marks import place, words_of
from reader.text.markdown import render_article
from tests.support.factories import a_claim, an_article

pytestmark = pytest.mark.usefixtures("app")

BODY = "The report says [it *rained* & poured](claim:rain), and [again](claim:rain); [snow](claim:snow) fell."


def placed(*slugs: str) -> BeautifulSoup:
    article = an_article()
    for slug in slugs:
        a_claim(article, slug=slug, short=f"About {slug}", verdict="mixed")
    return BeautifulSoup(place(render_article(BODY), queries.claims_of(article.id)), "html.parser")


def element(page: Tag, selector: str) -> Tag:
    (only,) = page.select(selector)
    return only


def test_the_words_keep_their_markup_and_get_a_card() -> None:
    mark = element(placed("rain", "snow"), "#mark-rain")
    assert mark["data-verdict"] == "mixed"
    words = mark.find(class_="claim-words")
    assert words
    assert words.decode_contents() == "it <em>rained</em> &amp; poured"
    assert "About rain" in mark.select(".card-body")[0].text


def test_the_whole_sentence_opens_the_card_without_scripts_and_says_so() -> None:
    summary = element(placed("rain", "snow"), "#mark-rain details > summary")
    assert summary.text.replace("\u2060", "") == "it rained & poured (Mixed: how this was checked)"


def test_the_card_says_what_was_checked_with_and_without_a_short_form() -> None:
    article = an_article()
    a_claim(article, slug="rain", short="It rained", about="fact")
    a_claim(article, slug="snow", text="Snow fell on the harbour.", about="statement")
    page = BeautifulSoup(place(render_article(BODY), queries.claims_of(article.id)), "html.parser")
    rain, snow = (element(page, f"#mark-{slug} .card-body") for slug in ("rain", "snow"))
    assert element(rain, ".card-claim").text == "It rained"
    assert element(rain, ".about").text == "We checked whether this is true."
    assert element(snow, ".card-claim").text == "Snow fell on the harbour."
    assert element(snow, ".about").text == "We checked whether this was said."


def test_further_words_of_the_same_claim_lead_to_the_fact_check() -> None:
    page = placed("rain", "snow")
    again = element(page, "a.claim-again")
    assert (again["href"], again.text, again.get("id")) == ("#claim-rain", "again", None)
    assert len(page.select("details")) == 2


def test_words_of_a_claim_that_the_article_does_not_cite_stay_words() -> None:
    page = placed("rain")
    assert page.find(id="mark-snow") is None
    assert "; snow fell." in page.text


def test_the_sentence_reads_the_same_when_the_cards_are_taken_out() -> None:
    page = placed("rain", "snow")
    for card in page.select(".card-body, .claim-icon"):
        card.decompose()
    seen = page.text.replace("\u2060", "").strip()  # the sign that keeps the icon on the line of its words
    assert seen == "The report says it rained & poured, and again; snow fell."


def test_a_card_stands_where_one_may_stand() -> None:
    """A paragraph can't hold a details element: a browser would end it, and the sentence with it."""
    assert not placed("rain", "snow").select("p details")


def test_the_words_of_each_claim_can_be_found_again() -> None:
    assert words_of(render_article(BODY)) == {"rain": "it <em>rained</em> &amp; poured", "snow": "snow"}
