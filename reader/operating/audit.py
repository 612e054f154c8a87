"""``reader log check``: proves that the streams are gapless and that the rows agree with the log."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy import Connection, Select, String, and_, case, cast, func, literal, or_, select
from sqlalchemy.orm import aliased

from reader.comments.models import Comment, Recommendation, State, Thread
from reader.db.snapshot import snapshot
from reader.eventlog.models import Event, Stream
from reader.factchecks.models import Claim

Rows = Select[*tuple[Any, ...]]


def faults() -> Iterator[str]:
    """Yield a sentence for each fault; none if all is well. Other processes may write meanwhile."""
    with snapshot() as connection:
        for sentence, query in _checks():
            yield from _sentences(connection, sentence, query)


def _sentences(connection: Connection, sentence: str, query: Rows) -> Iterator[str]:
    for row in connection.execute(query).mappings():
        yield sentence.format(**row)


def _checks() -> Iterator[tuple[str, Rows]]:
    """Each check: a sentence, and the query for the rows that it is true of."""
    yield (
        "Stream {name} says its head is {head}, and has {events} events, numbered {first} to {last}.",
        _streams(),
    )
    yield (
        "Comment {id} was last changed by event {changed_seq} of article:{article_id}; the log says {last}.",
        _changes(),
    )
    yield (
        "The thread of article {article_id} counts {published} of {total} comments;"
        " there are {found_published} of {found_total}.",
        _threads(),
    )
    yield (
        "Article {article_id} has comments, and no thread that counts them.",
        select(Comment.article_id)
        .outerjoin(Thread, Thread.article_id == Comment.article_id)
        .where(Thread.article_id.is_(None), Comment.changed_seq > 0)
        .distinct(),
    )
    yield "Comment {id} counts {replies} replies; there are {found}.", _replies()
    yield "Comment {id} counts {recommendations} recommendations; there are {found}.", _recommendations()
    yield "Claim {slug} counts {comments} comments; there are {found}.", _claims()


def _streams() -> Rows:
    events = func.count(Event.seq)
    first, last = func.min(Event.seq), func.max(Event.seq)
    return (
        select(
            Stream.name,
            Stream.head,
            events.label("events"),
            func.coalesce(first, 0).label("first"),
            func.coalesce(last, 0).label("last"),
        )
        .outerjoin(Event, Event.stream == Stream.name)
        .group_by(Stream.name, Stream.head)
        # Numbers are unique in a stream: as many as the last says, from one on, are all of them.
        .having(
            or_(
                events != Stream.head,
                and_(Stream.head > 0, or_(first != 1, last != Stream.head)),
            )
        )
        .order_by(Stream.name)
    )


def _changes() -> Rows:
    last = func.max(Event.seq)
    return (
        select(Comment.id, Comment.article_id, Comment.changed_seq, func.coalesce(last, 0).label("last"))
        .outerjoin(
            Event,
            and_(
                Event.stream == literal("article:").concat(cast(Comment.article_id, String)),
                Event.target == literal("comment-").concat(cast(Comment.id, String)),
            ),
        )
        .group_by(Comment.id, Comment.article_id, Comment.changed_seq)
        .having(func.coalesce(last, 0) != Comment.changed_seq)
        .order_by(Comment.id)
    )


def _threads() -> Rows:
    published = func.count(case((Comment.state == State.PUBLISHED.value, 1)))
    total = func.count(case((Comment.changed_seq > 0, 1)))
    return (
        select(
            Thread.article_id,
            Thread.published,
            Thread.total,
            published.label("found_published"),
            total.label("found_total"),
        )
        .outerjoin(Comment, Comment.article_id == Thread.article_id)
        .group_by(Thread.article_id, Thread.published, Thread.total)
        .having(or_(published != Thread.published, total != Thread.total))
        .order_by(Thread.article_id)
    )


def _replies() -> Rows:
    under = aliased(Comment)
    found = func.count(under.id)
    return (
        select(Comment.id, Comment.replies, found.label("found"))
        .outerjoin(under, and_(under.under_id == Comment.id, under.changed_seq > 0))
        .group_by(Comment.id, Comment.replies)
        .having(found != Comment.replies)
        .order_by(Comment.id)
    )


def _recommendations() -> Rows:
    found = func.count(Recommendation.user_id)
    return (
        select(Comment.id, Comment.recommendations, found.label("found"))
        .outerjoin(Recommendation, Recommendation.comment_id == Comment.id)
        .group_by(Comment.id, Comment.recommendations)
        .having(found != Comment.recommendations)
        .order_by(Comment.id)
    )


def _claims() -> Rows:
    found = func.count(Comment.id)
    return (
        select(Claim.slug, Claim.comments, found.label("found"))
        .outerjoin(Comment, and_(Comment.claim_id == Claim.id, Comment.state == State.PUBLISHED.value))
        .group_by(Claim.id, Claim.slug, Claim.comments)
        .having(found != Claim.comments)
        .order_by(Claim.slug)
    )
