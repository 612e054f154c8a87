"""Passwords hashed in a moment: most tests only need somebody who can log in.

A hash as strong as the site's takes 64 MB and a fifth of a second of processor time.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from argon2 import PasswordHasher

from reader.accounts import passwords

REAL = passwords.HASHER
QUICK = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)


def hash_quickly() -> None:
    """Hash in this process as quickly as argon2 can."""
    _hash_with(QUICK)


@contextmanager
def real_hashing() -> Iterator[None]:
    """Hash as the site does, inside the block."""
    _hash_with(REAL)
    yield
    _hash_with(QUICK)


def _hash_with(hasher: PasswordHasher) -> None:
    passwords.HASHER = hasher
    passwords._nobodys.cache_clear()
