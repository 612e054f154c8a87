"""Hints: they never hold up or fail a commit, they keep to their site, and what is no hint is passed over."""

import subprocess
import sys

import pytest
from flask import Flask
from redis import Redis

from reader import eventlog
from reader.db.transactions import transaction
from reader.eventlog import Kind
from reader.live.hints import Hints, parsed

SECRET = "a secret"


@pytest.fixture
def heard() -> list[tuple[str, int]]:
    return []


def hints(url: str | None, heard: list[tuple[str, int]], secret: str = SECRET) -> Hints:
    return Hints(url, secret=secret, receive=lambda stream, head: heard.append((stream, head)))


def test_without_redis_there_is_nobody_to_tell_and_nothing_starts(heard: list[tuple[str, int]]) -> None:
    alone = hints(None, heard)
    alone.send("article:1", 1)
    alone.listen()
    alone.flush()
    assert heard == []


def test_a_redis_that_is_away_holds_up_nobody(heard: list[tuple[str, int]], app: Flask) -> None:
    away = hints("redis://127.0.0.1:1/0", heard)
    eventlog.on_append(app, away.send)
    with transaction():
        eventlog.lock("article:1")
        eventlog.append(Kind.COMMENT_POSTED, "article:1", "comment-1", actor_id=None)
    assert away._pending == {"article:1": 1}, "the writer has gone on before it was sent"
    away.flush()
    assert eventlog.head("article:1") == 1


def test_an_address_that_swallows_everything_holds_up_nobody(heard: list[tuple[str, int]]) -> None:
    silent = hints("redis://10.255.255.1:6379/0", heard)
    for head in range(1000):
        silent.send("article:1", head)
    assert silent._pending == {"article:1": 999}, "nothing has been sent, and nobody has waited for it"


def test_hints_of_one_moment_leave_together_the_latest_of_each_stream(
    redis_url: str, heard: list[tuple[str, int]]
) -> None:
    here = hints(redis_url, heard)
    with Redis.from_url(redis_url) as redis, redis.pubsub() as channel:
        channel.subscribe(here._channel)
        assert channel.get_message(timeout=5)
        for stream, head in (("article:1", 1), ("article:2", 7), ("article:1", 3), ("article:1", 2)):
            here.send(stream, head)
        here.flush()
        message = channel.get_message(timeout=5)
        assert message
        assert message["data"] == b'{"article:1": 3, "article:2": 7}'
        assert channel.get_message(timeout=0.2) is None


def test_the_hint_of_a_command_leaves_before_the_command_ends(
    redis_url: str, heard: list[tuple[str, int]]
) -> None:
    command = (
        "from gevent import monkey; monkey.patch_all()\n"
        "from reader.live.hints import Hints\n"
        f"Hints({redis_url!r}, secret={SECRET!r}, receive=print).send('article:1', 5)"
    )
    with Redis.from_url(redis_url) as redis, redis.pubsub() as channel:
        channel.subscribe(hints(redis_url, heard)._channel)
        assert channel.get_message(timeout=5)
        subprocess.run([sys.executable, "-c", command], check=True, timeout=30)
        message = channel.get_message(timeout=5)
    assert message
    assert message["data"] == b'{"article:1": 5}'


def test_sites_that_share_a_redis_do_not_hear_each_other(heard: list[tuple[str, int]]) -> None:
    assert hints(None, heard)._channel != hints(None, heard, secret="another secret")._channel


@pytest.mark.parametrize(
    "data", [b"", b"\xff", b"[1]", b"7", b"null", b'{"a": "x"}', b'{"a": true}', b'{"a": 1.5}']
)
def test_what_is_no_hint_is_passed_over(data: bytes) -> None:
    assert parsed(data) == {}


def test_what_is_one_is_understood() -> None:
    assert parsed(b'{"article:1": 3, "article:2": 7}') == {"article:1": 3, "article:2": 7}
