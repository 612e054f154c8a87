"""Passwords: which are taken (NIST SP 800-63B: long, not guessed first), and how they are kept (argon2id)."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from functools import cache
from typing import ParamSpec, TypeVar

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from gevent import monkey
from gevent.threadpool import ThreadPool

from reader.errors import Invalid
from reader.text import letters

P = ParamSpec("P")
R = TypeVar("R")

MIN_LENGTH = 10
MAX_LENGTH = 1000
# A hash takes 64 MB and some 50 ms: as many at a time as a small machine can bear.
AT_A_TIME = 4
HASHER = PasswordHasher()

# The commonest of those that are long enough; each of them is tried first by everybody who guesses.
_COMMONEST = """
0123456789 0987654321 1111111111 1122334455 1234512345 1234567890 12345678910 123456789a 123456789q
1234567891 12345678900 123123123123 1q2w3e4r5t 1q2w3e4r5t6y 1qaz2wsx3edc 1qazxsw23edc 9876543210
a123456789 aa12345678 abc1234567 abcd123456 abcdefghij administrator asdfasdfasdf asdfghjkl1 asdfghjkl;
asdfghjkl123 basketball changeme123 charlie123 computer123 dragon1234 football123 helloworld
iloveyou12 iloveyou123 ilovemyself jesuschrist letmein123 letmein1234 liverpool1 manchester michael123
mypassword password01 password10 password11 password12 password123 password1234 password12345
passw0rd123 p@ssw0rd123 passwordpassword princess12 princess123 q1w2e3r4t5 q1w2e3r4t5y6 qazwsxedcrfv
qwerasdfzxcv qwerty1234 qwerty12345 qwerty123456 qwertyqwerty qwertyuiop qwertyuiop123 qwe123qwe123
sunshine12 sunshine123 superman123 trustno1trustno1 welcome123 welcome1234 zxcvbnm123 zaq12wsxcde3
"""
COMMONEST = frozenset(_COMMONEST.split())


def check(password: str, *, username: str, email: str, field: str = "password") -> None:
    """Invalid, beside ``field``, where it is too short, too long or among the first to be guessed."""
    length = len(_one_form(password))
    if length < MIN_LENGTH:
        raise Invalid(
            f"Too short: a password has at least {MIN_LENGTH} characters. Three or four words make a good one.",
            field=field,
        )
    if length > MAX_LENGTH:
        raise Invalid(f"Too long: a password has {MAX_LENGTH} characters at most.", field=field)
    folded = letters.key(password)
    if folded in {letters.key(username), letters.key(email), letters.key(email).partition("@")[0]}:
        raise Invalid(
            "Your name or address is the first thing that somebody would try. Choose another.", field=field
        )
    if folded in COMMONEST or len(set(folded)) == 1:
        raise Invalid("This is one of the passwords that are tried first. Choose another.", field=field)


def hashed(password: str) -> str:
    """Hash of a password, as stored."""
    return _aside(HASHER.hash, _one_form(password))


def matches(password: str, stored: str | None) -> bool:
    """Return True if the password matches; without ``stored``, return False after as long a time."""
    if stored is None:
        _aside(_verify, _one_form(password), _nobodys())
        return False
    return _aside(_verify, _one_form(password), stored)


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


def _aside(work: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
    """Run ``work`` where it doesn't stop other greenlets: in a real thread, under gevent."""
    if not monkey.is_module_patched("threading"):
        return work(*args, **kwargs)
    result: R = _threads().apply(work, args, kwargs)
    return result


@cache
def _threads() -> ThreadPool:
    # Made at first need, so in the worker and not in the process that it was forked from.
    return ThreadPool(AT_A_TIME)
