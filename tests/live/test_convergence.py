"""Old page + what it is told == fresh page, for every kind of event, whatever the network does.

The same in a browser, with the real scripts: ``tests/browser/test_live_convergence.py``.
"""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from pathlib import Path
from random import Random
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from reader.config import Settings
from reader.eventlog import Kind, streams
from reader.live import catchup
from tests.conftest import SECRET
from tests.js.openpages import OpenPage
from tests.support.canonical import canonical
from tests.support.convergence import SCENARIOS, Followed, Stage, disturbed, kept_stage

ALL = [(kind, name) for kind, named in SCENARIOS.items() for name in named]


@pytest.fixture(scope="module")
def staged(tmp_path_factory: pytest.TempPathFactory, sqlite_template: Path) -> tuple[Path, Stage]:
    """A database with the stage, made once and copied for each test, and what stands on it."""
    folder = tmp_path_factory.mktemp("stage")
    shutil.copy(sqlite_template, folder)
    return folder / sqlite_template.name, kept_stage(Settings(instance=folder, secret_key=SECRET))


@pytest.fixture
def settings(tmp_path: Path, staged: tuple[Path, Stage]) -> Settings:
    shutil.copy(staged[0], tmp_path)
    return Settings(instance=tmp_path, secret_key=SECRET)


@pytest.fixture
def stage(app: Flask, staged: tuple[Path, Stage]) -> Stage:
    return staged[1]


# A comment about a claim is told in its own article and to the claim; other pages count it later.
SOFT_ELSEWHERE = "data-comments-about"


# What lists of claims, articles and corrections follow.
LISTED = {Kind.VERDICT_CHANGED, Kind.CLAIM_REVISED, Kind.CORRECTION_WRITTEN, Kind.ARTICLE_RETRACTED}


class Reader:
    """Somebody with all pages of the stage open."""

    def __init__(self, client: FlaskClient, stage: Stage, lists: Sequence[str]) -> None:
        self._client = client
        self._elsewhere = {stage.other.stream, streams.VERDICTS}
        self.pages = [OpenPage(address, self.get) for address in [*stage.pages(), *lists]]
        self.followed = Followed(sorted({stream for page in self.pages for stream in page.seen}))

    def get(self, address: str) -> Any:
        response = self._client.get(address)
        assert response.status_code == 200, address
        return response.json if response.is_json else response.text

    def assert_shows_what_a_fresh_page_shows(self, *others: Reader) -> None:
        """Compare each page, and those of other people who have it open, with one fetched now."""
        for pages in zip(self.pages, *(other.pages for other in others), strict=True):
            soft = SOFT_ELSEWHERE if pages[0].stream in self._elsewhere else ""
            fresh = canonical(self.get(pages[0].address), soft=soft)
            shown = {page.html for page in pages}  # mostly the same, and slow to compare
            for each in shown:
                assert canonical(each, soft=soft) == fresh, pages[0].address


@pytest.fixture
def reader(client: FlaskClient, stage: Stage) -> Reader:
    return Reader(client, stage, stage.lists()[::3])


def test_every_kind_has_a_scenario_that_makes_events_of_it() -> None:
    assert set(SCENARIOS) == set(Kind)


@pytest.mark.parametrize(("kind", "name"), ALL, ids=[name for _, name in ALL])
def test_after_pushes_and_after_catching_up_a_page_is_as_a_fresh_one(
    kind: Kind, name: str, client: FlaskClient, stage: Stage
) -> None:
    lists = stage.lists() if kind in LISTED else stage.lists()[:1]
    pushed, late = Reader(client, stage, lists), Reader(client, stage, lists)
    SCENARIOS[kind][name](stage)
    for push in pushed.followed.pushes():
        for page in pushed.pages:
            page.receive(push)
    for page in late.pages:
        page.catch_up()
    heads = pushed.followed.heads
    assert all(heads[stream] == seen for page in pushed.pages for stream, seen in page.seen.items())
    pushed.assert_shows_what_a_fresh_page_shows(late)


@pytest.mark.parametrize("seed", range(4))
def test_a_page_ends_as_a_fresh_one_whatever_happens_and_however_it_comes(
    seed: int, stage: Stage, reader: Reader
) -> None:
    random = Random(seed)
    late: list[Any] = []
    scenarios = [scenario for named in SCENARIOS.values() for scenario in named.values()]
    for scenario in random.sample(scenarios, len(scenarios)):
        scenario(stage)
        late += disturbed(reader.followed.pushes(), random)
        random.shuffle(late)
        while random.random() < 0.7 and late:
            push = late.pop()
            for page in reader.pages:
                page.receive(push)
    for page in reader.pages:
        page.compare(reader.followed.heads)
    reader.assert_shows_what_a_fresh_page_shows()


def test_a_page_that_slept_too_long_is_fetched_and_is_as_a_fresh_one(
    stage: Stage, reader: Reader, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(catchup, "MAX_TARGETS", 2)
    for named in SCENARIOS.values():
        for scenario in named.values():
            scenario(stage)
    for page in reader.pages:
        page.catch_up()
        assert page.fetched
    reader.assert_shows_what_a_fresh_page_shows()
