"""Interleavings: two readers miss some of what people do, and both still end with the fresh page.

People write, edit, delete, remove and recommend.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from random import Random
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from reader.accounts.models import User
from reader.articles.models import Article
from reader.comments.actions import delete_comment
from reader.comments.editing.actions import edit_comment
from reader.comments.models import Comment
from reader.comments.recommending.actions import recommend, take_back
from reader.errors import Refused
from reader.moderation.actions import remove_comment, restore_comment
from reader.moderation.models import Reason
from tests.js.openpages import OpenPage
from tests.support.canonical import canonical
from tests.support.convergence import Followed, disturbed
from tests.support.factories import a_moderator, a_person, an_article
from tests.support.threads import a_comment, miscounted


class Thread:
    """A discussion, and what people may do in it, to the comment that a number picks."""

    def __init__(self, author: User, fan: User, moderator: User) -> None:
        self.article: Article = an_article()
        self.author, self.fan, self.moderator = author, fan, moderator
        self.made: list[Comment] = []

    def post(self, number: int) -> None:
        self.made.append(a_comment(self.article, by=self.author, body=f"Comment {number}."))

    def reply(self, number: int) -> None:
        self.made.append(a_comment(self.article, by=self.fan, under=self._pick(number), body="An *answer*."))

    def edit(self, number: int) -> None:
        comment = self._pick(number)
        edit_comment(comment.id, by=self.author, body=f"Edit {number}.", revision=comment.revision)

    def delete(self, number: int) -> None:
        delete_comment(self._pick(number).id, by=self.author)

    def remove(self, number: int) -> None:
        comment = self._pick(number)
        remove_comment(comment.id, by=self.moderator, reason=Reason.SPAM, note="", revision=comment.revision)

    def restore(self, number: int) -> None:
        comment = self._pick(number)
        restore_comment(comment.id, by=self.moderator, note="", revision=comment.revision)

    def recommend(self, number: int) -> None:
        recommend(self._pick(number).id, by=self.moderator)

    def take_back(self, number: int) -> None:
        take_back(self._pick(number).id, by=self.moderator)

    def _pick(self, number: int) -> Comment:
        if not self.made:
            self.post(number)
        return self.made[number % len(self.made)]


ACTS: list[Callable[[Thread, int], None]] = [
    Thread.post,
    Thread.reply,
    Thread.reply,
    Thread.edit,
    Thread.delete,
    Thread.remove,
    Thread.restore,
    Thread.recommend,
    Thread.take_back,
]
STEPS = st.lists(
    st.tuples(st.sampled_from([*ACTS, "leave", "come back"]), st.integers(0, 30)), min_size=5, max_size=30
)


@pytest.fixture
def people(app: Flask) -> tuple[User, User, User]:
    return a_person(), a_person(), a_moderator()


@settings(
    max_examples=25,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(steps=STEPS, seed=st.integers(0, 1000))
def test_two_readers_end_with_the_fresh_page(
    client: FlaskClient, people: tuple[User, User, User], steps: list[Any], seed: int
) -> None:
    def get(address: str) -> Any:
        response = client.get(address)
        return response.json if response.is_json else response.text

    random, thread = Random(seed), Thread(*people)
    followed = Followed([thread.article.stream])
    readers = [OpenPage(thread.article.path, get) for _ in range(2)]
    away: set[int] = set()
    for act, number in steps:
        if act == "leave":
            away.add(number % 2)
        elif act == "come back":
            away.discard(number % 2)
        else:
            with suppress(Refused):
                act(thread, number)
        pushes = followed.pushes()
        for place, reader in enumerate(readers):
            for push in disturbed(pushes, random) if place not in away else ():
                reader.receive(push)
    fresh = None
    for reader in readers:
        reader.compare(followed.heads)
        fresh = canonical(get(reader.address))
        assert canonical(reader.html) == fresh
    assert list(miscounted()) == []
