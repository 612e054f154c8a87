"""TOML front matter as the tree that YAML gives, with the lines of its keys."""

from __future__ import annotations

import datetime as dt
import re
import tomllib
from collections.abc import Mapping
from typing import Any

from reader.publishing.faults import FileReport
from reader.publishing.nodes import DEEPEST, Broken, Items, Node, Pairs, Scalar

_NAME = r"""(?:[\w-]+|"[^"]*"|'[^']*')"""
_HEADER = re.compile(rf"[ \t]*(\[{{1,2}})[ \t]*({_NAME}(?:[ \t]*\.[ \t]*{_NAME})*)[ \t]*\]")
_KEY = re.compile(rf"[ \t]*({_NAME}(?:[ \t]*\.[ \t]*{_NAME})*)[ \t]*=")
_PART = re.compile(_NAME)
_STRING = re.compile(r'"""|\'\'\'')
_PLACE = re.compile(r"at line (\d+), column \d+")
# Where a table begins that an id can’t be written into: one in braces.
NOWHERE = -1


def compose(text: str, report: FileReport, first_line: int) -> Node | None:
    """The tree of ``text``, which begins on ``first_line`` of the file; None where it can't be read."""
    try:
        values = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        place = _PLACE.search(str(error))
        last = first_line + text.rstrip("\n").count("\n")
        line = first_line + int(place[1]) - 1 if place else last
        report.fault("", f"this can’t be read as TOML: {_PLACE.sub('here', str(error))}", line)
        return None
    except RecursionError:
        report.fault("", f"is nested more than {DEEPEST} deep; nothing in an article file is", first_line)
        return None
    return _Composer(text, report, first_line).node(values, "", first_line, 0)


class _Composer:
    def __init__(self, text: str, report: FileReport, first_line: int) -> None:
        self.report = report
        self.lines: dict[str, int] = {}
        self.offsets: dict[str, int] = {}
        self._look_through(text, first_line)

    def _look_through(self, text: str, first_line: int) -> None:
        """Note where each key and table stands, by its full name."""
        table, offset, counts = "", 0, dict[str, int]()
        open_string = ""
        for number, line in enumerate(text.split("\n"), start=first_line):
            if not open_string:
                if header := _HEADER.match(line):
                    table = self._table(header, counts)
                    self.lines.setdefault(table, number)
                elif key := _KEY.match(line):
                    self.offsets.setdefault(table, offset + key.start(1))
                    self.lines.setdefault(_joined(table, _names(key[1], counts)), number)
            for sign in _STRING.findall(line):
                if not open_string:
                    open_string = sign
                elif open_string == sign:
                    open_string = ""
            offset += len(line) + 1

    def _table(self, header: re.Match[str], counts: dict[str, int]) -> str:
        name = _names(header[2], counts)
        if header[1] == "[[":
            counts[name] = counts.get(name, 0) + 1
            return f"{name}[{counts[name]}]"
        return name

    def node(self, value: Any, path: str, line: int, depth: int) -> Node:
        """The node of a value; what has no line of its own stands on that of what holds it."""
        line = self.lines.get(path, line)
        if depth > DEEPEST:
            self.report.fault(
                path, f"is nested more than {DEEPEST} deep; nothing in an article file is", line
            )
            return Broken(line)
        if isinstance(value, Mapping):
            offset = self.offsets.get(path, NOWHERE)
            pairs = {}
            for key, inner in value.items():
                node = self.node(inner, _joined(path, key), line, depth + 1)
                pairs[key] = (node.line, node)
            return Pairs(line, pairs, offset=offset)
        if isinstance(value, list):
            items = [
                self.node(inner, f"{path}[{number}]", line, depth + 1)
                for number, inner in enumerate(value, start=1)
            ]
            return Items(line, items)
        return Scalar(line, *_scalar(value))


def _names(dotted: str, counts: Mapping[str, int]) -> str:
    """The full name of a table or key. In TOML a name leads into the last table of a list."""
    full = ""
    for part in _PART.findall(dotted):
        if full in counts:
            full = f"{full}[{counts[full]}]"
        full = _joined(full, part.strip("\"'"))
    return full


def _joined(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name


def _scalar(value: Any) -> tuple[str, str]:
    """Return the kind of a value, in YAML's words, and how it is written."""
    if isinstance(value, bool):
        return "bool", str(value).lower()
    if isinstance(value, dt.date | dt.time):
        return "timestamp", value.isoformat()
    if isinstance(value, str):
        return "str", value
    return type(value).__name__, str(value)
