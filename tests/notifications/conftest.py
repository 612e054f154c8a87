"""An article with a claim, and people who discuss it."""

from dataclasses import dataclass, field

import pytest
from flask import Flask

from reader.accounts.models import User
from reader.articles.models import Article
from reader.comments.models import Comment
from reader.factchecks.models import Claim
from tests.support.factories import a_claim, a_moderator, a_person, an_article, an_editor
from tests.support.threads import a_comment


@dataclass
class Stage:
    """Alma writes; Bruno answers; the others look on. Nothing has happened yet."""

    article: Article
    claim: Claim
    people: dict[str, User] = field(default_factory=dict)

    def __getitem__(self, name: str) -> User:
        return self.people[name]

    def says(self, name: str, body: str = "Well said.", *, under: Comment | None = None) -> Comment:
        """Somebody writes."""
        return a_comment(self.article, by=self[name], body=body, under=under)


@pytest.fixture
def stage(app: Flask) -> Stage:
    article = an_article(title="The harbour")
    stage = Stage(article, a_claim(article))
    stage.people = {name: a_person(name) for name in ("alma", "bruno", "carla", "dora")}
    stage.people |= {"moira": a_moderator("moira"), "edith": an_editor("edith")}
    return stage
