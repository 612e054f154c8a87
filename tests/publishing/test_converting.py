"""A page's plain text becomes an article file that says no more than the text does."""

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reader.markdown import plain_text, render_article
from reader.publishing.converting import Converted, convert
from reader.publishing.document import Document
from tests.publishing.files import parsed

PAGE = (Path(__file__).parent / "page.txt").read_text(encoding="utf-8")


def converted(folder: Path, text: str | bytes) -> Converted:
    path = folder / "page.txt"
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return convert(path)


def document(folder: Path, text: str | bytes) -> Document:
    result = converted(folder, text)
    assert result.faults == []
    file = parsed(result.text)
    assert file.report.faults == []
    return file.document


def said(result: Converted) -> list[str]:
    return [str(fault).partition("page.txt:")[2] for fault in [*result.warnings, *result.faults]]


def test_the_parts_of_a_page_are_recognised(tmp_path: Path) -> None:
    found = document(tmp_path, PAGE)
    assert found.title == "City bees find more to eat than bees in the country"
    assert found.standfirst is not None
    assert found.standfirst.startswith("Gardens, verges and balconies")
    assert [line for line in found.body.split("\n") if line.startswith("## ")] == [
        "## Where the flowers are",
        "## What nobody has counted",
    ]
    assert found.body.count("\n- ") == 4
    assert found.body.count("\n\n") == 7
    assert [claim.verdict for claim in found.own_claims()] == ["verified", "reported", "verified", "unproven"]
    assert [(source.publisher, source.title) for source in found.sources] == [
        ("City statistics office", "Registered animals, by year"),
        ("The Beekeeper", "Why the harvest · is better in town"),
        ("Parks department", "The flowering map"),
    ]


def test_what_the_text_does_not_say_stays_unknown(tmp_path: Path) -> None:
    found = document(tmp_path, PAGE)
    assert (found.authors, found.topics, found.corrections, found.image) == ((), (), (), None)
    assert (found.published, found.updated, found.publish_at) == (None, None, None)
    assert all((source.url, source.kind, source.date) == (None, None, None) for source in found.sources)
    for claim in found.own_claims():
        assert claim.unsourced
        assert (claim.sources, claim.about, claim.why, claim.claimant) == ((), None, None, None)


def test_the_body_reads_as_the_text_did(tmp_path: Path) -> None:
    found = document(tmp_path, PAGE)
    lines = PAGE.split("\n")
    wanted = [line.removeprefix("- ") for line in lines[2 : lines.index("Fact check")]]
    assert plain_text(render_article(found.body)).split("\n") == wanted


def test_the_words_of_a_claim_are_marked_only_where_the_body_has_them(tmp_path: Path) -> None:
    marks = [claim.at for claim in document(tmp_path, PAGE).own_claims()]
    assert marks == [
        None,
        None,
        "The parks department has mapped what flowers on public ground, street by street.",
        None,
    ]


def test_the_editor_is_told_what_to_look_at(tmp_path: Path) -> None:
    warnings = said(converted(tmp_path, PAGE.replace("reporting (3)", "reporting (4)")))
    assert "16: warning: the text links no source to the claim" in warnings[1]
    assert [warning for warning in warnings if "“Verified” needs a primary source" in warning] == [
        "16: warning: the claim “the-number-of-registered-hives-in-the-city-has-doubled”:"
        " “Verified” needs a primary source or sources from two publishers.",
        "22: warning: the claim “the-parks-department-has-mapped-what-flowers-on-public”:"
        " “Verified” needs a primary source or sources from two publishers.",
    ]
    assert "27: warning: the headline says 4 sources, but 3 were recognised" in warnings


def test_nothing_after_the_conversation_is_taken(tmp_path: Path) -> None:
    text = converted(tmp_path, PAGE + "\nFact check\n-\nNot this.\nverified · source\n").text
    for words in ("registered and logged in", "0 Comments", "No comments yet", "Be the first", "Not this"):
        assert words not in text


@pytest.mark.parametrize(
    "change",
    [
        lambda text: text.replace("\n", "\r\n"),
        lambda text: text.replace("\n", "\n\n"),
        lambda text: text.replace(" ", "\u00a0"),
        lambda text: "\ufeff" + text.replace("\n", " \t\n"),
        lambda text: text.replace("- ", "• ").replace("-\n", "•\n"),
        lambda text: text.replace("-\n", "- "),
        lambda text: text.replace("Fact check", "FACT-CHECK (4):").replace("Join the", "JOIN THE"),
    ],
)
def test_the_way_it_was_copied_makes_no_difference(change: Callable[[str], str], tmp_path: Path) -> None:
    assert document(tmp_path, change(PAGE)) == document(tmp_path, PAGE)


def test_a_text_without_lists_is_an_article_without_claims(tmp_path: Path) -> None:
    result = converted(tmp_path, "A title\n\nA standfirst.\n\nA paragraph.")
    assert parsed(result.text).document.body == "A paragraph."
    assert said(result) == [
        "1: warning: no list “Source reporting” was found, so the article has no sources",
        "1: warning: no list “Fact check” was found, so the article has no claims",
    ]


def test_a_single_paragraph_is_the_body(tmp_path: Path) -> None:
    result = converted(tmp_path, "A title\nA paragraph.")
    found = parsed(result.text).document
    assert (found.standfirst, found.body) == (None, "A paragraph.")
    assert said(result)[0] == "1: warning: no standfirst was recognised in the line after the title"


@pytest.mark.parametrize(
    "line",
    [
        "# No heading",
        "1. No list",
        "+ No list",
        "> No quotation",
        "*No* _emphasis_, `code` or [link](https://example.org)",
        "<b>No</b> &amp; no entity",
        "\\* A backslash",
        "--- no rule",
        "| no | table |",
        "***",
        "===",
    ],
)
def test_signs_of_markdown_in_the_text_are_shown_as_signs(line: str, tmp_path: Path) -> None:
    found = document(tmp_path, f"Title\nStandfirst.\nBefore it.\n{line}.\nAfter it.\n")
    assert plain_text(render_article(found.body)) == f"Before it.\n{line}.\nAfter it."


BAD = [
    ("", "1: has no text: the first line must be the title"),
    ("\n \n", "1: has no text: the first line must be the title"),
    (
        "T\nS.\nB.\nFact check\n-\nA claim.\ndebunked · source\n",
        "7: “debunked” is no verdict; there is: verified, mostly-true",
    ),
    (
        "T\nS.\nB.\nFact check\n-\nA claim.\nverifed · source\n",
        "7: “verifed” is no verdict; did you mean “verified”?",
    ),
    ("T\nS.\nB.\nFact check\n- A claim.\n- Another.\nverified · source\n", "5: this claim has no verdict"),
    ("T\nS.\nB.\nFact check\n-\nA claim.\n", "6: this claim has no verdict"),
    (
        "T\nS.\nB.\nSource reporting (1)\n- No dot\n",
        "5: this source is no “publisher · title”; write it like that",
    ),
    ("T" * 301 + "\nS.\nB.\n", "title: has 301 characters; 300 are the most"),
    ("T\nS.\nB\x00.\n", "holds a character that can’t be shown"),
    (b"T\n\xff\xfe\n", "2: isn’t UTF-8"),
]


@pytest.mark.parametrize(("text", "says"), BAD, ids=lambda value: repr(value)[:30])
def test_what_cannot_be_converted_is_said(text: str | bytes, says: str, tmp_path: Path) -> None:
    result = converted(tmp_path, text)
    assert result.text == ""
    assert [fault for fault in map(str, result.faults) if says in fault], result.faults


def test_verdicts_are_known_by_word_and_label(tmp_path: Path) -> None:
    claims = "".join(
        f"- Claim {number}.\n{status}\n"
        for number, status in enumerate(["Mostly true · source", "Check withdrawn", "FALSE · The paper"])
    )
    result = converted(tmp_path, f"T\nS.\nB.\nFact check\n{claims}")
    found = parsed(result.text).document
    assert [claim.verdict for claim in found.own_claims()] == ["mostly-true", "void", "false"]
    assert "10: warning: “The paper” isn’t linked to the claim; list it in the claim’s “sources”" in said(
        result
    )


@settings(deadline=None)
@given(st.lists(st.sampled_from(PAGE.split("\n")) | st.text(max_size=20), max_size=30).map("\n".join))
def test_no_text_makes_it_stumble(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    result = converted(tmp_path_factory.getbasetemp(), text.encode("utf-8", "replace"))
    assert bool(result.text) != bool(result.faults)
    if result.text:
        assert parsed(result.text).report.faults == []
