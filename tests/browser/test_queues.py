"""Moderators at their queues, in real browsers: by keyboard, together, and with nothing in anybody's way."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from playwright.sync_api import APIResponse, Locator, Page, Route, WebSocketRoute, expect
from sqlalchemy import select

from reader.accounts.queries import user_by_name
from reader.app import foundation
from reader.articles.queries import published_by_slug
from reader.config import Settings
from reader.db.base import db
from reader.moderation.actions import remove_comment
from reader.moderation.appeals.actions import appeal
from reader.moderation.models import Decision, Reason
from reader.moderation.people.actions import NewMeasure, take_measure
from reader.moderation.reports.actions import Complaint, report_comment
from reader.policy import MeasureKind
from tests.browser.conftest import Open
from tests.browser.people import logged_in
from tests.browser.test_quality import violations
from tests.browser.window import ARTICLE, Window
from tests.conftest import SECRET
from tests.support.factories import a_person
from tests.support.sites import Site
from tests.support.threads import a_comment, comments

MANY = 100
# Milliseconds in which nothing may happen.
QUIET = 1_000


@pytest.fixture(scope="module")
def furnished(furnished: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database with a hundred comments that nobody has looked at; the first three are reported, and one is removed.

    Two people appeal against what Moira decided.
    """
    instance = tmp_path_factory.mktemp("waiting")
    shutil.copy(furnished, instance)
    with foundation(Settings(instance=instance, secret_key=SECRET)).app_context():
        article, moira = published_by_slug(ARTICLE.rpartition("/")[2]), user_by_name("moira")
        assert article
        assert moira
        author, reporter = a_person("alma"), a_person("bruno")
        made = comments(article, MANY, by=author)
        for comment in made[:3]:
            report_comment(comment.id, Complaint(Reason.SPAM, note="Lamps again."), by=reporter)
        gone = a_comment(article, by=reporter, body="Buy lamps.")
        removal = remove_comment(gone.id, by=moira, reason=Reason.SPAM, note="", revision=1)
        appeal(removal.id, by=reporter, text="They are good lamps.")
        take_measure(author.id, NewMeasure(MeasureKind.WARNING, words="Not a hundred at once."), by=moira)
        warning = db.session.scalars(select(Decision).where(Decision.person_id == author.id)).one()
        appeal(warning.id, by=author, text="I have much to say.")
        db.session.remove()
        db.engine.dispose()
    return instance / furnished.name


@pytest.fixture
def moderator(window: Open, site: Site) -> Window:
    """A moderator who is logged in."""
    return logged_in(window("moira"), site)


@pytest.fixture
def editor(window: Open, site: Site) -> Window:
    """An editor, who moderates too."""
    return logged_in(window("edith"), site)


def at_the_queue(person: Window, queue: str = "") -> Page:
    """Open a queue, or the first one in which something waits; the page, live."""
    person.go(f"/moderation/{queue}")
    expect(person.page.get_by_role("heading", name="Moderation")).to_be_visible()
    person.live()
    return person.page


def press(window: Window, *keys: str) -> None:
    for key in keys:
        window.page.keyboard.press(key)


def count(window: Window, queue: str) -> int:
    return int(window.page.locator(f"[data-count={queue}]").inner_text())


def test_a_hundred_comments_are_decided_with_the_keyboard_alone(moderator: Window) -> None:
    page = at_the_queue(moderator)
    assert page.url.endswith("/moderation/reported")
    for queue in ("held", "unreviewed"):
        press(moderator, "n")
        page.wait_for_url(f"**/moderation/{queue}")
        moderator.live()
    expect(page.locator("[data-count=unreviewed]")).to_have_text("99+")
    cards = page.locator("#cases > li:not([inert], [data-deciding])")
    for number in range(MANY):
        expect(page.locator("#cases > [data-current]:not([data-deciding])")).to_have_count(1)
        if number % 5 == 4:
            press(moderator, "r", "5")
        else:
            press(moderator, "a")
    expect(cards).to_have_count(0)
    expect(page.locator("[data-count=unreviewed]")).to_have_text("0")
    expect(page.get_by_text("Every new comment has been seen")).to_be_visible()
    assert count(moderator, "removed") == 1 + MANY // 5
    press(moderator, "u")
    expect(page.locator("[data-count=removed]")).to_have_text(str(MANY // 5))
    assert violations(page) == []


def test_a_fresh_page_that_a_decision_overtakes_brings_nothing_back(
    moderator: Window, editor: Window
) -> None:
    for each in (moderator, editor):
        at_the_queue(each, "unreviewed")
    overtaken: list[tuple[Route, APIResponse]] = []
    for each in (moderator, editor):
        each.page.route("**/moderation/unreviewed", lambda route: overtaken.append((route, route.fetch())))
    press(moderator, "r", "5")  # a comment less on the article: the pages look for what else is new
    while len(overtaken) < 2:
        moderator.page.wait_for_timeout(100)
    name = moderator.page.locator("#cases > [data-current]").get_attribute("id")
    press(moderator, "a")
    expect(editor.page.locator(f"#{name} .case-gone")).to_contain_text("moira (moderator)")
    for each in (moderator, editor):
        expect(each.page.locator(f"#{name}")).to_have_count(0)
    for route, fresh in overtaken:
        route.fulfill(response=fresh)
    for each in (moderator, editor):
        each.page.unroute_all()
    moderator.page.wait_for_timeout(QUIET)
    for each in (moderator, editor):
        expect(each.page.locator(f"#{name}")).to_have_count(0)
        expect(each.page.locator("[data-count=unreviewed]")).to_have_text(str(MANY - 2))


def test_cards_that_a_decision_overtakes_bring_nothing_back(moderator: Window, editor: Window) -> None:
    for each in (moderator, editor):
        at_the_queue(each, "unreviewed")
    name = str(moderator.page.locator("#cases > li").first.get_attribute("id"))
    overtaken: list[tuple[Route, APIResponse]] = []
    moderator.page.route("**/moderation/cards?*", lambda route: overtaken.append((route, route.fetch())))
    press(moderator, "a")
    expect(editor.page.locator(f"#{name}")).to_have_count(0)
    press(moderator, "u")  # and it is asked for
    while not overtaken:
        moderator.page.wait_for_timeout(100)
    editor.page.locator(f"#{name} [data-do=approve]").click()
    expect(moderator.page.locator(f"#{name} .case-gone")).to_contain_text("edith (editor)")
    expect(moderator.page.locator(f"#{name}")).to_have_count(0)
    for route, fresh in overtaken:
        route.fulfill(response=fresh)
    moderator.page.unroute_all()
    moderator.page.wait_for_timeout(QUIET)
    expect(moderator.page.locator(f"#{name}")).to_have_count(0)
    expect(moderator.page.locator("[data-count=unreviewed]")).to_have_text(str(MANY - 1))


def test_cards_that_stay_behind_are_asked_for_with_a_pause(moderator: Window) -> None:
    moderator.page.clock.install()
    page = at_the_queue(moderator, "unreviewed")
    asked: list[str] = []

    def behind(route: Route) -> None:
        asked.append(route.request.url)
        route.fulfill(json={"head": -1, "cards": [], "counts": {}})

    page.route("**/moderation/cards?*", behind)
    page.clock.pause_at(page.evaluate("Date.now()") / 1000 + 1)
    with page.expect_response("**/moderation/cards?*"):
        press(moderator, "a", "u")
    for _ in range(20):  # time enough to ask again, on a clock that stands still
        page.evaluate("fetch('/livez').then((answer) => answer.text())")
    assert len(asked) <= 2, "for what was undone, and for what the stream tells of it"
    with page.expect_response("**/moderation/cards?*"):
        page.clock.run_for(2_000)


def test_a_fresh_page_that_arrives_before_the_push_still_names_who_decided(
    moderator: Window, editor: Window
) -> None:
    near: WebSocketRoute

    def pass_on(message: str | bytes) -> None:
        if "live:event" not in str(message):
            near.send(message)

    def connect(route: WebSocketRoute) -> None:
        nonlocal near
        near = route
        far = route.connect_to_server()
        route.on_message(far.send)
        far.on_message(pass_on)

    editor.page.route_web_socket("**/socket.io/**", connect)
    at_the_queue(editor, "unreviewed")
    name = editor.page.locator("#cases > li").first.get_attribute("id")
    at_the_queue(moderator, "unreviewed")
    with moderator.page.expect_response("**/approve"):
        press(moderator, "a")
    near.send('42["live:counts",{}]')
    expect(editor.page.locator(f"#{name} .case-gone")).to_contain_text("moira (moderator)")


def test_a_decided_card_tells_other_moderators_who_and_what_then_leaves(
    moderator: Window, editor: Window
) -> None:
    for each in (moderator, editor):
        at_the_queue(each)
    card = editor.page.locator("#cases > li").first
    name = card.get_attribute("id")
    editor.expected |= {409}
    assert violations(editor.page) == []
    press(moderator, "a")
    shown = editor.page.locator(f"#{name} .case-gone")
    expect(shown).to_contain_text("Seen and kept")
    expect(shown).to_contain_text("moira (moderator)")
    expect(editor.page.locator(f"#{name}")).to_have_count(0)
    expect(editor.page.locator("[data-count=reported]")).to_have_text("2")
    # Undone, it is there again, in its old place.
    press(moderator, "z")
    expect(editor.page.locator("#cases > li").first).to_have_attribute("id", str(name))
    press(moderator, "?")
    expect(moderator.page.get_by_role("dialog")).to_be_visible()
    assert violations(moderator.page) == []
    press(moderator, "Escape", "x")
    expect(moderator.page.get_by_role("heading", name="Selected")).to_be_visible()
    assert violations(moderator.page) == []
    press(moderator, "r")
    expect(moderator.page.get_by_text("Why is it removed?")).to_be_visible()
    assert violations(moderator.page) == []
    # The words stand before the buttons, which act at once; the keys are the reasons' until words are typed.
    dialog = moderator.page.get_by_role("dialog")
    expect(dialog.locator("textarea, button").first).to_have_attribute("id", "queue-note")
    expect(dialog.get_by_role("button").first).to_be_focused()
    press(moderator, "Shift+Tab", "5")
    expect(dialog.get_by_label("In your own words")).to_have_value("5")
    moderator.page.keyboard.press("Tab")
    with moderator.page.expect_request("**/remove") as sent:
        press(moderator, "1")
    assert "note=5" in str(sent.value.post_data)


def answer(window: Window, card: str, outcome: str, words: str) -> Locator:
    """Fill in the answer to an appeal, and send it; the dialog."""
    window.page.locator(f"#{card} [data-answer]").click()
    dialog = window.page.get_by_role("dialog", name="Answer the appeal")
    dialog.get_by_label(outcome).check()
    dialog.get_by_label("Your reason").fill(words)
    assert violations(window.page) == []
    dialog.get_by_role("button", name="Decide the appeal").click()
    return dialog


def test_an_appeal_is_answered_in_place_and_a_second_answer_is_refused(
    moderator: Window, editor: Window
) -> None:
    """Every moderator sees the answer; the second one is told and keeps what they wrote."""
    for each in (moderator, editor):
        at_the_queue(each, "appeals")
        expect(each.page.locator("#cases > li")).to_have_count(2)
    second = editor.context.new_page()
    second.goto("/moderation/appeals")
    removal, warning = (str(each.get_attribute("id")) for each in moderator.page.locator("#cases > li").all())

    press(moderator, "j", "a")
    expect(moderator.page.locator(f"#{warning} .case-refused")).to_contain_text("yourself")
    second.locator(f"#{warning} [data-answer]").click()
    second.get_by_label("Turned down").check()
    second.get_by_label("Your reason").fill("A hundred is a hundred.")
    dialog = answer(editor, warning, "Granted", "They were all different.")
    expect(dialog).to_be_hidden()
    for page in (moderator.page, editor.page):
        gone = page.locator(f"#{warning} .case-gone")
        expect(gone).to_contain_text("Appeal granted")
        expect(gone).to_contain_text("edith (editor)")
        expect(page.locator("[data-count=appeals]")).to_have_text("1")
    second.get_by_role("button", name="Decide the appeal").click()
    told = second.get_by_role("dialog")
    expect(told.get_by_role("alert")).to_contain_text("Someone else changed this first")
    expect(told.get_by_label("Your reason")).to_have_value("A hundred is a hundred.")

    answer(editor, removal, "Turned down", "They are lamps.")
    expect(moderator.page.locator(f"#{removal} .case-gone")).to_contain_text("Appeal turned down")
    expect(editor.page.get_by_text("No appeal waits")).to_be_visible()


def test_without_javascript_one_form_decides_several_and_undoes_the_last(window: Open, site: Site) -> None:
    person = logged_in(window("moira", java_script_enabled=False), site)
    person.go("/moderation/reported")
    page = person.page
    picks = page.locator("#cases [name=pick]")
    picks.nth(0).check()
    picks.nth(1).check()
    page.get_by_label("Reason to remove").select_option("spam")
    page.get_by_role("button", name="Remove", exact=True).click()
    expect(picks).to_have_count(1)
    page.get_by_role("button", name="Undo").click()
    expect(picks).to_have_count(2)
    picks.nth(0).check()
    person.expected |= {422}
    page.get_by_role("button", name="Remove", exact=True).click()
    expect(page.get_by_role("alert")).to_contain_text("Choose a reason")
    page.get_by_role("button", name="Remove the comment by alma").first.click()
    page.get_by_label("Reason").select_option("hate")
    page.get_by_role("button", name="Remove the comment").click()
    expect(page).to_have_url(f"{person.page.url.partition('/moderation')[0]}/moderation/reported")
    expect(picks).to_have_count(1)


def test_undo_above_the_cards_takes_back_what_was_just_decided(moderator: Window) -> None:
    """Not a decision from before the page was opened, nor an earlier one by another key."""
    page = at_the_queue(moderator, "reported")
    undo = page.locator("[data-queue-last]")
    expect(undo).to_be_hidden()
    name = page.locator("#cases > li").first.get_attribute("id")
    page.locator(f"#{name}").get_by_role("button", name="Keep").click()
    expect(undo).to_contain_text("Kept: the comment by alma.")
    other = page.locator("#cases > li:not([inert], [data-deciding])").first.get_attribute("id")
    page.locator(f"#{other}").get_by_role("button", name="Remove").click()
    page.get_by_role("dialog").get_by_role("button", name="Spam").click()
    expect(undo).to_contain_text("Removed: the comment by alma.")
    undo.get_by_role("button", name="Undo").click()
    expect(page.locator(f"#{other}")).to_be_visible()
    expect(undo).to_contain_text("Kept: the comment by alma.")
    undo.get_by_role("button", name="Undo").click()
    expect(page.locator(f"#{name}")).to_be_visible()
    expect(undo).to_be_hidden()


def test_the_header_counts_what_waits_on_any_page_live(moderator: Window, editor: Window) -> None:
    moderator.go("/fact-checks")
    count = moderator.page.locator(".site-moderation .tool-count")
    expect(count).to_have_text("5")
    case = at_the_queue(editor, "reported").locator("#cases > li").first
    case.get_by_role("button", name="Keep").click()
    expect(count).to_have_text("4")


def test_a_key_that_an_input_method_takes_decides_nothing(moderator: Window) -> None:
    page = at_the_queue(moderator)
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.method))
    composing = """key => document.activeElement.dispatchEvent(
      new KeyboardEvent("keydown", { key, isComposing: true, bubbles: true, cancelable: true })
    )"""
    for key in "arux":
        assert page.evaluate(composing, key)
    expect(page.get_by_role("dialog")).to_have_count(0)
    press(moderator, "r")
    assert page.evaluate(composing, "5")
    expect(page.get_by_role("dialog")).to_be_visible()
    assert "POST" not in sent
