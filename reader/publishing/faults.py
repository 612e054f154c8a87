"""Faults of article files, worded so that editors can fix them: file, line, key, and what to do."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum

from reader.text.english import plural

MAX_QUOTED = 200
_PLACE = re.compile(r"\[\d+\]")


def cut(text: str) -> str:
    """Return a value of a file as a fault quotes it: only its beginning where it is long."""
    return text if len(text) <= MAX_QUOTED else f"{text[:MAX_QUOTED]} …"


def quoted(text: str) -> str:
    """Return a value of a file, or its beginning, in quotation marks."""
    return f"“{cut(text)}”"


@dataclass(frozen=True, order=True)
class Fault:
    """One thing to mend. ``key`` names the value (``claims[2].why``: entries count from 1), or is empty.

    A ``common`` one is likely to be the same in many files, and is explained once.
    """

    file: str
    line: int
    key: str
    what: str
    common: bool = field(default=False, compare=False)

    def __str__(self) -> str:
        return ": ".join(part for part in (f"{self.file}:{self.line}", self.key, self.what) if part)


class Syntax(StrEnum):
    """Syntax of front matter."""

    YAML = "YAML"
    TOML = "TOML"


@dataclass
class FileReport:
    """Faults and warnings about one file, and the line of each of its keys.

    Faults keep the file from being published. Warnings are for the editor, who may publish all the same. ``syntax``
    is that of its front matter.
    """

    file: str
    syntax: Syntax = Syntax.YAML
    faults: list[Fault] = field(default_factory=list)
    warnings: list[Fault] = field(default_factory=list)
    lines: dict[str, int] = field(default_factory=dict)

    def fault(self, key: str, what: str, line: int | None = None, *, common: bool = False) -> None:
        """Note a fault, once, on the key's line unless another is given."""
        fault = Fault(self.file, line or self.line(key), key, what, common)
        if fault not in self.faults:
            self.faults.append(fault)

    def warn(self, key: str, what: str, line: int | None = None, *, common: bool = False) -> None:
        """Note something the editor should know."""
        self.warnings.append(Fault(self.file, line or self.line(key), key, f"warning: {what}", common))

    def line(self, key: str) -> int:
        """The line of a key, or of the nearest thing around it that the file has."""
        while key and key not in self.lines:
            key = key[: max(key.rfind("."), key.rfind("["), 0)]
        return self.lines.get(key, 1)

    def faulty(self, key: str) -> bool:
        """Return True if there is a fault at a key or inside it."""
        inside = (f"{key}.", f"{key}[")
        return any(fault.key == key or fault.key.startswith(inside) for fault in self.faults)


def explained(faults: Iterable[Fault]) -> list[str]:
    """Return a line for each fault; one for all common ones that say the same, with the first file and a count."""
    groups: dict[Fault | tuple[str, str], list[Fault]] = {}
    for fault in faults:
        alike = (_PLACE.sub("", fault.key), fault.what) if fault.common else fault
        groups.setdefault(alike, []).append(fault)
    return [f"{alike[0]}{_count(alike)}" for alike in groups.values()]


def _count(faults: list[Fault]) -> str:
    if len(faults) == 1:
        return ""
    files = len({fault.file for fault in faults})
    times = f"{len(faults):,} times " if files < len(faults) else ""
    return f" (so {times}in {plural(files, 'file')}; this is the first)"
