"""Writing in company: two registered people and a visitor with the same article open."""

from __future__ import annotations

from playwright.sync_api import Locator, expect

from tests.browser.conftest import Open
from tests.browser.window import A_SECOND, ARTICLE, PASSWORD, Window


def recommend(card: Locator) -> Locator:
    return card.get_by_role("button", name="Recommend the comment by")


def test_a_recommendation_is_counted_everywhere_and_known_to_its_giver(
    two_people: tuple[Window, Window], window: Open
) -> None:
    alma, bruno = two_people
    visitor = window("visitor")
    for each in (alma, bruno, visitor):
        each.go(ARTICLE)
        each.live()
    hers = alma.post("Who counted the lamps?")
    expect(recommend(hers)).to_be_disabled()
    his, seen = bruno.shows("Who counted the lamps?"), visitor.shows("Who counted the lamps?")
    recommend(his).press("Enter")
    for card in (hers, his, seen):
        expect(recommend(card)).to_have_text("Recommend 1", timeout=A_SECOND)
    expect(recommend(his)).to_have_attribute("aria-pressed", "true")
    expect(recommend(his)).to_be_focused()
    bruno.page.reload()
    expect(recommend(his)).to_have_attribute("aria-pressed", "true")
    recommend(his).click()
    expect(recommend(his)).to_have_attribute("aria-pressed", "false")
    expect(recommend(seen)).to_have_text("Recommend", timeout=A_SECOND)
    recommend(seen).click()
    expect(visitor.page.get_by_role("dialog")).to_contain_text("logged in to reply or recommend")


def test_writing_with_all_that_helps(two_people: tuple[Window, Window], window: Open) -> None:
    alma, bruno = two_people
    visitor = window("visitor")
    for each in (alma, bruno, visitor):
        each.go(ARTICLE)
        each.live()
    body = alma.page.get_by_label("Your comment")

    # A draft survives a reload; a preview is the server's own; Ctrl+Enter sends.
    body.fill("The *tower* is tall.")
    alma.page.reload()
    expect(body).to_have_value("The *tower* is tall.")
    alma.page.get_by_role("button", name="Preview").click()
    preview = alma.page.get_by_role("region", name="Preview")
    expect(preview.locator("em")).to_have_text("tower")
    expect(preview).to_be_focused()
    body.press("End")
    body.press("Control+Enter")
    hers = alma.shows("The tower is tall.", within=10_000)
    expect(body).to_have_value("")
    expect(preview).to_have_count(0)

    # What is selected is quoted in the reply; a name is completed from the keyboard.
    his = bruno.shows("The tower is tall.")
    his.locator(".comment-text em").select_text()
    bruno.page.get_by_role("button", name="Quote").click()
    reply = bruno.page.get_by_label("Your reply to alma")
    expect(reply).to_have_value("> tower\n\n")
    reply.press_sequentially("Ask @al")
    option = bruno.page.get_by_role("option", name="alma")
    expect(option).to_have_attribute("aria-selected", "true")
    expect(reply).to_have_attribute("aria-activedescendant", "mention-0")
    reply.press("Enter")
    expect(reply).to_have_value("> tower\n\nAsk @alma ")
    reply.press("Meta+Enter")
    answer = alma.shows("Ask @alma", within=10_000)
    expect(answer.get_by_role("link", name="@alma")).to_have_attribute("href", "/people/alma")
    expect(answer.locator("blockquote")).to_have_text("tower")

    # An edit takes place where the comment stands, and reaches everybody.
    hers.get_by_role("link", name="Edit what you wrote").click()
    edited = hers.locator("xpath=..").get_by_label("Your comment")
    expect(edited).to_have_value("The *tower* is tall.")
    edited.fill("The tower is 30 metres tall.")
    edited.press("Control+Enter")
    for each in (alma, bruno, visitor):
        expect(
            each.shows("The tower is 30 metres tall.", within=10_000).locator(".comment-edited")
        ).to_contain_text("edited")
    expect(edited).to_have_count(0)

    # Deleting asks first.
    hers = alma.comment("The tower is 30 metres tall.")
    hers.get_by_role("link", name="Options for the comment by alma").click()
    dialog = alma.page.get_by_role("dialog")
    dialog.get_by_role("link", name="Delete my comment").click()
    expect(dialog).to_contain_text("it can’t be brought back")
    dialog.get_by_role("link", name="Keep it").click()
    expect(dialog).to_have_count(0)
    hers.get_by_role("link", name="Options for the comment by alma").click()
    dialog.get_by_role("link", name="Delete my comment").click()
    dialog.get_by_role("button", name="Delete my comment").click()
    expect(visitor.page.get_by_text("This comment was deleted by its author.")).to_be_visible(
        timeout=A_SECOND * 3
    )


def test_what_cannot_be_sent_is_kept_and_said_beside_the_field(two_people: tuple[Window, Window]) -> None:
    alma, _ = two_people
    alma.go(ARTICLE)
    alma.live()
    body = alma.page.get_by_label("Your comment")
    alma.page.route("**/comments", lambda route: route.abort())
    body.fill("Lost on the way?")
    alma.page.get_by_role("button", name="Post comment").click()
    error = alma.page.locator("#body-error")
    expect(error).to_contain_text("no connection")
    expect(body).to_have_value("Lost on the way?")
    alma.page.unroute("**/comments")
    # The session ends elsewhere: log in, and the text is there.
    other = alma.context.new_page()
    other.goto("/")
    other.get_by_role("button", name="Log out").click()
    alma.expected.update({401, 404})
    alma.page.get_by_role("button", name="Post comment").click()
    expect(error).to_contain_text("not logged in any more")
    error.get_by_role("link", name="Log in").click()
    alma.page.get_by_label("Name or e-mail address").fill("alma")
    alma.page.get_by_label("Password").fill(PASSWORD)
    alma.page.get_by_role("button", name="Log in").click()
    expect(body).to_have_value("Lost on the way?")
    alma.page.get_by_role("button", name="Post comment").click()
    alma.shows("Lost on the way?", within=10_000)


def test_the_keyboard_goes_through_a_thread_and_is_silent_where_somebody_writes(
    two_people: tuple[Window, Window],
) -> None:
    alma, _ = two_people
    alma.go(ARTICLE)
    alma.live()
    for text in ("One.", "Two.", "Three."):
        alma.post(text)
    page = alma.page
    page.locator("body").press("j")
    focused = page.locator("#thread .comment:focus")
    for key, text in (("j", "Two."), ("j", "One."), ("k", "Two.")):
        page.keyboard.press(key)
        expect(focused).to_contain_text(text)
    page.keyboard.press("r")
    reply = page.get_by_label("Your reply to alma")
    expect(reply).to_be_focused()
    page.keyboard.type("jkr?")
    expect(reply).to_have_value("jkr?")
    reply.fill("")
    page.keyboard.press("Escape")
    page.keyboard.press("?")
    dialog = page.get_by_role("dialog", name="Keyboard shortcuts")
    dialog.get_by_label("Use them in this browser").uncheck()
    dialog.get_by_role("button", name="Close").click()
    before = page.evaluate("document.activeElement.id")
    page.keyboard.press("j")
    assert page.evaluate("document.activeElement.id") == before
