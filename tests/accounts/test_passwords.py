"""Hashing is slow on purpose, and must be slow for nobody else."""

import json
import subprocess
import sys

from argon2.profiles import RFC_9106_LOW_MEMORY

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
