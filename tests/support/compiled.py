"""Work that this process does once for all its applications, though each test has one of its own.

In a test that makes an article, comments on it and opens three pages it was half of the time: 28 ms for the code that
builds addresses alone.
"""

from __future__ import annotations

from collections.abc import Callable

from flask import Flask
from jinja2 import BytecodeCache
from jinja2.bccache import Bucket
from werkzeug.routing import Rule

_Builder = Callable[..., tuple[str, str]]


class _Templates(BytecodeCache):
    def __init__(self) -> None:
        self._code: dict[str, bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        if bucket.key in self._code:
            bucket.bytecode_from_string(self._code[bucket.key])

    def dump_bytecode(self, bucket: Bucket) -> None:
        self._code[bucket.key] = bucket.bytecode_to_string()


def share_templates() -> None:
    """Compile each template once, for whichever application."""
    Flask.jinja_options = {"bytecode_cache": _Templates()}


def share_builders() -> None:
    """Let equal rules, of whichever application, share the functions that build their addresses.

    These know nothing but the parts of the rule: what turns its values is looked up in the rule they are called for.
    """
    compiled: dict[tuple[object, ...], _Builder] = {}
    compile_builder = Rule._compile_builder

    def shared(self: Rule, append_unknown: bool = True) -> _Builder:
        if self.defaults:  # are turned into text by the rule's own converters
            return compile_builder(self, append_unknown)
        key = (self.rule, tuple(self._trace), append_unknown)
        if key not in compiled:
            compiled[key] = compile_builder(self, append_unknown)
        return compiled[key]

    Rule._compile_builder = shared  # type: ignore[method-assign]
