"""Every read of articles. Who may see one is stated here, once."""

from sqlalchemy import ColumnElement, and_, or_

from reader.articles.models import Article, Status
from reader.clock import now


def visible() -> ColumnElement[bool]:
    """Whether the public may see an article: published, retracted, or scheduled for a time that has come."""
    return or_(
        Article.status.in_([Status.PUBLISHED.value, Status.RETRACTED.value]),
        and_(Article.status == Status.SCHEDULED.value, Article.publish_at <= now()),
    )
