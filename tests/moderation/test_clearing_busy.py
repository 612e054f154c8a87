"""A measure that takes comments along stands at once, however busy their discussion is."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import text

from reader.accounts.models import User
from reader.articles.models import Article
from reader.comments.models import Comment
from reader.config import Settings
from reader.db.base import db
from reader.moderation.bulk_removal import actions
from tests.db.test_query_limits import ENDLESS
from tests.moderation.test_clearing import done, states
from tests.support.factories import a_person
from tests.support.forms import fill_in, page
from tests.support.people import log_in
from tests.support.threads import comments


@pytest.fixture
def settings(each_engine: Settings) -> Settings:
    return replace(each_engine, query_seconds=1)


def in_its_turn(_comment_id: int) -> Comment:
    """Wait for a comment's discussion until the query is broken off."""
    db.session.execute(text(ENDLESS))
    raise AssertionError("it has no end")


@pytest.mark.parametrize(
    "held_up", [("locked", in_its_turn), ("AT_ONCE_SECONDS", -1.0)], ids=["too-slow", "many"]
)
def test_a_busy_discussion_fails_no_measure_and_the_rest_is_queued(
    held_up: tuple[str, Any],
    client: FlaskClient,
    article: Article,
    moderator: User,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    mine = comments(article, 3, by=a_person("rita"))
    log_in(client, moderator)
    address = "/moderation/people/rita"
    form = {"kind": "ban", "words": "So.", "reason": "spam", "lasts": "", "remove_comments": "y"}

    with monkeypatch.context() as patched:
        patched.setattr(actions, *held_up)
        assert fill_in(client, address, f"{address}/measures", **form).status_code == 303
        assert "being removed: 0 of 3." in page(client.get(address)).get_text(" ", strip=True)
        assert fill_in(client, address, "/moderation/measures/1/comments").location == address
    assert (done(), states(*mine)) == (3, ["removed"] * 3)

    with monkeypatch.context() as patched:
        patched.setattr(actions, *held_up)
        ended = fill_in(client, address, "/moderation/measures/1/end", with_comments="y")
        assert ended.status_code == 303
    assert (done(), states(*mine)) == (3, ["published"] * 3)
