"""Rules of the browser's modules, read off their source."""

import re
from graphlib import TopologicalSorter
from pathlib import Path

from tests.architecture.source import ROOT

SCRIPTS = ROOT / "static" / "js"
# Also those that are loaded later: a module is one thing whenever it comes.
IMPORT = re.compile(r"""(?:\bfrom|^import|\bimport\()\s*["']([^"']+)["']""", re.MULTILINE)


def imports(module: Path) -> set[Path]:
    """The modules that a module names, those of other people left out."""
    named = (module.parent / name for name in IMPORT.findall(module.read_text()))
    return {path.resolve() for path in named if SCRIPTS in path.resolve().parents}


def test_no_module_of_the_browser_imports_itself_by_way_of_others() -> None:
    graph = {module: imports(module) for module in sorted(SCRIPTS.rglob("*.js"))}
    assert all(path.is_file() for named in graph.values() for path in named)
    assert sum(map(len, graph.values())) > len(graph)
    TopologicalSorter(graph).prepare()  # raises CycleError with the circle
