"""Cards of comments, with all that helps to decide: the same for every moderator.

Each function makes a constant number of queries, however many cards there are.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import ClassVar, NamedTuple

from markupsafe import Markup
from sqlalchemy import case, func, select
from sqlalchemy.orm import joinedload, raiseload

from reader.accounts.models import Measure, User
from reader.comments.marking import marked
from reader.comments.models import Comment, CommentRevision, Finding, State
from reader.db.base import db
from reader.moderation.models import Appeal, Decision, Report
from reader.moderation.queues import lists
from reader.moderation.reports.policy import Record
from reader.moderation.reports.queries import records
from reader.text.markdown import own_words

_SHOWN = (State.PUBLISHED, State.HELD, State.REMOVED)
_TAG = re.compile(r"(<[^>]*>)")
MAX_PARENT_LENGTH = 280
# So many of the texts that a comment had before are on its card.
MAX_BEFORE = 3


class History(NamedTuple):
    """Numbers of comments that an author has written, and of those removed."""

    comments: int = 0
    removed: int = 0

    @property
    def share(self) -> int:
        """Percentage of the comments that was removed."""
        return round(100 * self.removed / self.comments) if self.comments else 0


class ParentExcerpt(NamedTuple):
    """Excerpt of the comment that another one answers; without text if it is not public."""

    id: int
    name: str
    text: str | None


class CardReport(NamedTuple):
    """A report, with its reporter's current record."""

    report: Report
    record: Record


@dataclass(frozen=True)
class Card:
    """A comment to decide about, as of now. ``MACRO`` names the template macro that renders it."""

    MACRO: ClassVar[str] = "case"

    comment: Comment
    history: History
    measures: Sequence[Measure] = field(default=())
    parent: ParentExcerpt | None = None
    reports: Sequence[CardReport] = field(default=())
    findings: Sequence[Finding] = field(default=())
    before: Sequence[CommentRevision] = field(default=())
    decision: Decision | None = None
    appeal: Appeal | None = None
    keys: Mapping[str, int] = field(default_factory=dict)

    @property
    def target(self) -> str:
        """Id of the case in the moderators' stream."""
        return self.comment.element

    @property
    def element(self) -> str:
        """Id of its element on a page."""
        return f"case-{self.comment.id}"

    @property
    def handle(self) -> str:
        """Value that identifies it in forms: the comment, and the revision judged."""
        return f"{self.comment.id}.{self.comment.revision}"

    @property
    def where(self) -> str:
        """Queues that it is in, each with the key by which an open page places it."""
        return " ".join(f"{queue}:{key}" for queue, key in self.keys.items())

    @property
    def html(self) -> Markup | None:
        """Text as HTML, with the words found by rules marked; None if nothing is left to decide."""
        if self.comment.state not in _SHOWN:
            return None
        now = [finding for finding in self.findings if finding.revision == self.comment.revision]
        words = [word for finding in now for word in finding.words.splitlines() if word]
        html = marked(self.comment.html, words)
        return Markup(html)  # noqa: S704 - cleaned when it was written, and only marked here


def cards(comment_ids: Sequence[int]) -> list[Card]:
    """Return the cards of these comments, in this order."""
    if not comment_ids:
        return []
    comments = {
        comment.id: comment for comment in db.session.scalars(_COMMENTS.where(Comment.id.in_(comment_ids)))
    }
    parents = _parents(comments.values())
    written = histories({comment.author_id for comment in comments.values()})
    measures = measures_on({comment.author_id for comment in comments.values()})
    reports = _reports(comment_ids)
    findings, before = _findings(comments.values()), _before(comments.values())
    decisions, appeals = _decisions(comment_ids), _appeals(comment_ids)
    keys = lists.keys_of(comment_ids)
    return [
        Card(
            comment=comment,
            history=written[comment.author_id],
            measures=measures[comment.author_id],
            parent=parents.get(comment.parent_id),
            reports=reports[comment.id],
            findings=findings[comment.id],
            before=before[comment.id],
            decision=decisions.get(comment.id),
            appeal=appeals.get(comment.id),
            keys=keys[comment.id],
        )
        for comment in map(comments.get, comment_ids)
        if comment
    ]


_COMMENTS = select(Comment).options(
    joinedload(Comment.author, innerjoin=True),
    joinedload(Comment.article, innerjoin=True),
    joinedload(Comment.claim).raiseload("*"),
    raiseload("*"),
)


def _parents(comments: Collection[Comment]) -> dict[int | None, ParentExcerpt]:
    rows = db.session.execute(
        select(Comment.id, User.username, case((Comment.state == State.PUBLISHED.value, Comment.html)))
        .join(User, User.id == Comment.author_id)
        .where(Comment.id.in_({comment.parent_id for comment in comments if comment.parent_id}))
    )
    return {each: ParentExcerpt(each, name, _short(html)) for each, name, html in rows}


def _short(html: str | None) -> str | None:
    if html is None:
        return None
    text = " ".join(own_words(html).split())
    return text if len(text) <= MAX_PARENT_LENGTH else f"{text[:MAX_PARENT_LENGTH].rstrip()}…"


def histories(person_ids: Collection[int]) -> dict[int, History]:
    """Return the history of each of these people, without those who have written nothing."""
    removed = func.sum(case((Comment.state == State.REMOVED.value, 1), else_=0))
    rows = db.session.execute(
        select(Comment.author_id, func.count(), removed)
        .where(Comment.author_id.in_(person_ids))
        .group_by(Comment.author_id)
    )
    return {person_id: History(number, gone) for person_id, number, gone in rows}


def measures_on(person_ids: Collection[int]) -> dict[int, list[Measure]]:
    """Return the measures in force against each of these people."""
    found: dict[int, list[Measure]] = defaultdict(list)
    query = select(Measure).where(Measure.person_id.in_(person_ids), Measure.ended_at.is_(None))
    for measure in db.session.scalars(query.order_by(Measure.id)):
        if measure.in_force:
            found[measure.person_id].append(measure)
    return found


def _reports(comment_ids: Collection[int]) -> dict[int, list[CardReport]]:
    found = db.session.scalars(
        select(Report)
        .where(Report.comment_id.in_(comment_ids), Report.outcome.is_(None))
        .options(joinedload(Report.reporter, innerjoin=True), raiseload("*"))
        .order_by(Report.id)
    ).all()
    known = records({report.reporter_id for report in found})
    told: dict[int, list[CardReport]] = defaultdict(list)
    for report in found:
        told[report.comment_id].append(CardReport(report, known[report.reporter_id]))
    return told


def _findings(comments: Collection[Comment]) -> dict[int, list[Finding]]:
    """Return the rules' findings in the current revisions; for held comments, in earlier ones, too."""
    by_id = {comment.id: comment for comment in comments}
    found: dict[int, list[Finding]] = defaultdict(list)
    query = select(Finding).where(Finding.comment_id.in_(by_id)).order_by(Finding.revision.desc())
    for finding in db.session.scalars(query):
        comment = by_id[finding.comment_id]
        if comment.state == State.HELD or finding.revision == comment.revision:
            found[finding.comment_id].append(finding)
    return found


def _before(comments: Collection[Comment]) -> dict[int, list[CommentRevision]]:
    """Return the last ``MOST_BEFORE`` earlier revisions of each comment still to be decided about, latest first."""
    edited = {comment.id for comment in comments if comment.revision > 1 and comment.state in _SHOWN}
    found: dict[int, list[CommentRevision]] = defaultdict(list)
    if edited:
        query = (
            select(CommentRevision)
            .join(Comment, Comment.id == CommentRevision.comment_id)
            .where(
                CommentRevision.comment_id.in_(edited),
                CommentRevision.number < Comment.revision,
                CommentRevision.number >= Comment.revision - MAX_BEFORE,
            )
            .order_by(CommentRevision.number.desc())
        )
        for revision in db.session.scalars(query):
            found[revision.comment_id].append(revision)
    return found


def _decisions(comment_ids: Collection[int]) -> dict[int, Decision]:
    """Return the last decision about each comment."""
    last = (
        select(func.max(Decision.id))
        .where(Decision.comment_id.in_(comment_ids))
        .group_by(Decision.comment_id)
    )
    found = db.session.scalars(
        select(Decision).where(Decision.id.in_(last)).options(joinedload(Decision.actor), raiseload("*"))
    )
    return {decision.comment_id: decision for decision in found if decision.comment_id}


def _appeals(comment_ids: Collection[int]) -> dict[int, Appeal]:
    """Return the last appeal against a decision about each comment."""
    found = db.session.scalars(
        select(Appeal)
        .join(Decision, Decision.id == Appeal.decision_id)
        .where(Decision.comment_id.in_(comment_ids))
        .options(joinedload(Appeal.decision, innerjoin=True).joinedload(Decision.actor), raiseload("*"))
        .order_by(Appeal.id)
    )
    return {appeal.decision.comment_id: appeal for appeal in found if appeal.decision.comment_id}
