"""Two browsers: an editor decides a claim in one, and every page showing its verdict is updated in the other."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Browser, BrowserContext, Page, ViewportSize, expect

from reader.accounts import actions as accounts
from reader.articles.models import Status
from reader.config import Settings
from reader.web import cookies
from tests.browser.window import PATIENCE
from tests.conftest import SECRET
from tests.support.convergence import Stage, kept_stage
from tests.support.sites import Site, a_free_port, serving

PHONE: ViewportSize = {"width": 390, "height": 844}
SIZES: dict[str, ViewportSize] = {"phone": PHONE, "desk": {"width": 1440, "height": 900}}
# What the claim says instead, as decided at each size.
TEXTS = {"phone": "The bridge is 310 metres long.", "desk": "The bridge is 320 metres long."}
LIVE = """async () => {
  const scripts = document.querySelector("script[type=module]").src;
  window.live = await import(scripts.replace("main.js", "live/client.js"));
}"""
IS_JOINED = "() => live.channels.every((channel) => channel.joined)"
IS_SAME_PAGE = "() => window.live !== undefined"


@dataclass
class Newsroom:
    """A served site with its readers' browser and its editor's, on a small screen at first."""

    site: Site
    stage: Stage
    readers: BrowserContext
    editors: BrowserContext
    size: ViewportSize = field(default_factory=PHONE.copy)

    def at_each_size(self) -> Iterator[str]:
        """Go on at each size in turn, with all pages that are open; its name."""
        for name, self.size in SIZES.items():
            for page in (*self.readers.pages, *self.editors.pages):
                page.set_viewport_size(self.size)
            yield name

    def open(self, path: str) -> Page:
        """A page in a reader's tab, live."""
        page = self._tab(self.readers, path)
        page.evaluate(LIVE)
        page.wait_for_function(IS_JOINED)
        return page

    def decide(self, verdict: str, why: str) -> None:
        """Decide the claim by the editor's form."""
        page = self._tab(self.editors, self.stage.claim.path)
        page.locator(f"#verdict-{verdict.lower()}").check()
        page.locator("#why").fill(why)
        page.get_by_role("button", name="Set the verdict").click()
        expect(page.locator(".claim-panel .verdict")).to_have_text(verdict)
        page.close()

    def open_revision(self) -> Page:
        """The claim's page in an editor's tab, with the form that changes its text unfolded."""
        page = self._tab(self.editors, self.stage.claim.path)
        page.get_by_text("Change what this claim says").click()
        return page

    def _tab(self, context: BrowserContext, path: str) -> Page:
        page = context.new_page()
        page.set_viewport_size(self.size)
        page.goto(f"{self.site.url}{path}")
        return page


@pytest.fixture(scope="module")
def staged(tmp_path_factory: pytest.TempPathFactory, sqlite_template: Path) -> tuple[Path, Stage]:
    """A database with the stage, made once and copied for each test, and what stands on it."""
    folder = tmp_path_factory.mktemp("stage")
    shutil.copy(sqlite_template, folder)
    return folder / sqlite_template.name, kept_stage(Settings(instance=folder, secret_key=SECRET))


@pytest.fixture
def settings(tmp_path: Path, staged: tuple[Path, Stage]) -> Settings:
    shutil.copy(staged[0], tmp_path)
    return Settings(instance=tmp_path, secret_key=SECRET, bind=f"127.0.0.1:{a_free_port()}")


@pytest.fixture
def newsroom(
    chromium: Browser, app: Flask, settings: Settings, staged: tuple[Path, Stage], tmp_path: Path
) -> Iterator[Newsroom]:
    stage = staged[1]
    with serving(settings, tmp_path, warm=True) as site:
        readers, editors = chromium.new_context(), chromium.new_context()
        for context in (readers, editors):
            context.set_default_timeout(PATIENCE)
        token = accounts.open_session(stage.editor)
        editors.add_cookies([{"name": cookies.login_cookie(settings), "value": token, "url": site.url}])
        yield Newsroom(site, stage, readers, editors)
        for context in (readers, editors):
            context.close()


def assert_fits(page: Page) -> None:
    """Nothing is wider than the window."""
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), page.url


def test_every_list_follows_a_verdict_without_a_reload(newsroom: Newsroom) -> None:
    stage = newsroom.stage
    author = f"/people/{stage.author.username}"
    shows = {
        "/": ".teaser-lead .teaser-claims .verdict",
        "/topics/bridges": f"#strength-{stage.article.id}",
        "/fact-checks": f"#{stage.claim.element} .claim-verdict",
        "/sources/county-records": ".resting .verdict",
        "/corrections": ".correction-list",
        stage.other.path: f".related #strength-{stage.article.id}",
    }
    pages = {path: newsroom.open(path) for path in (*shows, author)}
    filtered = {each: newsroom.open(f"/fact-checks?verdict={each.lower()}") for each in ("False", "Verified")}
    expect(filtered["False"].get_by_text("No claim fits")).to_be_visible()
    expect(pages["/corrections"].get_by_text("No corrections yet")).to_be_visible()
    # It was verified at first.
    verdicts = {"phone": "False", "desk": "Verified"}
    for size in newsroom.at_each_size():
        verdict = verdicts[size]
        every = [*pages.values(), *filtered.values()]
        for page in every:
            assert_fits(page)
        newsroom.decide(verdict, "It was measured again.")
        for path, selector in shows.items():
            words = f"it is now “{verdict}”" if path == "/corrections" else verdict
            expect(pages[path].locator(selector)).to_contain_text(words, ignore_case=True)
        rated = pages[author].locator(".comment-rated")
        expect(rated).to_have_text(["Written when this was rated verified."] * 2 if size == "phone" else [])
        for each, page in filtered.items():
            listed = page.locator(f".fact-check-index #{stage.claim.element} .claim-verdict")
            expect(listed).to_have_text([verdict] if each == verdict else [])
        expect(filtered["False"].get_by_text("No claim fits")).to_have_count(int(verdict != "False"))
        for page in every:
            assert page.evaluate(IS_SAME_PAGE), page.url
            assert_fits(page)


def fill_revision(page: Page, text: str, reason: str) -> None:
    """Fill in the form that changes what the claim says, and send it."""
    form = page.locator("#revise form")
    form.get_by_label("Claim", exact=True).fill(text)
    form.get_by_label("Why the words change").fill(reason)
    form.get_by_role("button", name="Change the claim").click()


def test_every_open_page_follows_a_claims_new_text(newsroom: Newsroom) -> None:
    stage = newsroom.stage
    shows = {
        stage.claim.path: ".claim-title",
        stage.article.path: f"#{stage.claim.element}",
        stage.other.path: f"#{stage.claim.element}",
        "/fact-checks": f"#{stage.claim.element}",
        "/sources/county-records": ".resting",
        "/": ".teaser-lead .teaser-claims",
    }
    pages = {path: newsroom.open(path) for path in shows}
    for size in newsroom.at_each_size():
        text, reason = TEXTS[size], f"It was measured again, from a {size}."
        editor = newsroom.open_revision()
        fill_revision(editor, text, reason)
        expect(editor).to_have_url(f"{newsroom.site.url}{stage.claim.path}#history")
        expect(editor.locator(".said")).to_have_text("The claim is changed, and its history says so.")
        for path, page in pages.items():
            expect(page.locator(shows[path]).first).to_contain_text(text)
            assert page.evaluate(IS_SAME_PAGE), path
        life = pages[stage.claim.path].locator("#history")
        expect(life.locator("ins").first).to_have_text(text)
        expect(life).to_contain_text(reason)


def test_a_refused_change_of_a_claims_text_keeps_what_was_typed(newsroom: Newsroom) -> None:
    stage, editor = newsroom.stage, newsroom.open_revision()
    for size in newsroom.at_each_size():
        fill_revision(editor, TEXTS[size], "")
        expect(editor.locator("#revise")).to_contain_text("Say why")
        expect(editor.get_by_label("Claim", exact=True)).to_have_value(TEXTS[size])
    follower = newsroom.open(stage.claim.path)
    expect(follower.locator(".claim-title")).to_have_text("The bridge is 300 metres long.")


def test_a_form_begun_with_any_field_stays_while_another_editor_is_first(newsroom: Newsroom) -> None:
    for size in newsroom.at_each_size():
        late, first = newsroom.open_revision(), newsroom.open_revision()
        late.get_by_label("Short form").fill("As it was measured")
        late.locator("#verdict-false").check()
        late.locator(".claim-title").click()  # the focus is in no form
        fill_revision(first, TEXTS[size], "It was measured again.")
        expect(late.locator(".claim-title")).to_have_text(TEXTS[size])
        expect(late.get_by_label("Short form")).to_have_value("As it was measured")
        expect(late.locator("#verdict-false")).to_be_checked()
        late.get_by_label("Why the words change").fill("By another.")
        late.get_by_role("button", name="Change the claim").click()
        expect(late.locator("#revise")).to_contain_text("Somebody changed this claim before you.")
        expect(late.get_by_label("Short form")).to_have_value("As it was measured")


def test_a_page_whose_text_was_clicked_is_still_brought_up_to_date(newsroom: Newsroom) -> None:
    page = newsroom.open(newsroom.stage.article.path)
    for size in newsroom.at_each_size():
        page.locator("h1").click()
        assert page.evaluate("document.activeElement.localName") == "main"
        newsroom.stage.revise(f"Another paragraph, for a {size}.\n\n")
        expect(page.locator(".article-body")).to_contain_text(f"Another paragraph, for a {size}.")
        assert page.evaluate(IS_SAME_PAGE)


def test_lists_follow_a_retraction_and_say_so(newsroom: Newsroom) -> None:
    stage = newsroom.stage
    front, archive, claim = (newsroom.open(path) for path in ("/", "/archive", stage.claim.path))
    titles = front.locator(".teaser-title", has_text=stage.article.title)
    notes = [archive.locator(".kicker-retracted"), claim.locator(".citing-list .kicker-retracted")]
    expect(titles).to_have_count(1)
    for _size in newsroom.at_each_size():
        stage.publish_again(status=Status.RETRACTED.value)
        expect(titles).to_have_count(0)
        expect(front.locator("#latest-verdicts .claim-origin").first).to_be_visible()
        for note in notes:
            expect(note).to_have_count(1)
        stage.publish_again(status=Status.PUBLISHED.value)
        expect(titles).to_have_count(1)
        for note in notes:
            expect(note).to_have_count(0)


def test_a_claims_comment_count_updates_on_other_articles_that_cite_it(newsroom: Newsroom) -> None:
    stage = newsroom.stage
    elsewhere = newsroom.open(stage.other.path)
    count = elsewhere.locator(f"#{stage.claim.element} .discuss")
    expect(count).to_have_text("Discuss this claim (2)")
    for number, _size in enumerate(newsroom.at_each_size(), 3):
        stage.comment(about=stage.claim)
        expect(count).to_have_text(f"Discuss this claim ({number})")


def test_lists_are_right_without_javascript(newsroom: Newsroom, chromium: Browser) -> None:
    newsroom.decide("False", "It was measured again.")
    context = chromium.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{newsroom.site.url}/fact-checks?verdict=false")
    expect(page.locator(".fact-check-index .claim-verdict")).to_have_text("False")
    page.goto(newsroom.site.url)
    expect(page.locator(".teaser-lead .teaser-claims .verdict")).to_have_text("False")
    context.close()
