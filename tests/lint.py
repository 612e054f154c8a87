"""Lint of the project's own wording: docstrings' first words, names of log events, tests and classes.

``python -m tests.lint`` prints a line for each fault and ends with 1 if there is one; the style command runs it.
"""

from __future__ import annotations

import ast
import re
import sys
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parent.parent
MAX_TEST_NAME = 70
# A docstring says what its subject is or does; it does not ask.
QUESTIONS = frozenset(
    {"How", "What", "Whatever", "When", "Where", "Whether", "Which", "Who", "Whom", "Whose", "Why"}
)
LEVELS = frozenset({"debug", "info", "warning", "error", "exception", "critical"})
# Below the level of the log; the log of requests has a level of its own.
UNSEEN = frozenset({"debug", "info"})
REQUEST = "request"
KEBAB = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")

Documented = ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef


def faults(source: str, *, is_test: bool = False) -> Iterator[tuple[int, str]]:
    """Yield the line and the fault for each thing in a module that breaks a rule."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, Documented):
            line = getattr(node, "lineno", 1)
            words = (ast.get_docstring(node) or "").split(None, 1)
            if words and words[0].strip(",") in QUESTIONS:
                yield line, f"a docstring begins with “{words[0]}”: begin with an imperative or a noun"
        if isinstance(node, ast.FunctionDef) and is_test and _is_too_long(node.name):
            yield node.lineno, f"{node.name} has {len(node.name)} characters, and may have {MAX_TEST_NAME}"
        if isinstance(node, ast.Call) and not is_test:
            event = _log_event(node)
            if event is not None and not KEBAB.fullmatch(event):
                yield node.lineno, f"the log event “{event}” is not in kebab-case"
            if event != REQUEST and _is_of_a_log(node, UNSEEN):
                yield node.lineno, "nobody sees this log event: the log begins with warnings"


def classes(source: str) -> Iterator[tuple[int, str]]:
    """Yield the line and the name of each class in a module."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.ClassDef):
            yield node.lineno, node.name


def _is_too_long(name: str) -> bool:
    return name.startswith("test_") and len(name) > MAX_TEST_NAME


def _is_of_a_log(call: ast.Call, levels: frozenset[str] = LEVELS) -> bool:
    func = call.func
    if not (isinstance(func, ast.Attribute) and func.attr in levels and call.args):
        return False
    owner = func.value.attr if isinstance(func.value, ast.Attribute) else getattr(func.value, "id", "")
    return owner.strip("_").endswith("log")


def _log_event(call: ast.Call) -> str | None:
    """Return the event of a call of a logger, if it is written out; None for any other call."""
    first = call.args[0] if _is_of_a_log(call) else None
    return first.value if isinstance(first, ast.Constant) and isinstance(first.value, str) else None


def main() -> int:
    """Print every fault of the project."""
    found = 0
    named: dict[str, list[str]] = defaultdict(list)
    for folder in ("reader", "tests"):
        for path in sorted((ROOT / folder).rglob("*.py")):
            if "versions" in path.parts:
                continue
            source, place, is_test = (
                path.read_text(encoding="utf-8"),
                path.relative_to(ROOT),
                folder == "tests",
            )
            for line, fault in faults(source, is_test=is_test):
                print(f"{place}:{line}: {fault}")
                found += 1
            for line, name in () if is_test else classes(source):
                named[name].append(f"{place}:{line}")
    for name, places in named.items():
        if len(places) > 1:
            print(f"{', '.join(places)}: different classes are called {name}")
            found += 1
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
