"""Every measure on a discussion, with the decisions about it, and the event for open pages."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from reader import eventlog
from reader.accounts import rights
from reader.accounts.models import User
from reader.articles.models import Article
from reader.clock import now
from reader.comments import closing
from reader.comments.models import Thread
from reader.db.transactions import transaction
from reader.errors import Invalid
from reader.eventlog import Kind, streams
from reader.moderation import decisions
from reader.moderation.actions import NOT_MODERATOR
from reader.moderation.models import Action
from reader.text import letters

MAX_WHY_LENGTH = 300
SLOWEST = 86400
LONG_WHY = f"Say it in {MAX_WHY_LENGTH} characters."
NEEDS_WHY = "Say why: everybody who wants to write here reads it."
PAST = "This time is over already. Choose a later one."
SLOWNESS = "Choose a number of seconds up to a day; 0 is none."
# Changes that restrict those who write, and so need a reason.
RESTRICTIONS = frozenset({Action.CLOSE, Action.CLOSE_LATER, Action.SLOW, Action.READ_FIRST})


@dataclass(frozen=True)
class ThreadSettings:
    """Settings of a discussion: closed, slow mode, pre-moderation; their end, and the public reason."""

    closed: bool = False
    slow_seconds: int = 0
    premoderated: bool = False
    until: datetime | None = None
    closes_at: datetime | None = None
    why: str = ""


def set_thread(article: Article, wish: ThreadSettings, *, by: User) -> None:
    """Apply the settings to a discussion, and record a decision for each one that changes."""
    why = letters.one_line(wish.why)
    _check(wish, why)
    stream = streams.article(article.id)
    with transaction() as session:
        eventlog.lock(stream, streams.MODERATION)
        rights.require("set_thread", by, refusal=NOT_MODERATOR)
        thread = session.get(Thread, article.id, populate_existing=True) or Thread(
            article_id=article.id, published=0, total=0, slow_seconds=0, premoderated=False
        )
        closing_at = closing.with_rule(thread).closes_by_rule_at
        taken = list(_changes(thread, wish))
        if not why and not RESTRICTIONS.isdisjoint(taken):
            raise Invalid(NEEDS_WHY, field="why")
        if not wish.closed and closing_at is not None and closing_at <= now():
            thread.opened_at = now()
        for action in taken:
            rights.require(action.value, by, refusal=NOT_MODERATOR)
        thread.closed_at = (thread.closed_at or now()) if wish.closed else None
        thread.slow_seconds, thread.premoderated = wish.slow_seconds, wish.premoderated
        thread.until, thread.closes_at, thread.why = wish.until, wish.closes_at, why or None
        session.add(thread)
        for action in taken:
            end = wish.closes_at if action is Action.CLOSE_LATER else wish.until
            decisions.about_thread(article, action, by=by, note=why, until=end)
        eventlog.append(Kind.THREAD_CHANGED, stream, "thread-state", actor_id=by.id)
        eventlog.append(Kind.THREAD_CHANGED, streams.MODERATION, f"article-{article.id}", actor_id=by.id)


def _check(wish: ThreadSettings, why: str) -> None:
    if len(why) > MAX_WHY_LENGTH:
        raise Invalid(LONG_WHY, field="why")
    if not 0 <= wish.slow_seconds <= SLOWEST:
        raise Invalid(SLOWNESS, field="slow_seconds")
    for name, moment in (("until", wish.until), ("closes_at", wish.closes_at)):
        if moment is not None and moment <= now():
            raise Invalid(PAST, field=name)


def _changes(thread: Thread, wish: ThreadSettings) -> list[Action]:
    """Return the decisions that lead from the discussion's current state to the settings."""
    taken = []
    if wish.closed != thread.is_closed:
        taken.append(Action.CLOSE if wish.closed else Action.OPEN)
    if wish.slow_seconds != thread.slowness:
        taken.append(Action.SLOW if wish.slow_seconds else Action.END_SLOW)
    if wish.premoderated != thread.is_read_first:
        taken.append(Action.READ_FIRST if wish.premoderated else Action.END_READ_FIRST)
    if wish.closes_at is not None and wish.closes_at != thread.closes_at:
        taken.append(Action.CLOSE_LATER)
    return taken
