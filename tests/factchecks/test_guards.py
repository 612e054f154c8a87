"""Requirements of each verdict, as one table over all verdicts, and changes that owe readers a correction."""

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reader.factchecks.guards import Ground, change_faults, taken_back, verdict_faults
from reader.factchecks.verdicts import Verdict

NOTHING: list[Ground] = []
ONE_OUTLET = [Ground("The Wire")]
SAME_OUTLET_TWICE = [Ground("The Wire"), Ground("the wire")]
TWO_OUTLETS = [Ground("The Wire"), Ground("The Post")]
PRIMARY = [Ground("Statistics Office", primary=True)]

NUMERIC = [Verdict.VERIFIED, Verdict.MOSTLY_TRUE, Verdict.MIXED, Verdict.MISLEADING, Verdict.FALSE]
UPPER, LOWER = NUMERIC[:2], NUMERIC[3:]
verdicts = st.sampled_from(list(Verdict))


def test_five_verdicts_carry_a_number_and_no_other() -> None:
    assert {verdict: verdict.rating for verdict in Verdict if verdict.rating} == dict(
        zip(NUMERIC, (5, 4, 3, 2, 1), strict=True)
    )


@pytest.mark.parametrize(
    "grounds", [NOTHING, ONE_OUTLET, SAME_OUTLET_TWICE], ids=["none", "one", "one twice"]
)
def test_verified_needs_a_primary_source_or_two_publishers(grounds: list[Ground]) -> None:
    assert verdict_faults(Verdict.VERIFIED, grounds)


@pytest.mark.parametrize("grounds", [PRIMARY, TWO_OUTLETS], ids=["primary", "two publishers"])
def test_verified_is_satisfied_by_either(grounds: list[Ground]) -> None:
    assert verdict_faults(Verdict.VERIFIED, grounds) == []


@pytest.mark.parametrize("verdict", Verdict)
def test_a_numeric_verdict_needs_a_source_and_no_other_does(verdict: Verdict) -> None:
    assert bool(verdict_faults(verdict, NOTHING)) == (verdict in NUMERIC)


@pytest.mark.parametrize("verdict", NUMERIC[1:])
def test_below_verified_one_source_of_any_kind_is_enough(verdict: Verdict) -> None:
    assert verdict_faults(verdict, ONE_OUTLET) == []


@given(verdicts, st.lists(st.builds(Ground, st.sampled_from(["A", "a", "B", "C"]), st.booleans())))
def test_another_source_never_makes_a_verdict_worse_founded(verdict: Verdict, grounds: list[Ground]) -> None:
    if not verdict_faults(verdict, grounds):
        assert not verdict_faults(verdict, [*grounds, Ground("D")])


@pytest.mark.parametrize("why", ["", "   ", "\n"])
def test_a_change_without_a_reason_is_refused(why: str) -> None:
    assert change_faults(why)


def test_a_change_with_a_reason_is_not() -> None:
    assert change_faults("The office published its figures.") == []


@pytest.mark.parametrize(("before", "after"), list(product(Verdict, Verdict)))
def test_only_withdrawals_and_reversals_across_the_middle_owe_a_correction(
    before: Verdict, after: Verdict
) -> None:
    withdrawn = after is Verdict.VOID and before is not Verdict.VOID
    turned = (before in UPPER and after in LOWER) or (before in LOWER and after in UPPER)
    assert taken_back([before], after) == (before if withdrawn or turned else None)


def test_a_first_verdict_takes_nothing_back() -> None:
    assert all(taken_back([], verdict) is None for verdict in Verdict)


def test_a_detour_over_an_open_check_does_not_hide_a_reversal() -> None:
    detour = [Verdict.VERIFIED, Verdict.CHECKING, Verdict.DISPUTED]
    assert taken_back(detour, Verdict.FALSE) is Verdict.VERIFIED


def test_what_was_withdrawn_is_corrected_once() -> None:
    assert taken_back([Verdict.VERIFIED, Verdict.VOID], Verdict.FALSE) is None
    assert taken_back([Verdict.VERIFIED, Verdict.VOID, Verdict.CHECKING], Verdict.FALSE) is None


@given(st.lists(verdicts), verdicts)
def test_what_is_taken_back_was_once_said(history: list[Verdict], after: Verdict) -> None:
    assert taken_back(history, after) in {None, *history}
