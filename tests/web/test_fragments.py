"""Fragments are rendered once for the same values, within a bound, and never for what could change."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import pytest
from markupsafe import Markup

from reader.articles.models import Article
from reader.comments import queries
from reader.comments.comment_view import Mark
from reader.factchecks.verdicts import Verdict
from reader.web.fragments import BoundedCache, kept, render
from tests.support.factories import an_article
from tests.support.threads import a_comment

MACROS = "comments/_macros.html"


@pytest.mark.usefixtures("app")
def test_a_fragment_is_rendered_once_for_the_same_values() -> None:
    comment = a_comment(an_article())
    shown = queries.by_ids([comment.id])[comment.id]
    again = replace(shown)
    assert shown is not again
    first = kept(MACROS, "comment", shown)
    assert kept(MACROS, "comment", again) is first
    assert first == render(MACROS, "comment", shown)


@pytest.mark.usefixtures("app")
def test_whatever_a_comment_shows_makes_another_fragment() -> None:
    comment = a_comment(an_article())
    shown = replace(
        queries.by_ids([comment.id])[comment.id],
        replies=1,
        about=Mark(id=1, slug="a", words="It is so.", then=Verdict.REPORTED, now=Verdict.REPORTED),
    )
    first = kept(MACROS, "comment", shown)
    others: dict[str, Any] = {
        "name": "somebody else",
        "html": "<p>Something else.</p>",
        "created_at": shown.created_at + timedelta(days=1),
        "changed_seq": shown.changed_seq + 1,
        "replies": 5,
        "recommendations": 1,
        "answers": "ada",
        "about": replace(shown.about, now=Verdict.FALSE),  # type: ignore[type-var]
    }
    for name, value in others.items():
        other = replace(shown, **{name: value})
        assert kept(MACROS, "comment", other) == render(MACROS, "comment", other) != first


@dataclass
class Changing:
    id: int


@dataclass(frozen=True)
class Around:
    article: Article


@pytest.mark.usefixtures("app")
def test_nothing_is_kept_of_what_could_change_and_still_be_equal() -> None:
    article = an_article()
    for thing in (article, Changing(1), Around(article), [1], (1, 2), {"a": 1}):
        with pytest.raises(TypeError):
            kept(MACROS, "comment", thing)


def test_the_bytes_kept_are_bounded_and_the_longest_unwanted_go_first() -> None:
    store = BoundedCache[int, Markup](100_000, lambda _key, html: len(html) + 1000)
    for number in range(100):
        store.put(number, Markup("x" * 1000))
        assert store.get(0) is not None  # wanted again and again
    assert store.size <= 100_000
    assert 10 < len(store) < 100
    assert store.get(99) is not None
    assert store.get(1) is None
    for _ in range(100):
        store.put(99, Markup("y" * 1000))  # the same once more takes no more room
    assert store.get(0) is not None
