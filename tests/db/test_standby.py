"""A real streaming standby as the replica: read-only, late, killed, hanging, back. No visitor sees an error."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text
from sqlalchemy.exc import OperationalError
from sqlalchemy.pool import QueuePool
from structlog.testing import capture_logs

from reader.app import create_app
from reader.articles.models import Article
from reader.config import Settings
from reader.db import replica
from reader.db.base import REPLICA, db
from reader.operating import doctor
from tests.conftest import SECRET, migrated
from tests.support.factories import a_claim, a_person, altered, an_article
from tests.support.people import log_in
from tests.support.servers import Postgres
from tests.support.standby import Standby, replicated
from tests.support.threads import a_comment

# Meant for one worker, whose two servers are enough. pytest-xdist 3.8 heeds no group with pytest 9.2 (its issue 1386).
pytestmark = pytest.mark.xdist_group("standby")

SOON = 20.0
NEVER = 1000.0


@pytest.fixture(scope="module")
def standby() -> Iterator[Standby]:
    """A standby, and with it its primary."""
    with replicated() as standby:
        yield standby


@pytest.fixture(scope="module")
def primary(standby: Standby, tmp_path_factory: pytest.TempPathFactory) -> Postgres:
    """A database of the primary's with the present schema, that the standby has, too."""
    url = standby.primary.database(standby.primary.create())
    migrated(Settings(instance=tmp_path_factory.mktemp("instance"), database_url=url, secret_key=SECRET))
    return Postgres(url)


@pytest.fixture
def settings(
    standby: Standby, primary: Postgres, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Settings:
    monkeypatch.setattr(replica, "ANSWER_SECONDS", 0.5)
    monkeypatch.setattr(replica, "AGAIN_SECONDS", NEVER)
    copy = standby.database(primary.url.partition("?")[0].rpartition("/")[2])
    return Settings(instance=tmp_path, database_url=primary.url, replica_url=copy, secret_key=SECRET)


@pytest.fixture
def app(app: Flask, standby: Standby) -> Flask:
    """The application, with an address that says where a visitor's request is answered from."""

    @app.get("/probe")
    def probe() -> str:
        return where()

    standby.start()  # a test may have killed it
    standby.catch_up()
    return app


@pytest.fixture
def article(app: Flask, standby: Standby) -> Article:
    found = an_article()
    standby.catch_up()
    return found


def where() -> str:
    """Name of the server that answers the present request."""
    return "standby" if db.session.scalar(text("SELECT pg_is_in_recovery()")) else "primary"


def comes(what: Callable[[], object]) -> bool:
    """Return True if ``what`` becomes true within ``SOON`` seconds."""
    end = time.monotonic() + SOON
    while time.monotonic() < end:
        if what():
            return True
        time.sleep(0.02)
    return False


def up(client: FlaskClient) -> str:
    """The line about the replica that Prometheus is given."""
    (line,) = [x for x in client.get("/metrics").text.splitlines() if x.startswith("reader_replica_up ")]
    return line


def test_all_that_visitors_see_is_read_from_the_read_only_standby(
    app: Flask, client: FlaskClient, article: Article, standby: Standby
) -> None:
    claim = a_claim(article)
    comment = a_comment(article)
    name = a_person().username
    standby.catch_up()
    paths = ["", "archive", "about/moderation", "fact-checks", "sources", "corrections", "feed.xml", "login"]
    paths += ["sitemap.xml", "news-sitemap.xml", f"people/{name}", f"fact-checks/{claim.slug}"]
    with capture_logs() as said:
        for path in [f"/{each}" for each in paths] + [
            article.path,
            f"{article.path}?sort=newest",
            f"{article.path}?through={comment.id}",
            f"{article.path}/feed.xml",
            f"/live/{article.stream}/events?after=0",
        ]:
            assert client.get(path).status_code == 200, path
    assert said == []
    assert client.get("/probe").text == "standby"


def test_a_late_standby_hides_a_comment_only_from_who_knows_nothing_of_it(
    app: Flask, client: FlaskClient, article: Article, standby: Standby
) -> None:
    """Visitors see less; its author, and readers whom a hint has reached, see it."""
    person, writer = a_person(), app.test_client()
    log_in(writer, person)
    with standby.paused():
        comment = a_comment(article, by=person, body="On the primary.")
        assert "On the primary." not in client.get(article.path).text
        assert "On the primary." in writer.get(article.path).text
        told = client.get(f"/live/{article.stream}/events?after=0").json
        assert told
        assert (told["head"], told["events"][0]["target"]) == (1, comment.element)
        assert "On the primary." in client.get(f"{article.path}?through={comment.id}").text
        assert client.get("/probe").text == "standby"
    assert comes(lambda: "On the primary." in client.get(article.path).text)


def test_a_standby_that_is_killed_is_left_and_read_again_when_it_is_back(
    client: FlaskClient, article: Article, standby: Standby, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(replica, "AGAIN_SECONDS", 0.0)
    with capture_logs() as said:
        assert (client.get("/probe").text, up(client)) == ("standby", "reader_replica_up 1.0")
        standby.kill()
        assert [client.get(path).status_code for path in (article.path, "/", "/archive")] == [200, 200, 200]
        assert (client.get("/probe").text, up(client)) == ("primary", "reader_replica_up 0.0")
        assert client.get("/readyz").text == "ready\n"
        standby.start()
        assert comes(lambda: client.get("/probe").text == "standby")
        assert up(client) == "reader_replica_up 1.0"
    assert [each["event"] for each in said] == ["replica-down", "replica-up"]


def test_a_standby_that_is_down_is_asked_once_and_left_alone(
    client: FlaskClient, standby: Standby, monkeypatch: pytest.MonkeyPatch
) -> None:
    attempts: list[dict[str, Any]] = []
    connect = replica.Impatient.connect

    def counted(**parameters: Any) -> replica.Impatient:
        attempts.append(parameters)
        return connect(**parameters)

    monkeypatch.setattr(replica.Impatient, "connect", counted)
    standby.kill()
    assert [client.get("/probe").text for _ in range(5)] == ["primary"] * 5
    standby.start()
    assert client.get("/probe").text == "primary"
    assert [each["connect_timeout"] for each in attempts] == [replica.CONNECT_SECONDS]


@pytest.mark.parametrize("last", [False, True])
def test_the_primary_answers_the_whole_page_if_the_standby_is_killed(
    last: bool, app: Flask, client: FlaskClient, standby: Standby
) -> None:
    @app.get("/probe/killed")
    def killed() -> str:
        first = where()
        if first == "standby":
            standby.kill()
        return first if last else f"{first} {where()}"

    assert client.get("/probe/killed").text == ("primary" if last else "primary primary")


def test_the_primarys_answer_holds_nothing_read_from_the_standby(
    app: Flask, client: FlaskClient, article: Article, standby: Standby
) -> None:
    seen: list[Article] = []

    @app.get("/probe/title")
    def title() -> str:
        seen.append(found := db.session.get_one(Article, article.id))
        db.session.execute(text("SELECT 1 / CASE WHEN pg_is_in_recovery() THEN 0 ELSE 1 END"))
        return found.title

    with standby.paused():
        altered(article, title="As on the primary")
        assert client.get("/probe/title").text == "As on the primary"


def test_a_standby_that_hangs_holds_no_visitor_up_for_long(
    app: Flask, client: FlaskClient, standby: Standby
) -> None:
    with ExitStack() as connections:
        for _ in range(3):
            connections.enter_context(db.engines[REPLICA].connect())
    with capture_logs() as said, standby.hanging(), ThreadPoolExecutor() as visitors:
        # Each asks for a page of their own: for the same, the others would wait until one has it.
        answers = visitors.map(lambda each: app.test_client().get(f"/probe?{each}").text, range(3))
        assert list(answers) == ["primary"] * 3
        assert client.get("/probe").text == "primary"
    assert [each["event"] for each in said] == ["replica-down"]


@pytest.mark.usefixtures("app")
def test_a_connection_that_owes_an_answer_is_not_used_again(standby: Standby) -> None:
    with db.engines[REPLICA].connect() as connection:
        with standby.hanging(), pytest.raises(OperationalError):
            connection.execute(text("SELECT 1"))
        assert connection.invalidated


def test_a_query_that_the_standby_breaks_off_is_answered_by_the_primary(
    app: Flask, client: FlaskClient, primary: Postgres, standby: Standby, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It was in the way of a change that the standby had to follow."""
    monkeypatch.setattr(replica, "ANSWER_SECONDS", NEVER)
    primary.ask("CREATE TABLE contested AS SELECT 1 AS one")
    standby.catch_up()

    @app.get("/probe/slow")
    def slow() -> str:
        once = "SELECT CASE WHEN pg_is_in_recovery() THEN pg_sleep(60)::text END FROM contested"
        db.session.execute(text(once))
        return where()

    def change() -> None:
        waiting = "SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'PgSleep'"
        assert comes(lambda: standby.ask(waiting))
        primary.ask("TRUNCATE contested")

    other = Thread(target=change)
    other.start()
    with capture_logs() as said:
        assert client.get("/probe/slow").text == "primary"
    other.join()
    assert [each["event"] for each in said] == ["replica-failed"]
    assert "conflict with recovery" in said[0]["fault"]
    assert client.get("/probe").text == "standby"


def test_what_the_standby_does_not_know_yet_is_looked_up_on_the_primary(
    app: Flask, client: FlaskClient, primary: Postgres, standby: Standby
) -> None:
    @app.get("/probe/new")
    def new() -> str:
        return f"{db.session.scalar(text('SELECT one FROM brand_new'))} {where()}"

    with standby.paused():
        primary.ask("CREATE TABLE brand_new AS SELECT 1 AS one")
        assert client.get("/probe/new").text == "1 primary"
        assert client.get("/probe").text == "standby"


def test_nobody_waits_long_for_a_connection_to_the_standby(app: Flask, client: FlaskClient) -> None:
    pool = db.engines[REPLICA].pool
    assert isinstance(pool, QueuePool)
    assert pool.timeout() <= replica.ANSWER_SECONDS
    with ExitStack() as held:
        for _ in range(20):
            held.enter_context(db.engines[REPLICA].connect())
        assert client.get("/probe").text == "primary"
    assert client.get("/probe").text == "standby"


def test_what_the_primary_can_not_answer_is_not_tried_again(app: Flask, client: FlaskClient) -> None:
    tried: list[object] = []

    @app.get("/probe/broken")
    def broken() -> str:
        replica.leave()
        tried.append(1)
        raise OperationalError("SELECT 1", {}, Exception("the primary is gone"))

    assert client.get("/probe/broken").status_code == 503
    assert len(tried) == 1
    assert client.get("/probe").text == "standby"


def test_the_doctor_says_how_far_a_standby_is_and_what_to_do(
    settings: Settings, primary: Postgres, standby: Standby, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(doctor, "REPLICA_SECONDS", 0.1)

    def said(**changed: str) -> tuple[bool, str]:
        app = create_app(replace(settings, **changed))  # type: ignore[arg-type]
        try:
            (found,) = [each for each in doctor.examine(lambda: app) if each.what == "replica"]
        finally:
            with app.app_context():
                for engine in db.engines.values():
                    engine.dispose()
        return found.well, found.says

    standby.catch_up()
    assert said()[0]
    assert "had come to where the database was" in said()[1]
    assert "has schema none" in said(replica_url=standby.url)[1]
    with standby.paused():
        primary.ask("CREATE TABLE more AS SELECT 1 AS one")
        well, says = said()
        assert not well
        assert "is behind" in says
        assert "pg_stat_wal_receiver" in says
    standby.kill()
    well, says = said()
    assert not well
    assert "does not answer" in says
