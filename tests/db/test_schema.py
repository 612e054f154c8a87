"""Migrations that move what people wrote: nothing of it is lost on the way, there or back."""

from __future__ import annotations

import pytest
from flask import Flask
from flask_migrate import downgrade, upgrade
from sqlalchemy import text

from reader.articles.models import Article
from reader.clock import now
from reader.comments.editing.actions import edit_comment
from reader.comments.editing.queries import revisions_of
from reader.config import Settings
from reader.db.base import db
from reader.factchecks.models import Claim
from reader.factchecks.queries import history_of
from tests.support.factories import a_claim, a_person, an_article, an_editor
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


def test_existing_articles_and_claims_get_ids_but_no_invented_check(app: Flask) -> None:
    article, editor = an_article(slug="rain"), an_editor()
    said = [{"url": "https://log.example/"}]
    first = a_claim(article, slug="first", said=said)
    decided = a_claim(
        article, slug="decided", version=2, checked_at=now(), checked_by_id=editor.id, listed_at=now()
    )
    article_id, editor_id, ids, moment = article.id, editor.id, (first.id, decided.id), decided.checked_at
    db.session.remove()

    downgrade(revision="0021")
    rows = db.session.execute(text("SELECT appearance, checked_at FROM claims ORDER BY id")).all()
    assert [row.appearance for row in rows] == ["https://log.example/", None]
    assert all(row.checked_at for row in rows)
    db.session.remove()

    upgrade()
    assert db.session.get_one(Article, article_id).key == "rain"
    first, decided = (db.session.get_one(Claim, id_) for id_ in ids)
    assert (first.said, first.checked_at) == (said, None)
    assert (decided.said, decided.checked_at, decided.checked_by_id) == ([], moment, editor_id)
    (step,) = history_of(first.id)
    assert (step.at, step.origin) == (None, "file")
