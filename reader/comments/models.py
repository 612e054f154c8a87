"""Threads, comments and what each comment said before.

A thread is a tree in which a comment stands at most ``DEEPEST`` levels below the top. ``parent_id`` is the
comment that was answered; ``under_id`` is the comment it stands under on the page: the same, until the depth
is used up, from where on answers go on flat beside the one they answer. ``nth`` counts what stands under one
comment from 1, and ``replies`` is how many do, tombstones included, so numbers are never given twice.
``root_id`` is the top-level comment above a reply. ``folded`` is set once, at posting: a comment stands
behind "show n more" when it, or any comment above it, is more than the ``SHOWN``-th reply. So a page finds
what it shows by an index, whatever the size of the thread.

A comment that is held when it is posted has no place yet: nothing counts it, no number is given to it, and the
article's stream has never told of it, so its ``changed_seq`` is 0. It gets all that when a moderator approves it.
A reply's place is therefore by ``nth``, in the order of publishing; at the top the order is that of the ids, so
an approved comment stands where it would have stood. A published comment that is held later keeps its place.
"""

from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import BigInteger, ForeignKey, Index, String, Text, UniqueConstraint, false, text
from sqlalchemy.orm import Mapped, mapped_column, query_expression, relationship

from reader import config
from reader.accounts.models import User
from reader.articles.models import Article
from reader.clock import now
from reader.comments.screening.rules import Rule
from reader.db.base import Instant, Model
from reader.factchecks.models import Claim
from reader.text.english import plural

DEEPEST = 4
SHOWN = 3


class State(StrEnum):
    """State of a comment. Only ``published`` shows its text to everybody."""

    PUBLISHED = "published"
    HELD = "held"
    REMOVED = "removed"
    DELETED = "deleted"
    ERASED = "erased"


class Thread(Model):
    """The discussion of one article: what moderators have decided about it, and its counts.

    It was closed at ``closed_at``, or closes by itself: at ``closes_at``, or, where moderators chose no time, so many
    days after ``placed_at`` as the site's rule says, unless they have opened it at ``opened_at``. Between two comments
    of one person ``slow_seconds`` have to pass; ``premoderated``, each waits for a moderator. That holds ``until``, if
    that is set, and ``why`` is printed with it.

    ``published`` is the number of comments shown; ``total`` counts tombstones too: while it is 0, the thread is empty.
    ``pinned_id`` is the comment that stands above all others as well, as long as it is published.
    """

    __tablename__ = "threads"

    article_id: Mapped[int] = mapped_column(ForeignKey("articles.id"), primary_key=True)
    closed_at: Mapped[datetime | None] = mapped_column(Instant)
    closes_at: Mapped[datetime | None] = mapped_column(Instant)
    opened_at: Mapped[datetime | None] = mapped_column(Instant)
    slow_seconds: Mapped[int] = mapped_column(default=0, server_default="0")
    premoderated: Mapped[bool] = mapped_column(default=False, server_default=false())
    until: Mapped[datetime | None] = mapped_column(Instant)
    why: Mapped[str | None] = mapped_column(String(300))
    published: Mapped[int] = mapped_column(default=0)
    total: Mapped[int] = mapped_column(default=0)
    pinned_id: Mapped[int | None] = mapped_column(ForeignKey("comments.id"))
    # Stored with the article; whoever reads the thread says it (:mod:`reader.comments.closing`).
    placed_at: Mapped[datetime | None] = query_expression()

    @property
    def _holds(self) -> bool:
        return self.until is None or now() < self.until

    @property
    def is_closed(self) -> bool:
        """Return True if nothing can be added now."""
        return self._has_closed or (self.closed_at is not None and self._holds)

    @property
    def closing_at(self) -> datetime | None:
        """Time at which it closes by itself, or has closed; None if it never does."""
        return self.closes_at or self.closes_by_rule_at

    @property
    def closes_by_rule_at(self) -> datetime | None:
        """Time at which the site's rule closes it; None without a rule, or if moderators have opened it."""
        days = config.current().close_after
        if not days or self.placed_at is None or self.opened_at is not None:
            return None
        # To the second, as pages say it: they look again at that moment.
        return self.placed_at.replace(microsecond=0) + timedelta(days=days)

    @property
    def _has_closed(self) -> bool:
        return self.closing_at is not None and self.closing_at <= now()

    @property
    def reason(self) -> str | None:
        """Reason for its present state: the moderators' words, or the rule that has closed it."""
        if self._has_closed and self.closes_at is None:
            days = plural(config.current().close_after, "day")
            return f"Discussions here close {days} after the article was published."
        return self.why

    @property
    def slowness(self) -> int:
        """Seconds that have to pass now between two comments of one person; 0 if it is not slowed down."""
        return (self.slow_seconds or 0) if self._holds else 0

    @property
    def is_read_first(self) -> bool:
        """Return True if comments wait for a moderator now."""
        return bool(self.premoderated) and self._holds

    @property
    def ends_at(self) -> datetime | None:
        """Time at which the moderators' settings end by themselves; None if they don't, or have."""
        return self.until if self.until is not None and self._holds else None

    @property
    def opens_at(self) -> datetime | None:
        """Time at which it opens again by itself; None unless it is closed for a time."""
        ends = self.ends_at if self.is_closed and not self._has_closed else None
        return None if ends is None or (self.closing_at is not None and self.closing_at <= ends) else ends

    @property
    def changes_at(self) -> datetime | None:
        """Time at which it next changes by itself; None if it doesn't."""
        moments = [each for each in (self.until, self.closing_at) if each is not None and each > now()]
        return min(moments, default=None)


# Conditions that stand in a query word for word. An index of such rows is used only there; and where a value might make
# it one of them, SQLite plans the query anew each time it is run, which takes it five times as long as to answer.
PUBLISHED = f"comments.state = '{State.PUBLISHED}'"
HELD = f"comments.state = '{State.HELD}'"
# Those that can be read and that nobody has decided about as they are now.
UNREVIEWED = f"{PUBLISHED} AND comments.reviewed < comments.revision"
ABOUT_A_CLAIM = "under_id IS NULL AND claim_id IS NOT NULL"


def _index_of(name: str, condition: str) -> Index:
    """The comments for which the condition is true, which are few, by their ids."""
    only = text(condition.replace("comments.", ""))
    return Index(name, "id", sqlite_where=only, postgresql_where=only)


def _top_index(name: str, *columns: str, where: str) -> Index:
    """The top-level comments of an article by ``columns``. Replies, which are most, cost nothing by it."""
    only = text(where)
    return Index(name, "article_id", *columns, "id", sqlite_where=only, postgresql_where=only)


def _index_where_set(name: str, column: str, *others: str) -> Index:
    """The comments that have this; those that haven't, which are most or many, cost nothing by it."""
    only = text(f"{column} IS NOT NULL")
    return Index(name, column, *others, sqlite_where=only, postgresql_where=only)


class Comment(Model):
    """A comment as it stands now. ``changed_seq`` is its last change's number in the article's stream, ``reviewed`` the
    last revision that somebody has decided about.
    """

    __tablename__ = "comments"
    __table_args__ = (
        UniqueConstraint("author_id", "submission_id"),
        Index("ix_comments_article_id_under_id_id", "article_id", "under_id", "id"),
        _index_where_set("ix_comments_root_id_folded", "root_id", "folded"),
        _index_where_set("ix_comments_under_id_nth", "under_id", "nth"),
        _index_where_set("ix_comments_claim_id_id", "claim_id", "id"),
        Index("ix_comments_article_id_id", "article_id", "id"),
        Index("ix_comments_author_id_id", "author_id", "id"),
        Index("ix_comments_author_id_state", "author_id", "state"),
        _top_index("ix_comments_top_by_recommendations", "recommendations", where="under_id IS NULL"),
        _index_of("ix_comments_unreviewed", UNREVIEWED),
        _index_of("ix_comments_held", HELD),
        _top_index("ix_comments_top_by_claim", "claim_id", where=ABOUT_A_CLAIM),
        _top_index(
            "ix_comments_top_by_claim_recommendations", "claim_id", "recommendations", where=ABOUT_A_CLAIM
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    article_id: Mapped[int] = mapped_column(ForeignKey("articles.id"))
    author_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    submission_id: Mapped[str] = mapped_column(String(36))
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("comments.id"))
    under_id: Mapped[int | None] = mapped_column(ForeignKey("comments.id"))
    root_id: Mapped[int | None] = mapped_column(ForeignKey("comments.id"))
    depth: Mapped[int] = mapped_column(default=0)
    nth: Mapped[int] = mapped_column(default=0)
    folded: Mapped[bool] = mapped_column(default=False)
    replies: Mapped[int] = mapped_column(default=0)
    recommendations: Mapped[int] = mapped_column(default=0, server_default="0")
    claim_id: Mapped[int | None] = mapped_column(ForeignKey("claims.id"))
    verdict: Mapped[str | None] = mapped_column(String(20))
    state: Mapped[str] = mapped_column(String(20), default=State.PUBLISHED.value)
    body: Mapped[str] = mapped_column(Text)
    html: Mapped[str] = mapped_column(Text)
    revision: Mapped[int] = mapped_column(default=1)
    reviewed: Mapped[int] = mapped_column(default=0, server_default="0")
    created_at: Mapped[datetime] = mapped_column(Instant, default=now)
    edited_at: Mapped[datetime | None] = mapped_column(Instant)
    changed_seq: Mapped[int] = mapped_column(BigInteger)

    author: Mapped[User] = relationship(lazy="raise")
    article: Mapped[Article] = relationship(lazy="raise")
    claim: Mapped[Claim | None] = relationship(lazy="raise")
    parent: Mapped["Comment | None"] = relationship(lazy="raise", foreign_keys=[parent_id], remote_side=[id])

    @property
    def path(self) -> str:
        """Its permanent address; it leads to the right page of the thread."""
        return f"/comments/{self.id}"

    @property
    def element(self) -> str:
        """The id of its element on a page."""
        return f"comment-{self.id}"

    @property
    def text_changed_at(self) -> datetime:
        """Time at which its present text was written."""
        return self.edited_at or self.created_at

    @property
    def is_placed(self) -> bool:
        """Return True if it has a place in the thread, if only as a tombstone; else it was never published."""
        return self.changed_seq > 0


class CommentRevision(Model):
    """An earlier text of an edited comment. The present text is stored in the comment alone."""

    __tablename__ = "comment_revisions"

    comment_id: Mapped[int] = mapped_column(ForeignKey("comments.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    body: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime] = mapped_column(Instant, default=now)


class Recommendation(Model):
    """That a person recommends a comment; ``comments.recommendations`` counts them."""

    __tablename__ = "recommendations"

    comment_id: Mapped[int] = mapped_column(ForeignKey("comments.id"), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), primary_key=True)
    at: Mapped[datetime] = mapped_column(Instant, default=now)


class Finding(Model):
    """A rule's finding in a revision of a comment, and its outcome: for moderators.

    ``words`` are the words that were found, one a line, as they are written there. A finding that was only reported
    ``waits`` until somebody has decided about that revision, or there is another one.
    """

    __tablename__ = "findings"
    __table_args__ = (
        Index(
            "ix_findings_waiting", "comment_id", sqlite_where=text("waits"), postgresql_where=text("waits")
        ),
    )

    comment_id: Mapped[int] = mapped_column(ForeignKey("comments.id"), primary_key=True)
    revision: Mapped[int] = mapped_column(primary_key=True)
    rule: Mapped[str] = mapped_column(String(20), primary_key=True)
    outcome: Mapped[str] = mapped_column(String(20))
    words: Mapped[str] = mapped_column(Text, default="")
    waits: Mapped[bool] = mapped_column(default=False, server_default=false())

    @property
    def named(self) -> str:
        """The rule, in words."""
        return Rule(self.rule).label


class Visit(Model):
    """A person's last seen comment of a thread: before the present visit, and by now. A longer pause ends a visit."""

    __tablename__ = "visits"

    person_id: Mapped[int] = mapped_column(ForeignKey("users.id"), primary_key=True)
    article_id: Mapped[int] = mapped_column(ForeignKey("articles.id"), primary_key=True)
    seen_id: Mapped[int]
    latest_id: Mapped[int]
    at: Mapped[datetime] = mapped_column(Instant, default=now)


class ListedWords(Model):
    """A list of words that moderators keep: ``banned`` or ``suspect``, one entry a line."""

    __tablename__ = "listed_words"

    name: Mapped[str] = mapped_column(String(20), primary_key=True)
    words: Mapped[str] = mapped_column(Text, default="")
    version: Mapped[int] = mapped_column(default=0)


class Mention(Model):
    """That a comment names a person by ``@name``, and the person is to be told."""

    __tablename__ = "mentions"

    comment_id: Mapped[int] = mapped_column(ForeignKey("comments.id"), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), primary_key=True)
