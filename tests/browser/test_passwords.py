"""Choosing a password: its length while it is typed, the reason for a refusal when it is sent."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from reader.accounts.actions import register, set_role
from reader.app import foundation
from reader.db.base import db
from reader.policy import Role
from tests.browser.conftest import Open
from tests.browser.test_quality import THEMES, violations
from tests.browser.window import PASSWORD, Window
from tests.support.sites import Site

SHORT = "kx9-vq2 mz7 p"


def fill_in(window: Window, password: str) -> None:
    """Fill in the form of a newcomer."""
    window.page.get_by_label("Name", exact=True).fill("alma")
    window.page.get_by_label("E-mail address").fill("alma@example.org")
    window.page.get_by_label("Password").fill(password)


def is_narrow(window: Window) -> bool:
    """Return True if nothing is wider than the window."""
    return bool(
        window.page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
    )


@pytest.mark.parametrize("theme", THEMES)
def test_a_newcomer_sees_the_length_and_then_the_reason(window: Open, theme: str) -> None:
    alma = window("alma", color_scheme=theme)
    alma.page.set_viewport_size({"width": 320, "height": 640})
    alma.expected.add(422)
    alma.go("/register")
    page, password = alma.page, alma.page.get_by_label("Password")
    page.get_by_role("button", name="Show password").click()
    expect(password).to_have_attribute("type", "text")
    fill_in(alma, "Somme🦊")
    expect(page.locator(".password ~ .field-hint")).to_have_text("6 of at least 10 characters")
    expect(page.locator(".password ~ [role=status]")).to_have_text("6 of at least 10 characters")
    expect(page.locator(".field-error")).to_have_count(0)
    assert violations(page) == []
    assert is_narrow(alma)
    password.fill("Sommer2026!")
    expect(page.locator(".password ~ .field-hint")).to_have_text("11 characters")
    page.get_by_role("button", name="Register").click()
    expect(page.locator("#password-error")).to_contain_text("A season and a year are tried early.")
    expect(page.get_by_label("Name", exact=True)).to_have_value("alma")
    expect(password).to_have_value("")
    expect(password).to_have_attribute("type", "password")
    expect(page.get_by_role("button", name="Show password")).to_be_visible()
    assert violations(page) == []
    assert is_narrow(alma)
    # What is pasted stays whole, however long it is.
    password.fill("a tide " * 150)
    expect(page.locator(".password ~ .field-hint")).to_have_text("1050 characters, 1000 at most")
    password.fill(PASSWORD)
    page.get_by_role("button", name="Register").click()
    expect(page.locator(".site-person")).to_have_text("alma")


def test_without_javascript_the_hint_says_what_is_asked_for(window: Open) -> None:
    alma = window("alma", java_script_enabled=False)
    alma.expected.add(422)
    alma.go("/register")
    described = alma.page.get_by_label("Password").get_attribute("aria-describedby")
    expect(alma.page.locator(f"#{described}")).to_contain_text("At least 10 characters")
    expect(alma.page.get_by_role("button", name="Show password")).to_have_count(0)
    fill_in(alma, "alma-alma-1")
    alma.page.get_by_role("button", name="Register").click()
    expect(alma.page.locator("#password-error")).to_contain_text("Your name or address")
    alma.page.get_by_label("Password").fill(PASSWORD)
    alma.page.get_by_role("button", name="Register").click()
    expect(alma.page.locator(".site-person")).to_have_text("alma")


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no-scripts"])
def test_a_new_moderator_chooses_a_longer_one(window: Open, site: Site, scripts: bool) -> None:
    with foundation(site.settings).app_context():
        set_role(register("nils", "nils@example.org", SHORT), Role.MODERATOR, by=None)
        db.session.remove()
        db.engine.dispose()
    nils = window("nils", java_script_enabled=scripts)
    nils.expected.add(422)
    nils.go("/about")
    nils.log_in("nils", SHORT)
    page = nils.page
    expect(page.get_by_role("heading", name="Choose a longer password")).to_be_visible()
    if scripts:
        assert violations(page) == []
    nils.go("/moderation/")
    expect(page.locator(".notice")).to_contain_text("at least 15 characters")
    page.get_by_label("Current password").fill(SHORT)
    page.get_by_label("New password").fill(f"{SHORT}!")
    page.get_by_role("button", name="Change the password").click()
    expect(page.locator("#password-error")).to_contain_text("at least 15 characters")
    page.get_by_label("Current password").fill(SHORT)
    page.get_by_label("New password").fill(PASSWORD)
    page.get_by_role("button", name="Change the password").click()
    expect(page.get_by_role("heading", name="Change your password")).to_be_visible()
    nils.go("/moderation/")
    expect(page.locator("h1")).not_to_have_text("Your account")
