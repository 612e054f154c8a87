"""Migrations that move what people wrote: nothing of it is lost on the way, there or back."""

from __future__ import annotations

import pytest
from flask import Flask
from flask_migrate import downgrade, upgrade
from sqlalchemy import text

from reader.comments.editing.actions import edit_comment
from reader.comments.editing.queries import revisions_of
from reader.config import Settings
from reader.extensions import db
from tests.support.factories import a_person, an_article
from tests.support.threads import a_comment


@pytest.fixture
def settings(each_engine: Settings) -> Settings:
    return each_engine


def test_what_comments_said_is_the_same_when_it_is_stored_twice_and_once(app: Flask) -> None:
    article, author = an_article(), a_person()
    untouched, edited = (a_comment(article, by=author, body=body) for body in ("I was there.", "So was I?"))
    for number, body in enumerate(("So was I.", "So was I!"), 1):
        edit_comment(edited.id, by=author, body=body, revision=number)
    said = [revisions_of(comment.id) for comment in (untouched, edited)]
    stored = text("SELECT comment_id, number, body FROM comment_revisions ORDER BY comment_id, number")
    once = [(edited.id, 1, "So was I?"), (edited.id, 2, "So was I.")]
    assert db.session.execute(stored).all() == once
    db.session.remove()

    downgrade(revision="0018")
    assert db.session.execute(stored).all() == [
        (untouched.id, 1, "I was there."),
        *once,
        (edited.id, 3, "So was I!"),
    ]
    db.session.remove()

    upgrade()
    assert db.session.execute(stored).all() == once
    assert [revisions_of(comment.id) for comment in (untouched, edited)] == said
