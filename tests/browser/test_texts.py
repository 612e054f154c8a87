"""Texts in all letters on a narrow screen: nothing widens the page, covers its neighbours or runs the wrong way."""

from __future__ import annotations

from playwright.sync_api import expect

from reader.accounts.queries import user_by_name
from reader.app import foundation
from reader.articles.queries import published_by_slug
from reader.comments.models import Comment
from reader.db.base import db
from tests.browser.conftest import Open
from tests.browser.window import ARTICLE
from tests.support.sites import Site
from tests.support.threads import a_comment

# Each is one letter to a browser, or would be: it can't be broken at the end of a line.
PILES = {
    "marks above": "Z" + "\u0301\u0302" * 900,
    "marks beside": "क" + "\u0903" * 900,
    "marks in a word": "".join(letter + "\u0336\u0301\u0316\u0321\u0322\u0327" * 20 for letter in "zalgo"),
    "joined pictures": "\u200d".join(["👩"] * 300),
    "Korean letters": "\u1100" * 900,
    "Korean vowels": "\u1100" + "\u1161" * 900,
    "consonants in a row": "क\u094d" * 600 + "क",
    "others in a row": "\u1b13\u1b44" * 600,
    "signs in front of a number": "\u0600" * 600 + "1",
    "marks in links": "Z" + "[\u0301\u0302\u0301\u0302](https://a.example)" * 100,
    "flags": "🇦" * 400,
    "an address": "https://example.org/" + "%CC%81" * 600,
    "a long word": "x" * 2000,
}
TEXTS = {
    "Hebrew": "שלום, עולם!",
    "Arabic": "> English quote\n\nمرحبا، world.",
    "English": "Hello, עולם!",
    "Hebrew list": "1. אחת\n2. שתיים",
    "numbers": "98. x\n99. y\n100. z\n999. last",
    "year": "2020. That was a year.",
}
DIRECTION = "(each) => getComputedStyle(each).direction"


def posted(site: Site, texts: dict[str, str]) -> dict[str, Comment]:
    """Comments with these texts, by the moderator."""
    with foundation(site.settings).app_context():
        article, author = published_by_slug(ARTICLE.rpartition("/")[2]), user_by_name("moira")
        assert article
        assert author
        made = {name: a_comment(article, by=author, body=text) for name, text in texts.items()}
        db.session.remove()
        db.engine.dispose()
    return made


def test_no_text_widens_the_page_or_covers_its_neighbours(window: Open, site: Site) -> None:
    posted(site, PILES)
    reader = window("reader")
    for width in (320, 1440):
        reader.page.set_viewport_size({"width": width, "height": 900})
        reader.go(ARTICLE)
        assert reader.page.evaluate("document.documentElement.scrollWidth") <= width
        inside = reader.page.locator(".comment-text").evaluate_all(
            "(all) => all.map((each) => [each.scrollWidth - each.clientWidth, each.textContent.slice(0, 8)])"
        )
        assert [each for each in inside if each[0] > 1] == []


def test_each_text_runs_in_its_own_direction(window: Open, site: Site) -> None:
    made = posted(site, TEXTS)
    reader = window("reader")
    reader.page.set_viewport_size({"width": 320, "height": 900})
    reader.go(ARTICLE)

    def direction(name: str, selector: str) -> str:
        found: str = reader.page.locator(f"#{made[name].element} .comment-text {selector}").evaluate(
            DIRECTION
        )
        return found

    assert direction("Hebrew", "> p") == "rtl"
    assert direction("Arabic", "> blockquote p") == "ltr"
    assert direction("Arabic", "> p") == "rtl"
    assert direction("English", "> p") == "ltr"
    assert direction("Hebrew list", "> ol > li:first-child") == "rtl"
    expect(reader.page.locator(f"#{made['year'].element} .comment-text")).to_have_text(
        "2020. That was a year."
    )
    numbers = reader.page.locator(f"#{made['numbers'].element} .comment-text ol")
    # The markers stand inside the list's box, so that nothing cuts their first digits off.
    assert numbers.evaluate("(each) => getComputedStyle(each).listStylePosition") == "inside"
