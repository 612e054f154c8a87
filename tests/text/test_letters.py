"""Letters as people see them: visible or not, the same or not, one or many."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reader.text.letters import (
    IGNORED,
    MAX_JOINED,
    MAX_MARKS,
    bounded,
    clusters,
    fold,
    is_visible,
    key,
    one_line,
    trimmed,
)

UNSEEN = [
    "",
    " \t\n",
    "\u00a0\u2003\u3000",  # spaces
    "\u3164",  # Hangul filler
    "\u115f\u1160\uffa0",
    "\u2800",  # Braille pattern blank
    "\ufffc",  # the place of an object that is missing
    "\ufe0f",  # variation selector
    "\u034f",  # combining grapheme joiner
    "\u0301",  # a lone accent
    "\u20dd",  # an enclosing circle
    "\u0903",  # a lone spacing mark
    "\u200b\u200d\u2060\ufeff\u00ad\u061c\u202e\u2066\u2069",
    "\U000e0041\U000e0100",  # tags, more selectors
    "\u2065\ufff0",  # reserved for such
    "\U0001d159",  # a note without a head
    "\ue000",  # private use
    "\uffff",
    "\x07",
]


@pytest.mark.parametrize("text", UNSEEN, ids=ascii)
def test_nothing_is_seen_of_what_leaves_no_ink(text: str) -> None:
    assert not is_visible(text)
    assert not is_visible(f" {text}\u200b{text} ")
    assert one_line(text) == ""


@pytest.mark.parametrize(
    "text",
    ["a", "e\u0301", "\u200bx", "!", "+", "字", "ा" + "क", "👍", "❤\ufe0f", "👩‍👩‍👧‍👦", "\U0001fae9", "٣"],
    ids=ascii,
)
def test_a_letter_sign_or_picture_is_seen(text: str) -> None:
    assert is_visible(text)


SAME_NAMES = [
    ("Zoë", "Zoe\u0308"),
    ("ZOË", "zoë"),
    ("Strauß", "STRAUSS"),
    ("ﬁn", "fin"),
    ("Ｗide", "wide"),
    ("Ὀδυσσεύς", "ὈΔΥΣΣΕΎΣ"),
    ("bob", "b\u200bo\u00adb\ufeff"),
    ("한글", unicodedata.normalize("NFD", "한글")),
    ("bob", " bob\u200e "),
]


@pytest.mark.parametrize(("one", "other"), SAME_NAMES)
def test_names_are_the_same_however_they_are_written(one: str, other: str) -> None:
    assert key(one) == key(other)


@pytest.mark.parametrize(
    ("one", "other"), [("Zoë", "Zoe"), ("bob", "bo b"), ("ı", "i"), ("か", "が"), ("ада", "ada")]
)
def test_names_of_other_letters_are_other_names(one: str, other: str) -> None:
    assert key(one) != key(other)


SAME_WORDS = [
    *SAME_NAMES[:-1],
    ("Zoë", "zoe"),
    ("straße", "STRASSE"),
    ("İSTANBUL", "istanbul"),
    ("ISTANBUL", "ıstanbul"),
    ("Ørsted", "orsted"),
    ("Łódź", "lodz"),
    ("œuvre", "OEUVRE"),
    ("ёлка", "елка"),
    ("שָׁלוֹם", "שלום"),
    ("مُحَمَّد", "محمد"),
    ("ｶﾞ", "ガ"),
]


@pytest.mark.parametrize(("one", "other"), SAME_WORDS)
def test_a_search_compares_without_case_accents_and_ligatures(one: str, other: str) -> None:
    assert fold(one) == fold(other)


@pytest.mark.parametrize(("part", "whole"), [("か", "が"), ("하", "한"), ("и", "ы"), ("क", "ि")])
def test_a_search_takes_no_letter_for_another_one(part: str, whole: str) -> None:
    assert fold(part) not in fold(whole)
    assert fold(part) not in fold(unicodedata.normalize("NFD", whole))


SIGNS = "aßé한がｶﾞİﬁ字\u0301\u0308\u3099\u1112\u1161\u11ab\u200d\ufe0f\u0652א👩"
PILES = st.text(st.sampled_from(SIGNS) | st.characters(exclude_categories=["Cs"]), max_size=20)


@settings(deadline=None)
@given(PILES)
def test_a_text_is_folded_letter_by_letter_as_in_the_whole(text: str) -> None:
    assert "".join(clusters(text)) == text
    assert "".join(map(fold, clusters(text))) == fold(text)
    assert fold(fold(text)) == fold(text)
    assert key(key(text)) == key(text)


@settings(deadline=None)
@given(PILES)
def test_no_letter_keeps_more_marks_than_can_be_shown(text: str) -> None:
    marks = 0
    for letter in bounded(text):
        marks = marks + 1 if unicodedata.category(letter)[0] == "M" else 0
        assert marks <= MAX_MARKS
    assert bounded(bounded(text)) == bounded(text)


def test_marks_of_written_languages_stay() -> None:
    for text in ("שָּׁ֥", "한글 옛한글 ᄒᆞᆫ글", "र्त्स्न्या", "ကျွန်ုပ်", "རྒྱུད", "Việt", "क्षि", "e\u0323\u0302\u0301"):
        for form in ("NFC", "NFD"):
            written = unicodedata.normalize(form, text)
            assert bounded(written) == written


def test_a_pile_of_marks_or_of_joined_pictures_is_cut() -> None:
    assert bounded("Z" + "\u0301" * 900 + "a\u0308lgo") == "Z" + "\u0301" * MAX_MARKS + "a\u0308lgo"
    assert bounded("क" + "\u0903" * 900) == "क" + "\u0903" * MAX_MARKS
    family = "\u200d".join("👩👩👧👦")
    assert bounded(family) == family
    row = bounded("\u200d".join(["👩"] * 100))
    assert row.replace("\u200b", "") == "\u200d".join(["👩"] * 100)
    assert max(each.count("👩") for each in row.split("\u200b")) <= MAX_JOINED


def test_joiners_between_marks_hide_none() -> None:
    assert bounded("Z" + ("\u0301" * MAX_MARKS + "\u200c") * 90) == "Z" + "\u0301" * MAX_MARKS + "\u200c" * 2


@pytest.mark.parametrize(
    "row", ["\u1100" * 99, "\u1100" + "\u1161" * 99, "क\u094d" * 99 + "क", "\u0600" * 99 + "1"]
)
def test_what_a_browser_takes_for_one_letter_can_be_broken(row: str) -> None:
    parts = bounded(row).split("\u200b")
    assert "".join(parts) == row
    assert max(map(len, parts)) <= 2 * MAX_JOINED + 1


def test_every_sign_that_may_stand_unseen_in_a_word_is_known() -> None:
    every = (chr(code) for code in range(0x80, 0x110000) if not 0xD800 <= code < 0xE000)
    unseen = {each for each in every if unicodedata.category(each) in ("Cf", "Mn", "Me")}
    assert unseen <= IGNORED


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("    code\n  more\n", "    code\n  more"),
        ("\n \t\n\u3000\n    code", "    code"),
        ("\tcode", "\tcode"),
        ("\r\n one\r\ntwo \r\n", " one\ntwo"),
        (" \n\t", ""),
        ("one\n\n\ntwo", "one\n\n\ntwo"),
    ],
)
def test_blank_lines_are_trimmed_and_indents_stay(typed: str, stored: str) -> None:
    assert trimmed(typed) == stored
