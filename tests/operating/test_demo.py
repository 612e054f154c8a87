"""``reader demo``: made once, whole or not at all, and never in the way of a real site."""

import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import requests

from reader.accounts.actions import authenticate
from reader.app import create_app
from reader.articles.queries import published_by_slug
from reader.comments.queries import thread_of
from reader.config import Settings
from reader.db.base import db
from reader.operating import audit, demo
from tests.support.sites import STOP_SECONDS, Site, a_free_port, environment


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a demo in it."""
    folder = tmp_path_factory.mktemp("demo")
    demo.furnish(demo.instance(Settings(instance=folder)))
    return folder


@pytest.fixture
def inside(made: Path) -> Iterator[None]:
    """The demo's application."""
    with create_app(Settings(instance=made / "demo")).app_context():
        yield
        db.session.remove()
        db.engine.dispose()


@pytest.mark.usefixtures("inside")
def test_everybody_it_names_can_log_in_and_has_their_role() -> None:
    for login in demo.LOGINS:
        assert authenticate(login.name, login.password).role == login.role


@pytest.mark.usefixtures("inside")
def test_its_threads_are_alive_and_its_log_is_sound() -> None:
    for slug, conversation in demo.CONVERSATION.items():
        article = published_by_slug(slug)
        assert article is not None
        assert thread_of(article.id).published == len(conversation)
    assert list(audit.faults()) == []


def test_it_prints_its_address_and_logins_and_keeps_what_was_written(tmp_path: Path) -> None:
    settings = Settings(instance=tmp_path, bind=f"127.0.0.1:{a_free_port()}")
    site = Site(settings, tmp_path, "demo")
    try:
        site.start()
        printed = site.log.read_text()
        assert f"The demo is at {site.url}\n" in printed
        for login in demo.LOGINS:
            assert re.search(rf"{login.name} +password: {login.password}", printed)
        assert requests.get(site.url, timeout=10).status_code == 200
        written = tmp_path / "demo" / "written-by-a-visitor"
        written.touch()
        assert site.stop() == 0
        site.start()
        assert written.exists()
        assert "Making the demo" not in site.log.read_text()[len(printed) :]
    finally:
        site.end()


def test_fresh_starts_over(made: Path) -> None:
    settings = Settings(instance=made, bind=f"127.0.0.1:{a_free_port()}")
    written = made / "demo" / "written-by-a-visitor"
    written.touch()
    site = Site(settings, made, "demo", "--fresh")
    try:
        site.start()
        assert not written.exists()
    finally:
        site.end()


def test_a_taken_address_is_named_before_anything_is_made_or_thrown_away(tmp_path: Path) -> None:
    settings = Settings(instance=tmp_path, bind=f"127.0.0.1:{a_free_port()}")
    site = Site(settings, tmp_path)
    try:
        site.start()
        second = subprocess.run(
            [sys.executable, "-m", "reader", "demo", "--fresh"],
            env=environment(replace(settings, site_name="Second")),
            capture_output=True,
            text=True,
            timeout=STOP_SECONDS,
            check=False,
        )
    finally:
        site.end()
    assert second.returncode == 2
    assert settings.bind in second.stderr
    assert not (tmp_path / "demo").exists()
