"""A site whose clock stands still between acts, what is done on it, and what it answers."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from click.testing import CliRunner
from flask.testing import FlaskClient
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from tests.lock import inside
from tests.lock.recording import lasting

START = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
STEP = timedelta(seconds=20)  # so that what was just posted can still be edited
SECRET = "a secret of the lock, the same in each run"
PASSWORD = "the lock's people have one password"
VISITOR = "visitor"
# Everybody who has an account, and what they are.
PEOPLE = {
    "ada": "admin",
    "edith": "editor",
    "mona": "moderator",
    "max": "moderator",
    "rita": "reader",
    "tom": "reader",
    "bo": "reader",
    "nora": "reader",
}
BASE = "https://news.example"
SETTINGS = {
    "READER_SECRET_KEY": SECRET,
    "READER_SITE_NAME": "The Daily Check",
    "READER_SECURITY_CONTACT": "mailto:security@news.example",
    "READER_JOBS": "off",
    **{
        f"READER_LIMIT_{name}": "10000/minute"
        for name in ("COMMENTS", "CLICKS", "LOGIN", "REGISTER", "REPORTS")
    },
}
SCRIPT = {"Accept": "application/json"}
MAIN = r"<main.*</main>"
# Headers that say nothing of their own.
_UNSAID = ("content-length", "date")
_ETAG = re.compile(r'W/"[^"]+"')
_COOKIE = re.compile(r"^([^=]+)=[^;]+")
_EXPIRES = re.compile(r"; Expires=[^;]+")
_TOKEN = re.compile(r'name="csrf_token"[^>]* value="([^"]+)"')


class Site:
    """The site in ``folder``. ``ids`` are the numbers of what was made on it, by the names that its story gives."""

    def __init__(self, folder: Path, *, at: datetime = START) -> None:
        self.folder = folder
        self.instance = folder / "instance"
        self.articles = folder / "articles"
        self.at = at
        self.settings = {**SETTINGS, "READER_INSTANCE": str(self.instance)}
        self.app = inside.application({**self.settings, "READER_BASE_URL": BASE})
        self.ids: dict[str, Any] = {}
        self.outputs: list[str] = []
        self.writes: list[str] = []
        self.written: set[str] = set()
        self._clients: dict[str, FlaskClient] = {}
        self._tokens: dict[str, str] = {}

    def now(self) -> datetime:
        """Return the time of the site."""
        return self.at

    def client(self, who: str) -> FlaskClient:
        """Return somebody's browser, logged in the first time it is asked for."""
        if who not in self._clients:
            self._clients[who] = self.app.test_client()
            if who in PEOPLE:
                self.post(who, "/login", form=True, login=who, password=PASSWORD)
        return self._clients[who]

    def get(self, who: str, path: str, **headers: str) -> TestResponse:
        """Open an address."""
        return self.client(who).get(path, base_url=BASE, headers=headers)

    def find(self, who: str, path: str, pattern: str) -> str:
        """Return what the pattern's group matches on a page. AssertionError where it matches nothing."""
        page = self.get(who, path).text
        found = re.search(pattern, page)
        assert found, f"no {pattern} on {path}:\n{page}"
        return found[1]

    def post(self, who: str, path: str, *, form: bool = False, **fields: Any) -> Any:
        """Send a form a little later, as a script or as a person does, record the answer, and return what it says."""
        self.at += STEP
        client = self.client(who)
        values = {"csrf_token": self._token(who), **fields}
        headers = {"Referer": f"{BASE}{path}"} | ({} if form else SCRIPT)
        answer = client.post(path, base_url=BASE, data=values, headers=headers)
        if "login" in path or "logout" in path or "register" in path or "password" in path:
            self._tokens.pop(who, None)
        self.written.add(self._rule(path, "POST").rule)
        said = ", ".join(f"{name}={value!r}" for name, value in fields.items() if name != "password")
        self.writes.append(
            f"### {who} sends {path} {'as a page' if form else 'as a script'}: {said}\n{told(answer, only=MAIN)}"
        )
        return answer.get_json() if answer.is_json else answer

    def _token(self, who: str) -> str:
        if who not in self._tokens:
            pages = (self._clients[who].get(path, base_url=BASE).text for path in ("/login", "/about"))
            self._tokens[who] = next(found[1] for page in pages if (found := _TOKEN.search(page)))
        return self._tokens[who]

    def run(self, *arguments: str, typed: str | None = None) -> None:
        """Run a command a little later, and record what it prints, and its exit status."""
        self.at += STEP
        ended = CliRunner(env={"COLUMNS": "100"}).invoke(
            inside.commands, arguments, input=typed, obj=lambda **_: self.app, terminal_width=100
        )
        said = f"$ reader {' '.join(arguments)}\n{ended.output}exit status {ended.exit_code}\n"
        self.outputs.append(said.replace(str(self.folder), "(folder)"))

    def publish(self, name: str, before: str, after: str) -> None:
        """Publish an article's file again, with some of its words changed. AssertionError where they aren't in it."""
        file = self.articles / f"{name}.md"
        text = file.read_text()
        assert before in text
        file.write_text(text.replace(before, after, 1))
        self.run("publish", str(file), "--as", "edith")

    def notify(self) -> None:
        """Notify people and send the mail that is due, now."""
        inside.tell(self.app)

    def copy(self, folder: Path) -> Site:
        """Return a copy of the site as it is now, in another folder."""
        inside.close(self.app)
        shutil.copytree(self.folder, folder)
        other = Site(folder, at=self.at)
        other.ids = {**self.ids}
        return other

    def tell(self, *, after: timedelta = STEP) -> None:
        """Let some time go by, then notify people and send the mail that is due."""
        self.at += after
        self.notify()

    def rules(self, method: str) -> set[str]:
        """Return the rules of all addresses that take the method."""
        return {rule.rule for rule in self.app.url_map.iter_rules() if method in (rule.methods or ())}

    def rule(self, path: str, method: str = "GET") -> str:
        """Return the rule of an address."""
        return self._rule(path, method).rule

    def _rule(self, path: str, method: str) -> Rule:
        adapter = self.app.url_map.bind("news.example")
        rule, _values = adapter.match(path.partition("?")[0], method=method, return_rule=True)
        return rule


def told(answer: TestResponse, *, only: str | None = None) -> str:
    """Return an answer as it is recorded: status, headers, and the text, or the part of it that ``only`` matches."""
    text = answer.text
    if only is not None and answer.mimetype == "text/html":
        found = re.search(only, text, re.DOTALL)
        text = found[0] if found else text
    if answer.is_json:
        text = readable(json.loads(text))
    return lasting("\n".join([f"{answer.status_code}", *_headers(answer), "", text.rstrip("\n")]) + "\n")


def _headers(answer: TestResponse) -> Iterator[str]:
    for name, value in sorted(answer.headers.items()):
        if name.lower() in _UNSAID:
            continue
        if name.lower() in ("allow", "vary"):
            value = ", ".join(sorted(value.split(", ")))
        if name.lower() == "set-cookie":
            value = _EXPIRES.sub("", _COOKIE.sub(r"\1=(value)", value))
        yield f"{name}: {_ETAG.sub('W/(checksum)', value)}"


def readable(value: object) -> str:
    """Return JSON on many lines, as are the texts in it, so that differences can be read."""
    return json.dumps(value, indent=1, ensure_ascii=False).replace("\\n", "\n").replace('\\"', '"')
