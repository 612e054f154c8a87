"""A comment to decide about, and somebody who may."""

import pytest
from flask import Flask

from reader.accounts.models import User
from reader.articles.models import Article
from reader.comments.models import Comment
from tests.support.factories import a_moderator, an_article
from tests.support.threads import a_comment

CANARY = "canary-7f3a-nobody-may-read-this"


@pytest.fixture
def article(app: Flask) -> Article:
    return an_article()


@pytest.fixture
def moderator(app: Flask) -> User:
    return a_moderator()


@pytest.fixture
def comment(article: Article) -> Comment:
    return a_comment(article, body=f"Buy now: {CANARY}")
