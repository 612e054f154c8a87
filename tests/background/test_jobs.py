"""The job queue: what is asked for is done, by one process beside the server that is kept going, or by itself."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import requests
from flask import Flask, has_app_context

from reader.app import create_app
from reader.background import jobs
from reader.config import Settings
from reader.db.base import db
from reader.notifications import queries
from tests.support.factories import a_person, an_article
from tests.support.servers import Postgres
from tests.support.sites import Site, a_free_port, environment, serving
from tests.support.threads import a_comment

# A process starts, and finds what it wasn't told of two seconds later; on a machine that does other things, too.
SOON = 30.0


@pytest.fixture
def settings(sqlite_settings: Settings) -> Settings:
    return replace(sqlite_settings, bind=f"127.0.0.1:{a_free_port()}")


@pytest.fixture
def site(app: Flask, settings: Settings, tmp_path: Path) -> Iterator[Site]:
    with serving(settings, tmp_path, jobs=True) as site:
        yield site


def comes(what: Callable[[], object]) -> bool:
    """Return True if ``what`` becomes true within ``SOON`` seconds."""
    end = time.monotonic() + SOON
    while time.monotonic() < end:
        if has_app_context():
            db.session.rollback()
        if what():
            return True
        time.sleep(0.05)
    return False


def sent(queue: jobs.Jobs) -> None:
    """Wait until what was asked for has been queued, or could not be."""
    assert queue._sending is not None
    queue._sending.join()


def test_a_killed_consumer_restarts_and_notifies_everybody_once(site: Site) -> None:
    """Killed again and again while people are being told: afterwards each has each notification, once."""
    article, author = an_article(), a_person()
    mine = a_comment(article, by=author)
    seen: set[int] = set()
    for number in range(24):
        a_comment(article, under=mine, by=a_person())
        if number % 8 == 4:
            assert comes(lambda: set(site.consumers()) - seen)
            for consumer in site.consumers():
                seen.add(consumer)
                os.kill(consumer, signal.SIGKILL)
    assert comes(lambda: queries.unread(author.id) == 24)
    assert comes(lambda: set(site.consumers()) - seen)
    assert queries.bell(author.id).head == 24
    assert comes(lambda: len(list((site.settings.instance / "outbox").glob("*.eml"))) > 0), (
        "and they are mailed"
    )
    consumers = site.consumers()
    assert site.stop() == 0
    assert not any(Path(f"/proc/{consumer}").exists() for consumer in consumers)
    assert "Traceback" not in site.log.read_text()


def test_the_consumer_ends_with_a_server_that_is_killed(site: Site) -> None:
    assert comes(site.consumers)
    (consumer,) = site.consumers()
    site.process.kill()
    assert comes(lambda: not Path(f"/proc/{consumer}").exists())


def test_work_that_fails_is_logged_and_tried_again(app: Flask, settings: Settings, tmp_path: Path) -> None:
    """The real consumer, on a queue with work of this test's own."""
    program = tmp_path / "program.py"
    program.write_text(
        "from gevent import monkey; monkey.patch_all()\n"
        "from pathlib import Path\n"
        "from reader import config, logs\n"
        "from reader.app import create_app\n"
        "from reader.background import jobs\n"
        "logs.setup()\n"
        "app = create_app(config.read())\n"
        f"done = Path({str(tmp_path / 'done')!r})\n"
        "def work(word):\n"
        "    times = len(done.read_text()) if done.exists() else 0\n"
        "    done.write_text('x' * (times + 1))\n"
        "    if times < 1: raise RuntimeError(f'no {word} yet')\n"
        "jobs.of(app).add('some-work', work)\n"
        "jobs.run(app)\n"
    )
    queue = jobs.of(app)
    queue.add("some-work", lambda word: None)
    for _ in range(3):
        queue.ask("some-work", "luck")
    sent(queue)
    assert queue.open().pending_count() == 1, "the same work asked for three times at once is one job"
    log = tmp_path / "log"
    with log.open("wb") as output:
        process = subprocess.Popen([sys.executable, program], env=environment(settings), stderr=output)
    try:
        assert comes(lambda: (tmp_path / "done").exists() and (tmp_path / "done").read_text() == "xx")
    finally:
        process.send_signal(signal.SIGTERM)
        assert process.wait(SOON) == 0
    assert "no luck yet" in log.read_text()


def test_with_redis_the_queue_is_there_and_signed(sqlite_settings: Settings, redis_url: str) -> None:
    app, other = (
        create_app(replace(sqlite_settings, redis_url=redis_url, secret_key=secret * 40)) for secret in "ab"
    )
    jobs.of(app).ask("notice", "article:1")
    sent(jobs.of(app))
    assert jobs.of(app).open().pending_count() == 1
    assert jobs.of(other).open().pending_count() == 0
    assert not (sqlite_settings.instance / jobs.FILE).exists()


def test_a_queue_that_is_away_costs_nobody_anything(sqlite_settings: Settings) -> None:
    app = create_app(replace(sqlite_settings, redis_url="redis://127.0.0.1:1"))
    with app.app_context():
        a_comment(an_article())
        sent(jobs.of(app))
        assert queries.behind(limit=9) == ["article:1"]
        db.session.remove()
        db.engine.dispose()


def test_in_both_sizes_the_server_has_one_consumer(
    postgres: Postgres, postgres_settings: Settings, redis_url: str, tmp_path: Path
) -> None:
    grown = replace(postgres_settings, bind=f"127.0.0.1:{a_free_port()}", redis_url=redis_url, workers=2)
    with serving(grown, tmp_path, jobs=True) as site:
        assert comes(lambda: (len(site.workers()), len(site.consumers())) == (2, 1))


def test_a_queue_that_nobody_empties_takes_no_more_until_it_is_empty_again(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jobs, "MAX_WAITING", 2)
    monkeypatch.setattr(jobs, "COUNT_SECONDS", 0.0)
    queue = jobs.of(app)
    queue.add("some-work", lambda word: None)

    def asked(*words: str) -> int:
        for word in words:
            queue.ask("some-work", word)
            sent(queue)
        return int(queue.open().pending_count())

    assert asked("one", "two", "three", "four") == 2
    queue.open().flush()
    assert asked("five") == 1


def test_a_redis_that_is_away_is_said_once_by_each_who_misses_it(
    settings: Settings, app: Flask, tmp_path: Path
) -> None:
    """A hundred broken connections write a few lines to the log, not thousands."""
    asked = 0

    def hang_up(listener: socket.socket) -> None:
        nonlocal asked
        while True:
            try:
                listener.accept()[0].close()
            except OSError:
                return
            asked += 1

    with socket.create_server(("127.0.0.1", 0)) as listener:
        threading.Thread(target=hang_up, args=(listener,), daemon=True).start()
        away = replace(settings, redis_url=f"redis://127.0.0.1:{listener.getsockname()[1]}")
        with serving(away, tmp_path, jobs=True) as site:
            assert comes(lambda: "jobs-unreadable" in site.log.read_text())
            before = asked
            for _ in range(5):
                requests.post(f"{site.url}/login", data={"login": "ada", "password": "x"}, timeout=30)
            assert comes(lambda: asked > before + 100)
            lines = site.log.read_text().splitlines()
    events = [re.findall(r"event=(\S+)", line)[0] for line in lines if " level=" in line]
    assert {each: events.count(each) for each in events if events.count(each) > 1} == {}
    assert set(events) <= {"hints-away", "jobs-unreadable", "limits-without-redis", "watching-unshared"}
