"""Isso, the comment server that pages and posts are compared with, in an environment of its own."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.bench.measuring import Process, running
from tests.support.sites import a_free_port

PACKAGES = ("isso==0.14.0", "gevent", "gunicorn", "packaging")
THREAD = "/article/"
# Like ours, it counts how often somebody posts, as it does when it comes out of its box, and nobody reaches the limit.
_SETTINGS = """[general]
dbpath = {folder}/isso.db
host = http://127.0.0.1:{port}/
notify = stdout
[guard]
enabled = true
ratelimit = 1000000
direct-reply = 1000000
[server]
listen = http://127.0.0.1:{port}/
"""


def install(cache: Path) -> Path:
    """Isso's Python, installed into ``cache`` at first need."""
    python = cache / "isso" / "bin" / "python"
    if not python.exists():
        subprocess.run([sys.executable, "-m", "venv", python.parents[1]], check=True)
        subprocess.run([python, "-m", "pip", "install", "-q", *PACKAGES], check=True)
    return python


@contextmanager
def serving(cache: Path, folder: Path) -> Iterator[Process]:
    """Isso on gunicorn's gevent worker, with an empty database."""
    python = install(cache)
    port = a_free_port()
    settings = folder / "isso.cfg"
    settings.write_text(_SETTINGS.format(folder=folder, port=port))
    command = [str(python), "-m", "gunicorn", "-k", "gevent", "-w", "1", "-b", f"127.0.0.1:{port}"]
    with running(
        [*command, "--keep-alive", "60", "--no-control-socket", "isso.run"],
        port,
        folder,
        {"ISSO_SETTINGS": str(settings)},
    ) as process:
        yield process


def post(port: int, text: str) -> bytes:
    """The request that posts a comment."""
    body = (
        f'{{"text": "{text}", "author": "Ann", "email": null, "website": null, "title": "Article"}}'.encode()
    )
    return (
        f"POST /new?uri={THREAD} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nContent-Type: application/json\r\n"
        f"Origin: http://127.0.0.1:{port}\r\nContent-Length: {len(body)}\r\n\r\n"
    ).encode() + body
