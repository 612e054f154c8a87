"""The documents, compared with the code."""

import re
import tomllib
from dataclasses import fields
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from reader.config import Settings, variable
from reader.eventlog import Kind
from reader.publishing.actions import FileOutcome, examine, publish
from reader.publishing.reading import ARTICLE_KEYS, CORRECTION_KEYS, IMAGE_KEYS, SOURCE_KEYS
from reader.publishing.reading_claims import (
    CHANGE_KEYS,
    CHECKED_KEYS,
    CLAIM_KEYS,
    CLAIMANT_KEYS,
    FROM_TO_KEYS,
    HISTORY_KEYS,
    SAID_KEYS,
    USE_KEYS,
)
from tests.architecture.source import PACKAGE, ROOT

LINK = re.compile(r"\]\((?!https?:|#)([^)#]+)")
FENCED = re.compile(r"```.*?```", re.DOTALL)
README = (ROOT / "README.md").read_text()
COMMANDS = [
    "python3 -m venv .venv && .venv/bin/pip install -c constraints.txt -e . && .venv/bin/reader demo",
    "python3 -m venv .venv && .venv/bin/pip install -c constraints.txt -e '.[test]'"
    " && .venv/bin/python -m tests.browser.provision && .venv/bin/pytest",
]


def table() -> dict[str, tuple[str, str]]:
    """The README's settings: variable, and its default and reason as printed."""
    rows = re.findall(r"^\| `(READER_\w+)` \| (.*?) \| (.*?) \|$", README, re.MULTILINE)
    return {name: (default, reason) for name, default, reason in rows}


def printed(default: object) -> str:
    """A default as the table prints it."""
    if isinstance(default, bool):
        default = "on" if default else "off"
    return "none" if default is None else f"`{default}`"


def test_every_setting_stands_in_the_readme_with_its_default_and_reason() -> None:
    assert table() == {
        variable(item.name): (printed(item.default), item.metadata["reason"]) for item in fields(Settings)
    }


def test_every_kind_of_event_has_its_line_in_the_logs_readme() -> None:
    lines = (PACKAGE / "eventlog" / "README.md").read_text()
    found = dict(re.findall(r"^\| `([a-z-]+)` \| (.*?) \|", lines, re.MULTILINE))
    assert {kind: found.get(kind) for kind in Kind} == {kind: kind.says for kind in Kind}


def test_the_readme_has_the_two_commands_word_for_word() -> None:
    blocks = re.findall(r"^```\w*\n(.*?)^```", README, re.MULTILINE | re.DOTALL)
    lines = [line for block in blocks for line in block.splitlines()]
    assert [line for line in lines if line.startswith("python3 -m venv .venv")] == COMMANDS


def test_ci_runs_the_second_command() -> None:
    run = (ROOT / ".ci" / "run").read_text()
    pattern = re.search(r"grep -m 1 '(.*?)' README.md", run)
    assert pattern is not None
    assert [line for line in README.splitlines() if re.search(pattern[1], line)] == [COMMANDS[1]]


def test_dependencies_are_pinned_and_the_wheel_uses_the_pinned_version() -> None:
    """The pinned version of hatchling builds the wheel."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    pins = dict(line.split("==") for line in (ROOT / "constraints.txt").read_text().splitlines())
    named = [*project["project"]["dependencies"], *project["project"]["optional-dependencies"]["test"]]
    pinned = {canonicalize_name(name) for name in pins}
    assert {canonicalize_name(Requirement(line).name) for line in named} - pinned == set()
    assert project["build-system"]["requires"] == [f"hatchling=={pins['hatchling']}"]


def test_every_file_that_a_document_links_to_is_there() -> None:
    theirs = {".venv", "build", "node_modules"}
    documents = [path for path in ROOT.rglob("README.md") if not theirs & set(path.parts)]
    assert len(documents) > 2
    missing = {
        f"{path.relative_to(ROOT)}: {target}"
        for path in documents
        for target in LINK.findall(FENCED.sub("", path.read_text()))
        if not (path.parent / target).exists()
    }
    assert missing == set()


@pytest.mark.usefixtures("app")
def test_the_example_of_an_article_file_can_be_published_as_it_stands(tmp_path: Path) -> None:
    example = re.search(
        r"```markdown\n(.*?)```", (PACKAGE / "publishing" / "README.md").read_text(), re.DOTALL
    )
    assert example is not None
    file = tmp_path / "example.md"
    file.write_text(example[1])
    examined = examine([file])
    assert [*examined.faults(), *examined.warnings()] == []
    assert [published.outcome for published in publish(examined)] == [FileOutcome.CREATED]


def test_every_key_of_an_article_file_is_documented() -> None:
    told = set(re.findall(r"`([a-z_]+)`", (PACKAGE / "publishing" / "README.md").read_text()))
    kinds = (
        *(ARTICLE_KEYS, IMAGE_KEYS, SOURCE_KEYS, CLAIM_KEYS, USE_KEYS, CLAIMANT_KEYS, CORRECTION_KEYS),
        *(CHECKED_KEYS, SAID_KEYS, CHANGE_KEYS, HISTORY_KEYS, FROM_TO_KEYS),
    )
    assert {key for keys in kinds for key in keys} - told == set()
