"""Lists, quotes and code: to what depth, with which numbers, in which direction."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from bs4 import BeautifulSoup, Tag

from reader.text.markdown import plain_text, render_article, render_comment
from tests.text.markdown.test_words import BOTH, deep

Renderer = Callable[[str], str]


def parsed(html: str) -> BeautifulSoup:
    return BeautifulSoup(html, "html.parser")


@pytest.mark.parametrize("render", BOTH)
@pytest.mark.parametrize(("sign", "indent", "tag"), [("-", 2, "ul"), ("1.", 3, "ol")])
def test_what_lies_too_deep_is_shown_flat_a_line_each(
    render: Renderer, sign: str, indent: int, tag: str
) -> None:
    html = render(deep(sign, 10, indent=indent))
    lists = parsed(html).find_all(tag)
    assert len(lists) == 6
    assert plain_text(html).splitlines()[-5:] == [
        "word5", *(f"{sign} word{level}" for level in range(6, 10))
    ]  # fmt: skip


@pytest.mark.parametrize("render", BOTH)
def test_a_quote_keeps_twelve_levels_and_then_its_signs(render: Renderer) -> None:
    html = render(">" * 14 + " deep\nnext")
    assert len(parsed(html).find_all("blockquote")) == 12
    assert plain_text(html).splitlines() == [">> deep", "next"]


@pytest.mark.parametrize("line", ["* * *", "- - -", "+ + +", "- - - cut here", "* * * * *", "- -"])
def test_a_drawn_line_in_a_comment_stays_as_it_was_typed(line: str) -> None:
    assert render_comment(line) == f'<p dir="auto">{line}</p>'
    assert plain_text(render_comment(f"one\n{line}\ntwo")).splitlines() == ["one", line, "two"]


@pytest.mark.parametrize("line", ["- word", "* *word* word", "- -5 degrees", "+ 1"])
def test_a_list_of_one_stays_a_list(line: str) -> None:
    assert parsed(render_comment(line)).find_all("li")


@pytest.mark.parametrize(
    "line", ["2020. That was a year.", "1984. A novel.", "123456789. Long.", "1000) Many."]
)
def test_a_year_that_begins_a_sentence_is_no_number_of_a_list(line: str) -> None:
    for render in BOTH:
        assert render(line) == f'<p dir="auto">{line}</p>'


def test_the_zeros_of_a_number_stay_in_a_comment() -> None:
    assert plain_text(render_comment("007. Bond")) == "007. Bond"


def numbers(html: str) -> list[int]:
    """Return the numbers that a browser would write before the items."""
    shown, number = [], 0
    for item in parsed(html).find_all("li"):
        assert isinstance(item.parent, Tag)
        start = (
            int(str(item.parent.get("start", "1")))
            if item.find_previous_sibling("li") is None
            else number + 1
        )
        number = int(str(item.get("value", str(start))))
        shown.append(number)
    return shown


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ([1, 2, 3], [1, 2, 3]),
        ([4, 5], [4, 5]),
        ([0, 1], [0, 1]),
        ([1, 5, 6], [1, 5, 6]),
        ([3, 2, 1], [3, 2, 1]),
        ([1, 2, 2, 3], [1, 2, 2, 3]),
        ([1, 1, 1], [1, 2, 3]),
        ([98, 99, 100, 999], [98, 99, 100, 999]),
    ],
)
def test_a_list_keeps_the_numbers_that_were_typed(typed: list[int], shown: list[int]) -> None:
    for render in BOTH:
        assert numbers(render("\n".join(f"{number}. x" for number in typed))) == shown


def test_a_list_of_large_numbers_has_room_for_them() -> None:
    assert '<ol start="99" dir="auto" class="wide">' in render_comment("99. x\n100. y")
    assert "wide" not in render_comment("98. x\n99. y")
    assert "wide" in render_article("1. x\n202. y")


@pytest.mark.parametrize(
    "text",
    ["words", "> words", "- words", "1. words", "# words", "[words](claim:a) words", "words\n\n- words"],
)
def test_outermost_blocks_take_the_direction_of_their_first_letter(text: str) -> None:
    for render in BOTH:
        for block in parsed(render(text)).find_all(recursive=False):
            assert block["dir"] == "auto"
            assert not block.select("[dir]"), "a block inside follows the one around it"


@pytest.mark.parametrize("text", ["```\nقيمة = 1\n```", "    code", "> ```\n> code\n> ```"])
def test_code_runs_from_left_to_right(text: str) -> None:
    for render in BOTH:
        assert [block["dir"] for block in parsed(render(text)).find_all("pre")] == ["ltr"]


def test_the_indent_of_the_first_line_of_code_stays() -> None:
    assert render_comment("      deeper\n    code") == '<pre dir="ltr"><code>  deeper\ncode\n</code></pre>'


def test_a_definition_is_one_where_its_label_is_used() -> None:
    assert plain_text(render_article("See [Words][a].\n\n[a]: https://a.example")) == "See Words."
    assert plain_text(render_article("See [A].\n\n[a]: https://a.example")) == "See A."
    assert plain_text(render_article("See.\n\n[a]: https://a.example")) == "See.\n[a]: https://a.example"
