"""Every page with text that is hard to lay out: nothing scrolls sideways, and no control is out of reach."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from reader.accounts.actions import open_session
from reader.app import create_app
from reader.config import Settings
from reader.cookies import login_cookie
from reader.extensions import db
from tests.conftest import SECRET
from tests.support.hostile import Hostile, furnish
from tests.support.sites import Site, a_free_port, serving

SCRIPT = (Path(__file__).parent / "layout.js").read_text()
VISITOR = "visitor"
ROLES = [VISITOR, "reader", "moderator", "editor"]
# Widths in pixels, and the size of the browser's letters: 16 is what people start with.
WINDOWS = [(320, 16), (390, 16), (1440, 16), (640, 32), (1440, 32)]


class Stage:
    """A served site that is hard to lay out, and the addresses of its pages."""

    def __init__(self, site: Site, made: Hostile, addresses: list[str], tokens: dict[str, str]) -> None:
        self.site, self.made, self.addresses, self.tokens = site, made, addresses, tokens


@pytest.fixture(scope="module")
def stage(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    folder = tmp_path_factory.mktemp("hostile")
    shutil.copy(sqlite_template, folder)
    settings = Settings(
        instance=folder, secret_key=SECRET, bind=f"127.0.0.1:{a_free_port()}", limit_comments="1000/minute",
        links_after=0,
    )  # fmt: skip
    app = create_app(settings)
    articles = folder / "articles"
    articles.mkdir()
    with app.app_context():
        made = furnish(articles)
        addresses = made.addresses(app)
        tokens = {name: open_session(person) for name, person in made.people.items()}
        db.session.remove()
        db.engine.dispose()
    with serving(settings, folder) as site:
        yield Stage(site, made, addresses, tokens)


def opened(chromium: Browser, stage: Stage, role: str, **options: Any) -> Page:
    """A window of somebody with this role."""
    context = chromium.new_context(base_url=stage.site.url, **options)
    context.set_default_timeout(20_000)
    if role != VISITOR:
        name = login_cookie(stage.site.settings)
        context.add_cookies([{"name": name, "value": stage.tokens[role], "url": stage.site.url}])
    return context.new_page()


@pytest.mark.parametrize("role", ROLES)
def test_every_page_fits_its_window_and_every_control_can_be_reached(
    chromium: Browser, stage: Stage, role: str
) -> None:
    page = opened(chromium, stage, role)
    fonts = page.context.new_cdp_session(page)
    faults = []
    for path in stage.addresses:
        page.goto(path)
        for width, letters in WINDOWS:
            page.set_viewport_size({"width": width, "height": 900})
            fonts.send("Page.setFontSizes", {"fontSizes": {"standard": letters}})
            found = page.evaluate(SCRIPT)
            faults += [f"{path} at {width} px, letters of {letters}: {each}" for each in found]
    page.context.close()
    assert not faults, "\n".join(faults)
