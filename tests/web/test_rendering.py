"""Rendering stored texts anew, after an upgrade."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select, update

from reader.articles.models import Article
from reader.comments import actions as comments
from reader.comments.actions import delete_comment
from reader.comments.models import Comment, Mention
from reader.config import Settings
from reader.db.base import db
from reader.db.transactions import transaction
from reader.eventlog import Event
from reader.publishing import actions as publications
from tests.publishing.files import GOOD, put
from tests.support.factories import a_person
from tests.support.threads import a_comment


@pytest.fixture
def settings(each_engine: Settings) -> Settings:
    return each_engine


@pytest.fixture
def article(app: Flask, tmp_path: Path) -> Article:
    """A published article with a marked claim."""
    put(tmp_path, GOOD)
    return db.session.scalars(select(Article)).one()


def test_what_was_rendered_otherwise_is_rendered_anew_and_nobody_is_told(
    article: Article, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(comments, "BATCH", 2)
    ada, bob = a_person("ada"), a_person("bob")
    made = [a_comment(article, by=ada, body=f"@bob, **number** {number}.") for number in range(5)]
    delete_comment(made[0].id, by=ada)
    before = [(each.html, each.body, each.revision, each.changed_seq) for each in _comments()]
    text, words = article.html, article.words
    events = db.session.scalar(select(func.count()).select_from(Event))
    assert comments.render_all() == publications.render_all() == 0
    with transaction() as session:
        session.execute(update(Comment).where(Comment.id == made[3].id).values(html="<p>old</p>"))
        session.execute(update(Article).values(html="<p>old</p>", words=1))
    assert comments.render_all() == publications.render_all() == 1
    assert [(each.html, each.body, each.revision, each.changed_seq) for each in _comments()] == before
    found = db.session.scalars(select(Article)).one()
    assert (found.html, found.words) == (text, words)
    assert "reader-claim" in found.html
    assert len(db.session.scalars(select(Mention).where(Mention.user_id == bob.id)).all()) == 5
    assert db.session.scalar(select(func.count()).select_from(Event)) == events


def _comments() -> list[Comment]:
    db.session.rollback()
    return list(db.session.scalars(select(Comment).order_by(Comment.id)))
