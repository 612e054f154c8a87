"""Results of the benchmarks: verdicts, a table, plots, and the resources that a load needs."""

import math
from pathlib import Path
from xml.etree import ElementTree

import pytest

from tests.bench import plots, results, simulate
from tests.bench.measuring import Bench, Figure
from tests.bench.results import Outcome
from tests.bench.simulate import Costs, Load, need, report

MEASURED = {
    "join": 300.0,
    "follower-cpu": 200.0,
    "follower-memory": 8.0,
    "worker-memory": 120.0,
    "page-kept": 5000.0,
    "page-changed": 3000.0,
    "post": 4000.0,
    "push": 2.0,
    "hot-thread": 400.0,
    "delivery-5000": 8.0,
    "limit-5000": 8.0,
    "delivery-gathered": 4.0,
    "gathered": 2.0,
}
FIGURES = {key: Figure(key, value, 2 * value, "µs", most=0.6, key=key) for key, value in MEASURED.items()}
COSTS = Costs(FIGURES)


@pytest.mark.parametrize(
    ("figure", "verdict"),
    [
        (Figure("", 6, 10, "", most=0.65, aim=0.45), "reached"),
        (Figure("", 4, 10, "", most=0.65, aim=0.45), "aim reached"),
        (Figure("", 7, 10, "", most=0.65, aim=0.45), "missed"),
        (Figure("", 0, 1, "", most=0), "reached"),
        (Figure("", 1, 1, "", most=0), "missed"),
        (Figure("", 6, 10, "", least=0.5, aim=1), "reached"),
        (Figure("", 11, 10, "", least=0.5, aim=1), "aim reached"),
        (Figure("", 4, 10, "", least=0.5, aim=1), "missed"),
        (Figure("", 4, 10, ""), ""),
    ],
)
def test_a_ratio_is_held_against_what_it_has_to_be(figure: Figure, verdict: str) -> None:
    assert figure.verdict == verdict


def test_runs_take_turns_and_the_first_round_does_not_count(tmp_path: Path) -> None:
    turns: list[str] = []

    def run(name: str, values: list[float]) -> float:
        turns.append(name)
        return values.pop(0)

    ours, theirs = [99.0, 1.0, 3.0], [99.0, 5.0, 7.0]
    bench = Bench(tmp_path, tmp_path, quick=True)
    found = bench.in_turn({"a": lambda: run("a", ours), "b": lambda: run("b", theirs)})
    assert turns == ["a", "b"] * 3
    assert found == {"a": 2, "b": 6}


def test_what_was_found_is_kept_with_its_faults_and_read_again(tmp_path: Path) -> None:
    outcomes = [Outcome("delivery", 2, list(FIGURES.values())), Outcome("idle", 1, fault="OSError: no room")]
    results.save(tmp_path, outcomes, {"cores": "2"}, 5)
    table = (tmp_path / "README.md").read_text()
    assert "| delivery-5000 | 8 µs | 16 µs | **0.5** | ≤ 0.6 |  | reached |" in table
    assert "**idle** failed: OSError: no room" in table
    assert results.load(tmp_path) == FIGURES


def test_plots_are_drawn_of_what_there_is(tmp_path: Path) -> None:
    plots.draw(tmp_path, FIGURES)
    for name in ("delivery.svg", "ratios.svg"):
        drawn = ElementTree.parse(tmp_path / name).getroot()
        bars = drawn.findall("{http://www.w3.org/2000/svg}rect")[1:]
        assert bars
        assert all(0 < float(bar.attrib["width"]) < plots.WIDTH - plots.LABEL for bar in bars)


def test_more_followers_need_more_workers_within_their_connections() -> None:
    """No worker holds more followers than it may have connections."""
    needs = [need(Load(0, followers, 5, 1), COSTS).workers for followers in (1, 10_000, 100_000, 1_000_000)]
    assert needs == sorted(needs)
    assert needs[0] == 1
    assert needs[-1] >= math.ceil(1_000_000 / simulate.CONNECTIONS)


def test_a_storm_in_one_room_costs_no_more_pushes_than_the_tail_sends() -> None:
    calm, storm = Load(0, 10_000, 10, 1), Load(0, 10_000, 100, 1)
    assert calm.pushes == storm.pushes == simulate.PUSHES_A_SECOND
    assert need(storm, COSTS).cpu["telling followers"] < 10 * need(calm, COSTS).cpu["telling followers"]


@pytest.mark.parametrize(
    ("load", "first"),
    [
        (Load(0, 1_000, 1_000, 1), "the lock of one thread"),
        (Load(0, 10_000_000, 10, 1), "the database"),
        (Load(0, 5_000, 600, 100), "each worker reads"),
    ],
)
def test_what_gives_way_first_is_named(load: Load, first: str) -> None:
    found = need(load, COSTS)
    assert found.first.startswith(first)
    assert found.used[found.first] > 1
    assert "beyond it" in report(load, found)
