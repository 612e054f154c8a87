"""Writing missing ids into an article file: what stands there stays, byte for byte."""

from __future__ import annotations

import os
import re
import stat
from bisect import bisect_right
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

import yaml

from reader.publishing.faults import Syntax
from reader.publishing.ids import KEY, Gap

_LINE_END = re.compile("\r\n|\r|\n")


def with_ids(content: bytes, ids: Mapping[Gap, str]) -> bytes:
    """The file with the ids in their gaps."""
    text = content.decode()
    lines = _Lines(text)
    pieces, done = [], 0
    for gap in sorted(ids, key=lambda gap: gap.offset):
        place = lines.place(gap.offset)
        # In braces the keys begin after the brace.
        place += gap.column is None
        pieces += [text[done:place], _inserted(gap, ids[gap], lines.end(gap.offset), text[place : place + 1])]
        done = place
    return "".join([*pieces, text[done:]]).encode()


def _inserted(gap: Gap, id_: str, end: str, following: str) -> str:
    equals, value = (" = ", f'"{id_}"') if gap.syntax is Syntax.TOML else (": ", _scalar(id_))
    if gap.column is None:
        return f"{KEY}: {value}," + ("" if following.isspace() else " ")
    if gap.column < 0:
        return f" {value}"
    return f"{KEY}{equals}{value}{end}{' ' * gap.column}"


def _scalar(id_: str) -> str:
    """The id as YAML takes it for a word: “no” and 12 would be other things."""
    written: str = yaml.safe_dump(id_, explicit_end=False).splitlines()[0]
    return written


class _Lines:
    """The lines of a text. Offsets are those of the same text with newlines alone, and without a byte order mark."""

    def __init__(self, text: str) -> None:
        start = 1 if text.startswith("\ufeff") else 0
        self._starts, self._plain, self._ends = [start], [0], [""]
        for found in _LINE_END.finditer(text):
            self._ends[-1] = found[0]
            self._plain.append(self._plain[-1] + found.start() - self._starts[-1] + 1)
            self._starts.append(found.end())
            self._ends.append("")

    def place(self, offset: int) -> int:
        """Return the place of the offset in the text."""
        line = bisect_right(self._plain, offset) - 1
        return self._starts[line] + offset - self._plain[line]

    def end(self, offset: int) -> str:
        """Return the line ending at the offset."""
        return self._ends[bisect_right(self._plain, offset) - 1] or "\n"


def is_writable(path: Path) -> bool:
    """Return True if the path is a regular file that may be written to and isn't marked read-only."""
    try:
        found = path.stat()
    except OSError:
        return False
    # Root may write to everything, so the file's own mode is checked as well.
    return (
        stat.S_ISREG(found.st_mode)
        and bool(found.st_mode & (stat.S_IWUSR | stat.S_IWGRP | stat.S_IWOTH))
        and os.access(path, os.W_OK)
        and os.access(path.resolve().parent, os.W_OK)
    )


def replace(path: Path, content: bytes) -> None:
    """Put ``content`` in the file's place, whole or not at all. OSError where that can't be."""
    path = path.resolve()
    draft = path.with_name(f".{path.name}.new")
    try:
        with draft.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        found = path.stat()
        draft.chmod(stat.S_IMODE(found.st_mode))
        with suppress(PermissionError):  # only an administrator can give a file to somebody else
            os.chown(draft, found.st_uid, found.st_gid)
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)
