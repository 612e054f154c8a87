"""The documents, compared with the code."""

import re
import tomllib
from collections.abc import Collection, Iterator
from dataclasses import fields
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from reader import __version__
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
from tests.architecture.source import PACKAGE, ROOT, name

LINK = re.compile(r"\]\((?!https?:)([^)#]*)#?([^)]*)\)")
NAMED = re.compile(r"`((?:deploy|docs|reader|static|templates|tests)/[\w./-]+)`")
RELEASE = re.compile(r"^## \[(\d+\.\d+\.\d+)\] - \d{4}-\d\d-\d\d$", re.MULTILINE)
FENCED = re.compile(r"```.*?```", re.DOTALL)
README = (ROOT / "README.md").read_text()
DOCS = ROOT / "docs"
CHANGELOG = DOCS / "changelog.md"
THEIRS = frozenset({".venv", "build", "node_modules"})
DOCUMENTS = [
    *(path for path in sorted(ROOT.rglob("README.md")) if not THEIRS & set(path.parts)),
    *sorted(DOCS.rglob("*.md")),
]
COMMANDS = [
    "python3 -m venv .venv && .venv/bin/pip install -c constraints.txt -e . && .venv/bin/reader demo",
    "python3 -m venv .venv && .venv/bin/pip install -c constraints.txt -e '.[test]'"
    " && .venv/bin/python -m tests.browser.provision && .venv/bin/pytest",
]


def table() -> dict[str, tuple[str, str]]:
    """Settings as docs/operating.md has them: variable, and its default and reason as printed."""
    text = (DOCS / "operating.md").read_text()
    rows = re.findall(r"^\| `(READER_\w+)` \| (.*?) \| (.*?) \|$", text, re.MULTILINE)
    return {name: (default, reason) for name, default, reason in rows}


def printed(default: object) -> str:
    """A default as the table prints it."""
    if isinstance(default, bool):
        default = "on" if default else "off"
    return "none" if default is None else f"`{default}`"


def test_operating_lists_every_setting_with_default_and_reason() -> None:
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


def anchors(path: Path) -> set[str]:
    """The headings of a document, as links name them."""
    headings = re.findall(r"^#+ (.*)$", FENCED.sub("", path.read_text()), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings}


def is_there(document: Path, target: str, anchor: str) -> bool:
    """Return True if the link leads somewhere."""
    path = document.parent / target if target else document
    return path.exists() and (not anchor or anchor in anchors(path))


@pytest.mark.parametrize("document", DOCUMENTS, ids=name)
def test_every_link_of_a_document_leads_somewhere(document: Path) -> None:
    links = LINK.findall(FENCED.sub("", document.read_text()))
    assert [link for link in links if not is_there(document, *link)] == []


@pytest.mark.parametrize("document", [path for path in DOCUMENTS if path != CHANGELOG], ids=name)
def test_every_path_that_a_document_names_is_there(document: Path) -> None:
    paths = NAMED.findall(document.read_text())
    assert [path for path in paths if not (ROOT / path).exists()] == []


def test_the_readme_leads_to_every_document() -> None:
    linked = {(ROOT / target).resolve() for target, _anchor in LINK.findall(FENCED.sub("", README)) if target}
    decisions = (DOCS / "decisions").glob("*.md")
    assert {*DOCS.glob("*.md"), DOCS / "decisions"} - linked == set()
    assert [path.name[:5] for path in sorted(decisions)] == [f"{number:04}-" for number in range(1, 8)]


def mapped() -> list[str]:
    """Paths in reader/ that the README's map names, folders with a slash at the end."""
    block = re.search(r"^## The map$.*?^```\n(.*?)^```", README, re.MULTILINE | re.DOTALL)
    assert block is not None
    return re.findall(r"^(reader/\S+)  ", block[1], re.MULTILINE)


def unmapped(folder: Path, names: Collection[str]) -> Iterator[str]:
    """Modules and packages that the map neither names nor covers by a package that it names."""
    for path in sorted(folder.iterdir()):
        place = name(path) + "/" * path.is_dir()
        is_code = any(path.glob("*.py")) if path.is_dir() else path.suffix == ".py"
        if place in names or path.name == "__init__.py" or not is_code:
            continue
        if any(each.startswith(place) for each in names):
            yield from unmapped(path, names)
        else:
            yield place


def test_the_map_names_every_module_and_package_once() -> None:
    names = mapped()
    assert sorted(names) == sorted(set(names))
    assert [each for each in names if (ROOT / each).is_dir() != each.endswith("/")] == []
    assert [each for each in names if not (ROOT / each).exists()] == []
    assert list(unmapped(PACKAGE, set(names))) == []


def test_the_changelog_and_the_package_name_the_same_version() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    assert project["project"]["dynamic"] == ["version"]
    assert project["tool"]["hatch"]["version"] == {"path": "reader/__init__.py"}
    assert RELEASE.findall(CHANGELOG.read_text())[0] == __version__


def test_the_changelog_keeps_its_form() -> None:
    """Keep a Changelog 1.1.0; each item is one line."""
    text = CHANGELOG.read_text()
    sections = re.findall(r"^## (.*)$", text, re.MULTILINE)
    assert sections[0] == "[Unreleased]"
    releases = [tuple(map(int, release.split("."))) for release in RELEASE.findall(text)]
    assert len(releases) == len(sections) - 1
    assert releases == sorted(releases, reverse=True)
    kinds = set(re.findall(r"^### (.*)$", text, re.MULTILINE))
    assert kinds <= {"Added", "Changed", "Deprecated", "Removed", "Fixed", "Security"}
    assert re.findall(r"^- .*\n(?!- |\n|\Z).*", text, re.MULTILINE) == []


def test_hooks_before_commits_fetch_nothing() -> None:
    repositories = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text())["repos"]
    assert {each["repo"] for each in repositories} == {"local"}
    assert {hook["language"] for each in repositories for hook in each["hooks"]} == {"system"}


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
