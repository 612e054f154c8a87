"""Passwords: which are taken (after NIST SP 800-63B: long, not guessed first), and how they are kept (argon2id)."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from functools import cache
from typing import ParamSpec, TypeVar

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from gevent import monkey
from gevent.threadpool import ThreadPool

from reader import config
from reader.accounts import guessing
from reader.errors import Invalid
from reader.policy import Role

P = ParamSpec("P")
R = TypeVar("R")

MIN_LENGTH = 10
MIN_STAFF_LENGTH = 15
MAX_LENGTH = 1000
# A hash takes 64 MB and some 50 ms: as many at a time as a small machine can bear.
AT_A_TIME = 4
HASHER = PasswordHasher()
ADVICE = "Three or four words that don’t belong together make a good one."


def min_length(role: str) -> int:
    """Fewest characters of a password of people with this role; code points, as they are typed."""
    return MIN_LENGTH if role == Role.READER else MIN_STAFF_LENGTH


def is_long_enough(password: str, role: str) -> bool:
    """Return True if the password is as long as those of people with this role must be."""
    return len(password) >= min_length(role)


def check_length(password: str, role: str, *, field: str = "password") -> None:
    """Raise Invalid, beside ``field``, for a password that is too short or too long."""
    if not is_long_enough(password, role):
        raise Invalid(f"Too short: it has at least {min_length(role)} characters. {ADVICE}", field=field)
    if len(password) > MAX_LENGTH:
        raise Invalid(f"Too long: a password has {MAX_LENGTH:,} characters at most.", field=field)


def check(password: str, role: str, *, username: str, email: str, field: str = "password") -> None:
    """Raise Invalid, beside ``field``, for a password of the wrong length, or one that is easy to guess.

    To judge that takes up to a tenth of a second: whoever asks for it is counted before.
    """
    check_length(password, role, field=field)
    known = guessing.known_words(username, email, config.current())
    reason = _aside(_judging, guessing.weakness, _one_form(password), known)
    if reason is not None:
        raise Invalid(f"{reason} Choose another. {ADVICE}", field=field)


def hashed(password: str) -> str:
    """Hash of a password, as stored."""
    return _aside(_hashing, HASHER.hash, _one_form(password))


def matches(password: str, stored: str | None) -> bool:
    """Return True if the password matches; without ``stored``, return False after as long a time."""
    # Nobody has one that is longer, and to bring thousands of combining marks into one form takes seconds.
    if len(password) > MAX_LENGTH:
        return False
    if stored is None:
        _aside(_hashing, _verify, _one_form(password), _nobodys())
        return False
    return _aside(_hashing, _verify, _one_form(password), stored)


def is_dated(stored: str) -> bool:
    """Return True if it was hashed with other parameters than today's."""
    return HASHER.check_needs_rehash(stored)


def _verify(password: str, stored: str) -> bool:
    try:
        return HASHER.verify(stored, password)
    except (VerificationError, InvalidHashError):
        return False


def _one_form(password: str) -> str:
    # One word can be typed in several ways that look alike, depending on the keyboard.
    return unicodedata.normalize("NFKC", password)


@cache
def _nobodys() -> str:
    return hashed("a password that opens nothing")


def _aside(pool: Callable[[], ThreadPool], work: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
    """Run ``work`` where it doesn't stop other greenlets: in a real thread, under gevent."""
    if not monkey.is_module_patched("threading"):
        return work(*args, **kwargs)
    result: R = pool().apply(work, args, kwargs)
    return result


# Both are made at first need, so in the worker and not in the process that it was forked from.
@cache
def _hashing() -> ThreadPool:
    return ThreadPool(AT_A_TIME)


@cache
def _judging() -> ThreadPool:
    # One, since it is Python all the while: each more would slow the loop, and log-ins need not wait for it.
    return ThreadPool(1)
