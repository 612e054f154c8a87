"""Cost of posting a comment: the transaction compared with bare inserts, the whole request with Isso's."""

from __future__ import annotations

import re
import sys
import threading
import time
from itertools import count
from urllib.parse import urlencode
from uuid import uuid4

import requests
from sqlalchemy.orm import Session

from reader import eventlog
from reader.accounts.actions import open_session
from reader.accounts.models import User
from reader.app import create_app
from reader.articles.models import Article
from reader.clock import now
from reader.comments.models import Comment, Thread
from reader.comments.posting.actions import Draft, post_comment
from reader.config import Settings
from reader.db import schema
from reader.db.base import db
from reader.eventlog import Event
from reader.serving.gunicorn import prepare
from reader.web.cookies import login_cookie
from tests.bench import isso
from tests.bench.measuring import Bench, Browser, Figure, Process, running
from tests.support import factories
from tests.support.servers import start_postgres
from tests.support.sites import a_free_port, environment

TEXT = "A comment of the usual length, with *some* stress, some `code`, **more** stress, and an end."
POSTS = 200
# Few and often: what Isso's costs grows with its thread.
HTTP_POSTS = 30
WRITERS = 4
HOT_SECONDS = 4.0
MAX_POSTS = 1_000_000
LEAST_HOT = 300.0


def a_text() -> str:
    """A text that nobody has posted yet."""
    return f"{TEXT} {uuid4()}"


def measure(bench: Bench) -> list[Figure]:
    """All figures about posting."""
    return [*_transactions(bench), *_acknowledged(bench)]


def _transactions(bench: Bench) -> list[Figure]:
    folder = bench.folder
    postgres = start_postgres(folder)
    name = postgres.create()
    engines = {
        "SQLite": Settings(instance=folder / "posting"),
        "PostgreSQL": Settings(instance=folder / "posting", database_url=postgres.database(name)),
    }
    try:
        return [
            figure for engine, settings in engines.items() for figure in _on_engine(bench, engine, settings)
        ]
    finally:
        postgres.drop(name)


def _on_engine(bench: Bench, engine: str, settings: Settings) -> list[Figure]:
    app = create_app(settings, new=True)
    with app.app_context():
        schema.upgrade()
        article, author = factories.an_article(), factories.a_person()
        plain = factories.an_article()
        # As a request has them: loaded once, and not again for each comment.
        for row in (article, author, plain):
            db.session.refresh(row)
            db.session.expunge(row)
        factories.saved(Thread(article_id=plain.id), eventlog.Stream(name="bench", head=0))
        post_comment(article, by=author, draft=Draft(body=a_text(), submission_id=str(uuid4())))
        seconds = bench.in_turn(
            {
                "ours": lambda: _timed(lambda: _post(article, author)),
                "bare": lambda: _timed(lambda: _insert(plain, author)),
            }
        )
        figures = [
            Figure(
                f"{engine}: a comment posted, without HTTP ÷ bare SQLAlchemy inserts of the same rows",
                seconds["ours"] * 1e6,
                seconds["bare"] * 1e6,
                "µs",
                most=2,
                key=f"post-{engine}",
            )
        ]
        if not settings.embedded:
            rate = _hot(article, author)
            figures.append(
                Figure(
                    "PostgreSQL: comments a second in one thread ÷ 300",
                    rate,
                    LEAST_HOT,
                    "1/s",
                    least=1,
                    key="hot-thread",
                )
            )
        db.session.remove()
        db.engine.dispose()
    return figures


def _timed(what: object) -> float:
    assert callable(what)
    start = time.perf_counter()
    for _ in range(POSTS):
        what()
    return (time.perf_counter() - start) / POSTS


def _post(article: Article, author: User) -> None:
    post_comment(article, by=author, draft=Draft(body=a_text(), submission_id=str(uuid4())))


_numbers = count(1)


def _insert(article: Article, author: User) -> None:
    """The rows of a comment through the ORM, and nothing else: no lock, no check, no Markdown."""
    number = next(_numbers)
    with Session(db.engine) as session:
        comment = Comment(
            article_id=article.id,
            author_id=author.id,
            submission_id=str(uuid4()),
            body=TEXT,
            html=f"<p>{TEXT}</p>",
            created_at=now(),
            changed_seq=number,
        )
        session.add(comment)
        session.flush()
        session.add(
            Event(stream="bench", seq=number, kind="comment-posted", target=comment.element, at=now())
        )
        stream = session.get_one(eventlog.Stream, "bench")
        stream.head = number
        thread = session.get_one(Thread, article.id)
        thread.published += 1
        thread.total += 1
        session.commit()


def _hot(article: Article, author: User) -> float:
    """Comments a second that several writers bring into one thread; RuntimeError if a number is missing."""
    from flask import current_app

    app = current_app._get_current_object()  # type: ignore[attr-defined]
    before = eventlog.head(article.stream)
    end = time.perf_counter() + HOT_SECONDS

    def write() -> None:
        with app.app_context():
            while time.perf_counter() < end:
                _post(article, author)

    threads = [threading.Thread(target=write) for _ in range(WRITERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    db.session.rollback()
    head = eventlog.head(article.stream)
    if len(eventlog.since(article.stream, before, limit=head)) != head - before:
        raise RuntimeError("the log of the hot thread has a hole")
    return (head - before) / HOT_SECONDS


def _acknowledged(bench: Bench) -> list[Figure]:
    folder = bench.folder
    bind = f"127.0.0.1:{a_free_port()}"
    settings = Settings(
        instance=folder / "acknowledged",
        bind=bind,
        limit_comments=f"{MAX_POSTS}/minute",
        secret_key="a secret of the benchmark, which nobody else uses",
    )
    settings.instance.mkdir(parents=True)
    prepare(settings)
    with create_app(settings, new=True).app_context():
        article, author = factories.an_article(), factories.a_person()
        path, token = article.path, open_session(author, remember=False, user_agent="bench")
    port = int(bind.rpartition(":")[2])
    with (
        running([sys.executable, "-m", "reader", "serve"], port, folder, environment(settings)) as reader,
        isso.serving(bench.cache, folder) as peer,
    ):
        form = form_of(f"http://{bind}{path}", login_cookie(settings), token)
        ours, theirs = Browser(port, 4), Browser(peer.port, 4)

        def post() -> float:
            return _cpu(reader, ours, [request_of(path, *form) for _ in range(HTTP_POSTS)])

        def isso_post() -> float:
            texts = [isso.post(peer.port, a_text()) for _ in range(HTTP_POSTS)]
            return _cpu(peer, theirs, texts)

        seconds = bench.in_turn({"ours": post, "isso": isso_post}, times=3)
    return [
        Figure(
            "a comment posted and acknowledged, CPU ÷ Isso's",
            seconds["ours"] * 1e6,
            seconds["isso"] * 1e6,
            "µs",
            most=1 / 2,
            aim=1 / 4,
            key="post",
        )
    ]


def _cpu(process: Process, browser: Browser, posts: list[bytes]) -> float:
    before = process.cpu()
    browser.fetch(posts, status=b"201")
    return (process.cpu() - before) / len(posts)


def form_of(url: str, cookie: str, token: str) -> tuple[str, str]:
    """The cookies and the form token of somebody who has the article open."""
    session = requests.Session()
    session.cookies.set(cookie, token)
    page = session.get(url, timeout=30)
    found = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page.text)
    assert found is not None, "the article page of a person has no form"
    return "; ".join(f"{name}={value}" for name, value in session.cookies.items()), found[1]


def request_of(path: str, cookies: str, token: str, *, under: int | None = None) -> bytes:
    """The request that posts a comment, as an answer to ``under`` if that is given."""
    fields = {"csrf_token": token, "body": a_text(), "submission_id": str(uuid4()), "parent_id": under or ""}
    body = urlencode(fields).encode()
    head = (
        f"POST {path}/comments HTTP/1.1",
        "Host: 127.0.0.1",
        f"Cookie: {cookies}",
        "Accept: application/json",
        "Content-Type: application/x-www-form-urlencoded",
        f"Content-Length: {len(body)}",
    )
    return "\r\n".join(head).encode() + b"\r\n\r\n" + body
