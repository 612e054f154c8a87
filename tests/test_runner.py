"""``python -m tests``: each part runs what it says."""

import subprocess
import sys
from collections.abc import Sequence

import pytest

from tests import __main__ as runner

Commands = list[tuple[str, ...]]


@pytest.fixture
def commands(monkeypatch: pytest.MonkeyPatch) -> Commands:
    """The commands that the runner would run, without running them."""
    noted: Commands = []

    def note(command: Sequence[str], **options: object) -> subprocess.CompletedProcess[bytes]:
        assert [*command[:2], options["cwd"]] == [sys.executable, "-m", runner.ROOT]
        noted.append(tuple(command[2:]))
        return subprocess.CompletedProcess(command, 0)

    monkeypatch.setattr(subprocess, "run", note)
    return noted


@pytest.mark.parametrize(
    "arguments",
    [[], ["nothing"], ["--coverage"], ["style", "--coverage"], ["bench", "--quick", "--coverage"]],
)
def test_unknown_words_print_the_usage(
    arguments: list[str], commands: Commands, capsys: pytest.CaptureFixture[str]
) -> None:
    assert runner.main(arguments) == 2
    printed = capsys.readouterr()
    assert (printed.out, commands) == ("", [])
    assert printed.err.startswith("Every check of the project in one command: ``python -m tests PART")


def test_the_usage_names_every_part() -> None:
    lines = (runner.__doc__ or "").splitlines()
    assert {line.split()[0] for line in lines if "   " in line} == {*runner.TESTS, *runner.OTHERS}


@pytest.mark.parametrize(
    ("arguments", "command"),
    [
        ("fast", "pytest -p tests.fast"),
        ("all -x", "pytest -x"),
        ("browser -k menu", "pytest tests/browser -k menu"),
        ("style --fix", "tests.style --fix"),
        ("bench --quick pages", "tests.bench --quick pages"),
        ("proxies caddy", "tests.proxies caddy"),
    ],
)
def test_a_part_hands_on_its_arguments(arguments: str, command: str, commands: Commands) -> None:
    assert runner.main(arguments.split()) == 0
    assert commands == [tuple(command.split())]


def test_coverage_is_measured_combined_and_reported(commands: Commands) -> None:
    assert runner.main(["all", "--coverage", "tests/test_enums.py"]) == 0
    measured = ("coverage", "run", "-m", "pytest", "tests/test_enums.py")
    assert commands == [measured, ("coverage", "combine", "--quiet"), ("coverage", "report")]


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "tests", *arguments]
    return subprocess.run(command, cwd=runner.ROOT, capture_output=True, text=True, check=False)


def test_coverage_of_branches_is_printed() -> None:
    done = run("all", "--coverage", "-n", "1", "tests/test_enums.py")
    assert done.returncode == 0, done.stderr
    lines = [line.split() for line in done.stdout.splitlines()]
    assert ["Name", "Stmts", "Miss", "Branch", "BrPart", "Cover", "Missing"] in lines
    assert "TOTAL" in [line[0] for line in lines if line]
    # Only the test's own process came through these lines; files without a gap are left out.
    assert "reader/enums.py" not in [line[0] for line in lines if line]


def test_fast_leaves_out_databases_servers_browsers_and_random_examples() -> None:
    folders = ("tests/eventlog", "tests/comments/test_windows.py", "tests/browser", "tests/test_wheel.py")
    done = run("fast", "--collect-only", "-n", "0", *folders)
    assert done.returncode == 0, done.stderr
    places = [line.split("::") for line in done.stdout.splitlines() if line.startswith("tests/")]
    assert {place[0] for place in places} == {"tests/comments/test_windows.py"}
    assert {place[1].split("[")[0] for place in places} == {
        "test_what_makes_no_sense_is_passed_over",
        "test_only_so_many_branches_are_opened",
        "test_the_plain_first_page_has_no_query",
    }
