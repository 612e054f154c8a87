"""Parts of pages stay for as long as their streams do, and no longer than they may."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask

from reader.clock import now, set_clock
from reader.web import part_cache
from reader.web.part_cache import SECONDS, Heads, PartCache

MADE = {"article:1": 5, "verdicts": 9}


@pytest.fixture
def parts(app: Flask) -> PartCache[str, str]:
    """Parts that outlast whatever happens to verdicts, in an application that has none yet."""

    def outlasts(_part: str, before: Heads, after: Heads) -> bool:
        return before["article:1"] == after["article:1"]

    part_cache.init_app(app)
    return PartCache(100, len, outlasts)


def known(**heads: int) -> part_cache.Known:
    """The heads that the part was made from, but for these."""
    return {**MADE, **{name.replace("_", ":"): head for name, head in heads.items()}}.__getitem__


def test_a_part_stays_until_its_stream_goes_on(parts: PartCache[str, str]) -> None:
    assert parts.get("one", known()) is None
    parts.put("one", "text", MADE)
    assert parts.get("one", known()) == "text"
    assert parts.get("two", known()) is None
    assert parts.get("one", known(article_1=6)) is None


def test_an_older_page_is_shown_no_newer_part_and_replaces_none(parts: PartCache[str, str]) -> None:
    parts.put("one", "text", MADE)
    for older in ({"article:1": 4, "verdicts": 9}, {"article:1": 6, "verdicts": 8}):
        assert parts.get("one", older.__getitem__) is None
        assert parts.put("one", "as it was", older) == "as it was"
    assert parts.get("one", known()) == "text"
    parts.put("one", "as it is now", {"article:1": 6, "verdicts": 9})
    assert parts.get("one", known(article_1=6)) == "as it is now"


def test_a_part_outlasts_events_that_it_shows_nothing_of(parts: PartCache[str, str]) -> None:
    parts.put("one", "text", MADE)
    assert parts.get("one", known(verdicts=10)) == "text"
    assert parts.get("one", known(article_1=6, verdicts=10)) is None


def test_events_that_a_part_outlasted_are_not_asked_about_again(app: Flask) -> None:
    asked: list[tuple[Heads, Heads]] = []

    def outlasts(_part: str, before: Heads, after: Heads) -> bool:
        asked.append((before, after))
        return True

    part_cache.init_app(app)
    parts = PartCache[str, str](100, len, outlasts)
    parts.put("one", "text", MADE)
    for _ in range(2):
        assert parts.get("one", known(verdicts=10)) == "text"
    assert asked == [(MADE, {**MADE, "verdicts": 10})]


@pytest.mark.parametrize("minutes", [None, 5])
def test_no_part_stays_longer_than_half_a_minute(parts: PartCache[str, str], minutes: int | None) -> None:
    made = now()
    with set_clock(lambda: made):
        parts.put("one", "text", MADE, until=made + timedelta(minutes=minutes) if minutes else None)
    with set_clock(lambda: made + timedelta(seconds=SECONDS - 1)):
        assert parts.get("one", known()) == "text"
    with set_clock(lambda: made + timedelta(seconds=SECONDS)):
        assert parts.get("one", known()) is None


def test_a_part_goes_at_the_time_when_it_changes_by_itself(parts: PartCache[str, str]) -> None:
    made = now()
    with set_clock(lambda: made):
        parts.put("one", "text", MADE, until=made + timedelta(seconds=3))
        assert parts.get("one", known()) == "text"
    with set_clock(lambda: made + timedelta(seconds=3)):
        assert parts.get("one", known()) is None


def test_the_longest_unwanted_parts_go_where_there_is_no_room(parts: PartCache[str, str]) -> None:
    for name in ("one", "two", "three"):
        parts.put(name, name[0] * 40, MADE)
    assert [name for name in ("one", "two", "three") if parts.get(name, known())] == ["two", "three"]


def test_each_application_keeps_its_own_parts(app: Flask, parts: PartCache[str, str]) -> None:
    parts.put("one", "text", MADE)
    other = Flask("other")
    part_cache.init_app(other)
    with other.app_context():
        assert parts.get("one", known()) is None
    part_cache.init_app(app)
    assert parts.get("one", known()) is None
