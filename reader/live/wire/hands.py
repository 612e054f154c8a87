"""Greenlets that are kept for the next errand.

What a client says is dealt with in a greenlet, since that may wait, for the database above all, and the event loop
never waits. Hardly any of it does wait, and a new greenlet, with a stack that the system gives and takes back, costs
more than most messages. So whoever has run an errand stays for the next one.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from contextvars import Context
from typing import Any

import gevent
from greenlet import getcurrent, greenlet

# Who waits here for an errand, and how many do at most: after a rush that the database held up, the others go.
MAX_FREE = 16
_free: list[greenlet] = []


def run(errand: Callable[..., object], *arguments: Any) -> None:
    """Have an errand run as soon as it is its turn; a fault is reported.

    Not at once: all that thousands say in one moment is no single step of the event loop, which would keep every page
    waiting.
    """
    gevent.get_hub().loop.run_callback(_give, errand, arguments)


def _give(errand: Callable[..., object], arguments: tuple[Any, ...]) -> None:
    hand = _free.pop() if _free else greenlet(_work, gevent.get_hub())
    hand.switch(errand, arguments)


def _work(errand: Callable[..., object], arguments: tuple[Any, ...]) -> None:
    hub = gevent.get_hub()
    while True:
        try:
            Context().run(errand, *arguments)  # a context of its own: nothing stays for the next one
        except BaseException:
            hub.handle_error(errand, *sys.exc_info())
        del errand, arguments  # with all that hangs on them
        if len(_free) == MAX_FREE:
            return
        _free.append(getcurrent())
        errand, arguments = hub.switch()
