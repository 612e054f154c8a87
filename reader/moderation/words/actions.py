"""Change a word list, and try it out beforehand."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import select

from reader import eventlog
from reader.accounts import rights
from reader.accounts.models import User
from reader.comments.models import Comment, ListedWords, State
from reader.comments.screening.gathering import BANNED, SUSPECT, forget_lists
from reader.comments.screening.phases import ScreeningFacts
from reader.comments.screening.word_lists import WordList, entries_of
from reader.db.base import db
from reader.db.transactions import on_commit, transaction
from reader.errors import Conflict, Invalid, Missing
from reader.eventlog import streams
from reader.moderation.actions import NOT_MODERATOR
from reader.text.markdown import plain_text

LISTS = {BANNED: "Banned words", SUSPECT: "Suspect words"}
MAX_LENGTH = 200_000
TRIED = 5000
EXAMPLES = 10
# Number of comments after which other threads get their turn.
BATCH = 100
CHANGED = (
    "Another moderator has changed this list meanwhile. Look at what it says now, then save yours again."
)
TOO_LONG = "This list is too long. Keep it under 200,000 characters."


class Caught(NamedTuple):
    """A comment that a list would have caught, and the words that matched."""

    comment: Comment
    words: tuple[str, ...]


class Trial(NamedTuple):
    """Result of a trial: number of comments caught, number of recent comments tried, and examples."""

    caught: int
    of: int
    examples: Sequence[Caught]


def try_words(text: str) -> Trial:
    """Try a list on recent comments."""
    words = WordList(entries_of(_checked(text)))
    states = [State.PUBLISHED.value, State.HELD.value]
    comments = db.session.scalars(
        select(Comment).where(Comment.state.in_(states)).order_by(Comment.id.desc()).limit(TRIED)
    ).all()
    caught = []
    for number, comment in enumerate(comments):
        found = ScreeningFacts(comment.body, plain_text(comment.html)).listed(words)
        if found:
            caught.append(Caught(comment, found))
        if number % BATCH == BATCH - 1:
            time.sleep(0)
    return Trial(len(caught), len(comments), caught[:EXAMPLES])


def save_words(name: str, text: str, *, by: User, version: int) -> ListedWords:
    """Replace a list. Raises :class:`Conflict` if another moderator was first."""
    if name not in LISTS:
        raise Missing("There is no such list.")
    _checked(text)
    with transaction() as session:
        eventlog.lock(streams.MODERATION)
        rights.require("save_words", by, refusal=NOT_MODERATOR)
        stored = session.get(ListedWords, name, populate_existing=True)
        stored = stored or ListedWords(name=name, words="", version=0)
        if stored.version != version:
            raise Conflict(
                CHANGED,
                field="words",
                resend={"version": stored.version, "replaces": "yes"},
                other=stored.words,
            )
        stored.words, stored.version = "\n".join(line.rstrip() for line in text.splitlines()), version + 1
        session.add(stored)
        on_commit(forget_lists)
    return stored


def stored_words(name: str) -> ListedWords:
    """Return a list as stored; an empty one if nobody has saved it yet."""
    if name not in LISTS:
        raise Missing("There is no such list.")
    return db.session.get(ListedWords, name) or ListedWords(name=name, words="", version=0)


def _checked(text: str) -> str:
    if len(text) > MAX_LENGTH:
        raise Invalid(TOO_LONG, field="words")
    return text
