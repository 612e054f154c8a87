"""Every check of the project in one command: ``python -m tests PART [--coverage] [ARGUMENT ...]``.

fast      the tests without database, server, browser and random examples; under a minute
all       every test, as ``pytest`` alone
browser   the tests in Chromium
style     the checks of form; with --fix, mends what can be mended
bench     the benchmarks; with --quick or names of benchmarks, less
proxies   Reader behind Caddy and nginx, or the one that is named

fast, all and browser hand what follows to pytest, and with --coverage print which lines and branches of reader/
no test came through.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

ROOT = Path(__file__).parent.parent
TESTS = {"fast": ("pytest", "-p", "tests.fast"), "all": ("pytest",), "browser": ("pytest", "tests/browser")}
OTHERS = {"style": ("tests.style",), "bench": ("tests.bench",), "proxies": ("tests.proxies",)}
COVERAGE = "--coverage"


def main(arguments: Sequence[str]) -> int:
    """Run the part that is named, and return its exit status; 2 where there is no such part."""
    part, *rest = arguments or [""]
    if part in TESTS and COVERAGE in rest:
        rest.remove(COVERAGE)
        return _measured(*TESTS[part], *rest)
    if part in TESTS or (part in OTHERS and COVERAGE not in rest):
        return _run(*(TESTS | OTHERS)[part], *rest)
    print(__doc__, file=sys.stderr)
    return 2


def _run(*module: str, environment: Mapping[str, str] | None = None) -> int:
    command = [sys.executable, "-m", *module]
    return subprocess.run(command, cwd=ROOT, env=environment, check=False).returncode


def _measured(*module: str) -> int:
    """Run a module, and print what it covered, the processes that it started included."""
    with TemporaryDirectory(prefix="reader-coverage-") as folder:
        # A run within a measured run is measured by itself.
        outer = {name: value for name, value in os.environ.items() if not name.startswith("COVERAGE_")}
        environment = {**outer, "COVERAGE_FILE": str(Path(folder, "data"))}
        status = _run("coverage", "run", "-m", *module, environment=environment)
        reported = _run("coverage", "combine", "--quiet", environment=environment) or _run(
            "coverage", "report", environment=environment
        )
    return status or reported


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
