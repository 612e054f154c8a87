"""Comments without their threads, newest first: what a person said, what is said about a claim, what a search finds.

Each list goes on from an id, takes a constant number of queries, and shows only what stands on articles that
everybody may see.
"""

from __future__ import annotations

import time
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, replace

from markupsafe import Markup
from sqlalchemy import ColumnElement, Select, exists, func, select

from reader.articles.models import Article
from reader.articles.queries import Heading, visible
from reader.comments.comment_view import MACROS, CommentView
from reader.comments.marking import marked
from reader.comments.models import Comment, State
from reader.comments.orders import PLACED
from reader.comments.queries import by_ids
from reader.comments.windows import MAX_PAGE, PAGE, Window
from reader.db import keyset
from reader.db.base import db
from reader.errors import Invalid
from reader.text.letters import fold
from reader.web import fragments

MAX_COUNTED = 1_000
MIN_SEARCH_LENGTH = 2
MAX_SEARCH_LENGTH = 100
MAX_WORDS = 8
# How far back one page of a search looks: what bounds its cost in the largest thread.
SEARCHED = 5_000
# Comments searched before the greenlet yields.
BATCH = 500

_PUBLISHED = Comment.state == State.PUBLISHED.value


def _public() -> ColumnElement[bool]:
    """Return the SQL condition that the public may see a comment's article.

    It is checked for each comment that is met: a list of all such articles would be long.
    """
    return exists().where(Article.id == Comment.article_id, visible()).correlate(Comment)


@dataclass(frozen=True, slots=True)
class ListedComment:
    """A comment with the article it stands on."""

    comment: CommentView
    path: str
    title: str

    @property
    def html(self) -> Markup:
        """The comment as such a list shows it."""
        return fragments.kept(MACROS, "listed", self.comment, self.path, self.title)


@dataclass(frozen=True, slots=True)
class Listing:
    """One page of a list; it goes on below ``after``, where there is more."""

    listed: tuple[ListedComment, ...]
    after: int | None

    @property
    def ids(self) -> list[int]:
        """The ids of the comments."""
        return [each.comment.id for each in self.listed]


def by_author(author_id: int, *, after: int | None) -> Listing:
    """A page of somebody's comments that can be read."""
    return _page(keyset.newest(_where(_PUBLISHED), (Comment.author_id, author_id), Comment.id, after))


def number_by(author_id: int) -> int:
    """Count the readable comments of somebody, up to ``MAX_COUNTED`` and one."""
    by_them = _where(Comment.author_id == author_id, _PUBLISHED).order_by(Comment.id.desc())
    some = by_them.limit(MAX_COUNTED + 1).subquery()
    return db.session.scalar(select(func.count()).select_from(some)) or 0


def about(claim_id: int, window: Window) -> Listing:
    """The window's part of all comments about a claim, on any article, tombstones included."""
    after = window.after.id if window.after else None
    through = window.through.id if window.through else None
    return _page(_about(claim_id, after), through=through)


def ids_about(claim_id: int, *, limit: int) -> Sequence[int]:
    """The newest comments about a claim."""
    return db.session.scalars(_about(claim_id, None).limit(limit)).all()


def _about(claim_id: int, after: int | None) -> Select[int]:
    return keyset.newest(_where(PLACED), (Comment.claim_id, claim_id), Comment.id, after)


def standing(comments: Sequence[CommentView]) -> list[ListedComment]:
    """These comments, each with its article."""
    wanted = {comment.article_id for comment in comments}
    found = db.session.scalars(select(Article).where(Article.id.in_(wanted), visible()))
    articles = {article.id: article for article in found}
    return [_listed(each, articles[each.article_id]) for each in comments if each.article_id in articles]


def words_of(text: str) -> list[str]:
    """The words of a search. Invalid, where nothing can be searched for, says what to do."""
    if len(text) > MAX_SEARCH_LENGTH:
        raise Invalid(
            f"A search has {MAX_SEARCH_LENGTH} characters at most. Leave some words out.", field="q"
        )
    words = [word for word in text.split() if fold(word)]
    if not any(_is_enough(fold(word)) for word in words):
        raise Invalid(f"Type a word of at least {MIN_SEARCH_LENGTH} letters.", field="q")
    if len(words) > MAX_WORDS:
        raise Invalid(f"A search has {MAX_WORDS} words at most. Leave some out.", field="q")
    return words


def search(article: Article | Heading, words: Sequence[str], *, after: int | None) -> Listing:
    """The comments of a thread that hold all the words, as far as they can be read."""
    shown, following = _found(article.id, [fold(word) for word in words], after)
    comments = [replace(each, html=marked(each.html or "", words)) for each in by_ids(shown).values()]
    return Listing(tuple(_listed(each, article) for each in comments[::-1]), following)


def _found(article_id: int, words: Sequence[str], after: int | None) -> tuple[list[int], int | None]:
    """Return the ids of one page of results, and where the search goes on.

    Letters are compared here, as each database engine folds them differently.
    """
    found: list[int] = []
    last, looked = after, 0
    while looked < SEARCHED:
        rows = db.session.execute(_bodies(article_id, last).limit(min(BATCH, SEARCHED - looked))).all()
        for last, body in rows:
            looked += 1
            text = fold(body)
            if all(word in text for word in words):
                if len(found) == PAGE:
                    return found, found[-1]
                found.append(last)
        if len(rows) < BATCH and looked < SEARCHED:
            return found, None
        time.sleep(0)
    return found, last


def _bodies(article_id: int, after: int | None) -> Select[int, str]:
    bodies = select(Comment.id, Comment.body).where(_PUBLISHED)
    return keyset.newest(bodies, (Comment.article_id, article_id), Comment.id, after)


def _is_enough(word: str) -> bool:
    """Return True if the word is long enough to search for.

    One letter of Chinese, Japanese or Korean is, as is a picture.
    """
    return len(word) >= MIN_SEARCH_LENGTH or unicodedata.east_asian_width(word) in "WF"


def _listed(comment: CommentView, article: Article | Heading) -> ListedComment:
    return ListedComment(comment, article.path, article.headline)


def _where(*conditions: ColumnElement[bool]) -> Select[int]:
    return select(Comment.id).where(*conditions, _public())


def _page(query: Select[int], *, through: int | None = None) -> Listing:
    limit = PAGE if through is None else MAX_PAGE
    found = db.session.scalars(query.limit(limit + 1)).all()
    wanted = [each for each in found[:limit] if each >= (through or 0)] or found[:PAGE]
    comments = [*by_ids(wanted).values()][::-1]
    return Listing(tuple(standing(comments)), wanted[-1] if len(found) > len(wanted) else None)
