"""The recording: read, compared with what is so now, and written anew."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from difflib import unified_diff
from pathlib import Path

RECORDED = Path(__file__).parent / "recorded"
MAX_LINES = 200
ANEW = (
    "What the site does or says is no longer what was recorded. If only wording was meant to change, record anew with"
    " `python -m tests.lock`, read the difference with `git diff tests/lock/recorded`, and commit it with the change."
)

# Texts by their file below ``recorded``.
Recording = Mapping[str, str]

# What is another one in each run.
_CHANGING = (
    (re.compile(r'(name="csrf_token"[^>]*? value=")[^"]+'), r"\1(token)"),
    (re.compile(r"/static/[0-9a-f]{6,}/"), "/static/(version)/"),
    (re.compile(r"\b[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}\b"), "(random id)"),
)


def lasting(text: str) -> str:
    """Return the text without what is another one in each run: tokens of forms, random ids, versions of files."""
    for pattern, instead in _CHANGING:
        text = pattern.sub(instead, text)
    return text


def differences(name: str, now: Recording) -> str:
    """Return how a part of the recording, a file or a folder, differs from what is so now; empty where it doesn't."""
    before = read(name)
    lines = [
        line
        for file in sorted({*before, *now})
        for line in _difference(file, before.get(file), now.get(file))
    ]
    if not lines:
        return ""
    more = [f"… and {len(lines) - MAX_LINES} lines more"] if len(lines) > MAX_LINES else []
    return "\n".join([ANEW, *lines[:MAX_LINES], *more])


def _difference(file: str, before: str | None, now: str | None) -> Iterator[str]:
    if before == now:
        return
    place = f"tests/lock/recorded/{file}"
    yield from unified_diff(
        (before or "").splitlines(),
        (now or "").splitlines(),
        f"{place} as recorded" if before is not None else "not recorded",
        f"{place} now" if now is not None else "not there now",
        lineterm="",
    )
    if before is not None and now is not None and before.splitlines() == now.splitlines():
        yield f"{place}: other ends of lines"


def read(name: str) -> dict[str, str]:
    """Return the recorded texts of a file or of a folder."""
    place = RECORDED / name
    files = [place] if place.is_file() else sorted(each for each in place.rglob("*") if each.is_file())
    return {each.relative_to(RECORDED).as_posix(): each.read_bytes().decode() for each in files}


def write(name: str, now: Recording) -> list[str]:
    """Put what is so now in the place of what was recorded, and return the files that changed."""
    before = read(name)
    for file in before.keys() - now.keys():
        (RECORDED / file).unlink()
    for file, text in now.items():
        (RECORDED / file).parent.mkdir(parents=True, exist_ok=True)
        (RECORDED / file).write_bytes(text.encode())
    return sorted(file for file in {*before, *now} if before.get(file) != now.get(file))
