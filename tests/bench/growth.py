"""Cost of one page of a thread, in a small thread and in one of a million comments: it should be the same."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from functools import partial

from sqlalchemy import func, insert, select

from reader.app import create_app
from reader.articles.models import Article
from reader.clock import now
from reader.comments import queries
from reader.comments.models import Comment, Thread
from reader.comments.windows import Sort, Spot, Window
from reader.config import Settings
from reader.db import schema
from reader.db.base import db
from reader.db.transactions import transaction
from tests.bench.measuring import Bench, Figure
from tests.support import factories

SMALL = 100
SIZES = (10_000, 1_000_000)
QUICK_SIZES = (10_000,)
CHUNK = 20_000
REPLIES = 1  # every second comment answers the one before, so a hundred fill two pages
REPEAT = 20
MAX_RECOMMENDATIONS = 40
FIRST, MIDDLE, PERMALINK = "first page", "page in the middle", "permalink into the middle"
PAGES = (*(f"{sort}, {which}" for sort in Sort for which in (FIRST, MIDDLE)), PERMALINK)
BOUND, AIM = 1.5, 1.1


def measure(bench: Bench) -> list[Figure]:
    """Pages of large threads against the same page of a thread of a hundred."""
    sizes = QUICK_SIZES if bench.quick else SIZES
    settings = Settings(instance=bench.folder / "growth")
    app = create_app(settings, new=True)
    with app.app_context():
        schema.upgrade()
        threads = {size: _a_thread_of(size) for size in (SMALL, *sizes)}
        runs = {
            f"{name} {size}": run
            for size, (article_id, ids) in threads.items()
            for name, run in _runs(article_id, ids)
        }
        seconds = bench.in_turn(runs)
    micro = {name: value * 1e6 for name, value in seconds.items()}
    return [
        Figure(
            f"{name} of a thread of {size:,} comments ÷ of {SMALL}",
            micro[f"{name} {size}"],
            micro[f"{name} {SMALL}"],
            "µs",
            most=BOUND,
            aim=AIM,
        )
        for size in sizes
        for name in PAGES
    ]


def _a_thread_of(size: int) -> tuple[int, range]:
    """An article with so many comments, every second at the top; its id, and theirs."""
    article = factories.an_article()
    author = factories.a_person()
    first = (db.session.scalar(select(func.max(Comment.id))) or 0) + 1
    for start in range(0, size, CHUNK):
        rows = [
            _row(first, number, article.id, author.id) for number in range(start, min(start + CHUNK, size))
        ]
        with transaction() as session:
            session.execute(insert(Comment), rows)
    factories.saved(Thread(article_id=article.id, published=size, total=size))
    return article.id, range(first, first + size)


def _row(first: int, number: int, article_id: int, author_id: int) -> dict[str, object]:
    nth = number % (REPLIES + 1)
    top = first + number - nth
    return {
        "id": first + number,
        "article_id": article_id,
        "author_id": author_id,
        "submission_id": f"{article_id}-{number}",
        "parent_id": top if nth else None,
        "under_id": top if nth else None,
        "root_id": top if nth else None,
        "depth": 1 if nth else 0,
        "nth": nth,
        "replies": 0 if nth else REPLIES,
        "recommendations": 0 if nth else number % MAX_RECOMMENDATIONS,
        "body": f"Comment {number}.",
        "html": f"<p>Comment {number}.</p>",
        "created_at": now(),
        "changed_seq": number + 1,
    }


def _runs(article_id: int, ids: range) -> Iterator[tuple[str, Callable[[], float]]]:
    middle = ids[len(ids) // 2]
    for sort in Sort:
        after = Spot(middle, MAX_RECOMMENDATIONS // 2 if sort is Sort.RECOMMENDED else 0)
        yield f"{sort}, {FIRST}", partial(_timed, partial(_show, article_id, Window(sort)))
        yield f"{sort}, {MIDDLE}", partial(_timed, partial(_show, article_id, Window(sort, after=after)))
    yield PERMALINK, lambda: _timed(lambda: _find(middle))


def _timed(what: Callable[[], None]) -> float:
    start = time.process_time()
    for _ in range(REPEAT):
        what()
        db.session.rollback()
    return (time.process_time() - start) / REPEAT


def _show(article_id: int, window: Window) -> None:
    article = db.session.get_one(Article, article_id)
    assert "".join(node.html for node in queries.page(article, window).nodes)


def _find(comment_id: int) -> None:
    assert queries.place_of(comment_id) is not None
