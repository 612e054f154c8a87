"""A page's plain text becomes an article file that says no more than the text does."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reader.publishing.converting import Converted, convert
from reader.publishing.document import Document
from reader.text.markdown import plain_text, render_article
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
        "1: warning: no list “Fact check” was found, so the article has no claims",
        "1: warning: no list “Source reporting” was found, so the article has no sources",
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
    ("\nA title\n", "2: has nothing below its title"),
    ("https://example.org/a\n", "1: has no text: the first line must be the title"),
    ("\n" + "T" * 301 + "\nS.\nB.\n", "2: title: has 301 characters; 300 are the most"),
    (b"T\n\xff\xfe\n", "2: isn’t UTF-8"),
    ("\ufeff\n---\ntitle: T\n---\nB.\n", "2: front matter begins here, so this is an article file already"),
    ('+++\ntitle = "T"\n+++\nB.\n', "1: front matter begins here, so this is an article file already"),
]


@pytest.mark.parametrize(("text", "says"), BAD, ids=lambda value: repr(value)[:30])
def test_what_cannot_be_converted_is_said(text: str | bytes, says: str, tmp_path: Path) -> None:
    result = converted(tmp_path, text)
    assert result.text == ""
    assert [fault for fault in map(str, result.faults) if f"page.txt:{says}" in fault], result.faults


LEFT = [
    ("Fact check\n-\nA claim.\ndebunked · source\n", "7: warning: “debunked” is no verdict", ["A claim."]),
    ("Fact check\n-\nA claim.\nverifed · source\n", "did you mean “verified”?", ["A claim."]),
    ("Fact check\n-\nA claim.\nunverified · source\n", "there is: verified, mostly-true", ["A claim."]),
    ("Fact check\n-\nA claim.\nVerdict: mostly false\n", "“mostly false” is no verdict", ["A claim."]),
    ("Fact check\n-\nA claim.\nVerdict: not verified\n", "there is: verified, mostly-true", ["A claim."]),
    (
        "Fact check\n- A claim.\n- Two.\nverified · source\n",
        "5: warning: this claim has no verdict",
        ["A claim."],
    ),
    ("Fact check\n-\nA claim.\n", "6: warning: this claim has no verdict", ["A claim."]),
    ("Source reporting (1)\n- No dot\n", "5: warning: this source is no “publisher · title”", ["No dot"]),
    (
        "Source reporting\nP · https://a.example/ https://b.example/\n",
        "5: warning: this source is no",
        ["P · "],
    ),
    ("Source reporting\nP · " + "t" * 501 + "\n", "5: warning: this source is no", ["ttt"]),
    ("Source reporting\n" + "p" * 300 + " · T\n", "5: warning: this source is no", ["ppp"]),
]


@pytest.mark.parametrize(("lists", "says", "words"), LEFT, ids=lambda value: repr(value)[:40])
def test_what_is_not_understood_is_left_in_the_text(
    lists: str, says: str, words: list[str], tmp_path: Path
) -> None:
    result = converted(tmp_path, f"T\nS.\nB.\n{lists}")
    assert [warning for warning in said(result) if says in warning], result.warnings
    text = plain_text(render_article(parsed(result.text).document.body))
    assert all(each in text for each in words)


def test_signs_that_cannot_be_shown_are_left_out_with_a_warning(tmp_path: Path) -> None:
    result = converted(tmp_path, "T\x00i\x7ft\x1ble\nS.\nB\x9f\ufffe\ufdd0.\n")
    found = parsed(result.text).document
    assert (found.title, found.body) == ("Title", "B.")
    assert [line for line in said(result) if "can’t be shown" in line] == [
        "1: warning: holds characters that can’t be shown; they were left out",
        "3: warning: holds characters that can’t be shown; they were left out",
    ]


def test_what_joins_letters_stays(tmp_path: Path) -> None:
    words = "می\u200cخواهم و 👩\u200d🔬."
    assert document(tmp_path, f"T\nS.\n{words}").body == words


@pytest.mark.parametrize(
    "line",
    [
        "All is well。",
        "सब ठीक है।",
        "تمام۔",
        "He said „no“",
        "Elle dit « non »",
        "He said “no”",
        "他说「不」",
        "So it is…",
        "So it is;",
        "So (it is)",
        "So [it is]",
        "So it goes —",
        "Ամեն ինչ լավ է։",
        "https://example.org/page",
        "See https://example.org/page",
        "By Ida Brandt",
        "12 March 2024",
    ],
)
def test_a_line_that_is_no_heading_is_a_paragraph(line: str, tmp_path: Path) -> None:
    assert "<h2" not in render_article(document(tmp_path, f"T\nS.\nB.\n{line}\nMore.").body)


@pytest.mark.parametrize(
    "line", ["What next?", "下一步是什么？", "ماذا بعد؟", "Up by 5 %", "Where bees live", "蜜蜂"]
)
def test_a_short_line_without_a_full_stop_is_a_heading(line: str, tmp_path: Path) -> None:
    assert ">" + line + "</h2>" in render_article(document(tmp_path, f"T\nS.\nB.\n{line}\nMore.").body)


@pytest.mark.parametrize(
    "lines", ["[a]: b.\n[a].", "[a].\n[a]: javascript:x.", "[x].\n[x]: https://example.org.", "a | b\n|---|"]
)
def test_lines_that_mean_something_together_are_shown_as_lines(lines: str, tmp_path: Path) -> None:
    body = document(tmp_path, f"T\nS.\nB.\n{lines}\nMore.").body
    assert plain_text(render_article(body)) == f"B.\n{lines}\nMore."
    assert parsed(f"---\ntitle: T\n---\n{body}").report.warnings == []


def test_words_that_mean_nothing_else_are_not_escaped(tmp_path: Path) -> None:
    line = "Roofs [since 2019]: 5 - 6 % + $3 = a_b & c!"
    assert document(tmp_path, f"T\nS.\n{line}").body == line


def test_the_last_line_of_a_text_is_no_heading(tmp_path: Path) -> None:
    result = converted(tmp_path, "T\nS.\nB.\nShort\nSource reporting\nno sign\n")
    assert parsed(result.text).document.body == "B.\n\nShort\n\n- no sign"


@pytest.mark.parametrize(
    "credit",
    [
        "By Ida Brandt",
        "by IDA BRANDT and Ola Nordmann | 12 March 2024",
        "Von Ludwig van Beethoven",
        "Par Élodie Durand, Paris",
        "Por José García y Ana de la Cruz",
        "Text: Ida Brandt",
        "作者：李明",
        "12 March 2024",
        "March 12, 2024",
        "Published 12 March 2024 at 10:30",
        "Updated: 2024-03-12",
        "12.03.2024",
        "5 min read",
    ],
)
def test_a_byline_is_no_standfirst(credit: str, tmp_path: Path) -> None:
    for text in (
        f"T\n{credit}\nThe standfirst.\nA paragraph.",
        f"T\nThe standfirst.\n{credit}\nA paragraph.",
    ):
        result = converted(tmp_path, text)
        found = parsed(result.text).document
        assert found.standfirst == "The standfirst."
        assert plain_text(render_article(found.body)) == f"{credit}\nA paragraph."
        number = text.split("\n").index(credit) + 1
        assert [
            line for line in said(result) if line.startswith(f"{number}: warning: says who wrote the text")
        ]


@pytest.mark.parametrize(
    "line",
    [
        "By the time it rained, all was over.",
        "Von Anfang an war alles klar.",
        "By 2030 all of it will be gone.",
        "Text.",
    ],
)
def test_a_sentence_is_no_byline(line: str, tmp_path: Path) -> None:
    assert document(tmp_path, f"T\n{line}\nA paragraph.").standfirst == line


@pytest.mark.parametrize(
    ("first", "title", "left"),
    [
        ("https://example.org/bees\nCity bees", "City bees", "https://example.org/bees"),
        ("City bees https://example.org/bees", "City bees", "https://example.org/bees"),
        ("City bees | www.example.org", "City bees", "www.example.org"),
        ("City bees (https://example.org/bees)", "City bees", "https://example.org/bees"),
    ],
)
def test_an_address_is_no_part_of_a_title(first: str, title: str, left: str, tmp_path: Path) -> None:
    result = converted(tmp_path, f"{first}\nA standfirst.\nA paragraph.")
    found = parsed(result.text).document
    assert (found.title, found.standfirst) == (title, "A standfirst.")
    assert left in plain_text(render_article(found.body))
    assert said(result)[0].startswith("1: warning: holds an address, which is no part of a title")


@pytest.mark.parametrize(
    ("line", "publisher", "title", "url"),
    [
        ("P · T", "P", "T", None),
        ("P · T: more - and | more", "P", "T: more - and | more", None),
        ("P | T", "P", "T", None),
        ("P - T", "P", "T", None),
        ("P – T", "P", "T", None),
        ("P • T", "P", "T", None),
        ("P: T", "P", "T", None),
        ("P: T - more", "P", "T - more", None),
        ("P - T: more", "P", "T: more", None),
        ("P: a | T", "P: a", "T", None),
        ("1. P · T", "P", "T", None),
        ("P · T https://example.org/a", "P", "T", "https://example.org/a"),
        ("P · T · https://example.org/a.", "P", "T", "https://example.org/a"),
        ("P · T (https://example.org/a)", "P", "T", "https://example.org/a"),
        ("P: T – https://example.org/a_(b)", "P", "T", "https://example.org/a_(b)"),
    ],
)
def test_a_source_is_read_as_people_write_it(
    line: str, publisher: str, title: str, url: str | None, tmp_path: Path
) -> None:
    result = converted(tmp_path, f"T\nS.\nB.\nSource reporting\n{line}\n")
    (source,) = parsed(result.text).document.sources
    assert (source.publisher, source.title, source.url) == (publisher, title, url)
    assert ("·" in line) != any(
        "5: warning: was read as the publisher" in warning for warning in said(result)
    )


@pytest.mark.parametrize(
    ("status", "verdict"),
    [
        (form.format(label), verdict)
        for label, verdict in [("false", "false"), ("Mostly true", "mostly-true"), ("VERIFIED", "verified")]
        for form in (
            "{} · source",
            "{} - source",
            "{} | source",
            "{} • source",
            "{} – source",
            "{}: source",
            "{} (source)",
            "{}",
            "{}.",
            "Verdict: {}",
            "verdict: {} – The Paper",
            "Our rating: “{}”",
            "Rating - {}",
        )
    ],
)
def test_a_verdict_is_read_as_people_write_it(status: str, verdict: str, tmp_path: Path) -> None:
    found = document(tmp_path, f"T\nS.\nB.\nFact check\n- It rained.\n{status}\n- It snowed.\nreported\n")
    assert [(claim.text, claim.verdict) for claim in found.own_claims()] == [
        ("It rained.", verdict),
        ("It snowed.", "reported"),
    ]
    assert found.body == "B."


@pytest.mark.parametrize("form", ["{}. ", "{}) ", "({}) ", "- {}. ", "{}.\n", "Claim {}: ", "- Claim: "])
def test_numbers_of_claims_are_no_words_of_theirs(form: str, tmp_path: Path) -> None:
    claims = "".join(f"{form.format(number)}It was so.\nfalse\n" for number in (1, 2, 3))
    found = document(tmp_path, f"T\nS.\nB.\nFact check\n{claims}")
    assert [claim.text for claim in found.own_claims()] == ["It was so."] * 3


def test_a_number_that_counts_nothing_stays_with_a_warning(tmp_path: Path) -> None:
    result = converted(
        tmp_path, "T\nS.\nB.\nFact check\n- 12. Juli was hot.\nfalse\n- 2020. That was it.\nfalse\n"
    )
    texts = [claim.text for claim in parsed(result.text).document.own_claims()]
    assert texts == ["12. Juli was hot.", "2020. That was it."]
    assert [line for line in said(result) if "doesn’t count the list" in line] == [
        "5: warning: begins with “12.”, which doesn’t count the list; it was kept"
    ]


@pytest.mark.parametrize(("lang", "line"), [("de", "lang: de\n"), ("en", "lang: en\n"), (None, "")])
def test_the_language_is_set_only_if_it_is_given(lang: str | None, line: str, tmp_path: Path) -> None:
    path = tmp_path / "page.txt"
    path.write_text("T\nS.\nB.\n")
    text = convert(path, lang).text
    assert line in text
    assert ("lang" in text) == bool(line)


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


SIGNS = [
    *"\\`*_[]<>#&!~|+=-:${}()\"'@%^/?.,;",
    *(
        "<word>",
        "</div>",
        "<!-- no -->",
        "<script>",
        "&amp;",
        "&lt;b&gt;",
        "{{ x }}",
        "{% x %}",
        ":::",
        "[x](#no)",
    ),
    *(
        "[a]: b",
        "[a]",
        "[^1]",
        "[x](claim:c)",
        "![x](y)",
        "```",
        "~~~",
        "---",
        "***",
        "===",
        "1.",
        "- ",
        "> ",
        "# ",
    ),
    *(
        "yes",
        "no",
        "null",
        "~",
        "12:30",
        "2026-01-31",
        "!!x",
        "&a",
        "*a",
        "? a",
        "a: b",
        " #c",
        "|",
        ">",
        "%YAML",
    ),
    *(
        "שלום",
        "مرحبا",
        "\u200f",
        "你好。",
        "「是」",
        "नमस्ते।",
        "\u200d",
        "e\u0301",
        "😀",
        "\u00a0",
        "\u2028",
        "\x85",
    ),
    *(
        "https://example.org/a?b=c#d",
        "www.example.org",
        "By Ida Brandt",
        "Verdict:",
        "false",
        "source",
        " · ",
        "\t",
    ),
]
WORDS = st.lists(st.sampled_from(SIGNS) | st.text(max_size=6), min_size=1, max_size=8).map(
    lambda pieces: " ".join(" ".join(pieces).split())
)
LINE = WORDS.filter(lambda words: any(sign.isalnum() for sign in words))
VERDICTS = st.sampled_from(
    ["verified · source", "Verdict: false", "mixed | P", "reported", "unverified · source"]
)
PAGES = st.builds(
    lambda title, standfirst, text, claims, sources: "\n".join(
        [
            f"T {title}",
            f"S {standfirst}",
            "A paragraph.",
            *text,
            "Fact check",
            *(line for words, status in claims for line in ("-", words, status)),
            f"Source reporting ({len(sources)})",
            *(f"- {publisher} · {words}" for publisher, words in sources),
            "Join the conversation",
            "0 Comments",
        ]
    ),
    LINE,
    LINE,
    st.lists(LINE | LINE.map(lambda words: f"- {words}"), max_size=6),
    st.lists(st.tuples(LINE, VERDICTS), max_size=3),
    st.lists(st.tuples(LINE, LINE), max_size=3),
)


@settings(deadline=None)
@given(PAGES)
def test_a_page_of_the_layout_becomes_a_file_without_faults(
    tmp_path_factory: pytest.TempPathFactory, text: str
) -> None:
    result = converted(tmp_path_factory.getbasetemp(), text.encode("utf-8", "replace"))
    assert result.faults == []
    file = parsed(result.text)
    assert file.report.faults == []
    number_of_lines = len(text.replace("\r\n", "\n").replace("\r", "\n").split("\n"))
    assert all(1 <= warning.line <= number_of_lines for warning in result.warnings)
    # No word of the text is lost.
    document = file.document
    kept = "\n".join(
        [
            document.title,
            document.standfirst or "",
            plain_text(render_article(document.body)),
            *(claim.text for claim in document.own_claims()),
            *(f"{source.publisher} {source.title} {source.url}" for source in document.sources),
        ]
    )
    for line in text.split("\nFact check\n")[0].split("\n"):
        for word in re.findall(r"[a-zA-Z\u0590-\u06ff\u4e00-\u9fff]+", line):
            assert word in kept


@settings(deadline=None)
@given(st.lists(st.sampled_from(PAGE.split("\n")) | st.text(max_size=20), max_size=30).map("\n".join))
def test_no_text_makes_it_stumble(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    result = converted(tmp_path_factory.getbasetemp(), text.encode("utf-8", "replace"))
    assert bool(result.text) != bool(result.faults)
    if result.text:
        assert parsed(result.text).report.faults == []
