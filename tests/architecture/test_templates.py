"""Rules for templates: fragments are the same for everyone, and nothing is inline."""

import re
from pathlib import Path

import pytest
from flask import Flask
from jinja2 import nodes

from reader.web.fragments import FORBIDDEN
from tests.architecture.source import ROOT, name, templates

FRAGMENTS = [path for path in templates() if path.name == "_macros.html"]
INLINE = {
    "a style attribute": re.compile(r"<[^>]*\sstyle\s*=", re.IGNORECASE),
    "a style element": re.compile(r"<style\b", re.IGNORECASE),
    "an event handler": re.compile(r"<[^>]*\son[a-z]+\s*=", re.IGNORECASE),
    "a script without an address": re.compile(
        r"<script(?![^>]*\b(src=|type=\"application/(ld\+)?json\"))", re.IGNORECASE
    ),
    "a javascript address": re.compile(r"javascript:", re.IGNORECASE),
}


def imports(tree: nodes.Template) -> list[nodes.FromImport | nodes.Import]:
    """Every import of a template."""
    return [*tree.find_all(nodes.FromImport), *tree.find_all(nodes.Import)]


def test_there_are_fragments() -> None:
    assert {path.parent.name for path in FRAGMENTS} >= {"comments", "factchecks"}


@pytest.mark.parametrize("path", FRAGMENTS, ids=name)
def test_a_fragment_names_nothing_that_differs_between_viewers(path: Path, app: Flask) -> None:
    tree = app.jinja_env.parse(path.read_text())
    used = {node.name for node in tree.find_all(nodes.Name) if node.ctx == "load"}
    assert used & FORBIDDEN == set()


@pytest.mark.parametrize("path", FRAGMENTS, ids=name)
def test_a_fragment_takes_no_context_from_the_page(path: Path, app: Flask) -> None:
    tree = app.jinja_env.parse(path.read_text())
    assert [node.lineno for node in imports(tree) if node.with_context] == []
    assert [node.lineno for node in tree.find_all(nodes.Include)] == []


@pytest.mark.parametrize("path", FRAGMENTS, ids=name)
def test_what_a_fragment_imports_is_a_fragment_too(path: Path, app: Flask) -> None:
    tree = app.jinja_env.parse(path.read_text())
    sources = [node.template for node in imports(tree)]
    shared = {str(fragment.relative_to(ROOT / "templates")) for fragment in FRAGMENTS}
    assert {source.value for source in sources if isinstance(source, nodes.Const)} <= shared


@pytest.mark.parametrize("path", templates(), ids=name)
def test_a_template_has_nothing_inline(path: Path) -> None:
    text = path.read_text()
    assert [what for what, pattern in INLINE.items() if pattern.search(text)] == []


@pytest.mark.parametrize("path", templates(), ids=name)
def test_no_sign_stands_between_items_of_a_row(path: Path) -> None:
    """It would stand at the end or the beginning of some line. Titles of windows have one line."""
    text = re.sub(r"<title>.*?</title>|{% block title %}.*?{% endblock %}", "", path.read_text(), flags=re.S)
    assert not re.search(r"·|&middot;|\|</|&bull;", text)
