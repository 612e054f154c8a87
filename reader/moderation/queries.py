"""Every read of decisions, and of comments as only moderators see them: with the text of removed ones."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import exists, select
from sqlalchemy.orm import aliased, joinedload, raiseload

from reader.articles.models import Article
from reader.articles.queries import visible
from reader.comments.models import Comment, State
from reader.extensions import db
from reader.moderation.models import Action, Decision, Report

PAGE = 25


@dataclass(frozen=True)
class Case:
    """A comment on a moderator's page, with its article, its author and the last decision about it."""

    comment: Comment
    decision: Decision | None

    @property
    def html(self) -> str | None:
        """What the comment says, as long as there is something to decide: not what its author deleted."""
        return self.comment.html if self.comment.state in (State.PUBLISHED, State.REMOVED) else None


@dataclass(frozen=True)
class Cases:
    """A page of comments, and the number after which the list goes on."""

    cases: Sequence[Case]
    after: int | None


@dataclass(frozen=True)
class Entry:
    """A line of the public log; ``is_public`` is off where the article may not be named."""

    decision: Decision
    is_public: bool


@dataclass(frozen=True)
class Log:
    """A page of the public log, latest first, and the decision after which it goes on."""

    entries: Sequence[Entry]
    after: int | None


def case(comment_id: int) -> Case | None:
    """One comment to decide about."""
    comment = db.session.scalar(_COMMENTS.where(Comment.id == comment_id))
    return _with_decisions([comment])[0] if comment else None


def approval(comment_id: int, revision: int) -> Decision | None:
    """The decision that this revision is seen and kept, if that is how it stands."""
    last = db.session.scalar(
        select(Decision)
        .where(Decision.comment_id == comment_id, Decision.revision == revision)
        .order_by(Decision.id.desc())
        .limit(1)
    )
    return last if last is not None and last.action in (Action.APPROVE, Action.RESTORE) else None


def open_reports(comment_id: int) -> Sequence[Report]:
    """The reports on a comment that no decision has ended yet."""
    return db.session.scalars(
        select(Report).where(Report.comment_id == comment_id, Report.outcome.is_(None)).order_by(Report.id)
    ).all()


def recent(*, after: int | None = None) -> Cases:
    """The newest comments of the whole site, removed ones too. ``after`` is a comment's id."""
    query = _COMMENTS.where(Comment.state.in_([State.PUBLISHED.value, State.REMOVED.value]))
    if after is not None:
        query = query.where(Comment.id < after)
    comments = db.session.scalars(query.order_by(Comment.id.desc()).limit(PAGE + 1)).all()
    return Cases(_with_decisions(comments[:PAGE]), comments[PAGE - 1].id if len(comments) > PAGE else None)


def removed(*, after: int | None = None) -> Cases:
    """The comments that are removed, the one removed last first. ``after`` is the id of a decision."""
    later = aliased(Decision)
    is_last = ~exists().where(later.comment_id == Decision.comment_id, later.id > Decision.id)
    query = (
        _COMMENTS.join(Decision, Decision.comment_id == Comment.id)
        .where(Decision.action == Action.REMOVE.value, is_last, Comment.state == State.REMOVED.value)
        .order_by(Decision.id.desc())
        .limit(PAGE + 1)
    )
    if after is not None:
        query = query.where(Decision.id < after)
    cases = _with_decisions(db.session.scalars(query).all())
    more = len(cases) > PAGE and cases[PAGE - 1].decision
    return Cases(cases[:PAGE], more.id if more else None)


def log(*, after: int | None = None) -> Log:
    """The decisions, as everybody may read them."""
    query = (
        select(Decision, visible())
        .outerjoin(Article, Article.id == Decision.article_id)
        .options(joinedload(Decision.actor, innerjoin=True), joinedload(Decision.article))
        .order_by(Decision.id.desc())
        .limit(PAGE + 1)
    )
    if after is not None:
        query = query.where(Decision.id < after)
    entries = [Entry(decision, bool(is_public)) for decision, is_public in db.session.execute(query)]
    return Log(entries[:PAGE], entries[PAGE - 1].decision.id if len(entries) > PAGE else None)


_COMMENTS = select(Comment).options(
    joinedload(Comment.author, innerjoin=True),
    joinedload(Comment.article, innerjoin=True),
    joinedload(Comment.claim),
    raiseload("*"),
)


def _with_decisions(comments: Sequence[Comment]) -> list[Case]:
    decisions = db.session.scalars(
        select(Decision)
        .where(Decision.comment_id.in_([comment.id for comment in comments]))
        .options(joinedload(Decision.actor, innerjoin=True))
        .order_by(Decision.id)
    )
    last = {decision.comment_id: decision for decision in decisions}
    return [Case(comment, last.get(comment.id)) for comment in comments]
