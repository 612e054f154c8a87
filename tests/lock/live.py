"""Frames of live sockets: every one that a served site sends and takes while people do things on it."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from select import select
from typing import Any
from uuid import NAMESPACE_URL, uuid5

import requests
import websocket

from tests.lock.recording import lasting
from tests.lock.site import PASSWORD, SCRIPT, VISITOR, Site, readable
from tests.support.sites import a_free_port

PATIENCE = 60.0
SHORT = 120
OPEN, PING, PONG, CONNECT, CONNECTED, EVENT = "0", "2", "3", "40", "40", "42"
SOFT = ("live:head", "live:counts", "live:watching")
# What no client may send, and so ends its connection.
STRANGE = {
    "another event": '42["live:write",{}]',
    "a second CONNECT": "40",
    "another namespace": "40/admin,",
    "an acknowledgement": "431[]",
    "no JSON": "42[",
    "too much": "42" + json.dumps(["live:join", {"stream": "x" * 5000}]),
}
_TOKEN = re.compile(r'name="csrf_token"[^>]* value="([^"]+)"')
_ID = re.compile(r'"sid":"[^"]+"')


class Person:
    """Somebody at the served site, with a browser that speaks HTTP."""

    def __init__(self, url: str, name: str) -> None:
        self.url, self.name = url, name
        self.session = requests.Session()
        self._token = ""
        if name != VISITOR:
            self.post("/login", login=name, password=PASSWORD)
            self._token = ""

    @property
    def cookie(self) -> str:
        """The header that says who they are."""
        return "; ".join(f"{name}={value}" for name, value in self.session.cookies.items())

    def get(self, path: str) -> requests.Response:
        """Open an address."""
        return self.session.get(f"{self.url}{path}", headers=SCRIPT, timeout=PATIENCE)

    def page(self, path: str) -> str:
        """Return the page at an address."""
        return self.session.get(f"{self.url}{path}", timeout=PATIENCE).text

    def post(self, path: str, **fields: Any) -> Any:
        """Send a form as a script does. AssertionError where it is refused."""
        if not self._token:
            pages = (
                self.session.get(f"{self.url}{each}", timeout=PATIENCE).text for each in ("/login", "/about")
            )
            self._token = next(found[1] for page in pages if (found := _TOKEN.search(page)))
        answer = self.session.post(
            f"{self.url}{path}",
            data={"csrf_token": self._token, **fields},
            headers={**SCRIPT, "Referer": f"{self.url}{path}"},
            timeout=PATIENCE,
            allow_redirects=False,
        )
        assert answer.status_code < 400, answer.text
        return answer.json() if answer.content and "json" in answer.headers.get("Content-Type", "") else None


class Wire:
    """A socket that keeps every frame. ``to`` is how far it was told of each stream."""

    def __init__(self, url: str, name: str, *, cookie: str = "") -> None:
        self.name = name
        self.to: dict[str, int] = {}
        self.frames: list[str] = []
        self.soft: dict[str, Any] = {}
        self.is_open = True
        self._calls = 0
        self._socket = websocket.WebSocket()
        self._socket.settimeout(PATIENCE)
        address = f"{url.replace('http', 'ws', 1)}/socket.io/?EIO=4&transport=websocket"
        self._socket.connect(address, cookie=cookie or None, origin=url)

    def send(self, text: str) -> None:
        """Send a frame."""
        self.frames.append(f"→ {text}")
        self._socket.send(text)

    def begin(self) -> None:
        """Say hello."""
        self.wait(lambda text: text.startswith(OPEN))
        self.send(CONNECT)
        self.wait(lambda text: text.startswith(CONNECTED))

    def call(self, event: str, *payload: object) -> Any:
        """Send an event, and return what it is acknowledged with."""
        self._calls += 1
        self.send(f"{EVENT}{self._calls}{json.dumps([event, *payload])}")
        start = f"43{self._calls}"
        answer = json.loads(self.wait(lambda text: text.startswith(start))[len(start) :])[0]
        if event == "live:join" and "head" in answer:
            self.to[payload[0]["stream"]] = answer["head"]  # type: ignore[index]
        return answer

    def wait(self, is_it: Callable[[str], bool]) -> str:
        """Take frames until one is it. AssertionError where none comes in time."""
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            text = self._next()
            if is_it(text):
                return text
            assert self.is_open, self.frames
        raise AssertionError(self.frames)

    def _next(self) -> str:
        code, data = self._socket.recv_data()
        text: str
        if code == websocket.ABNF.OPCODE_CLOSE:
            self.is_open = False
            text = f"closed with {int.from_bytes(data[:2], 'big')} {data[2:].decode()}".strip()
            self.frames.append(f"← {text}")
            return text
        text = str(data, "utf-8")
        if text == PING:
            self._socket.send(PONG)
            return text
        if text.startswith(EVENT):
            name, payload = json.loads(text[len(EVENT) :])
            if name in SOFT:
                if not str(payload.get("stream", "article:")).startswith("article:"):
                    return text  # of the streams of a page, whichever is looked at first
                self.soft[f"{name} {sorted(payload)}" if name != "live:counts" else name] = payload
                return text
            self.to[payload["stream"]] = payload["to"]
        self.frames.append(f"← {text}")
        return text

    def take(self) -> None:
        """Take what has come already, so that nobody thinks us gone."""
        while self.is_open and select([self._socket], [], [], 0)[0]:
            self._next()

    def close(self) -> None:
        """Go."""
        self._socket.shutdown()

    def taken(self) -> list[str]:
        """Return what has come since the last time: what was said, then pushes by their streams."""
        frames, self.frames = self.frames, []
        return [_frame(text) for text in sorted(frames, key=_stream)]


def _stream(frame: str) -> str:
    found = re.match(r'← 42\["live:event",\{"stream":"([^"]+)"', frame)
    return found[1] if found else ""


def _frame(text: str) -> str:
    """A frame as it is recorded: a long one as JSON on many lines, one that is far too long cut."""
    if len(text) < SHORT:
        return _ID.sub('"sid":"(random)"', text)
    found = re.fullmatch(r"([←→] \d+)(/admin,|[\[{].*)", _ID.sub('"sid":"(random)"', text), re.DOTALL)
    if found is None:
        return text[:SHORT]
    try:
        return f"{found[1]} {readable(json.loads(found[2]))}"
    except ValueError:
        return text


@contextmanager
def served(settings: Mapping[str, str], folder: Path, moment: datetime) -> Iterator[Callable[[], str]]:
    """Serve the site of these settings at this moment, to the end of the block.

    What is given waits until it is ready, and returns its address.
    """
    bind = f"127.0.0.1:{a_free_port()}"
    others = {name: value for name, value in os.environ.items() if not name.startswith("READER_")}
    environ = {**others, **settings, "READER_BIND": bind}
    command = [sys.executable, "-m", "tests.lock.serve", moment.isoformat(), "serve"]
    log = folder / "server.log"
    with log.open("wb") as output:
        process = subprocess.Popen(command, env=environ, stdout=output, stderr=output)

    def ready() -> str:
        end = time.monotonic() + PATIENCE
        while not _is_ready(f"http://{bind}"):
            assert process.poll() is None, log.read_text()
            assert time.monotonic() < end, log.read_text()
            time.sleep(0.05)
        return f"http://{bind}"

    try:
        yield ready
    finally:
        process.terminate()
        process.wait(PATIENCE)


def _is_ready(url: str) -> bool:
    try:
        return requests.get(f"{url}/readyz", timeout=5).status_code == 200
    except requests.ConnectionError:
        return False


def messages(url: str, site: Site) -> str:
    """Return every frame that comes and goes while each kind of thing is done.

    ``url`` serves the instance of ``site``, which does what the job queue and the commands do beside it.
    """
    ids = site.ids
    people = {name: Person(url, name) for name in (VISITOR, "rita", "nora", "mona", "max", "edith")}
    lines: list[str] = []
    lines += _greetings(url, ids, people)
    rooms = {
        VISITOR: [f"article:{ids['lamps']}", f"claim:{ids['claim']}", "verdicts"],
        "rita": [f"person:{ids['rita']}"],
        "nora": [f"person:{ids['nora']}"],
        "mona": ["moderation"],
    }
    wires = {name: Wire(url, name, cookie=people[name].cookie) for name in rooms}
    for name, streams in rooms.items():
        wires[name].begin()
        for stream in streams:
            wires[name].call("live:join", {"stream": stream})
        lines += _told(wires[name], f"{name} joins")
    for what, act in _acts(people, site):
        act()
        for name, wire in wires.items():
            wire.take()
            for stream in rooms[name] if wire.is_open else []:
                head = people[name].get(f"/live/{stream}/events?after=0").json()["head"]
                if wire.to[stream] < head:
                    wire.wait(lambda _text, w=wire, s=stream, h=head: w.to[s] >= h)  # type: ignore[misc]
        lines += [line for wire in wires.values() for line in _told(wire, f"{what}; told to {wire.name}")]
    lines += _soft(url, people["rita"], wires[VISITOR], ids)
    people["rita"].post("/logout")
    wires["rita"].wait(lambda _text: not wires["rita"].is_open)
    lines += _told(wires["rita"], "rita logs out; told to rita")
    for wire in wires.values():
        wire.close()
    return lasting("\n".join(lines) + "\n")


def _greetings(url: str, ids: Mapping[str, Any], people: Mapping[str, Person]) -> Iterator[str]:
    """Yield the frames of joins, allowed and refused, and of what ends a connection."""
    streams = [f"article:{ids['lamps']}", "article:9999", f"claim:{ids['claim']}", f"person:{ids['rita']}"]
    for name in (VISITOR, "rita", "mona", "edith"):
        wire = Wire(url, name, cookie=people[name].cookie)
        wire.begin()
        for stream in (*streams, "front", "verdicts", "moderation", "access"):
            wire.call("live:join", {"stream": stream})
        wire.call("live:leave", {"stream": streams[0]})
        wire.call("live:join", "no object")
        yield from _told(wire, f"{name} says hello and joins")
        wire.close()
    for what, text in STRANGE.items():
        wire = Wire(url, VISITOR)
        wire.begin()
        wire.frames.clear()
        wire.send(text)
        wire.wait(lambda _text, w=wire: not w.is_open)  # type: ignore[misc]
        yield from _told(wire, f"a visitor sends {what}")
        wire.close()


def _soft(url: str, rita: Person, wire: Wire, ids: Mapping[str, Any]) -> Iterator[str]:
    """Yield one example of each message that comes when it comes: heads, and numbers of readers and of comments."""
    front = Wire(url, VISITOR)
    front.begin()
    front.call("live:join", {"stream": "front"})
    front.wait(lambda _text: "live:counts" in front.soft)
    yield f"### on the front page\n{readable(front.soft)}"
    front.soft.clear()
    _post(rita, "lamps", "One more to count.")
    front.wait(lambda _text: "live:counts" in front.soft)
    yield f"### on the front page, after a comment\n{readable(front.soft)}"
    front.close()
    heads = rita.get(f"/live/article:{ids['lamps']}/events?after=0").json()["head"]
    wire.wait(lambda _text: {"stream": f"article:{ids['lamps']}", "head": heads} in wire.soft.values())
    wire.wait(lambda _text: any(each.startswith("live:watching") for each in wire.soft))
    yield f"### on an article's page\n{readable({name: wire.soft[name] for name in sorted(wire.soft)})}"
    wire.frames.clear()


def _told(wire: Wire, what: str) -> Iterator[str]:
    frames = wire.taken()
    if frames:
        yield "\n".join([f"### {what}", *frames, ""])


def _post(who: Person, article: str, body: str, **fields: Any) -> dict[str, Any]:
    sent = {"body": body, "submission_id": str(uuid5(NAMESPACE_URL, body)), **fields}
    made: dict[str, Any] = who.post(f"/articles/{article}/comments", **sent)
    return made


Act = tuple[str, Callable[[], object]]


def _acts(people: Mapping[str, Person], site: Site) -> Iterator[Act]:
    """Yield each act with its name, in order."""
    ids = site.ids
    rita, nora, mona, max_, edith = (people[name] for name in ("rita", "nora", "mona", "max", "edith"))
    made: dict[str, int] = {}

    def post(who: Person, name: str, body: str, **fields: Any) -> None:
        made[name] = _post(who, "lamps", body, **fields)["id"]

    def at(name: str) -> str:
        return f"/comments/{made[name]}"

    def decide(action: str, name: str, **fields: Any) -> None:
        mona.post(
            f"/moderation/comments/{made[name]}/{action}",
            note="",
            revision=fields.pop("revision", 1),
            **fields,
        )

    def appeal() -> None:
        rita.post(f"/account/decisions/{made['removal']}/appeal", text="No.")
        made["appeal"] = int(re.findall(r"/moderation/appeals/(\d+)", max_.page("/moderation/appeals"))[-1])

    def measure(name: str, **fields: Any) -> None:
        mona.post(
            f"/moderation/people/{name}/measures",
            **{"words": "Now.", "reason": "spam", "lasts": "", **fields},
        )

    def remove() -> None:
        fields = {"reason": "spam", "note": "", "revision": 2}
        made["removal"] = mona.post(f"/moderation/comments/{made['news']}/remove", **fields)["decision"]

    yield "rita writes about a claim", lambda: post(rita, "news", "There is news.", claim_id=ids["claim"])
    yield "edith answers", lambda: post(edith, "reply", "Which news, @rita?", parent_id=made["news"])
    yield "rita is told by the job queue", site.notify
    yield "rita changes it", lambda: rita.post(f"{at('news')}/edit", body="There is *good* news.", revision=1)
    yield "edith recommends it", lambda: edith.post(f"{at('news')}/recommend", recommended="yes")
    yield "max reports it", lambda: max_.post(f"{at('news')}/report", reason="spam", note="", revision=2)
    yield "mona pins it", lambda: decide("pin", "news", revision=2)
    yield "mona removes it", remove
    yield "rita appeals", appeal
    yield (
        "max grants the appeal",
        lambda: max_.post(f"/moderation/appeals/{made['appeal']}", outcome="overturned", answer="Yes."),
    )
    yield "edith deletes her answer", lambda: edith.post(f"{at('reply')}/delete")
    yield "nora, who is read first, writes", lambda: post(nora, "held", "Read me.")
    yield "mona publishes it", lambda: decide("approve", "held")
    yield "mona warns nora", lambda: measure("nora", kind="warning")
    yield (
        "mona slows the discussion down",
        lambda: mona.post("/moderation/articles/lamps", slow_seconds=0, premoderated="y", why="Slowly."),
    )
    yield (
        "mona opens it again",
        lambda: mona.post("/moderation/articles/lamps", slow_seconds=0, why=""),
    )
    sources = re.findall(
        r'name="sources"[^>]* value="(\d+)" checked', edith.page("/fact-checks/both-towers-stay")
    )
    ruling = {"verdict": "false", "why": "It was another council.", "sources": sources, "version": 2}
    yield (
        "edith decides the claim anew",
        lambda: edith.post("/fact-checks/both-towers-stay/verdict", **ruling),
    )
    words = {"text": "The council voted to keep all towers.", "reason": "It said so.", "version": 3}
    yield (
        "edith changes what the claim says",
        lambda: edith.post("/fact-checks/both-towers-stay/text", **words),
    )
    yield "rita reads what she was told", lambda: rita.post("/account/notifications/read", through=9999)
    yield (
        "the article is published with other words",
        lambda: site.publish("lamps", "nobody knows", "some know"),
    )
    yield (
        "the article is retracted",
        lambda: site.publish("lamps", "format: 1", "format: 1\nstatus: retracted"),
    )
