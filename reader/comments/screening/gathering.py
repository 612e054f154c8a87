"""Input of the rules, read before any lock is held."""

from __future__ import annotations

import time
from datetime import timedelta

from flask import current_app
from sqlalchemy import bindparam, func, select, text

from reader import config
from reader.accounts.models import User
from reader.clock import now
from reader.comments import policy
from reader.comments.drafts import Written
from reader.comments.models import HELD, PUBLISHED, Comment, ListedWords, State
from reader.comments.screening import classifier
from reader.comments.screening.links import links_in
from reader.comments.screening.phases import Ruling, ScreeningFacts, screen
from reader.comments.screening.word_lists import WordList, entries_of
from reader.db.base import db
from reader.db.prepared import Prepared
from reader.text.markdown import run_together

BANNED, SUSPECT = "banned", "suspect"
# So many of the author's comments, from so long ago at most, are looked at for repeats.
LATEST = 5
REPEAT = timedelta(hours=24)
# A list that was changed is heeded by every process after so many seconds.
LISTS_SECONDS = 2.0

_LATEST = (
    select(Comment.html, Comment.created_at)
    .where(
        Comment.author_id == bindparam("author_id"),
        text(f"({PUBLISHED} OR {HELD})"),
    )
    .order_by(Comment.id.desc())
    .limit(LATEST)
    .subquery()
)
_REPEATABLE = Prepared(select(_LATEST.c.html).where(_LATEST.c.created_at > bindparam("since")))
_EXTENSION = "reader-word-lists"


def ruling(
    written: Written, *, by: User, edits: int | None = None, address: str | None = None
) -> Ruling | None:
    """Return the rules' ruling on a text by this person, sent from this network address; None if there is none.

    ``edits`` is the id of the comment whose text it is to replace, if any: such a text may repeat earlier ones, and
    that comment doesn't count among those published before.
    """
    if policy.is_exempt(by):
        return None
    settings = config.current()
    author_id, author, age = by.id, by.username, now() - by.created_at
    links_after = timedelta(hours=settings.links_after)
    facts = ScreeningFacts(
        body=written.body,
        seen=written.seen,
        links=links_in(written.html, written.seen) if age < links_after else (),
        age=age,
        published=_published(author_id, but=edits) if settings.hold_first else 0,
        before=() if edits else _before(author_id),
        banned=_list(BANNED),
        suspect=_list(SUSPECT),
        links_after=links_after,
        hold_first=settings.hold_first,
    )
    first = screen(facts)
    if first is not None or settings.classifier_url is None:
        return first
    # What is decided already needs no asking elsewhere.
    db.session.rollback()
    spam = classifier.is_spam(settings, author=author, body=written.body, address=address)
    return screen(ScreeningFacts(body=written.body, spam=spam))


def _before(author_id: int) -> tuple[str, ...]:
    asked = {"author_id": author_id, "since": now() - REPEAT}
    return tuple(map(run_together, _REPEATABLE.scalars(db.session.connection(), asked)))


def _published(author_id: int, *, but: int | None) -> int:
    query = select(func.count()).where(Comment.author_id == author_id, Comment.state == State.PUBLISHED.value)
    if but is not None:
        query = query.where(Comment.id != but)
    return db.session.scalar(query) or 0


def _list(name: str) -> WordList:
    """A list, put together again only when its text is another one."""
    lists: dict[str, tuple[float, str, WordList]] = current_app.extensions.setdefault(_EXTENSION, {})
    read, text, words = lists.get(name, (float("-inf"), "", WordList(())))
    if time.monotonic() - read < LISTS_SECONDS:
        return words
    fresh = db.session.scalar(select(ListedWords.words).where(ListedWords.name == name)) or ""
    if fresh != text:
        words = WordList(entries_of(fresh))
    lists[name] = (time.monotonic(), fresh, words)
    return words


def forget_lists() -> None:
    """Read the lists anew the next time."""
    current_app.extensions.pop(_EXTENSION, None)
