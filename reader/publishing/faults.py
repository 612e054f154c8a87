"""What is wrong with a file, said so that its editor can mend it: file, line, key, and what to do."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from difflib import get_close_matches


@dataclass(frozen=True, order=True)
class Fault:
    """One thing to mend. ``key`` names the value (``claims[2].why``: entries count from 1), or is empty."""

    file: str
    line: int
    key: str
    what: str

    def __str__(self) -> str:
        return ": ".join(part for part in (f"{self.file}:{self.line}", self.key, self.what) if part)


@dataclass
class Report:
    """What was noticed about one file, and on which line each of its keys stands.

    Faults keep the file from being published. Warnings are for the editor, who may publish all the same.
    """

    file: str
    faults: list[Fault] = field(default_factory=list)
    warnings: list[Fault] = field(default_factory=list)
    lines: dict[str, int] = field(default_factory=dict)

    def fault(self, key: str, what: str, line: int | None = None) -> None:
        """Note a fault, once, on the key's line unless another is given."""
        fault = Fault(self.file, line or self.line(key), key, what)
        if fault not in self.faults:
            self.faults.append(fault)

    def warn(self, key: str, what: str, line: int | None = None) -> None:
        """Note something the editor should know."""
        self.warnings.append(Fault(self.file, line or self.line(key), key, f"warning: {what}"))

    def line(self, key: str) -> int:
        """The line of a key, or of the nearest thing around it that the file has."""
        while key and key not in self.lines:
            key = key[: max(key.rfind("."), key.rfind("["), 0)]
        return self.lines.get(key, 1)

    def faulty(self, key: str) -> bool:
        """Whether anything is wrong with a key or inside it."""
        inside = (f"{key}.", f"{key}[")
        return any(fault.key == key or fault.key.startswith(inside) for fault in self.faults)


def nearest(word: str, words: Iterable[str]) -> str:
    """A hint for a misspelt ``word``: the nearest of ``words`` if one is near, else what there is."""
    known = list(words)
    near = get_close_matches(word, known, n=1, cutoff=0.6)
    if near:
        return f"did you mean “{near[0]}”?"
    return f"there is: {', '.join(known)}." if known else "there is none."
