"""TOML front matter says the same as YAML, with the lines of its keys, and takes ids."""

from pathlib import Path

import pytest
from flask import Flask

from reader.publishing.actions import examine, publish
from tests.publishing.files import faults, parsed

WHOLE = """\
+++
title = "Rain at the harbour"
published = 2026-01-31T14:30:00+01:00
authors = ["Ida Brandt"]
topics = [
  "rain",
  "harbours",
]
standfirst = \"\"\"
Two lines
title = "of it"\"\"\"
image = {src = "/a.jpg", alt = "A picture"}

[[sources]]
publisher = "The Weather Office"
title = "Rainfall"
kind = "primary"
date = 2025-12-24

[[sources]]
publisher = "The Paper"
title = "A wet spring"

[[claims]]
text = "It rained."
verdict = "false"
sources = ["the-paper"]

[claims.checked]
at = 2026-01-30
+++

It rained.
"""
SAME = """\
---
title: Rain at the harbour
published: 2026-01-31T14:30:00+01:00
authors: [Ida Brandt]
topics: [rain, harbours]
standfirst: |
  Two lines
  title = "of it"
image: {src: /a.jpg, alt: A picture}
sources:
- {publisher: The Weather Office, title: Rainfall, kind: primary, date: 2025-12-24}
- {publisher: The Paper, title: A wet spring}
claims:
- {text: It rained., verdict: "false", sources: [the-paper], checked: {at: 2026-01-30}}
---

It rained.
"""


def toml(front: str) -> str:
    return f'+++\ntitle = "A title"\n{front}\n+++\n\nText.\n'


def test_toml_says_what_yaml_says() -> None:
    file = parsed(WHOLE)
    assert file.report.faults == []
    assert file.document == parsed(SAME).document


@pytest.mark.parametrize(
    ("front", "line", "says"),
    [
        ('titel = "x"', 3, "titel: there is no such key; did you mean “title”?"),
        ("date = 2026-01-31", 3, "date: there is no such key; here it is “published: "),
        ("standfirst = 5", 3, "standfirst: TOML takes 5 for a number; put it in quotes"),
        ("published = 2026-01-31", 3, "published: needs a time and its offset from UTC"),
        ('topics = ["a",\n  "B"]', 3, "topics[2]: must be small letters"),
        ('[[sources]]\ntitle = "T"', 3, "sources[1].publisher: is missing; it is required"),
        (
            '[[claims]]\ntext = "T"\nverdict = "reported"\n[[claims]]\ntext = "U"\nverdict = "unverified"',
            8,
            "claims[2].verdict: can’t be “unverified”; there is: verified, ",
        ),
        (
            '[[claims]]\ntext = "T"\nverdict = "reported"\n[claims.claimant]\nurl = "x"',
            7,
            "claims[1].claimant.url: ",
        ),
        ("standfirst = no", 3, "this can’t be read as TOML: Invalid value (here)"),
        ('standfirst = "x', 3, "this can’t be read as TOML: "),
        ("x-deep = " + "[" * 30 + "]" * 30, 3, "x-deep[1]"),
        ("x-deep = " + "[" * 50_000 + "]" * 50_000, 2, "is nested more than 8 deep"),
    ],
    ids=lambda value: str(value)[:40],
)
def test_a_fault_in_toml_is_named_with_its_line(front: str, line: int, says: str) -> None:
    found = faults(toml(front))
    assert [fault for fault in found if fault.startswith(f"article.md:{line}: {says}")], found


def test_toml_that_does_not_end_is_a_fault() -> None:
    assert faults('+++\ntitle = "x"\n---\nText.') == [
        "article.md:1: the front matter has no end: put a line +++ after it"
    ]


@pytest.mark.parametrize(
    "before", ["\n", " \n\t\n", "\ufeff", "\ufeff\n", "\n\ufeff", "\ufeff\ufeff", "\r\n"]
)
@pytest.mark.parametrize("text", [WHOLE, SAME])
def test_blank_lines_and_marks_above_the_front_matter_are_passed_over(before: str, text: str) -> None:
    file = parsed(before + text)
    assert file.report.faults == []
    assert file.document == parsed(SAME).document
    lines = before.replace("\r\n", "\n").count("\n")
    assert file.report.line("title") == 2 + lines
    assert faults(before + text.replace("the-paper", "nobody"))[0].startswith(
        f"article.md:{lines + (27 if text is WHOLE else 14)}: claims[1].sources[1]: "
    )


@pytest.mark.parametrize("before", ["", "\n\n", "\ufeff\n"])
@pytest.mark.parametrize("text", [WHOLE, SAME])
def test_missing_ids_are_written_below_blank_lines(
    before: str, text: str, app: Flask, tmp_path: Path
) -> None:
    path = tmp_path / "rain.markdown"
    path.write_bytes((before + text).encode())
    list(publish(examine([path])))
    content = path.read_bytes().decode()
    assert content.startswith(before)
    file = parsed(content)
    assert (file.report.faults, file.unnamed) == ([], ())
    assert file.document == parsed(SAME).document
    written = [line for line in content.split("\n") if line not in (before + text).split("\n")]
    if text is WHOLE:
        assert written == [
            'id = "rain-at-the-harbour"',
            'id = "the-weather-office"',
            'id = "the-paper"',
            'id = "it-rained"',
        ]


def test_ids_that_have_no_place_in_toml_are_asked_for(app: Flask, tmp_path: Path) -> None:
    from reader.errors import Refused

    path = tmp_path / "a.md"
    path.write_text(toml('sources = [{publisher = "P", title = "T"}]'), encoding="utf-8")
    with pytest.raises(Refused, match="sources\\[1\\]: id: p"):
        list(publish(examine([path])))
