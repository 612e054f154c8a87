"""Rules that hold for the whole house, read off its source."""

import ast
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.architecture.source import PACKAGE, ROOT, modules, name, nodes, templates

LINES = 350
DECISIONS = "reader/moderation/decisions.py"
SOCKETS = {"socketio", "engineio", "flask_socketio"}


def places(matches: Callable[[ast.AST], bool]) -> set[str]:
    """The modules in which a node ``matches``."""
    return {name(path) for path in modules() if any(map(matches, nodes(path)))}


def imported(node: ast.AST) -> Iterator[str]:
    """Yield the dotted names that an import statement imports."""
    if isinstance(node, ast.Import):
        yield from (alias.name for alias in node.names)
    if isinstance(node, ast.ImportFrom):
        yield from (f"{node.module}.{alias.name}" for alias in node.names)


def test_only_transactions_commits() -> None:
    def commits(node: ast.AST) -> bool:
        return isinstance(node, ast.Attribute) and node.attr == "commit"

    # Alembic's environment commits what it migrated; the session passes a commit on to its connection.
    assert places(commits) == {
        "reader/db/transactions.py",
        "reader/migrations/env.py",
        "reader/db/base.py",
    }


def test_only_live_and_those_that_set_it_up_know_sockets() -> None:
    def knows(node: ast.AST) -> bool:
        return any(
            item.split(".")[0] in SOCKETS or item == "reader.extensions.socketio" for item in imported(node)
        )

    found = places(knows)
    assert "reader/live/sockets.py" in found
    assert {place for place in found if not place.startswith("reader/live/")} <= {
        "reader/extensions.py",
    }


def test_only_actions_append_to_the_log() -> None:
    def appends(node: ast.AST) -> bool:
        if any(item in ("reader.eventlog.append", "reader.eventlog.log.append") for item in imported(node)):
            return True
        return (
            isinstance(node, ast.Attribute)
            and node.attr == "append"
            and isinstance(node.value, ast.Name)
            and node.value.id == "eventlog"
        )

    found = places(appends)
    assert "reader/comments/actions.py" in found
    assert {place for place in found if not place.endswith("/actions.py")} == {
        "reader/eventlog/__init__.py",
        DECISIONS,
    }


def test_only_one_module_writes_decisions_and_none_changes_them() -> None:
    def is_decision(node: ast.AST) -> bool:
        return getattr(node, "id", getattr(node, "attr", None)) == "Decision"

    def called(node: ast.Call) -> str:
        return str(getattr(node.func, "id", getattr(node.func, "attr", "")))

    def changes(node: ast.AST) -> bool:
        return (
            isinstance(node, ast.Call)
            and called(node) in ("insert", "update", "delete")
            and any(map(is_decision, node.args))
        )

    def writes(node: ast.AST) -> bool:
        return isinstance(node, ast.Call) and is_decision(node.func)

    assert places(writes) == {DECISIONS}
    assert places(changes) == set()


def test_models_have_no_callbacks() -> None:
    def listens(node: ast.AST) -> bool:
        return any(item.startswith("sqlalchemy.event") for item in imported(node))

    assert {place for place in places(listens) if place.endswith("models.py")} == set()


@pytest.mark.parametrize(
    "path",
    [
        *modules(),
        *templates(),
        *(path for path in sorted((ROOT / "static").rglob("*.*")) if path.suffix in (".js", ".css")),
    ],
    ids=name,
)
def test_no_room_grows_too_large(path: Path) -> None:
    if "vendor" not in path.parts:
        assert len(path.read_text().splitlines()) <= LINES


def test_every_module_of_a_feature_bears_a_known_name_or_says_what_it_is() -> None:
    silent = [name(path) for path in modules() if not ast.get_docstring(ast.parse(path.read_text()))]
    assert [place for place in silent if Path(place).parent != PACKAGE / "migrations"] == []
