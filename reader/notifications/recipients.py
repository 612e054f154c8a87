"""Recipients of an event's notifications, each with its subject. Reads only.

Nobody is notified of their own acts, of comments by people they have muted, or of anything that cannot be read at that
time. A person who qualifies for several subjects is notified of the first.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from sqlalchemy import select, text
from sqlalchemy.orm import aliased

from reader.accounts import queries as accounts
from reader.articles import queries as articles
from reader.articles.models import Article
from reader.comments.models import PUBLISHED, Comment
from reader.comments.references import mentioned_in
from reader.db.base import db
from reader.eventlog import Event, Kind
from reader.factchecks import queries as factchecks
from reader.moderation.models import Decision
from reader.notifications import queries
from reader.notifications.models import Subject

_ANSWERED = aliased(Comment)


@dataclass
class News:
    """Subject matter of an event, the person shown as its actor, and the recipients with the subject for each."""

    article_id: int | None = None
    comment_id: int | None = None
    claim_id: int | None = None
    by: int | None = None
    told: dict[int, Subject] = field(default_factory=dict)

    def tell(self, people: Iterable[int], subject: Subject) -> None:
        """Add these people as recipients, unless they are already."""
        for person_id in people:
            self.told.setdefault(person_id, subject)

    def spare(self, people: Iterable[int | None]) -> None:
        """Remove these people from the recipients."""
        for person_id in people:
            if person_id is not None:
                self.told.pop(person_id, None)


class Batch:
    """Some events of one stream, and what is read for all of them at once."""

    def __init__(self, stream: str, events: Sequence[Event]) -> None:
        self.events = events
        self._stream = stream

    def __iter__(self) -> Iterator[tuple[Event, News]]:
        """Return each event with its news; for most kinds of event it has no recipients."""
        feature, _, number = self._stream.partition(":")
        for event in self.events:
            tell = _TELL.get((feature, event.kind))
            yield event, tell(self, event, int(number)) if tell else News()

    @cached_property
    def followers(self) -> Sequence[int]:
        """Ids of the people who follow the stream."""
        return queries.followers(self._stream)

    @cached_property
    def comments(self) -> Mapping[int, Any]:
        """By id, the comments that the events are about and that can be read."""
        rows = db.session.execute(
            select(
                Comment.id, Comment.article_id, Comment.author_id, _ANSWERED.author_id.label("answered_id")
            )
            .join(Article, Article.id == Comment.article_id)
            .outerjoin(_ANSWERED, _ANSWERED.id == Comment.parent_id)
            .where(Comment.id.in_(self._comment_ids), text(PUBLISHED), articles.visible())
        )
        return {row.id: row for row in rows}

    @cached_property
    def mentioned(self) -> Mapping[int, Sequence[int]]:
        """By the comment's id, the ids of the people whom it mentions."""
        return mentioned_in(self._comment_ids)

    @property
    def _comment_ids(self) -> Sequence[int]:
        return [_number(event.target) for event in self.events if event.kind in _OF_COMMENTS]


def _posted(batch: Batch, event: Event, _article_id: int) -> News:
    comment = batch.comments.get(_number(event.target))
    if comment is None:
        return News()
    # The author is the actor, even if a moderator published the comment.
    news = News(article_id=comment.article_id, comment_id=comment.id, by=comment.author_id)
    _tell_those_spoken_to(news, comment, batch)
    news.tell(batch.followers, Subject.COMMENT)
    _spare(news, comment)
    return news


def _decided(_batch: Batch, event: Event, person_id: int) -> News:
    """Return the news of a decision, an event of the recipient's own stream."""
    decision = db.session.get(Decision, _number(event.target))
    if decision is None:
        return News()
    return News(
        article_id=decision.article_id,
        comment_id=decision.comment_id,
        by=event.actor_id,
        told={person_id: Subject.DECISION},
    )


def _ruled(batch: Batch, event: Event, claim_id: int) -> News:
    news = News(claim_id=claim_id, by=event.actor_id)
    if factchecks.is_public(claim_id):
        news.tell(batch.followers, Subject.VERDICT)
    news.spare([event.actor_id])
    return news


def _answered(_batch: Batch, event: Event, person_id: int) -> News:
    """Return the news of a decided report, an event of the reporter's own stream."""
    return News(by=event.actor_id, told={person_id: Subject.REPORT})


def _edited(batch: Batch, event: Event, _article_id: int) -> News:
    """Return the news of an edited or restored comment, for those it mentions or answers.

    People notified of it before, as a reply or a mention, are left out.
    """
    comment = batch.comments.get(_number(event.target))
    if comment is None:
        return News()
    news = News(article_id=comment.article_id, comment_id=comment.id, by=comment.author_id)
    _tell_those_spoken_to(news, comment, batch)
    _spare(news, comment)
    return news


_TELL: dict[tuple[str, str], Callable[[Batch, Event, int], News]] = {
    ("article", Kind.COMMENT_POSTED): _posted,
    ("article", Kind.COMMENT_EDITED): _edited,
    # It may have been edited while nobody could read it.
    ("article", Kind.COMMENT_RESTORED): _edited,
    ("person", Kind.DECISION_TOLD): _decided,
    ("person", Kind.REPORT_DECIDED): _answered,
    ("claim", Kind.VERDICT_CHANGED): _ruled,
}

_OF_COMMENTS = frozenset(kind for feature, kind in _TELL if feature == "article")


def _tell_those_spoken_to(news: News, comment: Any, batch: Batch) -> None:
    if comment.answered_id is not None:
        news.tell([comment.answered_id], Subject.REPLY)
    news.tell(batch.mentioned.get(comment.id, ()), Subject.MENTION)
    if news.told:
        news.spare(queries.told_of(comment.id, [Subject.REPLY, Subject.MENTION]))


def _spare(news: News, comment: Any) -> None:
    news.spare([comment.author_id, *accounts.who_muted(comment.author_id, among=list(news.told))])


def _number(target: str) -> int:
    """Return the id in the name of an element, such as ``comment-7``."""
    return int(target.rpartition("-")[2])
