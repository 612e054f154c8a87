"""The site does and says what was recorded. ``python -m tests.lock`` records anew, where wording changes."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from tests.lock import parts
from tests.lock.recording import RECORDED, Recording, differences
from tests.support.logged import quiet
from tests.support.servers import Postgres

pytestmark = pytest.mark.xdist_group("lock")
FACTS = ("routes.txt", "commands.txt", "settings.txt", "schema")
SITE = ("pages", "feeds", "mails", "export", "outputs.txt", "writes.txt", "live.txt")


@pytest.fixture(scope="module")
def facts(tmp_path_factory: pytest.TempPathFactory, postgres: Postgres) -> Mapping[str, Recording]:
    return parts.of_facts(tmp_path_factory.mktemp("lock"), postgres)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Recording]:
    with quiet():
        return parts.of_site(tmp_path_factory.mktemp("lock"))


@pytest.mark.parametrize("part", FACTS)
def test_facts_are_as_recorded(facts: Mapping[str, Recording], part: str) -> None:
    found = differences(part, facts[part])
    assert not found, found


@pytest.mark.parametrize("part", SITE)
def test_site_is_as_recorded(site: Mapping[str, Recording], part: str) -> None:
    found = differences(part, site[part])
    assert not found, found


def test_nothing_else_is_recorded() -> None:
    assert {each.name for each in RECORDED.iterdir()} == {*FACTS, *SITE}
