"""The production server: what it refuses to serve, what it survives, and how it ends."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import replace
from pathlib import Path

import pytest
import requests
import websocket

from reader.config import BadSetting, Settings
from reader.db.schema import NotCurrent
from reader.serving import gunicorn
from tests.conftest import SECRET
from tests.support.servers import Postgres
from tests.support.sites import STOP_SECONDS, Site, a_free_port, environment, serving

ESTABLISHED, LISTENING = "01", "0A"
# What the log says of a worker that had to be ended.
TOO_LATE = "Worker graceful timeout"


@pytest.fixture
def settings(sqlite_settings: Settings) -> Settings:
    return replace(sqlite_settings, bind=f"127.0.0.1:{a_free_port()}")


@pytest.fixture
def site(settings: Settings, tmp_path: Path) -> Iterator[Site]:
    with serving(settings, tmp_path) as site:
        yield site


@contextmanager
def a_socket(site: Site) -> Iterator[websocket.WebSocket]:
    """An open Socket.IO connection of an anonymous page."""
    address = f"{site.url.replace('http', 'ws')}/socket.io/?EIO=4&transport=websocket"
    opened = websocket.create_connection(address, timeout=STOP_SECONDS, origin=site.url)
    try:
        opened.recv()
        opened.send("40")
        assert json.loads(opened.recv()[2:])["sid"]
        yield opened
    finally:
        opened.shutdown()


def test_an_instance_is_made_at_the_first_start(tmp_path: Path) -> None:
    fresh = Settings(instance=tmp_path / "new", bind=f"127.0.0.1:{a_free_port()}")
    with serving(fresh, tmp_path) as site:
        assert requests.get(site.url, timeout=10).status_code == 200
    assert (tmp_path / "new" / "reader.sqlite3").exists()


def test_a_quiet_site_says_only_where_it_is(site: Site) -> None:
    requests.get(site.url, timeout=10)
    assert site.stop() == 0
    assert site.log.read_text() == f"Reader is at {site.url}\n"


def test_told_to_stop_it_sends_its_sockets_away_and_ends_in_time(site: Site) -> None:
    with a_socket(site) as follower:
        assert site.stop() == 0
        assert TOO_LATE not in site.log.read_text()
        while message := follower.recv():  # ends with the server's goodbye; without one, with a fault
            assert not str(message).startswith("42")


def test_a_connection_that_is_kept_for_another_request_is_not_waited_for(site: Site) -> None:
    with requests.Session() as proxy:
        assert proxy.get(f"{site.url}/about", timeout=10).status_code == 200
        assert site.stop() == 0
        assert TOO_LATE not in site.log.read_text()


def test_ended_from_the_keyboard_it_says_nothing(site: Site) -> None:
    requests.get(site.url, timeout=10)
    os.killpg(site.process.pid, signal.SIGINT)
    assert site.process.wait(STOP_SECONDS) == 0
    assert site.log.read_text() == f"Reader is at {site.url}\n"


def test_a_worker_that_dies_is_replaced(site: Site) -> None:
    [worker] = site.workers()
    os.kill(worker, signal.SIGKILL)
    until(site, lambda: bool(set(site.workers()) - {worker}) and site.is_ready())


def test_a_signal_does_not_add_workers_that_nobody_looked_at(site: Site) -> None:
    site.process.send_signal(signal.SIGTTIN)
    until(site, lambda: "READER_WORKERS" in site.log.read_text())
    assert len(site.workers()) == 1


def test_an_answer_that_is_being_made_is_finished_before_the_end(site: Site) -> None:
    host, _, port = site.settings.bind.rpartition(":")
    with socket.create_connection((host, int(port)), timeout=STOP_SECONDS) as visitor:
        visitor.sendall(b"GET /livez HTTP/1.1\r\nHost: localhost\r\n")
        [worker] = site.workers()

        def has_read() -> bool:
            queues = queues_at(site, ESTABLISHED)
            return any(queues[end][1] == 0 for end in open_in(worker) & queues.keys())

        until(site, has_read)
        site.process.send_signal(signal.SIGTERM)
        until(site, lambda: not sockets_at(site, LISTENING) & open_in(worker))
        visitor.sendall(b"Connection: close\r\n\r\n")
        assert b" 200 OK" in visitor.recv(4096)


def test_a_client_that_stops_reading_blocks_no_reload_and_is_no_error(site: Site) -> None:
    host, _, port = site.settings.bind.rpartition(":")
    [old] = site.workers()
    with socket.create_connection((host, int(port)), timeout=STOP_SECONDS) as visitor:
        visitor.sendall(b"GET /about HTTP/1.1\r\nHost: localhost\r\n\r\n" * 2_000)  # more than is sent unread
        unsent: list[int] = []

        def is_stuck() -> bool:
            unsent.append(sum(size for size, _ in queues_at(site, ESTABLISHED).values()))
            return unsent[-1] > 0 and unsent[-20:] == unsent[-1:] * 20

        until(site, is_stuck)
        site.process.send_signal(signal.SIGHUP)
        until(site, lambda: old not in site.workers())
    assert TOO_LATE in site.log.read_text()
    assert "level=error" not in site.log.read_text()


def test_a_taken_address_is_named_with_what_to_do(site: Site) -> None:
    second = subprocess.run(
        [sys.executable, "-m", "reader", "serve"],
        env=environment(site.settings),
        capture_output=True,
        text=True,
        timeout=STOP_SECONDS,
        check=False,
    )
    assert second.returncode == 2
    assert site.settings.bind in second.stderr
    assert "--bind" in second.stderr


def test_more_workers_ask_for_postgresql_and_redis(settings: Settings) -> None:
    with pytest.raises(BadSetting, match="PostgreSQL and Redis"):
        gunicorn.prepare(replace(settings, workers=2))


def test_a_database_of_another_schema_is_not_served(postgres: Postgres, tmp_path: Path) -> None:
    name = postgres.create()
    try:
        with pytest.raises(NotCurrent, match="reader db upgrade"):
            gunicorn.prepare(
                Settings(instance=tmp_path, database_url=postgres.database(name), secret_key=SECRET)
            )
    finally:
        postgres.drop(name)


@pytest.fixture
def grown(postgres_settings: Settings, redis_url: str, tmp_path: Path) -> Iterator[Site]:
    """A site of two workers."""
    settings = replace(
        postgres_settings, bind=f"127.0.0.1:{a_free_port()}", workers=2, redis_url=redis_url, connections=500
    )
    with serving(settings, tmp_path) as site:
        wait_for_two(site)
        yield site


def wait_for_two(site: Site) -> None:
    """Wait until there are two workers: the first one may be ready before the second is there."""
    until(site, lambda: len(site.workers()) == 2)


def until(site: Site, is_so: Callable[[], bool]) -> None:
    """Wait for something that the server does."""
    end = time.monotonic() + STOP_SECONDS
    while not is_so():
        assert time.monotonic() < end, site.log.read_text()
        time.sleep(0.05)


def queues_at(site: Site, state: str) -> dict[str, tuple[int, int]]:
    """Bytes not sent and not read at the site's own ends in a state, as ``/proc/net/tcp`` gives them.

    An end is called as a process calls what it has open.
    """
    here = f":{int(site.settings.bind.rpartition(':')[2]):04X}"
    lines = [line.split() for line in Path("/proc/net/tcp").read_text().splitlines()]
    queues = {
        f"socket:[{line[9]}]": line[4].split(":")
        for line in lines
        if line[1].endswith(here) and line[3] == state
    }
    return {name: (int(unsent, 16), int(unread, 16)) for name, (unsent, unread) in queues.items()}


def sockets_at(site: Site, state: str) -> set[str]:
    """The site's own ends in a state."""
    return set(queues_at(site, state))


def open_in(process: int) -> set[str]:
    """The files and sockets that a process has open."""
    found = set()
    for entry in Path(f"/proc/{process}/fd").iterdir():
        with suppress(FileNotFoundError):  # it may be closed by now
            found.add(str(entry.readlink()))
    return found


def test_two_workers_share_their_numbers_and_no_connection(grown: Site) -> None:
    with requests.Session() as visitor:
        visitor.headers["Connection"] = "close"
        assert {visitor.get(f"{grown.url}/readyz").status_code for _ in range(40)} == {200}
        numbers = visitor.get(f"{grown.url}/metrics").text
    counted = [line for line in numbers.splitlines() if 'count{endpoint="health.readyz"' in line]
    assert len(counted) == 1
    assert float(counted[0].split()[-1]) >= 41
    assert grown.stop() == 0
    assert "rror" not in grown.log.read_text()


def test_followers_spread_evenly_and_nobody_else_can_listen_there(grown: Site) -> None:
    with ExitStack() as stack:
        for _ in range(200):
            stack.enter_context(a_socket(grown))
        followers = sockets_at(grown, ESTABLISHED)
        spread = [len(open_in(worker) & followers) for worker in grown.workers()]
        assert sum(spread) >= 200
        assert min(spread) >= 50, spread
    with pytest.raises(BadSetting, match="READER_BIND: can't listen"):
        gunicorn.claim_address(grown.settings.bind)


def test_the_successor_of_a_killed_worker_serves_those_who_waited_for_it(
    grown: Site,
) -> None:
    """It listens on the same socket."""
    workers, listeners = grown.workers(), sockets_at(grown, LISTENING)
    assert len(listeners) == 2
    for worker in workers:
        os.kill(worker, signal.SIGSTOP)
    with ExitStack() as stack:
        host, _, port = grown.settings.bind.rpartition(":")
        waiting = [
            stack.enter_context(socket.create_connection((host, int(port)), STOP_SECONDS)) for _ in range(40)
        ]
        for visitor in waiting:
            visitor.sendall(b"GET /livez HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
        for worker in workers:
            os.kill(worker, signal.SIGKILL)
        assert {visitor.recv(4096)[:15] for visitor in waiting} == {b"HTTP/1.1 200 OK"}
    wait_for_two(grown)
    assert not set(grown.workers()) & set(workers)
    assert sockets_at(grown, LISTENING) == listeners
    own = [open_in(worker) & listeners for worker in grown.workers()]
    assert [len(each) for each in own] == [1, 1]
    assert set.union(*own) == listeners
