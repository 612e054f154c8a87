"""Rules for a comment's text: its length, broken characters, and no text at all."""

import pytest

from reader.comments.drafts import written
from reader.comments.screening.rules import MAX_LENGTH
from reader.errors import Invalid


@pytest.mark.parametrize("letter", ["x", "é", "字", "😀"])
def test_a_text_of_the_greatest_length_is_taken_whatever_its_letters(letter: str) -> None:
    assert written(letter * MAX_LENGTH).body == letter * MAX_LENGTH


@pytest.mark.parametrize("letter", ["x", "é", "字", "😀"])
def test_one_character_more_is_refused_with_the_number(letter: str) -> None:
    with pytest.raises(Invalid, match="1 character too long") as refusal:
        written(letter * (MAX_LENGTH + 1))
    assert refusal.value.field == "body"


def test_a_text_is_measured_after_trimming_with_one_character_a_line_end() -> None:
    lines = "\r\n".join(["x"] * (MAX_LENGTH // 2))
    assert len(written(f"\r\n  \r\n{lines}  \r\n").body) == MAX_LENGTH - 1


@pytest.mark.parametrize(
    "text",
    [
        "",
        " \n\t ",
        "\u00a0\u2003\u3000",
        "\u200b\u2060\ufeff",
        "\x07",
        "> ",
        "- \n- ",
        "[](https://example.org/)",
        "\u3164",
        "\u2800\u2800",
        "\ufe0f",
        "\u034f",
        "\u0301",
        "&nbsp;",
        "&#x3164;&shy;&zwj;",
        "```\n```",
        "```\n\u2800\n```",
        "~~~",
        "> - \u3164",
        "[\u200b](https://example.org)",
        "*\u2800*",
        "1.",
    ],
)
def test_a_text_with_nothing_to_read_is_refused(text: str) -> None:
    with pytest.raises(Invalid, match="nothing to read"):
        written(text)


@pytest.mark.parametrize("text", ["one\0two", "\ud800", "fine until \udfff here"])
def test_characters_that_no_database_stores_are_refused(text: str) -> None:
    with pytest.raises(Invalid, match="broken character"):
        written(text)


def test_the_indent_of_a_first_line_of_code_is_stored_and_shown() -> None:
    text = written("\n\n    if x:\n        y\n")
    assert text.body == "    if x:\n        y"
    assert text.html == '<pre dir="ltr"><code>if x:\n    y\n</code></pre>'


def test_marks_without_end_are_stored_and_shown_in_part() -> None:
    pile = "Z" + "\u0301\u0316" * 500
    text = written(pile)
    assert text.body == pile
    assert len(text.html) < 40


def test_joined_emoji_and_other_scripts_stay_as_they_are() -> None:
    for text in ("👩‍👩‍👧‍👦", "नमस्ते", "مرحبا", "e\u0301"):
        assert written(text).body == text


def test_what_was_typed_is_kept_beside_its_html() -> None:
    assert written("\n*well*  ") == ("*well*", '<p dir="auto"><em>well</em></p>', "well", ())
