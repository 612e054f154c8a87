"""No written text is lost, whatever the answer is, whatever interrupts the writer, in however many tabs."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, Route, expect

from reader.accounts.actions import end_all_sessions
from reader.accounts.models import User
from reader.accounts.queries import user_by_name
from reader.clock import now
from reader.comments.actions import delete_comment
from reader.comments.models import Comment
from reader.db.base import db
from reader.moderation.models import Reason
from reader.moderation.people.actions import NewMeasure, take_measure
from reader.moderation.threads.actions import ThreadSettings, set_thread
from reader.policy import MeasureKind
from tests.browser.conftest import Open
from tests.browser.people import behind, logged_in
from tests.browser.test_quality import violations
from tests.browser.window import ARTICLE, Window
from tests.support.sites import Site
from tests.support.threads import a_comment

TEXT = "What I had to say about this."
PORTAL = "<!doctype html><title>Hotel</title><h1>Welcome to our network</h1><form>Room number</form>"

# What comes in the place of our answer, and a word of what is said of it then.
ANSWERS: dict[str, tuple[dict[str, Any], str]] = {
    "a log-in page": (
        {"status": 200, "content_type": "text/html", "body": PORTAL},
        "in the place of this site",
    ),
    "a redirect": ({"status": 302, "headers": {"Location": "/about"}}, "in the place of this site"),
    "a proxy's error": ({"status": 502, "content_type": "text/html", "body": "<h1>502</h1>"}, "went wrong"),
    "a proxy's refusal": (
        {"status": 403, "content_type": "text/html", "body": "No."},
        "in the place of this site",
    ),
    "somebody's JSON": ({"status": 200, "content_type": "application/json", "body": "{}"}, "in the place of"),
    "half an answer": (
        {"status": 201, "content_type": "application/json", "body": '{"id": 1, "seq'},
        "broke off",
    ),
    "nothing": ({"status": 200, "content_type": "text/html", "body": ""}, "in the place of this site"),
}

# What was said about the answer before must not be taken for what is said about this one.
FORGET = """lines => lines.forEach((line) => {
  const words = document.createTreeWalker(line, NodeFilter.SHOW_TEXT);
  while (words.nextNode()) words.currentNode.data = "";
})"""


@pytest.fixture
def alma(window: Open, site: Site) -> Window:
    """Somebody who has just registered."""
    return logged_in(window("alma"), site)


def known(name: str) -> User:
    found = user_by_name(name)
    assert found
    return found


def comment_by(site: Site, name: str, body: str) -> int:
    with behind(site) as article:
        return a_comment(article, by=known(name), body=body).id


def foreign(window: Window, act: Callable[[], None], said: Locator, check: Callable[[], None]) -> None:
    """Try the act with every foreign answer, and with none: the page says so, and ``check`` still passes."""
    window.expected |= {403, 502}
    present: dict[str, Any] = {}

    def reply(route: Route) -> None:
        if route.request.method != "POST":
            route.fallback()
        elif present:
            route.fulfill(**present)
        else:
            route.abort()

    window.page.route("**/*", reply)
    for name, (answer, words) in (*ANSWERS.items(), ("no answer", ({}, "no connection"))):
        present = answer
        said.evaluate_all(FORGET)
        act()
        expect(said, name).to_contain_text(words)
        check()
    window.page.unroute_all()


def button(where: Page | Locator, name: str) -> Locator:
    return where.get_by_role("button", name=name, exact=True)


def test_no_foreign_answer_takes_a_comment_a_reply_or_an_edit(alma: Window) -> None:
    alma.go(ARTICLE)
    alma.live()
    page = alma.page
    card = alma.post("The first.")

    def tried(form: Locator, send: str) -> None:
        field = form.locator("textarea")
        field.fill(TEXT)

        def check() -> None:
            expect(field).to_have_value(TEXT)
            expect(field).to_be_editable()
            expect(button(form, send)).to_be_enabled()

        error = form.locator(".field-error")
        foreign(alma, button(form, send).click, error, check)
        foreign(alma, button(form, "Preview").click, error, check)
        page.reload()
        alma.live()

    tried(page.locator("#comments > .composer"), "Post comment")
    expect(page.locator("#comments > .composer textarea")).to_have_value(TEXT)
    card.get_by_role("link", name="Reply to").click()
    tried(page.locator(".composer-reply"), "Reply")
    card.get_by_role("link", name="Reply to").click()
    expect(page.locator(".composer-reply textarea")).to_have_value(TEXT)
    card.get_by_role("link", name="Edit what you wrote").click()
    tried(page.locator(".composer-edit"), "Save")
    card.get_by_role("link", name="Edit what you wrote").click()
    edit = page.locator(".composer-edit")
    expect(edit.locator("textarea")).to_have_value(TEXT)
    # And by our own answer it is taken.
    button(edit, "Save").click()
    expect(page.locator(".said")).to_have_text("Your comment is changed.")
    expect(edit).to_have_count(0)
    alma.shows(TEXT)


def test_a_comment_whose_answer_was_cut_off_is_not_posted_twice(alma: Window) -> None:
    alma.go(ARTICLE)
    alma.live()
    page = alma.page

    def cut(route: Route) -> None:
        answer = route.fetch()
        route.fulfill(response=answer, body=answer.text()[:20])

    page.route("**/comments", cut)
    page.get_by_label("Your comment").fill(TEXT)
    button(page, "Post comment").click()
    expect(page.locator("#body-error")).to_contain_text("broke off")
    page.unroute_all()
    page.reload()
    alma.live()
    expect(page.get_by_label("Your comment")).to_have_value(TEXT)
    button(page, "Post comment").click()
    expect(page.get_by_label("Your comment")).to_have_value("")
    alma.shows(TEXT)
    alma.counts("1 Comment")


def test_no_foreign_answer_counts_in_a_dialog_or_at_a_button(alma: Window, site: Site) -> None:
    comment_by(site, "moira", "To be looked at.")
    comment_by(site, "alma", "To be deleted.")
    alma.go(ARTICLE)
    alma.live()
    page = alma.page
    card, own = alma.comment("To be looked at."), alma.comment("To be deleted.")
    dialog = page.get_by_role("dialog")

    def shown() -> None:
        expect(dialog).to_be_visible()

    def options(of: Locator) -> None:
        of.get_by_role("link", name="Options").click()
        shown()

    options(card)
    report = dialog.locator("form.report")
    report.get_by_label("What is wrong with it?").select_option("spam")
    report.get_by_label("In your own words").fill(TEXT)

    def written() -> None:
        expect(report.get_by_label("In your own words")).to_have_value(TEXT)
        expect(report.get_by_label("In your own words")).to_be_editable()
        expect(button(report, "Send the report")).to_be_enabled()

    foreign(alma, button(report, "Send the report").click, report.locator("[data-answer]"), written)
    assert violations(page) == []
    # Closed by mistake, it is still there.
    page.keyboard.press("Escape")
    options(card)
    written()
    for name in ("Recommend", "Mute moira"):
        form = dialog.locator("form", has=button(page, name))
        foreign(alma, button(form, name).click, form.locator("[data-answer]"), shown)
    page.keyboard.press("Escape")
    recommend = card.get_by_role("button", name="Recommend the comment by")

    def unpressed() -> None:
        expect(recommend).to_have_attribute("aria-pressed", "false")
        expect(recommend).not_to_have_attribute("aria-busy", "true")

    foreign(alma, recommend.click, card.locator(".comment-fault"), unpressed)
    follow = page.locator("form.follow")
    foreign(
        alma,
        follow.get_by_role("button").click,
        follow.locator("[data-answer]"),
        lambda: expect(button(follow, "Follow this discussion")).to_be_enabled(),
    )
    options(own)
    dialog.get_by_role("button", name="Delete my comment…").click()
    expect(dialog.get_by_role("heading", name="Delete your comment?")).to_be_visible()
    form = dialog.locator("form")
    foreign(alma, button(form, "Delete my comment").click, form.locator("[data-answer]"), shown)
    expect(own).to_be_visible()

    # And by our own answers all is done, and said.
    said = page.locator(".said")
    button(dialog, "Delete my comment").click()
    expect(said).to_have_text("Your comment is deleted.")
    follow.get_by_role("button").click()
    expect(said).to_contain_text("You will be told")
    options(card)
    button(report, "Send the report").click()
    expect(said).to_contain_text("Your report is filed")
    expect(dialog).to_have_count(0)
    assert violations(page) == []
    options(card)
    button(dialog, "Mute moira").click()
    expect(said).to_contain_text("Muted.")


def test_no_foreign_answer_counts_in_a_queue(window: Open, site: Site) -> None:
    comment_by(site, "edith", "To be judged.")
    moira = logged_in(window("moira"), site)
    moira.go("/moderation/unreviewed")
    moira.live()
    page = moira.page
    card = page.locator("#cases > li")
    refused = card.locator(".case-refused")

    def waits() -> None:
        expect(card).to_have_count(1)
        expect(card).not_to_have_attribute("data-deciding", "")

    foreign(moira, lambda: page.keyboard.press("a"), refused, waits)
    reasons = page.locator("#queue-reasons")
    note = reasons.locator("textarea")

    def remove() -> None:
        page.keyboard.press("r")
        note.fill(TEXT)
        reasons.get_by_role("button", name="Spam").click()

    foreign(moira, remove, refused, waits)
    page.keyboard.press("r")
    expect(note).to_have_value(TEXT)
    page.keyboard.press("Escape")
    page.keyboard.press("a")
    expect(card).to_have_count(0)
    status = page.locator("[data-queue-status]")
    foreign(moira, lambda: page.keyboard.press("u"), status, lambda: expect(card).to_have_count(0))
    page.keyboard.press("u")
    expect(card).to_have_count(1)


def test_what_is_typed_while_a_text_is_on_its_way_goes_nowhere(alma: Window) -> None:
    """While sending, the field is read-only and the button says why; then it is empty, or holds the unsent text."""
    alma.go(ARTICLE)
    alma.live()
    page = alma.page
    card = alma.post("The first.")
    waiting: list[Route] = []

    def hold(route: Route) -> None:
        if route.request.method == "POST":
            waiting.append(route)
        else:
            route.fallback()

    def held(form: Locator, send: str, text: str) -> None:
        field = form.locator("textarea")
        field.fill(text)
        page.route("**/comments/**", hold)
        page.route("**/comments", hold)
        field.press("Control+Enter")
        expect(button(form, "Posting…")).to_be_disabled()
        expect(field).not_to_be_editable()
        field.press_sequentially(" More.")
        field.press("Control+Enter")
        expect(field).to_have_value(text)
        page.wait_for_function("count => count", arg=len(waiting))
        (route,) = waiting
        waiting.clear()
        route.abort()
        expect(button(form, send)).to_be_enabled()
        expect(field).to_be_editable()
        expect(field).to_have_value(text)
        page.unroute_all()
        field.press("Control+Enter")
        alma.shows(text)

    held(page.locator("#comments > .composer"), "Post comment", "The second.")
    expect(page.locator("#comments > .composer textarea")).to_have_value("")
    card.get_by_role("link", name="Reply to").click()
    held(page.locator(".composer-reply"), "Reply", "An answer.")
    card.get_by_role("link", name="Edit what you wrote").click()
    held(page.locator(".composer-edit"), "Save", "The first, said better.")
    alma.counts("3 Comments")


def test_who_is_stopped_while_writing_keeps_the_text_and_is_told_why(alma: Window, site: Site) -> None:
    answered = comment_by(site, "moira", "How deep is it?")
    comment_by(site, "alma", "To be edited.")
    alma.go(ARTICLE)
    alma.live()
    page = alma.page
    body = page.locator("#body")
    body.fill(TEXT)
    alma.comment("How deep is it?").get_by_role("link", name="Reply to").click()
    reply = page.locator(".composer-reply")
    reply.locator("textarea").fill("Nine fathoms.")
    alma.comment("To be edited.").get_by_role("link", name="Edit what you wrote").click()
    edit = page.locator(".composer-edit")
    edit.locator("textarea").fill("Edited.")

    with behind(site) as article:
        set_thread(article, ThreadSettings(closed=True, why="Enough was said."), by=known("moira"))
    for form, text in ((page.locator("#comments > .composer"), TEXT), (reply, "Nine fathoms.")):
        expect(form.locator(".composer-stopped")).to_contain_text("Enough was said.")
        expect(form.locator("textarea")).to_be_visible()
        expect(form.locator("textarea")).to_have_value(text)
        expect(form.locator("textarea")).not_to_be_editable()
        expect(form.locator("[type=submit]").first).to_be_hidden()
    expect(edit.locator("textarea")).to_be_editable()
    assert violations(page) == []
    button(reply, "Copy my text").click()
    expect(page.locator(".said")).to_contain_text("Your text is")

    # Loaded again, it is still there; and when the discussion is open again, it can be sent.
    page.reload()
    alma.live()
    expect(body).to_be_visible()
    expect(body).to_have_value(TEXT)
    expect(page.locator("#comments > .composer .composer-stopped")).to_contain_text("Enough was said.")
    with behind(site) as article:
        set_thread(article, ThreadSettings(), by=known("moira"))
    expect(body).to_be_editable()
    expect(page.locator(".composer-stopped")).to_have_count(0)

    alma.comment("How deep is it?").get_by_role("link", name="Reply to").click()
    expect(reply.locator("textarea")).to_have_value("Nine fathoms.")
    with behind(site):
        delete_comment(answered, by=known("moira"))
    expect(reply.locator(".composer-stopped")).to_contain_text("not there to be read any more")
    expect(body).to_be_editable()

    with behind(site):
        take_measure(
            known("alma").id,
            NewMeasure(
                MeasureKind.SUSPENSION,
                words="Rest a day.",
                reason=Reason.HATE,
                until=now() + timedelta(days=1),
            ),
            by=known("moira"),
        )
    expect(page.locator("#comments > .composer .composer-stopped")).to_contain_text("Rest a day.")
    expect(body).to_be_visible()
    expect(body).to_have_value(TEXT)
    page.reload()
    expect(page.get_by_label("What you were writing here").first).to_be_visible()
    shown = page.get_by_label("What you were writing here").evaluate_all(
        "boxes => boxes.map((box) => box.value)"
    )
    assert TEXT in shown
    assert violations(page) == []


def test_who_is_logged_out_elsewhere_while_writing_keeps_the_text(alma: Window, site: Site) -> None:
    alma.go(ARTICLE)
    alma.live()
    alma.page.locator("#body").fill(TEXT)
    with behind(site):
        end_all_sessions(known("alma"), by=known("alma"))
    stopped = alma.page.locator("#comments > .composer .composer-stopped")
    expect(stopped).to_contain_text("not logged in any more")
    expect(alma.page.locator("#body")).to_be_visible()
    expect(alma.page.locator("#body")).to_have_value(TEXT)


def test_without_javascript_a_closed_discussion_gives_the_text_back(window: Open, site: Site) -> None:
    alma = logged_in(window("alma", java_script_enabled=False), site)
    alma.go(ARTICLE)
    alma.page.get_by_label("Your comment").fill(TEXT)
    with behind(site) as article:
        set_thread(article, ThreadSettings(closed=True, why="Enough was said."), by=known("moira"))
    alma.expected.add(403)
    button(alma.page, "Post comment").click()
    expect(alma.page.locator("textarea")).to_have_value(TEXT)
    expect(alma.page.locator("textarea")).to_be_visible()
    expect(alma.page.locator(".field-error")).to_contain_text("Enough was said.")


def another_tab(window: Window, path: str = ARTICLE) -> Page:
    tab = window.context.new_page()
    tab.goto(path)
    return tab


def edit_in(page: Page) -> Locator:
    """The field to edit the one comment that is one's own."""
    page.get_by_role("link", name="Edit what you wrote").click()
    field = page.locator(".composer-edit textarea")
    expect(field).to_be_focused()
    return field


def test_two_tabs_that_edit_one_comment_keep_both_texts(alma: Window) -> None:
    alma.go(ARTICLE)
    alma.live()
    alma.post("As it was.")
    one, two = alma.page, another_tab(alma)
    here, there = edit_in(one), edit_in(two)
    here.fill("From the first tab.")
    there.fill("From the second tab.")
    here.press("End")
    here.press_sequentially(" Really.")
    expect(here).to_have_value("From the first tab. Really.")
    expect(there).to_have_value("From the second tab.")
    for page in (one, two):
        page.reload()
    here, there = edit_in(one), edit_in(two)
    expect(here).to_have_value("From the first tab. Really.")
    expect(there).to_have_value("From the second tab.")

    alma.expected.add(409)
    here.press("Control+Enter")
    alma.shows("From the first tab. Really.")
    expect(there).to_have_value("From the second tab.")
    there.press("Control+Enter")
    form = two.locator(".composer-edit")
    expect(form.locator(".field-error")).to_contain_text("edited meanwhile")
    expect(form.get_by_label("What it says now")).to_have_value("From the first tab. Really.")
    expect(form.get_by_label("Your comment")).to_have_value("From the second tab.")
    expect(button(form, "Replace what it says")).to_be_enabled()
    assert violations(two) == []
    # The other text is gone from the page: it is shown again before it is replaced.
    two.reload()
    form = two.locator(".composer-edit")
    edit_in(two).press("Control+Enter")
    expect(form.get_by_label("What it says now")).to_have_value("From the first tab. Really.")
    form.get_by_label("Your comment").fill("From the first tab. Really. From the second tab.")
    form.get_by_label("Your comment").press("Control+Enter")
    alma.shows("From the first tab. Really. From the second tab.")


def test_two_tabs_that_write_in_the_same_place_keep_both_texts(alma: Window, site: Site) -> None:
    comment_by(site, "moira", "How deep is it?")
    alma.go(ARTICLE)
    one, two = alma.page, another_tab(alma)

    def composer(page: Page) -> Locator:
        return page.locator("#body")

    def reply(page: Page) -> Locator:
        card = page.locator(".comment-card", has_text="How deep is it?")
        card.get_by_role("link", name="Reply to").click()
        return page.locator(".composer-reply textarea")

    for field in (composer, reply):
        first, second = (f"From the {each} tab, in the {field.__name__}." for each in ("first", "second"))
        here, there = field(one), field(two)
        here.fill(first)
        there.fill(second)
        expect(here).to_have_value(first)
        expect(there).to_have_value(second)
        for page in (one, two):
            page.reload()
        here, there = field(one), field(two)
        expect(here).to_have_value(first)
        expect(there).to_have_value(second)
        here.press("Control+Enter")
        expect(one.locator(".comment-card", has_text=first)).to_be_visible()
        expect(there).to_have_value(second)
        there.press("Control+Enter")
        expect(one.locator(".comment-card", has_text=second)).to_be_visible()


def test_a_draft_of_a_closed_tab_is_found_again(alma: Window) -> None:
    alma.go(ARTICLE)
    one, two = alma.page, another_tab(alma)
    one.locator("#body").fill("From the first tab.")
    two.locator("#body").fill("From the second tab.")
    expect(one.locator("#body")).to_have_value("From the first tab.")
    two.close()
    one.close()
    found = set()
    for _ in range(2):
        page = another_tab(alma)
        body = page.locator("#body")
        expect(body).not_to_have_value("")
        found.add(body.input_value())
        body.fill("")
        page.close()
    assert found == {"From the first tab.", "From the second tab."}


def test_what_was_posted_and_deleted_is_offered_to_be_sent_anew(alma: Window, site: Site) -> None:
    """The answer was lost, and meanwhile the comment was deleted in another tab."""
    alma.go(ARTICLE)
    page = alma.page
    alma.expected.add(409)
    page.route("**/comments", lambda route: (route.fetch(), route.abort()))
    page.get_by_label("Your comment").fill(TEXT)
    button(page, "Post comment").click()
    expect(page.locator("#body-error")).to_contain_text("no connection")
    page.unroute_all()
    with behind(site):
        posted = db.session.query(Comment).one()
        delete_comment(posted.id, by=known("alma"))
    button(page, "Post comment").click()
    expect(page.locator("#body-error")).to_contain_text("deleted it since")
    expect(page.get_by_label("Your comment")).to_have_value(TEXT)
    button(page, "Post comment").click()
    alma.shows(TEXT)
