"""YAML as a tree that knows its lines, for the part of YAML that an article file needs.

Nothing is turned into objects. Anchors, aliases, tags, a second document and deep nesting are faults: they add no
meaning here, and are what hostile files are made of. The tree keeps each value as it was written, with what YAML
takes it for, so that ``no`` where words are wanted can be told from the word.

ruamel.yaml was tried, which keeps lines as well. Its values don't say how they were written; its nodes don't say where
an alias or a tag stood, end in a RecursionError where a file is nested deeply, and take sixteen times as long.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import yaml
from yaml.resolver import Resolver

from reader.publishing.faults import FileReport

DEEPEST = 8
_TAG = "tag:yaml.org,2002:"
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_RESOLVER = Resolver()


@dataclass(frozen=True)
class Scalar:
    """A single value as written; ``tag`` is what YAML takes it for: str, int, bool, null, float, timestamp.

    ``offset`` is where it begins in the text.
    """

    line: int
    tag: str
    text: str
    offset: int = 0


@dataclass(frozen=True)
class Items:
    """A list."""

    line: int
    items: list[Node] = field(default_factory=list)


@dataclass(frozen=True)
class Pairs:
    """Keys with values, in order. A key that stands twice is a fault; the first counts.

    ``offset`` and ``column`` are where they begin in the text; ``flow`` says that they stand in braces.
    """

    line: int
    pairs: dict[str, tuple[int, Node]] = field(default_factory=dict)
    offset: int = 0
    column: int = 0
    flow: bool = False


@dataclass(frozen=True)
class Broken:
    """Something that a fault was noted for already."""

    line: int


Node = Scalar | Items | Pairs | Broken


class _Stop(Exception):
    """Parsing can't continue: the rest of the file makes no sense."""


def compose(text: str, report: FileReport, first_line: int) -> Node | None:
    """The tree of ``text``, which begins on ``first_line`` of the file; None where it has none."""
    composer = _NodeComposer(text, report, first_line)
    try:
        return composer.document()
    except _Stop:
        return None
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = first_line + (mark.line if mark else 0)
        report.fault(
            "",
            f"this can’t be read as YAML: {error.problem or error.context}. Put a value that holds “: ” or “ #”, or"
            " begins with a sign, in double quotes; indent with spaces",
            line,
        )
    except yaml.reader.ReaderError as error:
        before = text[: error.position] if isinstance(error.position, int) else ""
        report.fault(
            "",
            f"holds a character that can’t be shown ({error.reason}); remove it",
            first_line + before.count("\n"),
        )
    return None


class _NodeComposer:
    def __init__(self, text: str, report: FileReport, first_line: int) -> None:
        self.events: Iterator[yaml.Event] = yaml.parse(text, Loader=_LOADER)
        self.report = report
        self.first_line = first_line

    def document(self) -> Node | None:
        tree = None
        for event in self.events:
            if isinstance(event, yaml.DocumentStartEvent):
                if tree is not None:
                    self.report.fault(
                        "", "a second document begins here; a file holds one article", self._line(event)
                    )
                    raise _Stop
                tree = self._node(next(self.events), "", 0)
        return tree

    def _line(self, event: yaml.Event) -> int:
        return self.first_line + int(_start(event).line)

    def _node(self, event: yaml.Event, key: str, depth: int) -> Node:
        line = self._line(event)
        if depth > DEEPEST:
            self.report.fault(key, f"is nested more than {DEEPEST} deep; nothing in an article file is", line)
            raise _Stop
        if isinstance(event, yaml.AliasEvent):
            self.report.fault(key, "is an alias (*name), which isn’t taken; write the value out", line)
            return Broken(line)
        assert isinstance(event, yaml.ScalarEvent | yaml.CollectionStartEvent)
        if event.anchor is not None:
            self.report.fault(key, "has an anchor (&name), which isn’t taken; leave it out", line)
        if event.tag is not None:
            self.report.fault(key, f"has a tag ({event.tag}), which isn’t taken; leave it out", line)
        if isinstance(event, yaml.ScalarEvent):
            return (
                Scalar(line, _tag(event), event.value, _start(event).index)
                if event.tag is None
                else Broken(line)
            )
        if isinstance(event, yaml.SequenceStartEvent):
            return self._items(line, key, depth)
        return self._pairs(event, key, depth)

    def _items(self, line: int, key: str, depth: int) -> Items:
        found = Items(line)
        while not isinstance(event := next(self.events), yaml.SequenceEndEvent):
            found.items.append(self._node(event, f"{key}[{len(found.items) + 1}]", depth + 1))
        return found

    def _pairs(self, start: yaml.CollectionStartEvent, path: str, depth: int) -> Pairs:
        mark = _start(start)
        found = Pairs(self._line(start), offset=mark.index, column=mark.column, flow=bool(start.flow_style))
        while not isinstance(event := next(self.events), yaml.MappingEndEvent):
            name = self._node(event, path, depth + 1)
            key = name.text if isinstance(name, Scalar) else ""
            full = f"{path}.{key}" if path else key
            value = self._node(next(self.events), full, depth + 1)
            if not isinstance(name, Scalar):
                self.report.fault(path, "a key must be a word", name.line)
            elif key in found.pairs:
                first = found.pairs[key][0]
                self.report.fault(full, f"stands twice, first on line {first}; keep one of them", name.line)
            else:
                found.pairs[key] = (name.line, value)
        return found


def _start(event: yaml.Event) -> Any:
    mark: Any = event.start_mark
    assert isinstance(mark.index, int)
    return mark


def _tag(event: yaml.ScalarEvent) -> str:
    tag: str = _RESOLVER.resolve(yaml.ScalarNode, event.value, event.implicit)  # type: ignore[no-untyped-call]
    return tag.removeprefix(_TAG)
