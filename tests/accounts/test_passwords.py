"""Hashing is slow on purpose, and must be slow for nobody else; nor must judging be."""

import json
import subprocess
import sys

from argon2.profiles import RFC_9106_LOW_MEMORY

from reader.accounts import passwords
from tests.support import hashing

SCRIPT = """
from gevent import monkey
monkey.patch_all()
import gevent, json
from reader.accounts import passwords

stored = passwords.hashed("four words walk home")
ticks = 0

def tick():
    global ticks
    while True:
        gevent.sleep(0.001)
        ticks += 1

ticker = gevent.spawn(tick)
jobs = [gevent.spawn(passwords.matches, "four words walk home", stored) for _ in range(8)]
gevent.joinall(jobs)
ticker.kill()
print(json.dumps({"right": all(job.value for job in jobs), "ticks": ticks}))
"""


JUDGED = """
from gevent import monkey
monkey.patch_all()
import gevent, json, sys
from reader.accounts import guessing, passwords

# Many characters with many readings: what takes longest.
text = "N4_-2D0P=Rn&>)>(aF->Tn-eS]BXj*s[l%;<{s..s%QL2w#]{Dr#@0`F?3Z-Z|qh]z,Ht"
loaded = "zxcvbn" in sys.modules
guessing.weakness(text, {})
ticks = 0

def tick():
    global ticks
    while True:
        gevent.sleep(0.001)
        ticks += 1

ticker = gevent.spawn(tick)
judge = lambda: passwords._aside(passwords._judging, guessing.weakness, text, {})
jobs = [gevent.spawn(judge) for _ in range(8)]
gevent.joinall(jobs)
ticker.kill()
print(json.dumps({"right": all(job.successful() for job in jobs), "ticks": ticks, "loaded": loaded}))
"""


def test_other_greenlets_go_on_while_passwords_are_judged() -> None:
    done = subprocess.run(
        [sys.executable, "-c", JUDGED], capture_output=True, text=True, timeout=60, check=True
    )
    outcome = json.loads(done.stdout)
    assert outcome["right"]
    # Judged on the loop itself there would be one tick between two: eight in all.
    assert outcome["ticks"] > 16, outcome
    assert not outcome["loaded"], "the frequency lists are loaded when the first password is judged"
    assert done.stderr == ""


def test_an_overlong_password_is_wrong_before_it_is_read() -> None:
    """To bring a quarter of a megabyte of combining marks into one form takes seconds."""
    stored = passwords.hashed("four words walk home")
    for hash_ in (stored, None):
        assert not passwords.matches("a" + "\u0301\u0323" * 60_000, hash_)


def test_other_greenlets_go_on_while_passwords_are_hashed() -> None:
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT], capture_output=True, text=True, timeout=60, check=True
    )
    outcome = json.loads(done.stdout)
    assert outcome["right"]
    # Hashed on the loop itself there would be one tick between two hashes: eight in all.
    assert outcome["ticks"] > 16, outcome
    assert done.stderr == ""


def test_the_site_hashes_as_strongly_as_the_standard_says() -> None:
    """Other tests hash with less."""
    for name in ("time_cost", "memory_cost", "salt_len", "hash_len"):
        assert getattr(hashing.REAL, name) >= getattr(RFC_9106_LOW_MEMORY, name), name
    assert hashing.REAL.type == RFC_9106_LOW_MEMORY.type
