"""Writing in company: two registered people and a visitor with the same article open."""

from __future__ import annotations

import pytest
from playwright.sync_api import Locator, expect

from reader.accounts.queries import user_by_name
from tests.browser.conftest import Open
from tests.browser.people import behind, logged_in
from tests.browser.window import ARTICLE, PASSWORD, Window
from tests.support.factories import a_person
from tests.support.sites import Site
from tests.support.threads import a_comment


@pytest.fixture
def alma(window: Open, site: Site) -> Window:
    """Somebody who has just registered."""
    return logged_in(window("alma"), site)


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
        expect(recommend(card)).to_have_text("Recommend 1")
    expect(recommend(his)).to_have_attribute("aria-pressed", "true")
    expect(recommend(his)).to_be_focused()
    bruno.page.reload()
    expect(recommend(his)).to_have_attribute("aria-pressed", "true")
    recommend(his).click()
    expect(recommend(his)).to_have_attribute("aria-pressed", "false")
    expect(recommend(seen)).to_have_text("Recommend")
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
    hers = alma.shows("The tower is tall.")
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
    alma.page.get_by_role("button", name="1 new reply").click()
    answer = alma.shows("Ask @alma")
    expect(answer.get_by_role("link", name="@alma")).to_have_attribute("href", "/people/alma")
    expect(answer.locator("blockquote")).to_have_text("tower")

    # An edit takes place where the comment stands, and reaches everybody.
    hers.get_by_role("link", name="Edit what you wrote").click()
    edited = hers.locator("xpath=..").get_by_label("Your comment")
    expect(edited).to_have_value("The *tower* is tall.")
    edited.fill("The tower is 30 metres tall.")
    edited.press("Control+Enter")
    for each in (alma, bruno, visitor):
        expect(each.shows("The tower is 30 metres tall.").locator(".comment-edited")).to_contain_text(
            "edited"
        )
    expect(edited).to_have_count(0)

    # Deleting asks first.
    hers = alma.comment("The tower is 30 metres tall.")
    hers.get_by_role("link", name="Options for the comment by alma").click()
    dialog = alma.page.get_by_role("dialog")
    dialog.get_by_role("button", name="Delete my comment…").click()
    expect(dialog).to_contain_text("it can’t be brought back")
    dialog.get_by_role("link", name="Keep it").click()
    expect(dialog).to_have_count(0)
    hers.get_by_role("link", name="Options for the comment by alma").click()
    dialog.get_by_role("button", name="Delete my comment…").click()
    dialog.get_by_role("button", name="Delete my comment", exact=True).click()
    expect(visitor.page.get_by_text("This comment was deleted by its author.")).to_be_visible()


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
    alma.shows("Lost on the way?")


def test_keys_move_through_a_thread_and_do_nothing_while_writing(alma: Window) -> None:
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


COMPOSING = """([key, how]) => document.activeElement.dispatchEvent(
  new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true, ...how })
)"""
# As browsers say that an input method takes the key; Safari by the code alone.
HOW: tuple[dict[str, object], ...] = ({"isComposing": True}, {"keyCode": 229})


def test_a_key_that_an_input_method_takes_does_nothing(alma: Window) -> None:
    alma.go(ARTICLE)
    alma.live()
    page = alma.page
    card = alma.post("The first.")
    body = page.get_by_label("Your comment")
    sent: list[str] = []
    page.on("request", lambda request: sent.append(f"{request.method} {request.url}"))

    def composes(how: dict[str, object], key: str, **more: bool) -> None:
        taken_by_nobody = page.evaluate(COMPOSING, [key, {**how, **more}])
        assert taken_by_nobody, key

    for how in HOW:
        body.fill("")
        body.press_sequentially("Ask @mo")
        expect(page.get_by_role("option", name="moira")).to_be_visible()
        for key in ("Enter", "Tab", "Escape", "ArrowDown"):
            composes(how, key)
        expect(body).to_have_value("Ask @mo")
        expect(page.get_by_role("option", name="moira")).to_be_visible()
        composes(how, "Enter", ctrlKey=True)
        composes(how, "Enter", metaKey=True)
        body.press("Enter")
        expect(body).to_have_value("Ask @moira ")
        assert not [each for each in sent if each.startswith("POST") and each.endswith("/comments")]
        card.get_by_role("link", name="Reply to").click()
        composes(how, "Escape")
        expect(page.locator(".composer-reply")).to_have_count(1)
        page.keyboard.press("Escape")
        expect(page.locator(".composer-reply")).to_have_count(0)
        composes(how, "?")
        expect(page.get_by_role("dialog")).to_have_count(0)


def test_a_paragraph_selected_by_a_triple_click_is_quoted(alma: Window, site: Site) -> None:
    """The last one of a comment, too, whose selection ends where the next part of the page begins."""
    with behind(site) as article:
        a_comment(article, by=a_person("bruno"), body="The tower is tall.\n\nThe harbour is deep.")
    alma.go(ARTICLE)
    alma.live()
    card = alma.shows("The tower is tall.")
    quote = alma.page.get_by_role("button", name="Quote")
    for number, words in enumerate(("The tower is tall.", "The harbour is deep.")):
        card.locator(".comment-text p").nth(number).click(click_count=3)
        quote.click()
        reply = alma.page.get_by_label("Your reply to bruno")
        expect(reply).to_have_value(f"> {words}\n\n")
        reply.fill("")
    # What reaches into another part is not one person's words.
    card.locator(".comment-text p").first.click(click_count=3)
    expect(quote).to_be_visible()
    alma.page.evaluate("getSelection().extend(document.querySelector('.comment-actions'), 2)")
    expect(quote).to_have_count(0)


def test_a_deep_reply_leads_to_the_comment_that_it_answers(window: Open, site: Site) -> None:
    with behind(site) as article:
        moira = user_by_name("moira")
        assert moira
        chain = [a_comment(article, by=moira, body="Deep 0.")]
        for number in range(1, 7):
            chain.append(a_comment(article, by=moira, body=f"Deep {number}.", under=chain[-1]))
        for number in range(60):
            a_comment(article, by=moira, body=f"Later {number}.")
        paths = [each.path for each in chain]
    for scripts in (True, False):
        reader = window("reader", java_script_enabled=scripts)
        reader.go(paths[6])
        card = reader.page.locator(f"#comment-{paths[6].rpartition('/')[2]} > .comment-card")
        card.get_by_role("link", name="in reply to moira").click()
        reader.page.wait_for_url(f"**#comment-{paths[5].rpartition('/')[2]}")
        expect(reader.comment("Deep 5.")).to_be_in_viewport()
