"""An article to discuss and somebody to do it."""

import pytest
from flask import Flask

from reader.accounts.models import User
from reader.articles.models import Article
from tests.support.factories import a_person, an_article


@pytest.fixture
def article(app: Flask) -> Article:
    return an_article()


@pytest.fixture
def author(app: Flask) -> User:
    return a_person("ada")
