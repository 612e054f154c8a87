"""Claims that wait: one that an article cites from another is shown once that other article is public."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import InstrumentedAttribute, aliased

from reader.articles.models import Article
from reader.articles.queries import released_at
from reader.clock import now
from reader.factchecks.models import Claim

_OWNER = aliased(Article)


def shown_in(article_id: int | InstrumentedAttribute[int]) -> ColumnElement[bool]:
    """Return the SQL condition that an article shows a claim that it cites.

    Its own are shown; another one waits until its article is public.
    """
    return shown_in_at(article_id, now())


def shown_in_at(
    article_id: int | InstrumentedAttribute[int], time: datetime | ColumnElement[Any]
) -> ColumnElement[bool]:
    """Return the condition of :func:`shown_in` at a given time, for statements that are built once."""
    return or_(Claim.article_id == article_id, owner_is_released(time))


def owner_is_released(
    time: datetime | ColumnElement[Any],
    owner_id: ColumnElement[int] | InstrumentedAttribute[int] = Claim.article_id,
) -> ColumnElement[bool]:
    """Return the SQL condition that the public may see the article that owns a claim, or could before.

    A scalar subquery: PostgreSQL looks each owner up by its key; for ``EXISTS`` beside ``OR`` it reads all articles.
    """
    return (
        select(released_at(time, _OWNER))
        .where(_OWNER.id == owner_id)
        .correlate_except(_OWNER)
        .scalar_subquery()
    )
