"""Checks within one file: verdicts have their sources, and every reference its target."""

from pathlib import Path

import pytest

from reader.publishing.checking import find
from reader.publishing.reading import read
from tests.publishing.files import article, faults, parsed

SOURCES = """\
sources:
- {id: law, publisher: The State, title: The law, kind: primary}
- {id: paper, publisher: The Paper, title: A report}
- {id: paper-2, publisher: The Paper, title: Another report, kind: secondary}
- {id: radio, publisher: The Radio, title: A broadcast}
"""
GUARD = "article.md:11: claims[1].verdict: "


def claim(verdict: str, sources: str, more: str = "") -> str:
    return article(
        f"{SOURCES}claims:\n- text: T\n  sources: [{sources}]\n  verdict: {verdict}\n{more}".rstrip()
    )


@pytest.mark.parametrize(
    ("verdict", "sources"),
    [
        ("verified", "law"),
        ("verified", "paper, radio"),
        ("mostly-true", "paper"),
        ("mixed", "paper"),
        ("misleading", "paper"),
        ('"false"', "paper"),
        ("reported", ""),
        ("disputed", ""),
        ("unproven", ""),
        ("outdated", ""),
        ("checking", ""),
        ("void", ""),
    ],
)
def test_a_verdict_may_rest_on_what_it_needs(verdict: str, sources: str) -> None:
    assert faults(claim(verdict, sources)) == []


@pytest.mark.parametrize(
    ("verdict", "sources", "says"),
    [
        ("verified", "", "“Verified” needs a primary source or sources from two publishers."),
        ("verified", "paper", "“Verified” needs a primary source or sources from two publishers."),
        ("verified", "paper, paper-2", "“Verified” needs a primary source or sources from two publishers."),
        ("mostly-true", "", "“Mostly true” needs a source."),
        ("mixed", "", "“Mixed” needs a source."),
        ("misleading", "", "“Misleading” needs a source."),
        ('"false"', "", "“False” needs a source."),
    ],
)
def test_a_verdict_without_what_it_needs_is_refused(verdict: str, sources: str, says: str) -> None:
    assert faults(claim(verdict, sources)) == [GUARD + says]


def test_a_claim_that_its_text_links_to_nothing_is_taken_with_warnings() -> None:
    report = parsed(article("claims:\n- text: T\n  verdict: verified\n  unsourced: true")).report
    assert report.faults == []
    assert [str(warning) for warning in report.warnings] == [
        "article.md:6: claims[1].unsourced: warning: the claim is linked to no source;"
        " the page says “source not linked”",
        "article.md:5: claims[1].verdict: warning: “Verified” needs a primary source or sources from two publishers.",
    ]


def test_a_claim_with_sources_is_not_unsourced() -> None:
    assert faults(claim("verified", "law", "  unsourced: true")) == [
        "article.md:12: claims[1].unsourced: can’t stand beside “sources”; remove it, now that the claim has some"
    ]


def test_unsourced_false_says_nothing() -> None:
    assert parsed(claim("verified", "law", "  unsourced: false")).report.faults == []


def test_a_claim_rests_only_on_sources_of_its_article() -> None:
    assert faults(claim("reported", "papr")) == [
        "article.md:10: claims[1].sources[1]: no source has the id “papr”; did you mean “paper”?"
    ]


def test_a_faulty_source_is_not_held_against_the_verdict_as_well() -> None:
    text = article(
        "sources:\n- {id: a, publisher: P, title: T, kind: primry}\n"
        "claims:\n- {text: T, verdict: verified, sources: [a]}"
    )
    assert [fault.split(": ")[1] for fault in faults(text)] == ["sources[1].kind"]


def test_a_claim_is_listed_once() -> None:
    text = article("claims:\n- {id: a, text: T, verdict: reported}\n- use: a\n- use: b\n- use: b")
    assert faults(text) == [
        "article.md:5: claims[2].use: “a” is listed above; list it once",
        "article.md:7: claims[4].use: “b” is listed above; list it once",
    ]


def test_a_correction_is_about_a_claim_of_the_article() -> None:
    text = article("claims:\n- {id: rain, text: T, verdict: reported}\ncorrections:\n- {text: T, claim: ran}")
    assert faults(text) == [
        "article.md:6: corrections[1].claim: no claim here has the id “ran”; did you mean “rain”?"
    ]


def test_a_picture_without_words_for_it_is_noted() -> None:
    (warning,) = parsed(article("image: {src: /a.jpg}")).report.warnings
    assert str(warning).startswith("article.md:3: image: warning: the picture has no “alt”")


FILES = ["CAPITALS.MD", "deep/er/d.md", "deep/er/e.markdown", "deep/er/f.Markdown"]


def test_folders_are_searched_for_article_files(tmp_path: Path) -> None:
    for name in (
        "b.md",
        "a.md",
        "README.md",
        "ReadMe.Markdown",
        "notes.txt",
        "md",
        ".md",
        ".hidden/c.md",
        *FILES,
    ):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    found = ["CAPITALS.MD", "a.md", "b.md", *FILES[1:]]
    assert find([tmp_path]) == [tmp_path / name for name in found]
    assert find([tmp_path / "README.md", tmp_path / "b.md", tmp_path]) == [
        tmp_path / "README.md",
        tmp_path / "b.md",
        *(tmp_path / name for name in found if name != "b.md"),
    ]


def test_a_file_that_cannot_be_opened_is_a_fault(tmp_path: Path) -> None:
    report = read(tmp_path / "gone.md").report
    assert [fault.what for fault in report.faults] == ["can’t be opened: No such file or directory"]
