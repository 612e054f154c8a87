"""Rows for tests, made directly, with traits. What is under test itself is made through its actions."""

from itertools import count
from typing import Any

from reader.accounts.models import User
from reader.articles.models import Article
from reader.db.base import Model
from reader.db.transactions import transaction
from reader.factchecks.models import Citation, Claim, Publisher, Source, Support, VerdictChange
from reader.policy import Role

_numbers = count(1)


def saved(*rows: Model) -> None:
    """Store rows in a transaction of their own."""
    with transaction() as session:
        session.add_all(rows)


def altered(row: Model, **columns: Any) -> None:
    """Change a stored row, in a transaction of its own."""
    with transaction():
        for name, value in columns.items():
            setattr(row, name, value)


def a_person(name: str | None = None, *, role: Role = Role.READER, **columns: Any) -> User:
    """A registered person; nobody knows their password."""
    name = name or f"person{next(_numbers)}"
    person = User(
        username=name,
        username_key=name.casefold(),
        email=f"{name}@example.org",
        email_key=f"{name.casefold()}@example.org",
        password_hash="!",
        role=role.value,
        **columns,
    )
    saved(person)
    return person


def a_moderator(name: str | None = None) -> User:
    """A person who moderates."""
    return a_person(name, role=Role.MODERATOR)


def an_editor(name: str | None = None) -> User:
    """A person who edits."""
    return a_person(name, role=Role.EDITOR)


def an_article(**columns: Any) -> Article:
    """A published article of one paragraph, without claims."""
    number = next(_numbers)
    article = Article(
        **{
            "slug": f"article-{number}",
            "title": f"Article {number}",
            "body": "One paragraph.",
            "html": "<p>One paragraph.</p>",
            **columns,
        }
    )
    saved(article)
    return article


def a_claim(article: Article, *, verdict: str = "verified", sourced: bool = True, **columns: Any) -> Claim:
    """A claim that ``article`` owns and cites, with a primary source unless ``sourced`` is off."""
    number = next(_numbers)
    claim = Claim(
        **{
            "slug": f"claim-{number}",
            "article_id": article.id,
            "text": f"Claim {number} is so.",
            "about": "fact",
            "why": "The source says it.",
            "verdict": verdict,
            **columns,
        }
    )
    saved(claim)
    saved(
        Citation(article_id=article.id, claim_id=claim.id, position=number),
        VerdictChange(claim_id=claim.id, version=1, before=None, after=verdict, why=claim.why),
    )
    if sourced:
        publisher = Publisher(slug=f"publisher-{number}", name=f"Publisher {number}")
        saved(publisher)
        source = Source(
            article_id=article.id,
            position=number,
            key=f"source-{number}",
            publisher_id=publisher.id,
            title=f"Source {number}",
            kind="primary",
        )
        saved(source)
        saved(Support(claim_id=claim.id, source_id=source.id, position=0))
    return claim
