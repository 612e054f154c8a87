"""The project's own files, for tests that read them."""

import ast
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "reader"
VERSIONS = PACKAGE / "migrations" / "versions"


def modules() -> Iterator[Path]:
    """Every module of the package, but what Alembic generates."""
    return (path for path in sorted(PACKAGE.rglob("*.py")) if VERSIONS not in path.parents)


def nodes(path: Path) -> Iterator[ast.AST]:
    """Every node of a module's syntax tree."""
    return ast.walk(ast.parse(path.read_text(), str(path)))


def templates() -> list[Path]:
    """Every template."""
    return sorted((ROOT / "templates").rglob("*.*"))


def name(path: Path) -> str:
    """A path as the project's documents write it."""
    return path.relative_to(ROOT).as_posix()
