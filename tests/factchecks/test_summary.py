"""The strength line."""

import pytest

from reader.factchecks.models import Claim
from reader.factchecks.summary import strength


@pytest.mark.parametrize(
    ("verdicts", "line"),
    [
        (
            ["verified", "reported", "verified", "reported", "verified"],
            "5 claims checked: 3 verified · 2 reported",
        ),
        (["mostly-true"], "1 claim checked: 1 mostly true"),
        (["reported", "false", "verified"], "3 claims checked: 1 verified · 1 false · 1 reported"),
        (["verified", "checking"], "1 claim checked: 1 verified · 1 still being checked"),
        (["checking", "checking"], "2 still being checked"),
        (["void", "false"], "1 claim checked: 1 false · 1 withdrawn"),
        ([], ""),
    ],
)
def test_the_line_counts_what_was_checked_by_verdict(verdicts: list[str], line: str) -> None:
    assert str(strength(Claim(verdict=verdict) for verdict in verdicts)) == line
