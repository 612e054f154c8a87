"""A browser window in a test: somebody's, with their cookies, on the site. What goes wrong in it is noted."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Locator, Page, Response, expect

# Milliseconds until a test gives up. That a page follows within a second is measured, by tests/bench/lag.py.
PATIENCE = 30_000
PASSWORD = "four words, well remembered"
ARTICLE = "/articles/harbour-lights"
CLAIM = "/fact-checks/two-lighthouses"
SIZES = {"phone": (390, 844), "tablet": (768, 1024), "desk": (1440, 900)}


class Window:
    """One window with a page in it."""

    def __init__(self, browser: Browser, url: str, name: str, **options: Any) -> None:
        self.name = name
        self.context: BrowserContext = browser.new_context(base_url=url, **options)
        self.context.set_default_timeout(PATIENCE)
        self.page: Page = self.context.new_page()
        self.faults: list[str] = []
        self.expected: set[int] = set()
        self.page.on("console", self._console)
        self.page.on("pageerror", lambda fault: self.faults.append(f"script: {fault}"))
        self.page.on("response", self._response)

    def _console(self, message: ConsoleMessage) -> None:
        # That a request was answered with a status of refusal is noted below, with its address.
        if message.type in ("error", "warning") and "Failed to load resource" not in message.text:
            self.faults.append(f"console: {message.text}")

    def _response(self, response: Response) -> None:
        if response.status >= 400 and response.status not in self.expected:
            self.faults.append(f"{response.status} {response.url}")

    def go(self, path: str) -> None:
        """Open an address of the site."""
        self.page.goto(path)

    def live(self) -> None:
        """Wait until the page follows its stream by socket."""
        self.page.wait_for_function(
            "async () => (await import(document.querySelector('link[rel=modulepreload]').href"
            ".replace('times.js', 'live/client.js'))).socket.connected"
        )

    def register(self, name: str) -> None:
        """Become a new person, from the link that the page offers; ends where it began."""
        self.page.locator(".site-register").click()
        self.page.get_by_label("Name", exact=True).fill(name)
        self.page.get_by_label("E-mail address").fill(f"{name}@example.org")
        self.page.get_by_label("Password").fill(PASSWORD)
        self.page.get_by_role("button", name="Register").click()
        expect(self.page.locator(".site-person")).to_have_text(name)

    def log_in(self, name: str, password: str = PASSWORD) -> None:
        """Log in, from the link that the page offers; ends where it began."""
        self.page.locator(".site-login").click()
        self.page.get_by_label("Name or e-mail address").fill(name)
        self.page.get_by_label("Password").fill(password)
        self.page.get_by_role("button", name="Log in").click()
        expect(self.page.locator(".site-person")).to_have_text(name)

    def log_out(self) -> None:
        """Log out."""
        self.page.get_by_role("button", name="Log out").click()
        expect(self.page.locator(".site-login")).to_be_visible()

    def post(self, text: str) -> Locator:
        """Write a comment on the article that is open; the comment, once it is shown."""
        self.page.get_by_label("Your comment").fill(text)
        self.page.get_by_role("button", name="Post comment").click()
        return self.shows(text)

    def comment(self, text: str) -> Locator:
        """The comment with this text."""
        return self.page.locator(".comment-card", has_text=text)

    def shows(self, text: str) -> Locator:
        """The comment with this text, once it is there, and only once."""
        found = self.comment(text)
        expect(found).to_have_count(1)
        expect(found).to_be_visible()
        return found

    def counts(self, words: str) -> None:
        """Wait until the thread says that it has so many comments."""
        expect(self.page.locator(".thread-count")).to_have_text(words)

    def photograph(self, folder: Path) -> Path:
        """A picture of the whole page, for whoever looks into a failure."""
        path = folder / f"{self.name}.png"
        self.page.screenshot(path=path, full_page=True)
        return path
