"""No written word is lost in either dialect; and the words of HTML."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reader.text.markdown import length_of, plain_text, render_article, render_comment

Renderer = Callable[[str], str]
BOTH: list[Renderer] = [render_comment, render_article]
WORD = re.compile(r"word\d+")


def deep(sign: str, levels: int, *, indent: int) -> str:
    """A list inside a list, and so on."""
    return "\n".join(f"{' ' * (indent * level)}{sign} word{level}" for level in range(levels))


LOSSES = {
    "a list ten deep": deep("-", 10, indent=2),
    "a numbered list ten deep": deep("1.", 10, indent=3),
    "a loose list ten deep": deep("-", 10, indent=2).replace("\n", "\n\n"),
    "a quote of twelve signs": "> " * 12 + "word1",
    "a quote of forty signs": "> word0\n" + ">" * 40 + " word1\nword2\n\nword3",
    "quotes and lists in turn": "> - " * 20 + "word1",
    "items of many levels in one line": "- " * 30 + "word1",
    "a paragraph after what lies too deep": deep("-", 10, indent=2) + "\n\nword99",
    "code in a deep list": deep("-", 7, indent=2) + "\n\n" + " " * 18 + "word90\n",
    "a drawn line with words": "- - - word1\n* * * word2\n+ + + word3",
    "a drawn line between paragraphs": "word1\n* * *\nword2\n- - -\nword3",
    "a heading": "# word1 #\n\nword2\n=====\n\nword3\n-----",
    "a table": "| word1 | word2 |\n|---|---|\n| word3 | word4 |",
    "HTML": "<div>word1</div>\n\n<b title='word2'>word3</b> <!-- word4 -->\n\n<script>word5</script>",
    "HTML that is not closed": "<style>\nword1\n\n<textarea>word2 <![CDATA[word3",
    "a definition that nothing uses": "[word1]: https://example.org 'word2'\n\nword3",
    "a definition that is a sentence": "[word1]: word2",
    "a note of an editor": "[word1 word2]: /word3",
    "a fence that says something": "```word1 word2\nword3\n```",
    "a fence with nothing in it": "```word1\n```\n\nword2",
    "a fence that never ends": "~~~ word1\nword2",
    "a fence as a drawn line": "word1\n\n~~~ word2 ~~~\n\nword3",
    "an image": "![word1](https://example.org/a.png)",
    "a footnote": "word1[^1]\n\n[^1]: word2",
    "a link to nowhere": "[word1](javascript:x) [word2](https://) [word3](https://a:99999) [word4]()",
    "entities": "word1&nbsp;word2&#0;word3&bogus;word4&#x110000;word5",
    "hard breaks": "word1  \nword2\\\nword3",
    "a tab and a vertical tab": "\tword1\n\n\x0bword2\x0cword3",
    "line separators": "word1\u2028word2\u2029word3\x85word4",
    "much emphasis": "*" * 60 + "word1" + "*" * 60 + " " + "_*" * 30 + "word2" + "*_" * 30,
    "many brackets": "[" * 60 + "word1" + "]" * 60 + "(" * 60 + "word2",
    "a long line": "word1 " + "x" * 4000 + " word2",
    "an address": "https://example.org/" + "a/" * 100 + "word1",
    "code spans": "`word1` `` ` word2 ` `` `word3",
    "mentions": "@word1 word2@word3 @word4@word5 @word6/word7 \\@word8",
    "numbers of a list": "7. word1\n3. word2",
    "marks": "word1\u0301\u0302\u0303\u0304\u0305\u0306\u0307 word2",
}


@pytest.mark.parametrize("render", BOTH)
@pytest.mark.parametrize("text", LOSSES.values(), ids=LOSSES.keys())
def test_no_word_is_lost(text: str, render: Renderer) -> None:
    html = render(text)
    # The title of a link is shown when it is pointed at.
    seen = plain_text(html) + "".join(re.findall(r'title="[^"]*"', html))
    assert set(WORD.findall(seen)) >= set(WORD.findall(text)), html


BEGINNINGS = st.sampled_from(
    [
        *(
            "",
            "",
            "- ",
            "* ",
            "+ ",
            "1. ",
            "7) ",
            "2020. ",
            "> ",
            ">",
            "# ",
            "### ",
            "    ",
            "\t",
            "  ",
            "      ",
        ),
        *("``` ", "~~~", "```", "| ", "---", "***", "- - - ", "* * *", "[", "<div>", "\\", "=== "),
    ]
)
SIGNS = st.sampled_from(
    [
        *"   *_`\\\n![]()<>|@:#\t\"'。“\u200d\u0301",
        *("**", "``", "  \n", "&amp;", "&#98;", "://", "https://a.example/", "~~~", "](https://a.example)"),
    ]
)
LINES = st.lists(
    st.tuples(
        st.lists(BEGINNINGS, max_size=9).map("".join),
        st.lists(st.integers(0, 99) | SIGNS, min_size=1, max_size=8),
    ),
    min_size=1,
    max_size=12,
)


@settings(deadline=None, max_examples=400)
@given(LINES)
def test_every_word_outside_markup_is_in_the_rendered_text(lines: list[tuple[str, list[int | str]]]) -> None:
    text = "\n".join(
        beginning + "".join(f" word{part} " if isinstance(part, int) else part for part in parts)
        for beginning, parts in lines
    )
    for render in BOTH:
        html = render(text)
        seen = set(WORD.findall(plain_text(html)))
        # What stands behind a fence is markup where it is the name of a language; here it is code that ends.
        markup = set(re.findall(r"(?:```|~~~)[`~]* *(word\d+) *$", text, re.MULTILINE))
        targets = set(re.findall(r"\]: *(?:\n *)?(?:<? *)(word\d+)", text))
        assert seen >= set(WORD.findall(text)) - markup - targets, (text, html)


def test_the_name_of_a_language_is_no_word_of_code_that_ends() -> None:
    for render in BOTH:
        assert plain_text(render("```python\nx = 1\n```")) == "x = 1"


def test_words_cut_by_markup_are_seen_in_one_piece() -> None:
    for text in ("bli*me*y", "&#98;limey", "[bli](https://a.example)mey", "bli`mey`"):
        assert plain_text(render_comment(text)) == "blimey"


def test_addresses_are_words_in_full() -> None:
    long = "https://example.org/" + "a/" * 60
    assert plain_text(render_comment(f"See {long} now")) == f"See {long} now"
    assert plain_text(render_comment("[words](https://a.example 'title')")) == "words"


@pytest.mark.parametrize(
    ("text", "words", "characters"),
    [
        ("", 0, 0),
        ("One two – three.", 4, 0),
        ("我们需要时间。", 6, 6),
        ("これはペンです。", 7, 7),
        ("Die 東京 Zeitung, 2020 年。", 6, 3),
        ("한국어 는 띄어쓰기", 3, 0),
    ],
)
def test_characters_of_chinese_and_japanese_are_words(text: str, words: int, characters: int) -> None:
    assert length_of(text) == (words, characters)
