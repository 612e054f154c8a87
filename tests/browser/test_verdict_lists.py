"""Two browsers: an editor decides a claim in one, and every page showing its verdict is updated in the other."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from reader.accounts import actions as accounts
from reader.app import create_app
from reader.articles.models import Status
from reader.config import Settings
from reader.db.base import db
from reader.web import cookies
from tests.browser.window import PATIENCE
from tests.conftest import SECRET
from tests.support.convergence import Stage, a_stage
from tests.support.sites import Site, a_free_port, serving

PHONE, DESK = {"width": 390, "height": 844}, {"width": 1440, "height": 900}
LIVE = """async () => {
  const scripts = document.querySelector("script[type=module]").src;
  window.live = await import(scripts.replace("main.js", "live/client.js"));
}"""
IS_JOINED = "() => live.channels.every((channel) => channel.joined)"
IS_SAME_PAGE = "() => window.live !== undefined"


@dataclass
class Newsroom:
    """A served site with its readers' browser and its editor's."""

    site: Site
    stage: Stage
    readers: BrowserContext
    editors: BrowserContext

    def open(self, path: str) -> Page:
        """A page in a reader's tab, live."""
        page = self.readers.new_page()
        page.goto(f"{self.site.url}{path}")
        page.evaluate(LIVE)
        page.wait_for_function(IS_JOINED)
        return page

    def decide(self, verdict: str, why: str) -> None:
        """Decide the claim by the editor's form."""
        page = self.editors.new_page()
        page.goto(f"{self.site.url}{self.stage.claim.path}")
        page.locator(f"#verdict-{verdict.lower()}").check()
        page.locator("#why").fill(why)
        page.get_by_role("button", name="Set the verdict").click()
        expect(page.locator(".claim-panel .verdict")).to_have_text(verdict)
        page.close()

    def open_revision(self) -> Page:
        """The claim's page in an editor's tab, with the form that changes its text unfolded."""
        page = self.editors.new_page()
        page.goto(f"{self.site.url}{self.stage.claim.path}")
        page.get_by_text("Change what this claim says").click()
        return page


@pytest.fixture
def settings(tmp_path: Path, sqlite_template: Path) -> Settings:
    shutil.copy(sqlite_template, tmp_path)
    return Settings(instance=tmp_path, secret_key=SECRET, bind=f"127.0.0.1:{a_free_port()}")


@pytest.fixture(params=[PHONE, DESK], ids=["phone", "desk"])
def newsroom(
    chromium: Browser, settings: Settings, tmp_path: Path, request: pytest.FixtureRequest
) -> Iterator[Newsroom]:
    app = create_app(settings)
    with app.app_context(), serving(settings, tmp_path, warm=True) as site:
        stage = a_stage(tmp_path)
        contexts = [chromium.new_context(viewport=request.param) for _ in range(2)]
        for context in contexts:
            context.set_default_timeout(PATIENCE)
        token = accounts.open_session(stage.editor)
        contexts[1].add_cookies([{"name": cookies.login_cookie(settings), "value": token, "url": site.url}])
        yield Newsroom(site, stage, *contexts)
        for context in contexts:
            context.close()
        db.session.remove()
        db.engine.dispose()


def test_every_list_follows_a_verdict_without_a_reload(newsroom: Newsroom) -> None:
    stage = newsroom.stage
    shows = {
        "/": ".teaser-lead .teaser-claims .verdict",
        "/topics/bridges": f"#strength-{stage.article.id}",
        "/fact-checks": f"#{stage.claim.element} .claim-verdict",
        "/fact-checks?verdict=false": ".fact-check-index .claim-verdict",
        "/sources/county-records": ".resting .verdict",
        "/corrections": ".correction-list",
        f"/people/{stage.author.username}": ".comment-rated >> nth=0",
        stage.other.path: f".related #strength-{stage.article.id}",
    }
    pages = {path: newsroom.open(path) for path in shows}
    filtered = newsroom.open("/fact-checks?verdict=verified")
    expect(pages["/fact-checks?verdict=false"].get_by_text("No claim fits")).to_be_visible()
    expect(pages["/corrections"].get_by_text("No corrections yet")).to_be_visible()
    newsroom.decide("False", "It was measured again.")
    said = {"/corrections": "it is now “False”", f"/people/{stage.author.username}": "verified"}
    for path, page in pages.items():
        expected = page.locator(shows[path])
        expect(expected).to_contain_text(said.get(path, "False"), ignore_case=True)
        assert page.evaluate(IS_SAME_PAGE), path
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), path
    expect(filtered.locator(f"#{stage.claim.element}")).to_have_count(0)


def fill_revision(page: Page, text: str, reason: str) -> None:
    """Fill in the form that changes what the claim says, and send it."""
    form = page.locator("#revise form")
    form.get_by_label("Claim", exact=True).fill(text)
    form.get_by_label("Why the words change").fill(reason)
    form.get_by_role("button", name="Change the claim").click()


def test_every_open_page_follows_a_claims_new_text(newsroom: Newsroom) -> None:
    stage, text = newsroom.stage, "The bridge is 310 metres long."
    shows = {
        stage.claim.path: ".claim-title",
        stage.article.path: f"#{stage.claim.element}",
        stage.other.path: f"#{stage.claim.element}",
        "/fact-checks": f"#{stage.claim.element}",
        "/sources/county-records": ".resting",
        "/": ".teaser-lead .teaser-claims",
    }
    pages = {path: newsroom.open(path) for path in shows}
    editor = newsroom.open_revision()
    fill_revision(editor, text, "It was measured again.")
    expect(editor).to_have_url(f"{newsroom.site.url}{stage.claim.path}#history")
    expect(editor.locator(".said")).to_have_text("The claim is changed, and its history says so.")
    for path, page in pages.items():
        expect(page.locator(shows[path]).first).to_contain_text(text)
        assert page.evaluate(IS_SAME_PAGE), path
    life = pages[stage.claim.path].locator("#history")
    expect(life.locator("ins").first).to_have_text(text)
    expect(life).to_contain_text("It was measured again.")


def test_a_refused_change_of_a_claims_text_keeps_what_was_typed(newsroom: Newsroom) -> None:
    stage, editor = newsroom.stage, newsroom.open_revision()
    fill_revision(editor, "The bridge is 310 metres long.", "")
    expect(editor.locator("#revise")).to_contain_text("Say why")
    expect(editor.get_by_label("Claim", exact=True)).to_have_value("The bridge is 310 metres long.")
    follower = newsroom.open(stage.claim.path)
    expect(follower.locator(".claim-title")).to_have_text("The bridge is 300 metres long.")


def test_a_form_begun_with_any_field_stays_while_another_editor_is_first(newsroom: Newsroom) -> None:
    late, first = newsroom.open_revision(), newsroom.open_revision()
    late.get_by_label("Short form").fill("As it was measured")
    late.locator("#verdict-false").check()
    late.locator(".claim-title").click()  # the focus is in no form
    fill_revision(first, "The bridge is 310 metres long.", "It was measured again.")
    expect(late.locator(".claim-title")).to_have_text("The bridge is 310 metres long.")
    expect(late.get_by_label("Short form")).to_have_value("As it was measured")
    expect(late.locator("#verdict-false")).to_be_checked()
    late.get_by_label("Why the words change").fill("By another.")
    late.get_by_role("button", name="Change the claim").click()
    expect(late.locator("#revise")).to_contain_text("Somebody changed this claim before you.")
    expect(late.get_by_label("Short form")).to_have_value("As it was measured")


def test_a_page_whose_text_was_clicked_is_still_brought_up_to_date(newsroom: Newsroom) -> None:
    page = newsroom.open(newsroom.stage.article.path)
    page.locator("h1").click()
    assert page.evaluate("document.activeElement.localName") == "main"
    newsroom.stage.revise("Another paragraph.\n\n")
    expect(page.locator(".article-body")).to_contain_text("Another paragraph.")
    assert page.evaluate(IS_SAME_PAGE)


def test_lists_follow_a_retraction_and_say_so(newsroom: Newsroom) -> None:
    stage = newsroom.stage
    front, archive, claim = (newsroom.open(path) for path in ("/", "/archive", stage.claim.path))
    titles = front.locator(".teaser-title", has_text=stage.article.title)
    expect(titles).to_have_count(1)
    stage.publish_again(status=Status.RETRACTED.value)
    expect(titles).to_have_count(0)
    expect(front.locator("#latest-verdicts .claim-origin").first).to_be_visible()
    expect(archive.locator(".kicker-retracted")).to_have_count(1)
    expect(claim.locator(".citing-list .kicker-retracted")).to_have_count(1)


def test_a_claims_comment_count_updates_on_other_articles_that_cite_it(newsroom: Newsroom) -> None:
    stage = newsroom.stage
    elsewhere = newsroom.open(stage.other.path)
    count = elsewhere.locator(f"#{stage.claim.element} .discuss")
    expect(count).to_have_text("Discuss this claim (2)")
    stage.comment(about=stage.claim)
    expect(count).to_have_text("Discuss this claim (3)")


def test_lists_are_right_without_javascript(newsroom: Newsroom, chromium: Browser) -> None:
    newsroom.decide("False", "It was measured again.")
    context = chromium.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{newsroom.site.url}/fact-checks?verdict=false")
    expect(page.locator(".fact-check-index .claim-verdict")).to_have_text("False")
    page.goto(newsroom.site.url)
    expect(page.locator(".teaser-lead .teaser-claims .verdict")).to_have_text("False")
    context.close()
