"""Serves Reader behind real proxies, by the files in ``deploy/``, and tries all that depends on a proxy.

``python -m tests.proxies [caddy] [nginx]`` takes the programs from the path, prints a line for each thing it has tried,
and ends at the first that went wrong. It is no part of the test run: not every machine has a proxy.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from copy import copy
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

import click
import requests
import trustme
from bs4 import BeautifulSoup
from playwright.sync_api import expect, sync_playwright

from reader.app import create_app
from reader.config import Settings
from reader.db.base import db
from tests.browser import provision
from tests.browser.conftest import FLAGS
from tests.conftest import SECRET, migrated
from tests.support.factories import a_person, an_article
from tests.support.posting import Poster
from tests.support.sites import Site, a_free_port
from tests.support.sockets import Closed, Socket
from tests.support.threads import a_comment

DEPLOY = Path(__file__).parents[1] / "deploy"
FOLLOWERS = 50
RESTARTS = 3
PATIENCE = 20.0
# What the files in deploy/ say, which becomes what this machine has.
NAME, BACKEND = "news.example", "127.0.0.1:8000"


class Ports(NamedTuple):
    """Ports of the proxy, with TLS and without, and of Reader."""

    secure: int
    plain: int
    backend: str


def caddy(folder: Path, ports: Ports) -> tuple[list[str], Path]:
    """The command that starts Caddy by deploy/Caddyfile, and by which authority its certificate is."""
    text = (DEPLOY / "Caddyfile").read_text()
    text = text.replace(NAME, f"localhost:{ports.secure}").replace(BACKEND, ports.backend)
    options = f"admin off\nskip_install_trust\nhttp_port {ports.plain}\nstorage file_system {folder}\n"
    (folder / "Caddyfile").write_text(f"{{\n{options}}}\n{text}")
    command = ["caddy", "run", "--adapter", "caddyfile", "--config", str(folder / "Caddyfile")]
    return command, folder / "pki/authorities/local/root.crt"


def nginx(folder: Path, ports: Ports) -> tuple[list[str], Path]:
    """The command that starts nginx by deploy/nginx.conf, and by which authority its certificate is."""
    authority = trustme.CA()
    authority.cert_pem.write_to_path(folder / "root.pem")
    certificate = authority.issue_cert("localhost")
    certificate.private_key_pem.write_to_path(folder / "localhost.key")
    for blob in certificate.cert_chain_pems:
        blob.write_to_path(folder / "localhost.pem", append=True)
    text = (DEPLOY / "nginx.conf").read_text()
    for before, after in (
        (f"/etc/ssl/{NAME}", f"{folder}/localhost"),
        (NAME, "localhost"),
        (BACKEND, ports.backend),
        ("listen 443 ", f"listen 127.0.0.1:{ports.secure} "),
        ("listen 80;", f"listen 127.0.0.1:{ports.plain};"),
    ):
        assert before in text, before
        text = text.replace(before, after)
    (folder / "reader.conf").write_text(text)
    kinds = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    kept = "".join(f"{kind}_temp_path {folder}/{kind};\n" for kind in kinds)
    user = "user root;\n" if os.geteuid() == 0 else ""
    (folder / "nginx.conf").write_text(
        f"{user}daemon off;\npid {folder}/nginx.pid;\nerror_log stderr;\nevents {{ worker_connections 4096; }}\n"
        f"http {{\naccess_log off;\n{kept}include {folder}/reader.conf;\n}}\n"
    )
    return ["nginx", "-p", str(folder), "-c", str(folder / "nginx.conf")], folder / "root.pem"


PROXIES: dict[str, Callable[[Path, Ports], tuple[list[str], Path]]] = {"caddy": caddy, "nginx": nginx}


@contextmanager
def running(command: list[str], log: Path) -> Iterator[None]:
    """A proxy, until the end of the block."""
    with log.open("wb") as output:
        process = subprocess.Popen(command, stdout=output, stderr=output)
    try:
        yield
    finally:
        process.terminate()
        process.wait(PATIENCE)


class Trial:
    """A site behind a proxy, with an article that one comment stands under. Its methods are what is tried."""

    def __init__(self, site: Site, ports: Ports) -> None:
        self.site, self.ports = site, ports
        # The same site, as it is seen from outside.
        self.outside = copy(site)
        self.outside.url = f"https://localhost:{ports.secure}"
        self.article = an_article(slug="harbour")
        a_comment(self.article)
        self.writer = Poster(self.outside, a_person(), self.article)

    def _get(self, path: str, **headers: str) -> requests.Response:
        return requests.get(f"{self.outside.url}{path}", headers=headers, timeout=PATIENCE)

    def _followers(self, number: int) -> list[Socket]:
        sockets = [Socket(self.outside.url) for _ in range(number)]
        for socket in sockets:
            assert "head" in socket.join(self.article.stream)
        return sockets

    def pages_know_their_public_address(self) -> None:
        answer = self._get(self.article.path)
        assert answer.status_code == 200
        assert f'<link rel="canonical" href="{self.outside.url}{self.article.path}">' in answer.text
        assert "Strict-Transport-Security" in answer.headers
        told = self._get("/", **{"X-Forwarded-Host": "evil.example", "X-Forwarded-Proto": "http"})
        assert told.status_code == 200
        assert "evil.example" not in told.text

    def plain_http_leads_to_https(self) -> None:
        address = f"http://localhost:{self.ports.plain}/about"
        answer = requests.get(address, timeout=PATIENCE, allow_redirects=False)
        assert answer.status_code in (301, 308)
        assert answer.headers["Location"].startswith("https://localhost")

    def static_files_come_compressed_once_and_are_kept(self) -> None:
        page = BeautifulSoup(self._get("/").text, "html.parser")
        sheet = str(page.select_one("link[rel=stylesheet]")["href"])  # type: ignore[index]
        answer = self._get(sheet, **{"Accept-Encoding": "gzip"})
        assert answer.headers["Content-Encoding"] == "gzip"
        assert "immutable" in answer.headers["Cache-Control"]
        assert "{" in answer.text

    def numbers_are_not_for_the_world(self) -> None:
        assert self._get("/metrics").status_code == 404

    def a_body_that_is_too_large_is_refused(self) -> None:
        address = f"{self.outside.url}{self.article.path}/comments"
        answer = self.writer.session.post(address, data={"body": "x" * 400_000}, timeout=PATIENCE)
        assert answer.status_code == 413

    def an_address_that_a_client_makes_up_is_not_believed(self) -> None:
        browser, address = requests.Session(), f"{self.outside.url}/login"
        form = BeautifulSoup(browser.get(address, timeout=PATIENCE).text, "html.parser")
        token = str(form.select_one("[name=csrf_token]")["value"])  # type: ignore[index]
        statuses = [
            browser.post(
                address,
                data={"csrf_token": token, "login": f"nobody{number}", "password": "wrong words here"},
                headers={"X-Forwarded-For": f"192.0.2.{number}", "Referer": address},
                timeout=PATIENCE,
            ).status_code
            for number in range(12)
        ]
        assert (statuses[0], statuses[-1]) == (422, 429), statuses

    def what_is_posted_reaches_a_websocket_and_whoever_polls(self) -> None:
        (follower,) = self._followers(1)
        posted = self.writer.post("Through the proxy.")
        assert posted.status_code == 201, posted.text
        assert follower.event("live:event")["to"] == posted.json()["seq"]
        follower.close()
        told = self._get(f"/live/{self.article.stream}/events?after=1").json()
        assert told["head"] == posted.json()["seq"]

    def other_sites_get_no_websocket(self) -> None:
        try:
            Socket(self.outside.url, origin="https://evil.example")
        except Closed:
            return
        raise AssertionError("it was opened")

    def a_restart_sends_pages_away_and_they_come_back_to_all_that_happened(self) -> None:
        with sync_playwright() as playwright, ExitStack() as closing:
            browser = playwright.chromium.launch(executable_path=provision.browser(), args=FLAGS)
            closing.callback(browser.close)
            page = browser.new_context(ignore_https_errors=True).new_page()
            page.goto(f"{self.outside.url}{self.article.path}")
            posted = self.writer.post("Before the restart.").json()
            expect(page.locator(f"#comment-{posted['id']}")).to_be_attached(timeout=10_000)
            sockets = self._followers(FOLLOWERS)
            began = time.monotonic()
            assert self.site.stop() == 0
            click.echo(f"    stopped in {time.monotonic() - began:.1f} s with {FOLLOWERS + 1} sockets open")
            assert self._get("/").status_code in (502, 503)
            assert all(socket.is_cut(within=5.0) for socket in sockets)
            comment = a_comment(self.article, body="While it was down.")
            self.site.start()
            began = time.monotonic()
            expect(page.locator(f"#comment-{comment.id}")).to_be_attached(timeout=30_000)
            click.echo(f"    the page knew all {time.monotonic() - began:.1f} s after the start")
            posted = self.writer.post("After the restart.").json()
            expect(page.locator(f"#comment-{posted['id']}")).to_be_attached(timeout=10_000)

    def whoever_posts_through_restarts_is_answered_each_time(self) -> None:
        statuses: list[int] = []
        for turn in range(RESTARTS):
            self.site.process.terminate()
            while self.site.process.poll() is None:
                statuses.append(self.writer.post(f"Turn {turn}, {len(statuses)}.").status_code)
            self.site.start()
        assert set(statuses) <= {201, 502, 503}, statuses


TRIED: list[Callable[[Trial], None]] = [
    Trial.pages_know_their_public_address,
    Trial.plain_http_leads_to_https,
    Trial.static_files_come_compressed_once_and_are_kept,
    Trial.numbers_are_not_for_the_world,
    Trial.a_body_that_is_too_large_is_refused,
    Trial.an_address_that_a_client_makes_up_is_not_believed,
    Trial.what_is_posted_reaches_a_websocket_and_whoever_polls,
    Trial.other_sites_get_no_websocket,
    Trial.a_restart_sends_pages_away_and_they_come_back_to_all_that_happened,
    Trial.whoever_posts_through_restarts_is_answered_each_time,
]


def try_behind(name: str, folder: Path) -> None:
    """Try all of it behind one proxy."""
    ports = Ports(a_free_port(), a_free_port(), f"127.0.0.1:{a_free_port()}")
    command, root = PROXIES[name](folder, ports)
    settings = Settings(
        instance=folder / "instance",
        secret_key=SECRET,
        bind=ports.backend,
        base_url=f"https://localhost:{ports.secure}",
        trusted_proxies=1,
        limit_comments="1000/minute",
    )
    settings.instance.mkdir()
    migrated(settings)
    site = Site(settings, folder)
    with running(command, folder / "proxy.log"), create_app(settings).app_context(), ExitStack() as closing:
        closing.callback(db.engine.dispose)
        closing.callback(site.end)
        site.start()
        end = time.monotonic() + PATIENCE
        while not root.exists():
            assert time.monotonic() < end, (folder / "proxy.log").read_text()
            time.sleep(0.1)
        os.environ["REQUESTS_CA_BUNDLE"] = os.environ["WEBSOCKET_CLIENT_CA_BUNDLE"] = str(root)
        trial = Trial(site, ports)
        for tried in TRIED:
            tried(trial)
            click.echo(f"  {tried.__name__.replace('_', ' ')}")


@click.command()
@click.argument("names", nargs=-1, type=click.Choice(list(PROXIES)))
def main(names: tuple[str, ...]) -> None:
    """Try Reader behind the proxies NAMES, or behind all."""
    for name in names or PROXIES:
        if shutil.which(name) is None:
            raise click.ClickException(f"There is no {name} on the path. Install it, or name another proxy.")
        click.echo(name)
        with TemporaryDirectory() as folder:
            try_behind(name, Path(folder))


if __name__ == "__main__":
    main()
