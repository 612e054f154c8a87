"""The rule that closes every discussion ``READER_CLOSE_AFTER`` days after its article was published.

Nothing is written when the time comes: each read of a thread looks up when its article was published.
"""

from __future__ import annotations

from sqlalchemy import select

from reader import config
from reader.articles.models import Article
from reader.comments.models import Thread
from reader.db.base import db


def with_rule(thread: Thread) -> Thread:
    """The thread, so that it knows when the rule closes it. Without a rule nothing is looked up."""
    if config.current().close_after:
        query = select(Article.placed_at).where(Article.id == thread.article_id)
        thread.placed_at = db.session.scalar(query)
    return thread
