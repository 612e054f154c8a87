"""Queries for the top-level comments of a window, by index in each order, whatever the size of the thread.

A page goes on from the comment where the one before ended, never from a count of rows, so arrivals shift nothing. In
the order of recommendations that place is the number of recommendations that the comment had then, and its id.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Row, Select, and_, select, tuple_

from reader.comments.models import Comment
from reader.comments.windows import MAX_PAGE, PAGE, Sort, Spot, Window
from reader.db.base import db
from reader.factchecks.models import Claim

# What was never published isn't part of the thread; all else has a place in it, if only as a tombstone.
PLACED = Comment.changed_seq > 0
TOP = and_(Comment.under_id.is_(None), PLACED)
_BY_COUNT = (Comment.recommendations, Comment.id)


class Stretch(NamedTuple):
    """The top-level comments that a window shows, in its order, and the windows beside it, where there are any."""

    ids: Sequence[int]
    before: Window | None
    after: Window | None


def stretch(article_id: int, window: Window) -> Stretch:
    """The top-level comments that ``window`` shows, and the windows before and after it."""
    found, last = _listed(article_id, window) if window.shown else _found(article_id, window)
    return Stretch(
        ids=found,
        before=_before(article_id, window),
        after=window.at(last) if last else None,
    )


def with_held(stretch: Stretch, held: Sequence[int], window: Window) -> Sequence[int]:
    """The top level as somebody sees it whose own comments ``held`` are among it, waiting to be approved.

    They stand where their ids place them; in the order of recommendations, above all others.
    """
    if not held:
        return stretch.ids
    if window.sort == Sort.RECOMMENDED:
        return [*sorted(held, reverse=True), *stretch.ids] if window.after is None else stretch.ids
    start = window.after.id if window.after else None
    end = stretch.ids[-1] if stretch.after else None
    if window.is_descending:
        start, end = end, start
    here = [each for each in held if (start or 0) < each and (end is None or each < end)]
    return sorted([*stretch.ids, *here], reverse=window.is_descending)


def newest(article_id: int, window: Window) -> int | None:
    """On the first page of the most recommended, the id of the newest comment: what has a higher one is an arrival."""
    if window.sort != Sort.RECOMMENDED or window.after is not None:
        return None
    if window.beyond is not None:
        return window.beyond
    by_id = window.sorted(Sort.NEWEST)
    return db.session.scalar(_ordered(_tops(article_id, by_id), by_id).limit(1)) or 0


def window_of(article_id: int, top_id: int) -> Window:
    """The window, in the usual order, that shows this top-level comment: as its last one, unless on the first page."""
    above = _ordered(_tops(article_id, Window()), Window(), backwards=True).where(Comment.id > top_id)
    spots = db.session.scalars(above.limit(PAGE)).all()
    return Window(after=Spot(spots[-1]) if len(spots) == PAGE else None)


def _tops(article_id: int, window: Window) -> Select[int]:
    query = select(Comment.id).where(Comment.article_id == article_id, TOP)
    if window.claim is not None:
        query = query.where(Comment.claim_id == _claim(window.claim))
    return query


def _claim(slug: str) -> Any:
    return select(Claim.id).where(Claim.slug == slug).scalar_subquery()


def _found(article_id: int, window: Window) -> tuple[Sequence[int], Spot | None]:
    """The comments from the window's start on; and where the next page starts, if there is one."""
    limit = PAGE if window.through is None else MAX_PAGE
    found = [_spot(row, window) for row in _rows(ordered(article_id, window), limit + 1)]
    wanted = [spot for spot in found[:limit] if _is_within(spot, window)] or found[:PAGE]
    return [spot.id for spot in wanted], wanted[-1] if len(found) > len(wanted) else None


def ordered(article_id: int, window: Window) -> Sequence[Select[Any]]:
    """All comments from the window's start on, each with its recommendations, as runs of an index that follow."""
    return _runs(_tops(article_id, window), window)


def _runs(query: Select[int], window: Window, *, backwards: bool = False) -> Sequence[Select[Any]]:
    run = _ordered(query.add_columns(Comment.recommendations), window, backwards=backwards)
    start = window.after
    if start is None:
        return [run]
    if window.sort != Sort.RECOMMENDED:
        return [run.where(_up_to(window, start) if backwards else _past(window, start))]
    count, many = Comment.recommendations, start.recommendations
    if db.engine.dialect.name == "postgresql":
        place = tuple_(start.recommendations, start.id)
        return [run.where(tuple_(*_BY_COUNT) >= place if backwards else tuple_(*_BY_COUNT) < place)]
    # SQLite would seek by the first of two columns alone, and pass over all that are equal in it.
    if backwards:
        return [run.where(count == many, Comment.id >= start.id), run.where(count > many)]
    return [run.where(count == many, Comment.id < start.id), run.where(count < many)]


def _rows(runs: Sequence[Select[Any]], limit: int) -> list[Row[Any]]:
    """The first rows of the runs. All are asked, so that the number of queries is the same anywhere."""
    rows: list[Row[Any]] = []
    for run in runs:
        rows += db.session.execute(run.limit(limit - len(rows))).all()
    return rows


def _listed(article_id: int, window: Window) -> tuple[Sequence[int], Spot | None]:
    """The comments that the window names, in their order, below those that came since."""
    there = set(db.session.scalars(_tops(article_id, window).where(Comment.id.in_(window.shown))))
    since: list[int] = []
    if window.beyond is not None:
        newer = _tops(article_id, window).where(Comment.id > window.beyond, Comment.id.not_in(window.shown))
        query = _ordered(newer, window.sorted(Sort.NEWEST)).limit(MAX_PAGE)
        since = list(db.session.scalars(query))
    return since + [each for each in window.shown if each in there], window.through


def _before(article_id: int, window: Window) -> Window | None:
    """The page before: as many comments as a page holds, up to where this window begins."""
    if window.after is None:
        return None
    rows = _rows(_runs(_tops(article_id, window), window, backwards=True), PAGE + 1)
    if not rows:
        return None
    return window.at(_spot(rows[-1], window) if len(rows) > PAGE else None)


def _ordered(query: Select[Any], window: Window, *, backwards: bool = False) -> Select[Any]:
    columns: Sequence[Any] = _BY_COUNT if window.sort == Sort.RECOMMENDED else _by_id(window)
    down = window.is_descending != backwards
    return query.order_by(*(each.desc() if down else each.asc() for each in columns))


def _by_id(window: Window) -> Sequence[Any]:
    """Columns to order by. under_id is NULL at the top: naming it tells PostgreSQL which index has this order."""
    return (Comment.under_id, Comment.id) if window.claim is None else (Comment.id,)


def _past(window: Window, spot: Spot) -> ColumnElement[bool]:
    """SQL condition that a comment comes after ``spot`` in an order by id."""
    return Comment.id < spot.id if window.is_descending else Comment.id > spot.id


def _up_to(window: Window, spot: Spot) -> ColumnElement[bool]:
    """SQL condition that a comment comes before ``spot``, or is the one at it."""
    return Comment.id >= spot.id if window.is_descending else Comment.id <= spot.id


def _is_within(spot: Spot, window: Window) -> bool:
    """Return True if the comment at ``spot`` comes no later than the end of the window."""
    if window.through is None:
        return True
    if window.is_descending:
        return (spot.recommendations, spot.id) >= (window.through.recommendations, window.through.id)
    return spot.id <= window.through.id


def _spot(row: Row[Any], window: Window) -> Spot:
    return Spot(row.id, row.recommendations if window.sort == Sort.RECOMMENDED else 0)
