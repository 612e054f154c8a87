"""Two processes with PostgreSQL and Redis: each hears at once of what the other wrote, and late without Redis."""

import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
import pytest
from flask import Flask
from sqlalchemy import select

from reader.articles.models import Article
from reader.config import Settings
from reader.db.base import db
from reader.eventlog import streams
from reader.factchecks.actions import set_verdict
from reader.factchecks.models import Support
from reader.factchecks.verdicts import NewVerdict, Verdict
from reader.live.tails import LOOK_SECONDS
from tests.support.factories import a_claim, a_person, an_article, an_editor
from tests.support.posting import Poster
from tests.support.sites import Site, a_free_port
from tests.support.sockets import Socket
from tests.support.wires import Wire

AT_ONCE = 1.0
POSTS = 5
# Patience beyond the next look.
SLACK = 20.0


@dataclass
class Stage:
    """The same site in two processes that share nothing but PostgreSQL and Redis."""

    sites: list[Site]
    redis: Wire
    article: Article
    poster: Poster
    follower: Socket

    def lag(self, body: str) -> float:
        """Post on the one; how long it takes until the other's follower has it."""
        started = time.monotonic()
        answer = self.poster.post(body)
        assert answer.status_code == 201, answer.text
        while True:
            push = self.follower.event("live:event", within=LOOK_SECONDS + SLACK)
            if push["to"] >= answer.json()["seq"]:
                assert any(body in (entry["html"] or "") for entry in push["events"])
                return time.monotonic() - started


@pytest.fixture
def settings(postgres_settings: Settings) -> Settings:
    return replace(postgres_settings, limit_comments="1000/minute")


@pytest.fixture
def stage(app: Flask, settings: Settings, redis_url: str, tmp_path: Path) -> Iterator[Stage]:
    article, person = an_article(), a_person()
    with ExitStack() as ended:
        wire = ended.enter_context(Wire(urlsplit(redis_url).port or 6379))
        sites = []
        for number in range(2):
            folder = tmp_path / str(number)
            folder.mkdir()
            own = replace(
                settings,
                instance=folder,
                bind=f"127.0.0.1:{a_free_port()}",
                redis_url=f"redis://127.0.0.1:{wire.port}/0",
            )
            sites.append(Site(own, folder, warm=True))
            ended.callback(sites[-1].end)
            sites[-1].start()
        poster = Poster(sites[0], person, article)
        ended.callback(poster.close)
        follower = ended.enter_context(Socket(sites[1].url))
        assert follower.join(article.stream) == {"head": 0}
        yield Stage(sites, wire, article, poster, follower)


def test_a_comment_posted_on_one_reaches_a_reader_on_the_other_at_once(stage: Stage) -> None:
    lags = [stage.lag(f"Comment number {number}.") for number in range(POSTS)]
    assert max(lags) < AT_ONCE, lags


def test_when_the_database_drops_every_connection_nobody_is_left_behind(
    stage: Stage, settings: Settings
) -> None:
    assert stage.lag("Before.") < AT_ONCE
    db.session.remove()  # the test's own is not the point
    db.engine.dispose()
    with psycopg.connect(settings.database_url or "", autocommit=True) as connection:
        connection.execute(
            "SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
    assert stage.lag("After.") < LOOK_SECONDS + SLACK
    assert stage.lag("And on.") < AT_ONCE


def test_posting_and_delivery_go_on_while_redis_is_down_or_silent(stage: Stage) -> None:
    assert stage.lag("With Redis.") < AT_ONCE
    stage.redis.cut()
    assert stage.lag("Without Redis.") < LOOK_SECONDS + SLACK
    assert stage.lag("Still without.") < LOOK_SECONDS + SLACK
    stage.redis.mend()
    end = time.monotonic() + 15
    number = 0
    while stage.lag(f"Back, try {number}.") > AT_ONCE / 2:
        assert time.monotonic() < end, "hints do not come again"
        number += 1
    stage.redis.silence()
    started = time.monotonic()
    answer = stage.poster.post("Redis says nothing.")
    assert answer.status_code == 201
    assert time.monotonic() - started < AT_ONCE + SLACK
    stage.follower.event("live:event", within=LOOK_SECONDS + SLACK)
    for site in stage.sites:
        assert site.log.read_text().count("hints-away") <= 2


def test_a_verdict_reaches_who_follows_lists_on_every_worker(stage: Stage) -> None:
    claim, editor = a_claim(stage.article), an_editor()
    with ExitStack() as ended:
        followers = [ended.enter_context(Socket(site.url)) for site in stage.sites]
        assert [follower.join(streams.VERDICTS) for follower in followers] == [{"head": 0}, {"head": 0}]
        sources = [support.source_id for support in claim_supports(claim.id)]
        set_verdict(
            claim.id, NewVerdict(Verdict.MIXED, why="Half.", source_ids=sources, version=1), by=editor
        )
        for follower in followers:
            push = follower.event("live:event", within=LOOK_SECONDS + SLACK)
            assert (push["stream"], push["from"], push["to"]) == (streams.VERDICTS, 0, 1)
            assert claim.element in [entry["target"] for entry in push["events"]]


def claim_supports(claim_id: int) -> list[Support]:
    return list(db.session.scalars(select(Support).where(Support.claim_id == claim_id)))
