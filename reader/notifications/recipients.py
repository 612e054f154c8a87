"""Recipients of an event's notifications, each with its subject. Reads only.

Nobody is notified of their own acts, of comments by people they have muted, or of anything that cannot be read at that
time. A person who qualifies for several subjects is notified of the first.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
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


def news_of(event: Event) -> News:
    """Return the news of an event of any stream; for most kinds of event it has no recipients."""
    feature, _, number = event.stream.partition(":")
    tell = _TELL.get((feature, event.kind))
    return tell(event, int(number)) if tell else News()


def _posted(event: Event, _article_id: int) -> News:
    comment = _comment(event)
    if comment is None:
        return News()
    # The author is the actor, even if a moderator published the comment.
    news = News(article_id=comment.article_id, comment_id=comment.id, by=comment.author_id)
    _tell_those_spoken_to(news, comment)
    news.tell(queries.followers(event.stream), Subject.COMMENT)
    _spare(news, comment)
    return news


def _decided(event: Event, person_id: int) -> News:
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


def _ruled(event: Event, claim_id: int) -> News:
    news = News(claim_id=claim_id, by=event.actor_id)
    if factchecks.is_public(claim_id):
        news.tell(queries.followers(event.stream), Subject.VERDICT)
    news.spare([event.actor_id])
    return news


def _answered(event: Event, person_id: int) -> News:
    """Return the news of a decided report, an event of the reporter's own stream."""
    return News(by=event.actor_id, told={person_id: Subject.REPORT})


def _edited(event: Event, _article_id: int) -> News:
    """Return the news of an edited or restored comment, for those it mentions or answers.

    People notified of it before, as a reply or a mention, are left out.
    """
    comment = _comment(event)
    if comment is None:
        return News()
    news = News(article_id=comment.article_id, comment_id=comment.id, by=comment.author_id)
    _tell_those_spoken_to(news, comment)
    _spare(news, comment)
    return news


_TELL: dict[tuple[str, str], Callable[[Event, int], News]] = {
    ("article", Kind.COMMENT_POSTED): _posted,
    ("article", Kind.COMMENT_EDITED): _edited,
    # It may have been edited while nobody could read it.
    ("article", Kind.COMMENT_RESTORED): _edited,
    ("person", Kind.DECISION_TOLD): _decided,
    ("person", Kind.REPORT_DECIDED): _answered,
    ("claim", Kind.VERDICT_CHANGED): _ruled,
}


def _tell_those_spoken_to(news: News, comment: Any) -> None:
    if comment.answered_id is not None:
        news.tell([comment.answered_id], Subject.REPLY)
    news.tell(mentioned_in(comment.id), Subject.MENTION)
    if news.told:
        news.spare(queries.told_of(comment.id, [Subject.REPLY, Subject.MENTION]))


def _spare(news: News, comment: Any) -> None:
    news.spare([comment.author_id, *accounts.who_muted(comment.author_id, among=list(news.told))])


def _comment(event: Event) -> Any:
    """Return the comment that an event is about, if it can be read."""
    return db.session.execute(
        select(Comment.id, Comment.article_id, Comment.author_id, _ANSWERED.author_id.label("answered_id"))
        .join(Article, Article.id == Comment.article_id)
        .outerjoin(_ANSWERED, _ANSWERED.id == Comment.parent_id)
        .where(Comment.id == _number(event.target), text(PUBLISHED), articles.visible())
    ).one_or_none()


def _number(target: str) -> int:
    """Return the id in the name of an element, such as ``comment-7``."""
    return int(target.rpartition("-")[2])
