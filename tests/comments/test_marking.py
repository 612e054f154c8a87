"""Words marked in HTML, on the letters as they were written."""

from __future__ import annotations

import html
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reader.comments.marking import marked
from reader.text.letters import fold


@pytest.mark.parametrize(
    ("text", "words", "result"),
    [
        ("<p>a &lt; b &amp; amp</p>", ["lt", "amp", "&"], "<p>a &lt; b <mark>&amp;</mark> <mark>amp</mark></p>"),
        ("<p>Zoë, Zoe\u0308</p>", ["zoe"], "<p><mark>Zoë</mark>, <mark>Zoe\u0308</mark></p>"),
        ("<p>Straße STRASSE</p>", ["strasse"], "<p><mark>Straße</mark> <mark>STRASSE</mark></p>"),
        ("<p>Straße</p>", ["stras"], "<p><mark>Straß</mark>e</p>"),
        ("<p>ὈΔΥΣΣΕΎΣ</p>", ["οδυσσευς"], "<p><mark>ὈΔΥΣΣΕΎΣ</mark></p>"),
        ("<p>İstanbul</p>", ["istanbul"], "<p><mark>İstanbul</mark></p>"),
        ("<p>蜜蜂</p>", ["蜂"], "<p>蜜<mark>蜂</mark></p>"),
        ("<p>か が</p>", ["か"], "<p><mark>か</mark> が</p>"),
        ("<p>ｶﾞ</p>", ["ガ"], "<p><mark>ｶﾞ</mark></p>"),
        ("<p>\u1112\u1161\u11ab글</p>", ["한글"], "<p><mark>\u1112\u1161\u11ab글</mark></p>"),
        ("<p>bli<em>me</em>y</p>", ["blimey"], "<p><mark>bli</mark><em><mark>me</mark></em><mark>y</mark></p>"),
        ("<p>bli\u00admey</p>", ["blimey"], "<p><mark>bli\u00admey</mark></p>"),
        ("<p>bli</p><p>mey</p>", ["blimey"], "<p>bli</p><p>mey</p>"),
        ('<p><a href="/x" title="x > y">x</a></p>', ["x"], '<p><a href="/x" title="x > y"><mark>x</mark></a></p>'),
        ("<p>a</p>", [], "<p>a</p>"),
        ("<p>a</p>", ["\u200b"], "<p>a</p>"),
        ("<p>a.b</p>", ["."], "<p>a<mark>.</mark>b</p>"),
    ],
)  # fmt: skip
def test_words_are_marked_on_their_letters(text: str, words: list[str], result: str) -> None:
    assert marked(text, words) == result


PIECES = st.lists(st.sampled_from([*"aßéIıſﬁ&<>\"'が", "\u0301", "\u200d", "한", "&amp;"]), max_size=12).map(
    "".join
)


@settings(deadline=None)
@given(PIECES, st.lists(PIECES, max_size=3))
def test_nothing_but_marks_is_added(text: str, words: list[str]) -> None:
    source = f'<p dir="auto">{html.escape(text, quote=False)}<em>x</em></p>'
    result = marked(source, words)
    assert result.replace("<mark>", "").replace("</mark>", "") == source
    assert re.fullmatch(r"(?:<(?!/?mark)[^>]*>|[^<]|<mark>[^<]+</mark>)*", result), (
        "marks hold text, never tags"
    )
    pieces = re.split(r"<[^>]*>", result)
    assert "".join(map(html.unescape, pieces)) == f"{text}x", "marks cut no entity in two"


@settings(deadline=None)
@given(PIECES)
def test_a_text_that_is_a_word_is_marked_whole(text: str) -> None:
    result = marked(f"<p>{html.escape(text, quote=False)}</p>", [text])
    marks = re.findall("<mark>(.*?)</mark>", result)
    assert len(marks) <= 1
    assert fold(html.unescape("".join(marks))) == fold(text)
