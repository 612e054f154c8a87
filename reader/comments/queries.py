"""Every read of threads. The text of a tombstone is left out here, by the database, so nothing above can show
it.

A page first finds the ids it shows, by index, then loads all their rows at once: the number of queries is the
same for any thread and any page of it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from typing import Any, Protocol

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    CompoundSelect,
    Row,
    Select,
    and_,
    bindparam,
    case,
    exists,
    or_,
    select,
)
from sqlalchemy.orm import aliased

from reader.accounts.models import User
from reader.articles.models import Article
from reader.articles.queries import visible
from reader.comments import closing, orders
from reader.comments.comment_view import Alone, CommentView, Mark, Node, ThreadPage
from reader.comments.models import SHOWN, Comment, Recommendation, State, Thread
from reader.comments.orders import PLACED as _SEEN
from reader.comments.windows import BRANCH, Opened, Place, Window
from reader.db import keyset
from reader.db.base import db
from reader.factchecks.models import Claim
from reader.factchecks.verdicts import Verdict

_ANSWERED = aliased(Comment, name="answered")
_ANSWERED_AUTHOR = aliased(User, name="answered_author")
_COLUMNS = (
    select(
        Comment.id,
        Comment.article_id,
        Comment.author_id,
        User.username,
        Comment.state,
        Comment.revision,
        Comment.created_at,
        Comment.edited_at,
        Comment.changed_seq,
        Comment.parent_id,
        Comment.under_id,
        Comment.nth,
        Comment.replies,
        Comment.recommendations,
        _ANSWERED_AUTHOR.username.label("answers"),
        Claim.id.label("claim_id"),
        Claim.slug,
        Claim.short,
        Claim.text,
        Claim.verdict,
        Comment.verdict.label("verdict_then"),
    )
    .join(User, User.id == Comment.author_id)
    .outerjoin(_ANSWERED, and_(_ANSWERED.id == Comment.parent_id, Comment.parent_id != Comment.under_id))
    .outerjoin(_ANSWERED_AUTHOR, _ANSWERED_AUTHOR.id == _ANSWERED.author_id)
    .outerjoin(Claim, Claim.id == Comment.claim_id)
    .order_by(Comment.id)
)
_PUBLISHED = Comment.state == State.PUBLISHED.value
_MAY_BE_HIDDEN = Comment.state.in_([State.HELD.value, State.REMOVED.value])
_SHOWN = _COLUMNS.add_columns(case((_PUBLISHED, Comment.html)).label("html")).where(_SEEN)
_IDS: BindParameter[Any] = bindparam("ids", expanding=True)
_FIRST = select(Comment.id).where(
    Comment.root_id.in_(bindparam("tops", expanding=True)), Comment.folded.is_(False)
)
_BY_IDS = _SHOWN.where(Comment.id.in_(_IDS))
_HIDDEN = select(
    exists().where(
        Comment.article_id == bindparam("article"),
        Comment.author_id == bindparam("author"),
        _MAY_BE_HIDDEN,  # an index can seek by this, not by what follows
        or_(Comment.state == State.HELD.value, ~_SEEN),
    )
)


class Discussed(Protocol):
    """An article, in any form, that a thread belongs to."""

    @property
    def id(self) -> int:
        """The article's id."""


def thread_of(article_id: int) -> Thread:
    """The state and counts of an article's discussion; an open, empty one where nobody wrote yet."""
    found = db.session.get(Thread, article_id)
    return closing.with_rule(found or Thread(article_id=article_id, published=0, total=0))


def page(article: Discussed, window: Window | None = None, *, viewer: User | None = None) -> ThreadPage:
    """The page that ``window`` shows of the thread: top-level comments in its order, each with its first replies.

    Comments that only ``viewer`` can see stand in their places.
    """
    window = window or Window()
    # Read before the comments: what came since is an arrival, even if it is among them.
    newest = orders.newest(article.id, window)
    tops = orders.stretch(article.id, window)
    ids = [*tops.ids, *db.session.scalars(_under(tops.ids, window.opened))]
    own = db.session.scalars(_own_held(article.id, viewer)).all() if viewer else []
    thread = thread_of(article.id)
    pinned = [thread.pinned_id] if thread.pinned_id else []
    rows = by_ids([*ids, *own, *pinned], viewer=viewer)
    held = [each for each in own if _is_held_here(rows[each], window)]
    return ThreadPage(
        thread=thread,
        window=window,
        nodes=_tree(orders.with_held(tops, held, window), rows, window.starts),
        previous=tops.before,
        next=tops.after,
        newest=newest,
        pinned=rows.get(thread.pinned_id) if thread.pinned_id else None,
    )


def has_hidden(article_id: int, viewer: User) -> bool:
    """Return True if the viewer has comments there that others never saw: held ones, or removed before publication."""
    return bool(db.session.connection().scalar(_HIDDEN, {"article": article_id, "author": viewer.id}))


def by_ids(ids: Iterable[int], *, viewer: User | None = None) -> dict[int, CommentView]:
    """The comments with these ids, in their order, with all that is shown of them, to ``viewer`` or everybody."""
    wanted = list(ids)
    if not wanted:
        return {}
    query = _shown_to(viewer).where(Comment.id.in_(_IDS)) if viewer else _BY_IDS
    rows = db.session.connection().execute(query, {"ids": wanted})
    return {row.id: _shown(row) for row in rows}


def recent(article_id: int, *, limit: int) -> list[CommentView]:
    """The latest comments on an article that can be read, latest first."""
    latest = keyset.newest(select(Comment.id).where(_PUBLISHED), (Comment.article_id, article_id), Comment.id)
    return list(by_ids(db.session.scalars(latest.limit(limit))).values())[::-1]


def alone(comment_id: int, *, viewer: User | None = None) -> Alone | None:
    """The comment with its article and thread, if ``viewer`` may see it, in one that the public may see."""
    comment = by_ids([comment_id], viewer=viewer).get(comment_id)
    article = _public_article(comment.article_id) if comment else None
    return Alone(comment, article, thread_of(article.id)) if comment and article else None


def body_of(comment_id: int) -> str:
    """The text of a comment as its author typed it. For its author's eyes."""
    return db.session.execute(select(Comment.body).where(Comment.id == comment_id)).scalar_one()


def recommended_by(person: User, comment_ids: Iterable[int]) -> Sequence[int]:
    """Those of the comments that the person recommends."""
    return db.session.scalars(
        select(Recommendation.comment_id).where(
            Recommendation.user_id == person.id, Recommendation.comment_id.in_(list(comment_ids))
        )
    ).all()


def article_of(comment_id: int) -> Article:
    """The article that a comment belongs to."""
    query = select(Article).join(Comment, Comment.article_id == Article.id).where(Comment.id == comment_id)
    return db.session.scalars(query).one()


def mentions(slugs: Collection[str], *, article_id: int, limit: int) -> Sequence[tuple[int, str]]:
    """The newest comments of a thread that show one of these claims, each with its slug."""
    rows = db.session.execute(
        select(Comment.id, Claim.slug)
        .join(Claim, Claim.id == Comment.claim_id)
        .where(Claim.slug.in_(slugs), Comment.article_id == article_id, _SEEN)
        .order_by(Comment.id.desc())
        .limit(limit)
    )
    return [(comment_id, slug) for comment_id, slug in rows]


def counts(article_ids: Collection[int]) -> dict[int, int]:
    """Number of published comments by article id; 0 for articles without."""
    rows = db.session.execute(
        select(Thread.article_id, Thread.published).where(Thread.article_id.in_(article_ids))
    )
    return dict.fromkeys(article_ids, 0) | {row.article_id: row.published for row in rows}


def place_of(
    comment_id: int, *, replies_after: int | None = None, viewer: User | None = None
) -> Place | None:
    """The place of a comment; given ``replies_after``, with its own replies after that number opened.

    None if there is no such comment that ``viewer`` may see, or the public may not see its article. It costs the
    same anywhere in a thread: the page is found from the comment, not counted from the first one.
    """
    above = _and_above(comment_id, viewer)
    if not above:
        return None
    top = above[-1]
    opened = [
        Opened(row.under_id, (row.nth - 1) // BRANCH * BRANCH) for row in reversed(above) if row.nth > SHOWN
    ]
    if replies_after is not None:
        opened.append(Opened(comment_id, replies_after))
    article = _public_article(top.article_id)
    if article is None:
        return None
    window = orders.window_of(article.id, top.id)
    return Place(article=article, comment_id=comment_id, window=replace(window, opened=tuple(opened)))


def _held_of(viewer: User) -> ColumnElement[bool]:
    return and_(Comment.author_id == viewer.id, Comment.state == State.HELD.value)


def _hidden_of(viewer: User) -> ColumnElement[bool]:
    """SQL condition for the viewer's held or removed comments; the latter leave a tombstone even if never published."""
    return and_(Comment.author_id == viewer.id, _MAY_BE_HIDDEN)


def _shown_to(viewer: User) -> Select[*tuple[Any, ...]]:
    """Select what everybody is shown, and the viewer's comments that others don't see."""
    html = case((or_(_PUBLISHED, _held_of(viewer)), Comment.html)).label("html")
    return _COLUMNS.add_columns(html).where(or_(_SEEN, _hidden_of(viewer)))


def _public_article(article_id: int) -> Article | None:
    return db.session.scalar(select(Article).where(Article.id == article_id, visible()))


def _own_held(article_id: int, viewer: User) -> Select[int]:
    """The viewer's comments in the thread that have no place yet."""
    return select(Comment.id).where(Comment.article_id == article_id, ~_SEEN, _hidden_of(viewer))


def _is_held_here(row: CommentView, window: Window) -> bool:
    """Return True if a held comment would be a top-level one in the window, which may be about one claim alone."""
    slug = row.about.slug if row.about else None
    return row.under_id is None and window.claim in (None, slug)


def _under(tops: Sequence[int], opened: Sequence[Opened]) -> Select[int] | CompoundSelect[int]:
    """The replies that stand under ``tops`` at first, and those that stand in the opened branches.

    An opened comment that isn't on the page at all adds rows that find no place.
    """
    query = _FIRST.params(tops=tops)
    if not opened:
        return query
    replies = select(Comment.id).where(or_(*map(_in_branch, opened)))
    inside = replies.cte("inside", recursive=True)
    deeper = select(Comment.id).join(inside, Comment.under_id == inside.c.id).where(Comment.nth <= SHOWN)
    # Not one condition with OR: that would look at every row.
    return query.union(select(inside.union(deeper).c.id))


def _in_branch(branch: Opened) -> ColumnElement[bool]:
    return and_(
        Comment.under_id == branch.comment_id,
        Comment.nth > branch.after,
        Comment.nth <= branch.after + BRANCH,
    )


def _tree(
    tops: Iterable[int], rows: Mapping[int, CommentView], starts: Mapping[int, int]
) -> tuple[Node, ...]:
    """Put the rows in their places, leaving out those that the window doesn't show."""
    under: dict[int, list[CommentView]] = defaultdict(list)
    for row in rows.values():
        if row.under_id is not None:
            start = starts.get(row.under_id)
            first, last = (0, SHOWN) if start is None else (start, start + BRANCH)
            if first < row.nth <= last or not row.is_placed:
                under[row.under_id].append(row)

    def grown(row: CommentView) -> Node:
        replies = sorted(under[row.id], key=lambda reply: reply.order)
        return Node(row, tuple(map(grown, replies)), starts.get(row.id, 0))

    return tuple(grown(rows[each]) for each in tops if each in rows)


def _and_above(comment_id: int, viewer: User | None) -> Sequence[Row[tuple[int, int, int, int]]]:
    """The comment and those it stands under, up to the top; nothing if ``viewer`` can't see it in a thread."""
    columns = (Comment.id, Comment.article_id, Comment.under_id, Comment.nth)
    seen = or_(_SEEN, _hidden_of(viewer)) if viewer else _SEEN
    chain = select(*columns).where(Comment.id == comment_id, seen).cte("chain", recursive=True)
    above = aliased(Comment)
    chain = chain.union_all(
        select(above.id, above.article_id, above.under_id, above.nth).where(above.id == chain.c.under_id)
    )
    return db.session.execute(select(chain).order_by(chain.c.id.desc())).all()


@lru_cache(maxsize=4096)
def _shown(row: Row[*tuple[Any, ...]]) -> CommentView:
    """The view of a row; for the same row the same object, which is quickly found among the fragments kept."""
    about = None
    if row.claim_id is not None:
        about = Mark(
            id=row.claim_id,
            slug=row.slug,
            words=row.short or row.text,
            then=Verdict(row.verdict_then),
            now=Verdict(row.verdict),
        )
    return CommentView(
        id=row.id,
        article_id=row.article_id,
        author_id=row.author_id,
        name=row.username,
        state=row.state,
        html=row.html,
        revision=row.revision,
        created_at=row.created_at,
        edited_at=row.edited_at,
        changed_seq=row.changed_seq,
        parent_id=row.parent_id,
        under_id=row.under_id,
        nth=row.nth,
        replies=row.replies,
        recommendations=row.recommendations,
        answers=row.answers,
        about=about,
    )
