"""Cost of an article page: cached, rendered anew, and compared with what the peers do for the same."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from itertools import count
from pathlib import Path

from reader.accounts.actions import open_session
from reader.app import create_app
from reader.comments.models import SHOWN
from reader.config import Settings
from reader.serving.gunicorn import prepare
from reader.web.cookies import login_cookie
from tests.bench import isso
from tests.bench.measuring import Bench, Browser, Figure, Process, cpu_per_request, get, running
from tests.bench.posting import MAX_POSTS, a_text, form_of, request_of
from tests.support import factories
from tests.support.sites import a_free_port, environment
from tests.support.threads import a_comment

COMMENTS = 50
KEPT = 2000
ANEW = 150
ISSO = 30
AFTER_COMMENTS = 20
# Until what follows a comment is done: people are told, and the queue of jobs.
SETTLE_SECONDS = 0.15


def measure(bench: Bench) -> list[Figure]:
    """Cached and cold pages, in one run with their peers."""
    folder = bench.folder
    settings = Settings(
        instance=folder / "reader",
        bind=f"127.0.0.1:{a_free_port()}",
        limit_comments=f"{MAX_POSTS}/minute",
        secret_key="a secret of the benchmark, which nobody else uses",
    )
    path, last, token = _an_article(settings)
    port = int(settings.bind.rpartition(":")[2])
    with running([sys.executable, "-m", "reader", "serve"], port, folder, environment(settings)) as reader:
        ours = Browser(port)
        page = folder / "page.html"
        page.write_bytes(_body(port, path))
        with (
            _bare("wsgi", folder, page) as wsgi,
            _bare("flask", folder, page) as flask,
            isso.serving(bench.cache, folder) as peer,
        ):
            plain, view, thread = Browser(wsgi.port), Browser(flask.port), Browser(peer.port)
            texts = [isso.post(peer.port, a_text()) for _ in range(COMMENTS)]
            thread.fetch(texts, status=b"201")
            numbers = count()

            def anew() -> list[bytes]:
                return [get(f"{path}?anew={next(numbers)}") for _ in range(ANEW)]

            def theirs() -> list[bytes]:
                return [get(f"/?uri={isso.THREAD}&limit={COMMENTS}")] * ISSO

            form = form_of(f"http://127.0.0.1:{port}{path}", login_cookie(settings), token)
            cpu = bench.in_turn(
                {
                    "changed": lambda: _after_comments(
                        reader, ours, lambda: request_of(path, *form, under=last), anew
                    ),
                    "isso-changed": lambda: _after_comments(
                        peer, thread, lambda: isso.post(peer.port, a_text()), theirs
                    ),
                }
            )
            cpu |= bench.in_turn(
                {
                    "kept": lambda: cpu_per_request(reader, ours, [get(path)] * KEPT),
                    "wsgi": lambda: cpu_per_request(wsgi, plain, [get(path)] * KEPT),
                    "cold": lambda: cpu_per_request(reader, ours, anew()),
                    "flask": lambda: cpu_per_request(flask, view, [get(path)] * KEPT),
                    "isso": lambda: cpu_per_request(peer, thread, theirs()),
                },
                times=4,
            )
    micro = {name: seconds * 1e6 for name, seconds in cpu.items()}
    return [
        Figure(
            "kept article page, requests per CPU second ÷ bare WSGI, same bytes and server",
            1e6 / micro["kept"],
            1e6 / micro["wsgi"],
            "1/s",
            least=0.85,
            aim=0.95,
            key="page-kept",
        ),
        Figure(
            f"cold article page with {COMMENTS} comments, CPU ÷ Isso's GET of {COMMENTS}",
            micro["cold"],
            micro["isso"],
            "µs",
            most=1 / 10,
            aim=1 / 30,
            key="page-cold",
        ),
        Figure(
            f"the first page after a comment, CPU ÷ Isso's GET of {COMMENTS} after one",
            micro["changed"],
            micro["isso-changed"],
            "µs",
            most=1 / 10,
            aim=1 / 30,
            key="page-changed",
        ),
        Figure(
            "cold article page, CPU ÷ bare Flask, same bytes", micro["cold"], micro["flask"], "µs", most=4
        ),
    ]


def _after_comments(
    process: Process, browser: Browser, comment: Callable[[], bytes], anew: Callable[[], list[bytes]]
) -> float:
    """Seconds of CPU for a page that is asked for when there is one comment more, without those for posting it."""
    total = 0.0
    for request in anew()[:AFTER_COMMENTS]:
        browser.fetch([comment()], status=b"201")
        time.sleep(SETTLE_SECONDS)
        before = process.cpu()
        browser.fetch([request])
        total += process.cpu() - before
    return total / AFTER_COMMENTS


def _an_article(settings: Settings) -> tuple[str, int, str]:
    """An article with a full first page of discussion: its address, its last comment, and a session to write there."""
    settings.instance.mkdir(parents=True)
    prepare(settings)
    with create_app(settings, new=True).app_context():
        article = factories.an_article()
        author = factories.a_person()
        for _ in range(COMMENTS // 5):
            comment = a_comment(article, by=author, body=a_text())
            replies = [a_comment(article, by=author, body=a_text(), under=comment) for _ in range(SHOWN)]
            a_comment(article, by=author, body=a_text(), under=replies[0])
        return article.path, comment.id, open_session(author, remember=False, user_agent="bench")


def _body(port: int, path: str) -> bytes:
    import requests

    answer = requests.get(
        f"http://127.0.0.1:{port}{path}", headers={"Accept-Encoding": "identity"}, timeout=30
    )
    answer.raise_for_status()
    return answer.content


def _bare(kind: str, folder: Path, page: Path) -> AbstractContextManager[Process]:
    port = a_free_port()
    return running([sys.executable, "-m", "tests.bench.bare", kind, str(port), str(page)], port, folder)
