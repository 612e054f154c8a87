"""A site in a process of its own, with an article, and windows of a real browser on it."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Generator, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, expect, sync_playwright

from reader.accounts.actions import open_session, register
from reader.app import foundation
from reader.config import Settings
from reader.db.base import db
from reader.policy import Role
from reader.publishing.actions import examine, publish
from reader.web.cookies import login_cookie
from tests.browser import provision
from tests.browser.window import PASSWORD, PATIENCE, SIZES, Window
from tests.conftest import SECRET
from tests.support.sites import Site, a_free_port, serving

ARTICLES = Path(__file__).parent / "articles"
STAFF = {"moira": Role.MODERATOR, "edith": Role.EDITOR}
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    # The address bar's own two pages, which each context would load: more than the site's take. Playwright's list is
    # repeated, for this one takes its place.
    "--disable-features=WebUIOmniboxPopup,WebUIOmniboxAimPopup,AimEnabled,AvoidUnnecessaryBeforeUnloadCheckSync,"
    "DestroyProfileOnBrowserClose,HttpsFirstBalancedModeAutoEnable,HttpsUpgrades,LensOverlay,MediaRouter,"
    "NetworkTimeServiceQuerying,OptimizationHints,PreconnectToSearch,ThirdPartyStoragePartitioning",
]
_FAILED = pytest.StashKey[bool]()

Open = Callable[..., Window]


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Note whether a test failed, so that its windows are photographed."""
    report = yield
    if report.when == "call":
        item.stash[_FAILED] = report.failed
    return report


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """The browser, and patience with it: how quick the pages are is measured elsewhere."""
    expect.set_options(timeout=PATIENCE)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=provision.browser(), args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def furnished(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database with the articles beside this file, a moderator and an editor, to copy from."""
    instance = tmp_path_factory.mktemp("furnished")
    shutil.copy(sqlite_template, instance / "reader.sqlite3")
    with foundation(Settings(instance=instance, secret_key=SECRET)).app_context():
        for _ in publish(examine([ARTICLES])):
            pass
        for name, role in STAFF.items():
            register(name, f"{name}@example.org", PASSWORD, role=role)
        db.session.remove()
        db.engine.dispose()
    return instance / "reader.sqlite3"


@pytest.fixture
def site(furnished: Path, tmp_path: Path) -> Iterator[Site]:
    """A served site with the articles, the moderator and the editor, and nobody else."""
    instance = tmp_path / "instance"
    instance.mkdir()
    shutil.copy(furnished, instance / "reader.sqlite3")
    settings = Settings(
        instance=instance, secret_key=SECRET, bind=f"127.0.0.1:{a_free_port()}", limit_comments="100/minute"
    )
    with serving(settings, tmp_path, warm=True) as site:
        yield site


@pytest.fixture
def window(chromium: Browser, site: Site, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Open]:
    """Opens windows. Afterwards none may have had a fault; those of a failed test are photographed."""
    opened: list[Window] = []

    def open_window(name: str = "somebody", *, size: str = "desk", **options: Any) -> Window:
        width, height = SIZES[size]
        viewport = {"width": width, "height": height}
        opened.append(Window(chromium, site.url, name, viewport=viewport, **options))
        return opened[-1]

    yield open_window
    failed = request.node.stash.get(_FAILED, False)
    faults = {each.name: each.faults for each in opened if each.faults}
    if failed or faults:
        for each in opened:
            print("A picture of the window:", each.photograph(tmp_path))
    for each in opened:
        each.context.close()
    assert faults == {}


@pytest.fixture
def two_people(window: Open, site: Site) -> tuple[Window, Window]:
    """Two people in two browsers, both registered and logged in, neither on a page yet."""
    return _registered(window("alma"), site.settings), _registered(window("bruno"), site.settings)


def _registered(person: Window, settings: Settings) -> Window:
    # Not by the pages, which other tests try: that takes two seconds for each.
    with foundation(settings).app_context():
        user = register(person.name, f"{person.name}@example.org", PASSWORD)
        token = open_session(user)
        db.session.remove()
        db.engine.dispose()
    person.context.add_cookies(
        [{"name": login_cookie(settings), "value": token, "url": f"http://{settings.bind}"}]
    )
    return person
